import PDFDocument from 'pdfkit';
import type { Atom, Line } from './lines';
import { BOX_PADDING } from './lines';
import type { Surface } from './surface';
import type { TextStyle } from './tokens';
import { PAGE, TEXT } from './tokens';
import type { EmbeddedFont, Piece } from './typefaces';
import { Typefaces } from './typefaces';

/** What pdfkit has and its types leave out. */
interface DocumentInternals {
  readonly _font: EmbeddedFont;
  readonly page: { readonly fonts: Record<string, PDFKit.PDFKitReference> };
  info: Record<string, unknown>;
}

/** pdfkit writes the document’s title into XML as it is; this one escapes it first. */
class SafeDocument extends PDFDocument {
  /** Called by pdfkit when the document ends. */
  protected _addInfo(): void {
    const internals = this as unknown as DocumentInternals;
    const plain = internals.info;
    internals.info = Object.fromEntries(
      Object.entries(plain).map(([key, value]) => [
        key,
        typeof value === 'string' || value instanceof String ? escapeXml(String(value)) : value,
      ]),
    );
    (PDFDocument.prototype as unknown as { _addInfo(): void })._addInfo.call(this);
    internals.info = plain;
  }
}

/**
 * Draws on the pages of one PDF. Coordinates are points from the page’s top left corner. Text goes straight into the
 * page’s content, because pdfkit’s own `text` takes quadratic time for a long word and draws empty boxes for
 * characters that a font lacks.
 */
export class Canvas implements Surface {
  readonly faces: Typefaces;
  private readonly document: PDFKit.PDFDocument;
  private readonly chunks: Uint8Array[] = [];
  private readonly finished: Promise<void>;
  /** Content of the current page that pdfkit does not have yet. */
  private drawn: string[] = [];
  private chapter: PDFKit.PDFOutline | undefined;

  constructor(title: string, created: string) {
    this.document = new SafeDocument({
      size: [PAGE.width, PAGE.height],
      margin: 0,
      autoFirstPage: false,
      bufferPages: true,
      pdfVersion: '1.7',
      displayTitle: true,
      lang: 'en',
      font: null as unknown as string,
      info: {
        Title: title,
        Creator: 'tallyman',
        Producer: 'pdfkit',
        CreationDate: new Date(created),
      },
    });
    this.finished = new Promise((resolve, reject) => {
      this.document.on('data', (chunk: Uint8Array) => this.chunks.push(chunk));
      this.document.on('end', resolve);
      this.document.on('error', reject);
    });
    this.faces = new Typefaces((source) => {
      this.document.font(source as Buffer);
      return this.internals._font;
    });
    this.addPage();
  }

  private get internals(): DocumentInternals {
    return this.document as unknown as DocumentInternals;
  }

  addPage(): void {
    this.flush();
    this.document.addPage();
  }

  fill(x: number, y: number, width: number, height: number, color: string): void {
    this.write(`${rgb(color)} rg ${points(x, y, width, height)} re f`);
  }

  outline(x: number, y: number, width: number, height: number, color: string): void {
    const half = 0.35;
    this.write(
      `${rgb(color)} RG 0.7 w ${points(x + half, y + half, width - 2 * half, height - 2 * half)} re S`,
    );
  }

  line(line: Line, x: number, y: number): void {
    let left = x;
    let run: { atoms: Atom[]; x: number } | undefined;
    for (const atom of line.atoms) {
      if (atom.box !== undefined) this.box(atom, left, y, line.height);
      if (atom.link !== undefined) this.link(atom.link, left, y, atom.width, line.height);
      const indent = atom.box === undefined ? 0 : boxIndent(atom);
      const first = run?.atoms[0];
      if (run !== undefined && first !== undefined && indent === 0 && canJoin(first, atom)) {
        run.atoms.push(atom);
      } else {
        if (run !== undefined) this.run(run.atoms, run.x, y, line.height);
        run = { atoms: [atom], x: left + indent };
      }
      left += atom.width;
    }
    if (run !== undefined) this.run(run.atoms, run.x, y, line.height);
  }

  text(text: string, style: TextStyle, x: number, y: number, height: number): void {
    this.run([this.atom(text, style)], x, y, height);
  }

  widthOf(text: string, style: TextStyle): number {
    return this.atom(text, style).width;
  }

  destination(id: string, y: number): void {
    this.document.addNamedDestination(id, 'XYZ', 0, y, null);
  }

  bookmark(title: string, level: 'chapter' | 'section'): void {
    if (level === 'chapter' || this.chapter === undefined) {
      this.chapter = this.document.outline.addItem(title);
    } else this.chapter.addItem(title);
  }

