import type { ContentBytes } from './content-bytes';
import type { DocumentFont } from './fonts';
import { numberText } from './objects';
import type { TextStyle } from './tokens';

/** Who owns what is drawn: the structure gives the number of each new piece of content. */
export interface Owner {
  readonly role: string;
  /** The number of the next mark on this page. */
  mark(): number;
}

/** Decoration, or a document without structure: no reader is told of it. */
export type Mark = Owner | 'artifact';

/**
 * The content of one page, as the operators of ISO 32000-1, 8 to 9 and 14.6. Every operator that shows something is
 * inside the mark of its owner. Marks and text objects may not overlap, so it keeps track of both.
 */
export class PageContent {
  private open: Mark | undefined;
  /** The open mark began inside the open text object, and has to end there. */
  private openInText = false;
  private inText = false;
  private font: DocumentFont | undefined;
  private size = 0;
  private color = '';
  /** Rectangles by colour. */
  private readonly rules = new Map<string, string>();

  /** `marked` is false for a document without structure; `bytes` has nothing in it, and is this page’s until its end. */
  constructor(
    private readonly marked: boolean,
    private readonly bytes: ContentBytes,
  ) {}

  /** A filled or outlined path. */
  paint(mark: Mark, operators: string): void {
    if (this.inText) this.leaveText();
    this.enter(mark);
    this.bytes.text(`${operators}\n`);
  }

  /** A filled rectangle. */
  fill(mark: Mark, rectangle: string, color: string): void {
    if (this.inText) this.leaveText();
    this.enter(mark);
    this.useColor(color);
    this.bytes.text(`${rectangle} f\n`);
  }

  /** A line that is drawn when the page ends, with all others of its colour: text need not be left for it. */
  rule(rectangle: string, color: string): void {
    this.rules.set(color, `${this.rules.get(color) ?? ''}${rectangle}\n`);
  }

  /** Strings of glyph codes with their operator. */
  show(
    mark: Mark,
    font: DocumentFont,
    style: TextStyle,
    operation: string,
    x: number,
    baseline: number,
  ): void {
    this.place(mark, font, style, x, baseline);
    this.bytes.text(operation);
    this.bytes.text('\n');
  }

  /** Characters that need no shaping, in one font. */
  plain(
    mark: Mark,
    font: DocumentFont,
    style: TextStyle,
    text: string,
    x: number,
    baseline: number,
  ): void {
    this.place(mark, font, style, x, baseline);
    this.bytes.text('(');
    font.encode(text, this.bytes);
    this.bytes.text(')Tj\n');
  }

  /** The page’s content, ended. */
  finish(): Buffer {
    if (this.inText) this.leaveText();
    for (const [color, rectangles] of this.rules) {
      this.enter('artifact');
      this.useColor(color);
      this.bytes.text(`${rectangles}f\n`);
    }
    this.leave();
    return this.bytes.take();
  }

  private place(
    mark: Mark,
    font: DocumentFont,
    { size, color }: TextStyle,
    x: number,
    baseline: number,
  ): void {
    const { bytes } = this;
    this.enterText(mark);
    if (this.font !== font || this.size !== size) {
      this.font = font;
      this.size = size;
      bytes.text(`/${font.id} ${numberText(size, 2)} Tf `);
    }
    this.useColor(color);
    // The page is drawn with y downwards; the minus sign stands letters upright again.
    for (const text of ['1 0 0 -1 ', position(x), ' ', position(baseline), ' Tm']) bytes.text(text);
  }

  private useColor(color: string): void {
    if (this.color === color) return;
    this.color = color;
    this.bytes.text(`${rgb(color)} rg `);
  }

  private enterText(mark: Mark): void {
    const same = !this.marked || this.open === mark;
    if (this.inText && !same && !this.openInText) this.leaveText();
    if (!same) this.leave();
    if (!this.inText) {
      this.bytes.text('BT ');
      this.inText = true;
    }
    if (!same) this.begin(mark, true);
  }

  private leaveText(): void {
    if (this.openInText) this.leave();
    this.bytes.text('ET\n');
    this.inText = false;
  }

  private enter(mark: Mark): void {
    if (!this.marked || this.open === mark) return;
    this.leave();
    this.begin(mark, false);
  }

  private begin(mark: Mark, inText: boolean): void {
    if (mark === 'artifact') this.bytes.text('/Artifact BMC\n');
    else this.bytes.text(`/${mark.role}<</MCID ${String(mark.mark())}>>BDC\n`);
    this.open = mark;
    this.openInText = inText;
  }

  private leave(): void {
    if (this.open === undefined) return;
    this.bytes.text('EMC\n');
    this.open = undefined;
    this.openInText = false;
  }
}

const rgbTexts = new Map<string, string>();

/** `#rrggbb` as PDF’s three numbers. */
export function rgb(color: string): string {
  const known = rgbTexts.get(color);
  if (known !== undefined) return known;
  const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
  const text = parts.map((part) => numberText(part, 3)).join(' ');
  rgbTexts.set(color, text);
  return text;
}

/** A place on the page, to a hundredth of a point. Whole numbers become text far faster than fractions do. */
export function position(value: number): string {
  const hundredths = Math.round(value * 100);
  if (hundredths < 0) return String(hundredths / 100);
  const rest = hundredths % 100;
  const whole = String((hundredths - rest) / 100);
  if (rest === 0) return whole;
  return rest < 10 ? `${whole}.0${String(rest)}` : `${whole}.${String(rest)}`;
}
