import { readFileSync } from 'node:fs';
import { codePointText } from '../visible';
import type { Face } from './tokens';

const FILES: Readonly<Record<Face, string>> = {
  regular: '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  bold: '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf',
  italic: '@expo-google-fonts/noto-sans/400Regular_Italic/NotoSans_400Regular_Italic.ttf',
  mono: '@expo-google-fonts/noto-sans-mono/400Regular/NotoSansMono_400Regular.ttf',
};

/**
 * Parsed font files, kept for the life of the process: parsing their layout tables costs more than a page of text.
 * A document’s own state is in its EmbeddedFont.
 */
const parsedFonts = new Map<Face, ParsedFont>();

/** A font of fontkit’s, as far as it is used here. */
export interface ParsedFont {
  hasGlyphForCodePoint(code: number): boolean;
  /** Glyphs made so far; each remembers the character it was first made for. */
  _glyphs: Record<number, unknown>;
}

/** What pdfkit’s embedded font offers; its types leave it out. Positions are in thousandths of the size. */
export interface EmbeddedFont {
  readonly id: string;
  readonly ascender: number;
  readonly descender: number;
  readonly font: ParsedFont;
  encode(text: string): [glyphs: string[], positions: GlyphPosition[]];
  ref(): PDFKit.PDFKitReference;
}

interface GlyphPosition {
  readonly xAdvance: number;
  readonly xOffset: number;
  readonly yOffset: number;
  readonly advanceWidth: number;
}

/** Text of one font, ready to be drawn. */
export interface Piece {
  readonly face: Face;
  readonly text: string;
  /** Operands of TJ; undefined when marks have to be placed one by one. */
  readonly operands: string | undefined;
  readonly glyphs: readonly PlacedGlyph[];
  /** In thousandths of the size. */
  readonly width: number;
}

export interface PlacedGlyph {
  readonly hex: string;
  readonly x: number;
  readonly y: number;
}

/** Shapes text with the embedded fonts of one document. Nothing is ever drawn as an empty box. */
export class Typefaces {
  private readonly fonts = new Map<Face, EmbeddedFont>();
  private readonly coverage = new Map<string, Face | undefined>();
  private readonly shaped = new Map<string, readonly Piece[]>();
  private readonly widths = new Map<string, number>();

  /** `open` embeds a font, from its file or parsed already, in the document. */
  constructor(private readonly open: (source: Buffer | ParsedFont) => EmbeddedFont) {}

  /** The font of a face, embedded on first use. */
  font(face: Face): EmbeddedFont {
    const known = this.fonts.get(face);
    if (known !== undefined) return known;
    const parsed = parsedFonts.get(face);
    // Two characters may share a glyph: a document must not inherit which of them an earlier document had.
    if (parsed !== undefined) parsed._glyphs = {};
    const font = this.open(parsed ?? readFileSync(require.resolve(FILES[face])));
    parsedFonts.set(face, font.font);
    this.fonts.set(face, font);
    return font;
  }

  /** A word in pieces, each in the wanted face or in one that has its characters. */
  shape(text: string, face: Face): readonly Piece[] {
    const key = `${face} ${text}`;
    const known = this.shaped.get(key);
    if (known !== undefined) return known;
    const pieces = this.split(text, face).map((part) => this.encode(part.text, part.face));
    this.shaped.set(key, pieces);
    return pieces;
  }

  /** The width of one character, in thousandths of the size: what it takes to break a word anywhere. */
  characterWidth(character: string, face: Face): number {
    const key = `${face} ${character}`;
    const known = this.widths.get(key);
    if (known !== undefined) return known;
    const width = this.split(character, face).reduce(
      (sum, part) => sum + this.encode(part.text, part.face).width,
      0,
    );
    this.widths.set(key, width);
    return width;
  }

  private split(text: string, face: Face): { text: string; face: Face }[] {
    const parts: { text: string; face: Face }[] = [];
    for (const character of text) {
      const found = this.faceFor(character, face);
      const shown = found === undefined ? codePointText(character) : character;
      const last = parts.at(-1);
      if (last?.face === (found ?? face)) last.text += shown;
      else parts.push({ text: shown, face: found ?? face });
    }
    return parts;
  }

  private faceFor(character: string, face: Face): Face | undefined {
    const key = `${face} ${character}`;
    if (this.coverage.has(key)) return this.coverage.get(key);
    const code = character.codePointAt(0) ?? 0;
    const candidates: Face[] = [face, 'regular', 'mono'];
    const found = candidates.find((candidate) =>
      this.font(candidate).font.hasGlyphForCodePoint(code),
    );
    this.coverage.set(key, found);
    return found;
  }

  private encode(text: string, face: Face): Piece {
    const [hexes, positions] = this.font(face).encode(text);
    const glyphs: PlacedGlyph[] = [];
    let operands = '<';
    let width = 0;
    positions.forEach((position, index) => {
      const hex = hexes[index] ?? '';
      glyphs.push({ hex, x: width + position.xOffset, y: position.yOffset });
      operands += hex;
      const kern = position.xAdvance - position.advanceWidth;
      if (kern !== 0) operands += `> ${String(Math.round(-kern * 100) / 100)} <`;
      width += position.xAdvance;
    });
    const moved = positions.some(({ xOffset, yOffset }) => xOffset !== 0 || yOffset !== 0);
    return { face, text, operands: moved ? undefined : `${operands}>`, glyphs, width };
  }
}