  /** Writes the footers and ends the document. */
  async finish(footer: string): Promise<Uint8Array> {
    this.flush();
    const { count } = this.document.bufferedPageRange();
    const y = PAGE.height - PAGE.footer;
    for (let page = 0; page < count; page++) {
      this.document.switchToPage(page);
      this.text(footer, TEXT.footer, PAGE.left, y, TEXT.footer.size);
      const place = `Page ${String(page + 1)} of ${String(count)}`;
      const width = this.widthOf(place, TEXT.footer);
      this.text(place, TEXT.footer, PAGE.width - PAGE.right - width, y, TEXT.footer.size);
      this.flush();
    }
    this.document.end();
    await this.finished;
    return Buffer.concat(this.chunks);
  }

  private atom(text: string, style: TextStyle): Atom {
    const pieces = this.faces.shape(text, style.face);
    const width = (pieces.reduce((sum, piece) => sum + piece.width, 0) * style.size) / 1000;
    return { pieces, style, width };
  }

  private link(target: string, x: number, y: number, width: number, height: number): void {
    if (target.startsWith('#')) this.document.goTo(x, y, width, height, target.slice(1));
    else if (target.startsWith('https://')) this.document.link(x, y, width, height, target);
  }

  private box(atom: Atom, x: number, y: number, lineHeight: number): void {
    const height = atom.style.size * 1.5;
    const top = y + (lineHeight - height) / 2;
    if (atom.box?.fill !== undefined) this.fill(x, top, atom.width, height, atom.box.fill);
    if (atom.box?.stroke !== undefined) this.outline(x, top, atom.width, height, atom.box.stroke);
  }

  private run(atoms: readonly Atom[], x: number, y: number, lineHeight: number): void {
    const style = atoms[0]?.style;
    if (style === undefined) return;
    const font = this.faces.font(style.face);
    const em = ((font.ascender - font.descender) * style.size) / 1000;
    const baseline = y + (lineHeight - em) / 2 + (font.ascender * style.size) / 1000;
    let left = x;
    let waiting: Piece[] = [];
    let waitingAt = left;
    const flush = (): void => {
      if (waiting.length > 0) this.pieces(waiting, style, waitingAt, baseline);
      waiting = [];
    };
    for (const piece of atoms.flatMap((atom) => atom.pieces)) {
      if (waiting[0]?.face !== piece.face || piece.operands === undefined) {
        flush();
        waitingAt = left;
      }
      waiting.push(piece);
      left += (piece.width * style.size) / 1000;
      if (piece.operands === undefined) flush();
    }
    flush();
  }

  private pieces(pieces: readonly Piece[], style: TextStyle, x: number, baseline: number): void {
    const [first] = pieces;
    if (first === undefined) return;
    const font = this.faces.font(first.face);
    this.internals.page.fonts[font.id] ??= font.ref();
    const start = `BT /${font.id} ${number(style.size)} Tf ${rgb(style.color)} rg`;
    // The page is drawn with y downwards; the minus sign stands letters upright again.
    const place = (dx: number, dy: number): string =>
      `1 0 0 -1 ${points(x + dx, baseline - dy)} Tm`;
    if (first.operands !== undefined) {
      const operands = pieces
        .map((piece) => piece.operands)
        .join('')
        .replaceAll('><', '');
      this.write(`${start} ${place(0, 0)} [${operands}] TJ ET`);
      return;
    }
    const scale = style.size / 1000;
    const glyphs = first.glyphs.map(
      (glyph) => `${place(glyph.x * scale, glyph.y * scale)} <${glyph.hex}> Tj`,
    );
    this.write(`${start} ${glyphs.join(' ')} ET`);
  }

  private write(content: string): void {
    this.drawn.push(content);
  }

  /** Hands the page’s content over in one piece, which pdfkit takes far faster than line by line. */
  private flush(): void {
    if (this.drawn.length === 0) return;
    this.document.page.write(Buffer.from(`${this.drawn.join('\n')}\n`, 'latin1'));
    this.drawn = [];
  }
}

function boxIndent(atom: Atom): number {
  const text = (atom.pieces.reduce((sum, piece) => sum + piece.width, 0) * atom.style.size) / 1000;
  return Math.max((atom.width - text) / 2, BOX_PADDING * 0.5);
}

function canJoin(a: Atom, b: Atom): boolean {
  return a.box === undefined && a.style === b.style;
}

const rgbTexts = new Map<string, string>();

/** `#rrggbb` as PDF’s three numbers. */
function rgb(color: string): string {
  const known = rgbTexts.get(color);
  if (known !== undefined) return known;
  const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255);
  const text = parts.map(number).join(' ');
  rgbTexts.set(color, text);
  return text;
}

function points(...values: readonly number[]): string {
  return values.map(number).join(' ');
}

function number(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
