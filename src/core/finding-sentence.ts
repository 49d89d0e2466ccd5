/** `{{Column}}`, or `{{Column|one|others}}` with the words after a number. */
const COLUMN = /\{\{(\w+)(?:\|([^{}|]+)\|([^{}|]+))?\}\}/g;
const OPTIONAL = /\[\[(.*?)\]\]/gs;

/** The columns that a sentence names, each once and sorted. */
export function columnsIn(sentence: string): string[] {
  return [...new Set(Array.from(sentence.matchAll(COLUMN), ([, name]) => name ?? ''))].sort();
}

/** A sentence without its columns, and without the brackets around parts that name one: what else is left is a mistake. */
export function withoutColumns(sentence: string): string {
  return sentence
    .replace(OPTIONAL, (whole, part: string) => (columnsIn(part).length > 0 ? part : whole))
    .replace(COLUMN, '');
}

/**
 * A sentence about a row: `{{Column}}` stands for a value, `{{Pulls|pull|pulls}}` for a number and the word that goes with
 * it, “1 pull” or “3 pulls”, and `[[:{{Tag}}]]` is left out whole when a value in it is missing or a number with its word is 0. `valueOf` gives undefined for one that is missing; elsewhere `nothing` is said of it.
 */
export function fillSentence(
  sentence: string,
  valueOf: (column: string) => string | undefined,
  nothing: string,
): string {
  return sentence
    .replace(OPTIONAL, (_, part: string) =>
      columnsIn(part).every((name) => valueOf(name) !== undefined) && !countsNothing(part, valueOf)
        ? part
        : '',
    )
    .replace(COLUMN, (_, name: string, one?: string, others?: string) => {
      const value = valueOf(name) ?? nothing;
      const word = value === '1' ? one : others;
      return word === undefined ? value : `${value} ${word}`;
    });
}

/** Whether a part counts something of which there is none. */
function countsNothing(part: string, valueOf: (column: string) => string | undefined): boolean {
  return Array.from(part.matchAll(COLUMN)).some(
    ([, name = '', one]) => one !== undefined && valueOf(name) === '0',
  );
}
