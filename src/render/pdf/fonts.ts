import type { ArchivalDocument } from './archival-document';
import type { ContentBytes } from './content-bytes';
import { type FontName, fontForText } from './font-files';
import { escapeString } from './objects';
import type { Face } from './tokens';

type Range = readonly [first: number, last: number];

/**
 * Which fonts may have a character, so that a few Latin words open no font of ten megabytes. The Korean font has kana
 * and the Chinese characters that Korean and Japanese texts use most; the Chinese one has the rest of both.
 */
const FALLBACKS: readonly { readonly font: FontName; readonly ranges: readonly Range[] }[] = [
  {
    font: 'hebrew',
    ranges: [
      [0x0590, 0x05ff],
      [0xfb1d, 0xfb4f],
    ],
  },
  {
    font: 'arabic',
    ranges: [
      [0x0600, 0x06ff],
      [0x0750, 0x077f],
      [0x08a0, 0x08ff],
      [0xfb50, 0xfdff],
      [0xfe70, 0xfefc],
    ],
  },
  { font: 'korean', ranges: eastAsian() },
  { font: 'chinese', ranges: eastAsian() },
];

/** Also the symbols that only East Asian fonts have. */
function eastAsian(): Range[] {
  return [
    [0x1100, 0x11ff],
    [0x2010, 0x2bff],
    [0x2e80, 0xa4cf],
    [0xac00, 0xd7ff],
    [0xf900, 0xfaff],
    [0xfe30, 0xfe4f],
    [0xff00, 0xffef],
    [0x20000, 0x3ffff],
  ];
}

/** The fonts to look for a character in, best first. */
export function candidates(code: number, face: Face): FontName[] {
  const found: FontName[] = [face];
  if (face !== 'regular') found.push('regular');
  if (face !== 'mono') found.push('mono');
  for (const { font, ranges } of FALLBACKS) {
    if (!ranges.some(([first, last]) => code >= first && code <= last)) continue;
    found.push(font === 'korean' && face === 'bold' ? 'koreanBold' : font);
  }
  return found;
}

/** A glyph of fontkit’s, as far as it is used here. */
interface Glyph {
  readonly id: number;
  readonly codePoints: readonly number[];
  readonly advanceWidth: number;
}

interface Position {
  readonly xAdvance: number;
  readonly xOffset: number;
  readonly yOffset: number;
}

/** A font of fontkit’s, as far as it is used here. */
interface ParsedFont {
  readonly unitsPerEm: number;
  hasGlyphForCodePoint(code: number): boolean;
  glyphForCodePoint(code: number): Glyph;
  layout(
    text: string,
    features: undefined,
    script: undefined,
    language: undefined,
    direction: 'ltr' | 'rtl',
  ): { readonly glyphs: readonly Glyph[]; readonly positions: readonly Position[] };
  /** Glyphs made so far; each remembers the characters it was first made for. */
  _glyphs: Record<number, unknown>;
}

/** What pdfkit embeds in one document; its types leave it out. */
interface EmbeddedFont {
  readonly id: string;
  readonly ascender: number;
  readonly descender: number;
  readonly font: ParsedFont;
  readonly subset: {
    readonly glyphs: number[];
    readonly mapping: Record<number, number | undefined>;
    includeGlyph(id: number): number;
  };
  readonly widths: (number | undefined)[];
  readonly unicode: (readonly number[] | undefined)[];
  ref(): { readonly id: number };
}

/**
 * Parsed font files, kept for the life of the process: parsing their layout tables costs more than a page of text.
 * What one document needs of a font is in its EmbeddedFont.
 */
const parsedFonts = new Map<FontName, ParsedFont>();

/** One glyph in a line. Lengths are in thousandths of the font’s size. */
export interface ShapedGlyph {
  /** The glyph’s code in a string of the page’s content, escaped. */
  readonly code: string;
  /** How far the next glyph is. */
  readonly advance: number;
  /** The glyph’s own width, which a reader moves on by. */
  readonly width: number;
  readonly x: number;
  readonly y: number;
}

/**
 * Scripts that are set with one glyph after another, which costs a twentieth of what the shaper does: Latin, Greek,
 * Cyrillic, punctuation and symbols, Chinese characters, kana and Hangul. It leaves out kerning and ligatures.
 */
const PLAIN: readonly Range[] = [
  [0x0020, 0x02ff],
  [0x0370, 0x0482],
  [0x048a, 0x052f],
  [0x1e00, 0x1fff],
  [0x2010, 0x2027],
  [0x2030, 0x205e],
  [0x20a0, 0x20bf],
  [0x2100, 0x2bff],
  [0x2e80, 0x3029],
  [0x3030, 0x3098],
  [0x309b, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xff00, 0xffef],
  [0x20000, 0x3ffff],
];

/** Characters below this are looked up in an array. */
const IN_ARRAY = 0x2100;

/** A character that needs no shaping: its code in the document, and its width in thousandths of the size. */
interface PlainGlyph {
  readonly code: number;
  readonly width: number;
}

