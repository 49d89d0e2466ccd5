import bidiFactory from 'bidi-js';

/** Hebrew, Arabic, Syriac, Thaana and their presentation forms: everything that runs from right to left. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

let bidi: ReturnType<typeof bidiFactory> | undefined;

/**
 * The embedding level of each UTF-16 unit of a paragraph that runs from left to right; odd ones run from right to left.
 * Undefined when none does, as in almost every text.
 */
export function levelsOf(text: string): Uint8Array | undefined {
  if (!RIGHT_TO_LEFT.test(text)) return undefined;
  bidi ??= bidiFactory();
  return bidi.getEmbeddingLevels(text, 'ltr').levels;
}

/** Text that runs from right to left with its brackets turned round. */
export function mirrored(text: string): string {
  bidi ??= bidiFactory();
  let turned = '';
  for (const character of text) turned += bidi.getMirroredCharacter(character) ?? character;
  return turned;
}

/** Things of one line from left to right as they are seen: rule L2 of the Unicode Bidirectional Algorithm. */
export function visualOrder<T extends { readonly level: number }>(line: readonly T[]): T[] {
  const order = [...line];
  const highest = Math.max(0, ...order.map(({ level }) => level));
  for (let level = highest; level > 0; level--) {
    let start = 0;
    while (start < order.length) {
      let end = start;
      while (end < order.length && (order[end]?.level ?? 0) >= level) end++;
      if (end > start) order.splice(start, end - start, ...order.slice(start, end).reverse());
      start = end + 1;
    }
  }
  return order;
}
