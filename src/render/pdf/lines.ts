import { levelsOf, mirrored, visualOrder } from './bidi';
import type { Inline } from './inline';
import type { BoxStyle, TextStyle } from './tokens';
import type { Piece, Typefaces } from './typefaces';
import { widthOf } from './typefaces';

/** Something drawn at a place of a line. */
export interface Atom {
  /** In the order of reading. */
  readonly text: string;
  /** From left to right. */
  readonly pieces: readonly Piece[];
  readonly style: TextStyle;
  readonly width: number;
  /** Of the bidirectional algorithm: odd runs from right to left. */
  readonly level: number;
  readonly link?: string;
  readonly box?: BoxStyle;
}

export interface Line {
  /** From left to right. */
  readonly atoms: readonly Atom[];
  readonly width: number;
  readonly height: number;
}

/** Atoms that no line break may come between. */
interface Word {
  readonly atoms: Atom[];
  width: number;
  /** The space before the word, drawn only inside a line. */
  space: Atom | undefined;
  /** A forced line end before the word. */
  forced: boolean;
}

/** A box’s text stands this far from its edges. */
export const BOX_PADDING = 3.5;

/** A place where a word may be broken without a space: never in shown text, which has no hidden characters. */
export const BREAK_HERE = '\u200B';

/** A long word is broken after one of these rather than anywhere. */
export const SOFT_BREAK = /[/\-._:,;=&@?]/;

/** How much of a line may stay empty for the sake of a soft break. */
export const SOFT_BREAK_SLACK = 0.5;

/**
 * Breaks inline content into lines of at most `width` points. Each character is looked at a fixed number of times:
 * an unbroken token of any length costs no more than its length. Content without a word gives no line.
 */
export function breakLines(inlines: readonly Inline[], width: number, faces: Typefaces): Line[] {
  const lines: Line[] = [];
  let atoms: Atom[] = [];
  let used = 0;
  const finish = (): void => {
    if (atoms.length > 0) {
      const turned = atoms.some(({ level }) => level > 0);
      const seen = turned ? visualOrder(atoms) : atoms;
      lines.push({ atoms: seen, width: used, height: heightOf(atoms) });
    }
    atoms = [];
    used = 0;
  };
  for (const word of wordsOf(inlines, faces)) {
    const space = word.space?.width ?? 0;
    if (word.forced || (atoms.length > 0 && used + space + word.width > width)) finish();
    if (atoms.length > 0 && word.space !== undefined) {
      atoms.push(word.space);
      used += space;
    }
    for (const part of word.width > width ? splitWord(word, width, faces) : [word]) {
      if (atoms.length > 0 && part !== word && used + part.width > width) finish();
      atoms.push(...part.atoms);
      used += part.width;
    }
  }
  finish();
  return lines;
}

/** The widths that a column needs: its longest word, and all in one line. */
export function measure(
  inlines: readonly Inline[],
  faces: Typefaces,
): { word: number; line: number } {
  let longest = 0;
  let line = 0;
  let widest = 0;
  for (const word of wordsOf(inlines, faces)) {
    if (word.forced) line = 0;
    line += word.width + (word.space?.width ?? 0);
    longest = Math.max(longest, word.width);
    widest = Math.max(widest, line);
  }
  return { word: longest, line: widest };
}

/** The height of lines set one under another. */
export function heightOfLines(lines: readonly Line[]): number {
  return lines.reduce((sum, line) => sum + line.height, 0);
}

function heightOf(atoms: readonly Atom[]): number {
  return Math.max(...atoms.map((atom) => atom.style.size * atom.style.leading));
}