/** A font of one document. */
export class DocumentFont {
  readonly ascender: number;
  readonly descender: number;
  readonly id: string;
  private readonly codes = new Map<string, number>();
  /** By character below IN_ARRAY: NaN until asked for, -1 when it has to be shaped or is not there. */
  private readonly advances = new Float64Array(IN_ARRAY).fill(Number.NaN);
  private readonly plainCodes = new Uint16Array(IN_ARRAY);
  private readonly others = new Map<number, PlainGlyph | undefined>();

  private constructor(private readonly embedded: EmbeddedFont) {
    this.ascender = embedded.ascender;
    this.descender = embedded.descender;
    this.id = embedded.id;
  }

  static open(document: ArchivalDocument, name: FontName): DocumentFont {
    const parsed = parsedFonts.get(name);
    document.font((parsed ?? fontForText(name)) as Buffer);
    const embedded = (document as unknown as { readonly _font: EmbeddedFont })._font;
    parsedFonts.set(name, embedded.font);
    return new DocumentFont(embedded);
  }

  /** What a page’s resources name this font by, embedded when the document ends. */
  get reference(): { readonly id: number } {
    return this.embedded.ref();
  }

  has(code: number): boolean {
    return this.embedded.font.hasGlyphForCodePoint(code);
  }

  /** The width of a character in thousandths of the size; -1 when it has to be shaped or is not there. */
  advanceOf(code: number): number {
    if (code >= IN_ARRAY) return this.other(code)?.width ?? -1;
    const known = this.advances[code] ?? -1;
    if (!Number.isNaN(known)) return known;
    const glyph = this.plainGlyph(code);
    this.plainCodes[code] = glyph?.code ?? 0;
    return (this.advances[code] = glyph?.width ?? -1);
  }

  /** The width of a text in thousandths of the size; -1 when some of it has to be shaped or is not there. */
  plainWidth(text: string): number {
    let width = 0;
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if (code >= 0xd800 && code <= 0xdbff) code = text.codePointAt(i++) ?? code;
      const advance = this.advanceOf(code);
      if (advance < 0) return -1;
      width += advance;
    }
    return width;
  }

  /** Writes a text of which plainWidth knows the width, as the inside of a string. */
  encode(text: string, content: ContentBytes): void {
    for (let i = 0; i < text.length; i++) {
      let code = text.charCodeAt(i);
      if (code >= 0xd800 && code <= 0xdbff) code = text.codePointAt(i++) ?? code;
      content.code((code < IN_ARRAY ? this.plainCodes[code] : this.other(code)?.code) ?? 0);
    }
  }

  /** Glyphs from left to right, whatever the direction of the text. */
  shape(text: string, direction: 'ltr' | 'rtl'): ShapedGlyph[] {
    const { font } = this.embedded;
    // Two characters may share a glyph, and the font would remember the first: not from another text.
    font._glyphs = {};
    const { glyphs, positions } = font.layout(text, undefined, undefined, undefined, direction);
    const scale = 1000 / font.unitsPerEm;
    return glyphs.map((glyph, index) => {
      const position = positions[index];
      const width = glyph.advanceWidth * scale;
      return {
        code: codeText(this.codeOf(glyph.id, glyph.codePoints, width)),
        width,
        advance: (position?.xAdvance ?? 0) * scale,
        x: (position?.xOffset ?? 0) * scale,
        y: (position?.yOffset ?? 0) * scale,
      };
    });
  }

  private other(code: number): PlainGlyph | undefined {
    if (this.others.has(code)) return this.others.get(code);
    const glyph = this.plainGlyph(code);
    this.others.set(code, glyph);
    return glyph;
  }

  private plainGlyph(code: number): PlainGlyph | undefined {
    const { font } = this.embedded;
    if (!PLAIN.some(([first, last]) => code >= first && code <= last)) return undefined;
    if (!this.has(code)) return undefined;
    const glyph = font.glyphForCodePoint(code);
    const width = (glyph.advanceWidth * 1000) / font.unitsPerEm;
    return { code: this.codeOf(glyph.id, [code], width), width };
  }

  /**
   * The code of a glyph in this document. A glyph that stands for different characters gets a code for each, because
   * a code tells readers which character to copy: a Cyrillic letter must not come out as the Latin one it looks like.
   */
  private codeOf(glyph: number, characters: readonly number[], width: number): number {
    const key = `${String(glyph)} ${characters.join(' ')}`;
    const known = this.codes.get(key);
    if (known !== undefined) return known;
    const { subset, widths, unicode } = this.embedded;
    const slot =
      subset.mapping[glyph] === undefined
        ? subset.includeGlyph(glyph)
        : subset.glyphs.push(glyph) - 1;
    widths[slot] = width;
    // A glyph without characters of its own is part of the one before it.
    unicode[slot] = characters.length > 0 ? characters : [0x200b];
    this.codes.set(key, slot);
    return slot;
  }
}

function codeText(code: number): string {
  return escapeString(String.fromCharCode(code >> 8, code & 0xff));
}
