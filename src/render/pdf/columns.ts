/** What the cells of a column want, in points. */
export interface ColumnNeed {
  /** The longest word that is worth keeping whole. */
  readonly word: number;
  /** Each cell’s width in one line. */
  readonly lines: readonly number[];
}

/** Words up to the first that leaves room for all such words stay whole: a GUID, an address, a digest with its middle left out. */
const WIDEST_WORDS = [160, 115, 90, 72] as const;

/** Whole words may take this share of the width; the rest is for those that have to be broken. */
const MOST_FOR_WORDS = 0.8;

/** The least width of a column whose words are broken. */
const BROKEN_WORD = 44;

/** Lines are not filled to the end: this much more width than the text alone takes, of a long text and of few words. */
const LINE_WASTE = 1.12;
const FEW_WORDS_WASTE = 1.36;

/** A value of this width is few words: a GUID, a time, a digest. */
const FEW_WORDS = 160;

/** More white space than this after a value makes a row hard to follow. */
const MOST_SPARE = 40;

/** A row of more lines than this is not worth its whole words. */
const MOST_LINES = 40;

export const NARROWEST = 24;

export interface Columns {
  readonly widths: readonly number[];
  /** How many lines a usual row takes. */
  readonly lines: number;
}

/**
 * Widths at which every column takes about the same number of lines: columns of short values get their longest word,
 * and what is left goes to those with long values. When all values fit in one line, some of the spare width is shared.
 */
export function columnWidths(needs: readonly ColumnNeed[], available: number): Columns {
  const choices = WIDEST_WORDS.map((widestWord) =>
    needs.map(({ word }) => Math.max(NARROWEST, word > widestWord ? BROKEN_WORD : word + 0.5)),
  );
  const fitting = choices.find((widths) => sum(widths) <= available * MOST_FOR_WORDS);
  const least = fitting ?? choices.at(-1) ?? [];
  const widest = needs.map(({ lines }) =>
    lines.reduce((most, line) => Math.max(most, line + 0.5), NARROWEST),
  );
  const spare = available - sum(widest);
  if (spare >= 0) {
    const share = spare / sum(widest);
    return { widths: widest.map((width) => width + Math.min(share * width, MOST_SPARE)), lines: 1 };
  }
  const usual = needs.map(({ lines }) => quantile(lines, 0.9) + 0.5);
  const at = (lines: number): number[] =>
    least.map((width, column) => {
      const line = usual[column] ?? 0;
      const waste = line > FEW_WORDS ? LINE_WASTE : FEW_WORDS_WASTE;
      return Math.max(width, (line * waste) / lines);
    });
  let [few, many] = [1, MOST_LINES];
  for (let step = 0; step < 24; step++) {
    const middle = (few + many) / 2;
    if (sum(at(middle)) > available) few = middle;
    else many = middle;
  }
  return { widths: fit(at(many), widest, available), lines: many };
}

/**
 * Takes from the widest columns first, so that short values stay whole. What is left goes to columns whose longest line
 * is still broken, as much to each as to any other until it is whole.
 */
function fit(
  widths: readonly number[],
  widest: readonly number[],
  available: number,
): readonly number[] {
  const fitted = levelled(widths, available);
  const wanted = fitted.map((width, column) => Math.max((widest[column] ?? 0) - width, 0));
  const given = levelled(wanted, available - sum(fitted));
  const whole = fitted.map((width, column) => width + (given[column] ?? 0));
  const rest = (available - sum(whole)) / whole.length;
  return whole.map((width) => width + rest);
}

/** Values of which the greatest are cut to one level, so that together they are no more than `most`. */
function levelled(values: readonly number[], most: number): readonly number[] {
  if (sum(values) <= most) return values;
  const cut = (level: number): number[] => values.map((value) => Math.min(value, level));
  let [low, high] = [0, Math.max(...values)];
  for (let step = 0; step < 24; step++) {
    const level = (low + high) / 2;
    if (sum(cut(level)) > most) high = level;
    else low = level;
  }
  return cut(low);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
}
