/** Where a shown text ends when the caller names no other limit; the whole value is in the evidence. */
export const SHOWN_CHARACTERS = 4_000;

/** First and last code point. */
type Range = readonly [number, number];

/**
 * Characters that draw nothing, move what follows, or reorder a line. Written out, because the classes of `\p{…}`
 * differ between versions of Node and a report must come out the same in each.
 */
const HIDDEN_RANGES: readonly Range[] = [
  [0x0000, 0x001f], // C0 controls
  [0x007f, 0x009f], // delete, C1 controls
  [0x00ad, 0x00ad], // soft hyphen
  [0x034f, 0x034f], // combining grapheme joiner
  [0x061c, 0x061c], // Arabic letter mark
  [0x115f, 0x1160], // Hangul fillers
  [0x17b4, 0x17b5], // Khmer inherent vowels
  [0x180b, 0x180f], // Mongolian selectors
  [0x200b, 0x200f], // zero-width characters, direction marks
  [0x2028, 0x202e], // line and paragraph separators, embeddings and overrides
  [0x2060, 0x206f], // word joiner, isolates, invisible operators
  [0x3164, 0x3164], // Hangul filler
  [0xd800, 0xdfff], // surrogates without a partner
  [0xe000, 0xf8ff], // private use
  [0xfdd0, 0xfdef], // noncharacters
  [0xfe00, 0xfe0f], // variation selectors
  [0xfeff, 0xfeff], // byte order mark
  [0xffa0, 0xffa0], // halfwidth Hangul filler
  [0xfff0, 0xfffb], // specials, interlinear annotation
  [0xfffe, 0xffff], // noncharacters
  [0x1bca0, 0x1bca3], // shorthand format controls
  [0x1d173, 0x1d17a], // musical format controls
  [0x1fffe, 0x1ffff], // noncharacters
  [0xe0000, 0xe0fff], // tags, variation selectors
  [0xf0000, 0x10ffff], // private use
];

const COMBINING_RANGES: readonly Range[] = [
  [0x0300, 0x036f],
  [0x0483, 0x0489],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20ff],
  [0xfe20, 0xfe2f],
];

const HIDDEN = characterClass(HIDDEN_RANGES);
const COMBINING = characterClass(COMBINING_RANGES);

/** More marks than this on one letter would paint over neighbouring lines. */
const MARKS_ON_A_LETTER = 3;

/** What `… (+100 characters)` takes; other languages take less. */
const ROOM_OF_CUT = 19;

/**
 * Text from a log, a definition or a setting in a form that people can be shown: well-formed UTF-16, every hidden
 * character written as its code point (`<U+202E>`), and about `maxLength` UTF-16 units long before
 * `… (+N characters)` says how many code points are left out; never so many fewer that the rest would have
 * taken no more room. `leftOut` says it in another language. It does not escape for any format.
 */
export function visible(
  text: string,
  maxLength: number = SHOWN_CHARACTERS,
  leftOut: (count: number) => string = (count) => `… (+${String(count)} characters)`,
): string {
  if (text.length <= maxLength && !HIDDEN.test(text) && !COMBINING.test(text)) return text;
  let shown = '';
  let marks = 0;
  let left = 0;
  let rest = '';
  for (const character of text) {
    marks = COMBINING.test(character) ? marks + 1 : 0;
    const hidden = marks > MARKS_ON_A_LETTER || HIDDEN.test(character);
    const piece = hidden ? codePointText(character) : character;
    if (left === 0 && shown.length + piece.length <= maxLength) shown += piece;
    else {
      left++;
      if (rest.length <= ROOM_OF_CUT) rest += piece;
    }
  }
  return rest.length <= ROOM_OF_CUT ? shown + rest : shown + leftOut(left);
}

/** A character as its code point: `<U+202E>`. */
export function codePointText(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** Text of several lines, each made visible; line ends and tabs at a line's start keep their meaning. */
export function visibleLines(text: string): string[] {
  return text.split(/\r\n|\n/).map((line) => visible(line.replace(/\t/g, '  ')));
}

function characterClass(ranges: readonly Range[]): RegExp {
  const escape = (code: number): string => `\\u{${code.toString(16)}}`;
  return new RegExp(
    `[${ranges.map(([first, last]) => `${escape(first)}-${escape(last)}`).join('')}]`,
    'u',
  );
}
