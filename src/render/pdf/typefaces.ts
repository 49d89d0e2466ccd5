import { codePointText } from '../visible';
import type { ArchivalDocument } from './archival-document';
import { ContentBytes } from './content-bytes';
import type { FontName } from './font-files';
import type { ShapedGlyph } from './fonts';
import { candidates, DocumentFont } from './fonts';
import type { Face } from './tokens';

/** Text of one font, ready to be drawn from left to right. */
export interface Piece {
  readonly font: FontName;
  readonly text: string;
  /** Operands of TJ; undefined when marks have to be placed one by one. */
  readonly operands: string | undefined;
  readonly glyphs: readonly PlacedGlyph[];
  /** In thousandths of the size. */
  readonly width: number;
}

export interface PlacedGlyph {
  readonly code: string;
  readonly x: number;
  readonly y: number;
}

export type Direction = 'ltr' | 'rtl';

/** Words remembered; a log has more different ones than memory should hold. */
const WORDS_KEPT = 4_000;

/** Shapes text with the embedded fonts of one document. Nothing is ever drawn as an empty box. */
export class Typefaces {
  private readonly fonts = new Map<FontName, DocumentFont>();
  private readonly coverage = new Map<string, FontName | undefined>();
  private readonly shaped = new Map<string, readonly Piece[]>();
  private readonly widths = new Map<string, number>();
  private readonly bytes = new ContentBytes();

  constructor(private readonly document: ArchivalDocument) {}

  /** A font of the document, embedded on first use. */
  font(name: FontName): DocumentFont {
    const known = this.fonts.get(name);
    if (known !== undefined) return known;
    const font = DocumentFont.open(this.document, name);
    this.fonts.set(name, font);
    return font;
  }

  /** A word in pieces from left to right, each in the wanted face or in a font that has its characters. */
  shape(text: string, face: Face, direction: Direction = 'ltr'): readonly Piece[] {
    const key = `${face} ${direction} ${text}`;
    const known = this.shaped.get(key);
    if (known !== undefined) return known;
    const parts =
      direction === 'ltr' && this.font(face).plainWidth(text) >= 0
        ? [{ text, font: face }]
        : this.split(text, face);
    const pieces = parts.map((part) => this.encode(part.text, part.font, direction));
    if (direction === 'rtl') pieces.reverse();
    if (this.shaped.size >= WORDS_KEPT) this.shaped.clear();
    this.shaped.set(key, pieces);
    return pieces;
  }

  /** The width of one character, in thousandths of the size: what it takes to break a word anywhere. */
  characterWidth(character: string, face: Face): number {
    const key = `${face} ${character}`;
    const known = this.widths.get(key);
    if (known !== undefined) return known;
    const width = this.split(character, face).reduce(
      (sum, part) => sum + this.encode(part.text, part.font, 'ltr').width,
      0,
    );
    this.widths.set(key, width);
    return width;
  }

  private split(text: string, face: Face): { text: string; font: FontName }[] {
    const parts: { text: string; font: FontName }[] = [];
    for (const character of text) {
      const found = this.fontFor(character, face, parts.at(-1)?.font);
      const shown = found === undefined ? codePointText(character) : character;
      const last = parts.at(-1);
      if (last?.font === (found ?? face)) last.text += shown;
      else parts.push({ text: shown, font: found ?? face });
    }
    return parts;
  }

  private fontFor(
    character: string,
    face: Face,
    before: FontName | undefined,
  ): FontName | undefined {
    const code = character.codePointAt(0) ?? 0;
    // A mark belongs on the letter before it, so it wants the letter’s font.
    if (before !== undefined && isMark(code) && this.font(before).has(code)) return before;
    const key = `${face} ${character}`;
    if (this.coverage.has(key)) return this.coverage.get(key);
    const found = candidates(code, face).find((name) => this.font(name).has(code));
    this.coverage.set(key, found);
    return found;
  }

  private encode(text: string, name: FontName, direction: Direction): Piece {
    const font = this.font(name);
    const plain = font.plainWidth(text);
    if (plain >= 0) {
      // Between Arabic words stand slashes and spaces, which need no shaper to be turned round.
      const seen = direction === 'ltr' ? text : Array.from(text).reverse().join('');
      font.encode(seen, this.bytes);
      const codes = this.bytes.take().toString('latin1');
      return { font: name, text, operands: `(${codes})`, glyphs: [], width: plain };
    }
    const shaped = font.shape(text, direction);
    const glyphs: PlacedGlyph[] = [];
    let width = 0;
    for (const glyph of shaped) {
      glyphs.push({ code: glyph.code, x: width + glyph.x, y: glyph.y });
      width += glyph.advance;
    }
    const moved = shaped.some(({ x, y }) => x !== 0 || y !== 0);
    return { font: name, text, operands: moved ? undefined : operandsOf(shaped), glyphs, width };
  }
}

/** The width of text in points. */
export function widthOf(pieces: readonly Piece[], { size }: { readonly size: number }): number {
  return (pieces.reduce((sum, piece) => sum + piece.width, 0) * size) / 1000;
}

/** Strings, and between them how far to move back, in thousandths of the size. */
function operandsOf(glyphs: readonly ShapedGlyph[]): string {
  let operands = '(';
  for (const { code, advance, width } of glyphs) {
    operands += code;
    const kern = Math.round((width - advance) * 100) / 100;
    if (kern !== 0) operands += `)${String(kern)}(`;
  }
  return `${operands})`;
}

function isMark(code: number): boolean {
  return (
    (code >= 0x0300 && code <= 0x036f) ||
    (code >= 0x0591 && code <= 0x05c7) ||
    (code >= 0x064b && code <= 0x065f) ||
    code === 0x0670 ||
    (code >= 0x1ab0 && code <= 0x1aff) ||
    (code >= 0x1dc0 && code <= 0x1dff) ||
    (code >= 0x3099 && code <= 0x309a)
  );
}