function wordsOf(inlines: readonly Inline[], faces: Typefaces): Word[] {
  const words: Word[] = [];
  const levels = levelsOf(inlines.map(textOfInline).join(''));
  let place = 0;
  let pendingSpace: Atom | undefined;
  let forced = false;
  let open = false;
  const add = (atom: Atom): void => {
    const last = words.at(-1);
    if (open && last !== undefined) {
      last.atoms.push(atom);
      last.width += atom.width;
    } else {
      words.push({ atoms: [atom], width: atom.width, space: pendingSpace, forced });
      pendingSpace = undefined;
      forced = false;
      open = true;
    }
  };
  for (const inline of inlines) {
    if (inline.kind === 'break') {
      forced = true;
      open = false;
      pendingSpace = undefined;
    } else if (inline.kind === 'box') {
      add(boxAtom(inline, levels?.[place] ?? 0, faces));
    } else {
      let at = place;
      for (const token of inline.text.match(/ +|\u200B|[^ \u200B]+/g) ?? []) {
        if (token === BREAK_HERE) open = false;
        else if (token.startsWith(' ')) {
          const space = textAtom(token, levels?.[at] ?? 0, inline, faces);
          pendingSpace = words.length > 0 && !forced ? space : undefined;
          open = false;
        } else {
          for (const run of levelRuns(token, at, levels)) {
            add(textAtom(run.text, run.level, inline, faces));
          }
        }
        at += token.length;
      }
    }
    place += textOfInline(inline).length;
  }
  return words;
}

/** A box stands for one character that has no direction. */
function textOfInline(inline: Inline): string {
  if (inline.kind === 'text') return inline.text;
  return inline.kind === 'box' ? '\uFFFC' : '\n';
}

/** A word in parts of one direction each. */
function levelRuns(
  word: string,
  at: number,
  levels: Uint8Array | undefined,
): { readonly text: string; readonly level: number }[] {
  if (levels === undefined) return [{ text: word, level: 0 }];
  const runs: { text: string; level: number }[] = [];
  let place = at;
  for (const character of word) {
    const level = levels[place] ?? 0;
    const last = runs.at(-1);
    if (last?.level === level) last.text += character;
    else runs.push({ text: character, level });
    place += character.length;
  }
  return runs;
}

function textAtom(
  text: string,
  level: number,
  { style, link }: { readonly style: TextStyle; readonly link?: string },
  faces: Typefaces,
): Atom {
  const pieces =
    level % 2 === 1
      ? faces.shape(mirrored(text), style.face, 'rtl')
      : faces.shape(text, style.face);
  const atom = { text, level, pieces, style, width: widthOf(pieces, style) };
  return link === undefined ? atom : { ...atom, link };
}

function boxAtom(inline: Extract<Inline, { kind: 'box' }>, level: number, faces: Typefaces): Atom {
  const { text, style, box } = inline;
  const pieces = text === '' ? [] : faces.shape(text, style.face);
  const width = Math.max(widthOf(pieces, style) + 2 * BOX_PADDING, 10);
  return { text, level, pieces, style, width, box };
}

/** A word wider than a line, in parts that each fit. A box is never broken. */
function splitWord(word: Word, width: number, faces: Typefaces): Word[] {
  const parts: Word[] = [];
  for (const atom of word.atoms) {
    if (atom.box !== undefined || atom.width <= width) {
      parts.push(partOf(atom));
      continue;
    }
    for (const chunk of chunksOf(atom.text, atom.style, width, faces)) {
      parts.push(partOf(textAtom(chunk, atom.level, atom, faces)));
    }
  }
  return parts;
}

function partOf(atom: Atom): Word {
  return { atoms: [atom], width: atom.width, space: undefined, forced: false };
}

function chunksOf(text: string, style: TextStyle, width: number, faces: Typefaces): string[] {
  const limit = ((width - 0.5) * 1000) / style.size;
  const chunks: string[] = [];
  let start = 0;
  let used = 0;
  let soft = 0;
  let usedAtSoft = 0;
  let place = 0;
  for (const character of text) {
    const advance = faces.characterWidth(character, style.face);
    if (used + advance > limit && place > start) {
      const end = soft > start && usedAtSoft > limit * (1 - SOFT_BREAK_SLACK) ? soft : place;
      chunks.push(text.slice(start, end));
      used = end === soft ? used - usedAtSoft : 0;
      start = end;
      soft = end;
      usedAtSoft = 0;
    }
    place += character.length;
    used += advance;
    if (SOFT_BREAK.test(character)) {
      soft = place;
      usedAtSoft = used;
    }
  }
  if (start < text.length) chunks.push(text.slice(start));
  return chunks;
}
