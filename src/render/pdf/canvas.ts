import type { Attachment, DocumentOptions, PdfReference } from './archival-document';
import { ArchivalDocument } from './archival-document';
import { ContentBytes } from './content-bytes';
import type { FontName } from './font-files';
import type { DocumentFont } from './fonts';
import type { Atom, Line } from './lines';
import { RawText, stringText } from './objects';
import type { Mark, Owner } from './page-content';
import { PageContent, position, rgb } from './page-content';
import type { LateNumber, PageFoot } from './page-feet';
import { PageFeet } from './page-feet';
import type { MarkedPage, Part, PartOptions, Role } from './structure';
import { StructureTree } from './structure';
import type { Surface } from './surface';
import type { AtomRun } from './text-runs';
import { atomRuns, baselineOf, pieceRuns, showPieces } from './text-runs';
import type { PageFormat, TextStyle } from './tokens';
import { PORTRAIT } from './tokens';
import { Typefaces, widthOf } from './typefaces';

/** What pdfkit’s page has and its types leave out. */
interface PdfPage {
  readonly fonts: Record<string, unknown>;
  readonly xobjects: Record<string, unknown>;
  readonly dictionary: PdfReference;
  readonly content: PdfReference;
  write(content: Uint8Array): void;
}

interface Page extends MarkedPage {
  readonly number: number;
  readonly format: PageFormat;
  readonly pdf: PdfPage;
  readonly content: PageContent;
  /** What is written last: the footer and late numbers. */
  readonly tail: PdfReference;
  readonly late: LateNumber[];
}

/** A page that got all its content but for what is written last. */
type ClosedPage = PageFoot & Pick<Page, 'tail'>;

const NO_PART: Part = { id: 0, role: 'Div', parent: 0, page: 0, kids: '', attributes: '' };

/**
 * Draws on the pages of one PDF. Coordinates are points from the page’s top left corner. Text goes straight into the
 * page’s content, because pdfkit’s own `text` takes quadratic time for a long word and draws empty boxes for
 * characters that a font lacks. A page is written as soon as the next one begins.
 */
export class Canvas implements Surface {
  readonly faces: Typefaces;
  private readonly document: ArchivalDocument;
  private readonly structure: StructureTree | undefined;
  private readonly feet: PageFeet;
  private readonly closed: ClosedPage[] = [];
  private readonly pageOf = new Map<string, number>();
  private readonly bytes = new ContentBytes();
  private page: Page | undefined;
  /** The next page’s format; the page begins when something is drawn on it, so none is empty. */
  private next: PageFormat = PORTRAIT;
  private chapter: PDFKit.PDFOutline | undefined;
  /** The part that is being drawn, and its mark on this page, made when something is drawn. */
  private part: Part;
  private ownMark: Mark | undefined;
  private decorative = false;

  constructor(
    options: DocumentOptions,
    /** Stands at the foot of every page. */
    footer: string,
    /** `Page 3 of 12` */
    pagePlace: (page: number, pages: number) => string,
  ) {
    this.document = new ArchivalDocument(options);
    this.faces = new Typefaces(this.document);
    if (options.tagged) {
      this.structure = new StructureTree(this.document, this.document.structureRoot);
    }
    this.part = this.structure?.document ?? NO_PART;
    const marked = this.structure !== undefined;
    this.feet = new PageFeet(this.faces, marked, this.bytes, footer, pagePlace);
  }

  addPage(format: PageFormat): void {
    this.closePage();
    this.next = format;
  }

  fill(x: number, y: number, width: number, height: number, color: string): void {
    this.current.content.fill(this.paintMark, rectangle(x, y, width, height), color);
  }

  rule(x: number, y: number, width: number, height: number, color: string): void {
    this.current.content.rule(rectangle(x, y, width, height), color);
  }

  outline(x: number, y: number, width: number, height: number, color: string): void {
    const half = 0.35;
    const [left, top] = [position(x + half), position(y + half)];
    const size = `${position(width - 2 * half)} ${position(height - 2 * half)}`;
    this.current.content.paint(
      this.paintMark,
      `${rgb(color)} RG 0.7 w ${left} ${top} ${size} re S`,
    );
  }

  picture(content: Buffer, x: number, y: number, width: number, height: number): void {
    const { pdf, content: drawn } = this.current;
    const { label, reference } = this.document.picture(content);
    pdf.xobjects[label] = reference;
    // The page is drawn with y downwards; the minus sign stands the picture upright again.
    const matrix = `${position(width)} 0 0 -${position(height)} ${position(x)} ${position(y + height)}`;
    drawn.paint(this.paintMark, `q ${matrix} cm /${label} Do Q`);
  }

  line(line: Line, x: number, y: number): void {
    let left = x;
    for (const atom of line.atoms) {
      if (atom.box !== undefined) this.box(atom, left, y, line.height);
      left += atom.width;
    }
    left = x;
    let start = 0;
    while (start < line.atoms.length) {
      const link = line.atoms[start]?.link;
      let end = start + 1;
      while (end < line.atoms.length && line.atoms[end]?.link === link) end++;
      const atoms = line.atoms.slice(start, end);
      const width = atoms.reduce((sum, atom) => sum + atom.width, 0);
      const at = left;
      if (link === undefined) this.atoms(atoms, at, y, line.height);
      else this.link(link, atoms, { x: at, y, width, height: line.height });
      left += width;
      start = end;
    }
  }

  text(text: string, style: TextStyle, x: number, y: number, height: number): void {
    this.run({ atoms: [this.atom(text, style)], x }, y, height);
  }

  plain(text: string, style: TextStyle, x: number, y: number, height: number): void {
    const font = this.useFont(style.face);
    const baseline = y + baselineOf(font, style, height);
    const { content } = this.current;
    content.plain(this.mark, font, style, text, x, baseline);
  }

  widthOf(text: string, style: TextStyle): number {
    return this.atom(text, style).width;
  }

  destination(id: string, y: number): void {
    this.pageOf.set(id, this.current.number);
    this.document.addNamedDestination(id, 'XYZ', 0, y, null);
  }

  bookmark(title: string, level: 'chapter' | 'section', y: number): void {
    const { format, pdf } = this.current;
    const parent =
      level === 'chapter' || this.chapter === undefined ? this.document.outline : this.chapter;
    const item = parent.addItem(title);
    const data = outlineData(item);
    data['Dest'] = [pdf.dictionary, 'XYZ', 0, format.height - y, null];
    data['Title'] = new RawText(stringText(title));
    if (parent === this.document.outline) this.chapter = item;
    // A closed item must say, as a negative number, how many items it has; pdfkit says it of open ones alone.
    else outlineData(parent)['Count'] = Number(outlineData(parent)['Count'] ?? 0) - 1;
  }

  pageNumber(id: string, style: TextStyle, right: number, y: number, height: number): void {
    const { late } = this.current;
    // The number comes last on its page, but its place in the order of reading is here.
    const mark = this.structure === undefined ? 'artifact' : this.reserved();
    late.push({ target: id, style, right, y, height, mark });
  }

  open(role: Role, options?: PartOptions): Part {
    return this.structure?.open(role, this.part, options) ?? NO_PART;
  }

  inside(part: Part, draw: () => void): void {
    const outer = this.part;
    this.part = part;
    this.remark();
    draw();
    this.part = outer;
    this.remark();
  }

  artifact(draw: () => void): void {
    this.decorative = true;
    this.remark();
    draw();
    this.decorative = false;
    this.remark();
  }

  close(part: Part): void {
    this.structure?.close(part);
  }

  attach(attachment: Attachment, date: Date): void {
    this.document.attach(attachment, date);
  }

  /** Writes the footers and ends the document. */
  finish(): Uint8Array {
    this.closePage();
    const { feet, closed, pageOf } = this;
    for (const page of closed) page.tail.end(feet.contentOf(page, closed.length, pageOf));
    return this.document.bytes(this.structure?.finish());
  }

  private get current(): Page {
    return this.page ?? this.beginPage(this.next);
  }

  private beginPage(format: PageFormat): Page {
    this.document.addPage({ size: [format.width, format.height], margin: 0 });
    const pdf = this.document.page as unknown as PdfPage;
    const tail = this.document.reference();
    pdf.dictionary.data['Contents'] = [pdf.content, tail];
    const key = this.structure?.key() ?? 0;
    if (this.structure !== undefined) pdf.dictionary.data['StructParents'] = key;
    const content = new PageContent(this.structure !== undefined, this.bytes);
    const number = this.closed.length + 1;
    const marks = { id: pdf.dictionary.id, key, owners: [] };
    const page = { ...marks, number, format, pdf, content, tail, late: [] };
    this.page = page;
    for (const font of this.feet.fontsOf(number)) this.useFont(font);
    this.useFont('regular');
    this.remark();
    return page;
  }

  /** What is painted belongs to a figure, and to nothing else. */
  private get paintMark(): Mark {
    return this.part.role === 'Figure' ? this.mark : 'artifact';
  }

  /** What is drawn next gets a mark of its own. */
  private remark(): void {
    this.ownMark = undefined;
  }

  private get mark(): Mark {
    return (this.ownMark ??= this.newMark());
  }

  private newMark(): Mark {
    const { structure, current, part } = this;
    if (structure === undefined || this.decorative) return 'artifact';
    return { role: part.role, mark: () => structure.mark(part, current) };
  }

  private reserved(): Owner {
    const number = this.mark === 'artifact' ? 0 : this.mark.mark();
    return { role: this.part.role, mark: () => number };
  }

  private closePage(): void {
    if (this.page === undefined) return;
    const { number, format, tail, late, content, pdf } = this.page;
    pdf.write(content.finish());
    this.structure?.closePage(this.page);
    this.closed.push({ number, format, tail, late });
    this.page = undefined;
  }

  private useFont(name: FontName): DocumentFont {
    const font = this.faces.font(name);
    this.current.pdf.fonts[font.id] ??= font.reference;
    return font;
  }

  private atom(text: string, style: TextStyle): Atom {
    const pieces = this.faces.shape(text, style.face);
    return { text, pieces, style, width: widthOf(pieces, style), level: 0 };
  }

  private link(
    target: string,
    atoms: readonly Atom[],
    place: {
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    },
  ): void {
    const { x, y, height } = place;
    const part = this.open('Link');
    this.inside(part, () => {
      this.atoms(atoms, x, y, height);
    });
    this.annotate(part, target, textOfAtoms(atoms), place);
    this.close(part);
  }

  private annotate(
    part: Part,
    target: string,
    contents: string,
    place: {
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    },
  ): void {
    const { structure, document } = this;
    const { x, y, width, height } = place;
    const key = structure?.key();
    const page = this.current;
    const options = {
      Contents: new RawText(stringText(contents)),
      ...(structure === undefined || key === undefined
        ? {}
        : {
            StructParent: key,
            structParent: {
              add: ({ annotationRef }: { readonly annotationRef: PdfReference }): void => {
                structure.annotation(part, annotationRef.id, key, page);
              },
            },
          }),
    } as unknown as PDFKit.Mixins.AnnotationOption;
    if (target.startsWith('#')) document.goTo(x, y, width, height, target.slice(1), options);
    else if (target.startsWith('https://')) document.link(x, y, width, height, target, options);
  }

  private box(atom: Atom, x: number, y: number, lineHeight: number): void {
    const height = atom.style.size * 1.5;
    const top = y + (lineHeight - height) / 2;
    if (atom.box?.fill !== undefined) this.fill(x, top, atom.width, height, atom.box.fill);
    if (atom.box?.stroke !== undefined) this.outline(x, top, atom.width, height, atom.box.stroke);
  }

  private atoms(atoms: readonly Atom[], x: number, y: number, lineHeight: number): void {
    for (const run of atomRuns(atoms, x)) this.run(run, y, lineHeight);
  }

  private run(run: AtomRun, y: number, lineHeight: number): void {
    const style = run.atoms[0]?.style;
    if (style === undefined) return;
    const baseline = y + baselineOf(this.faces.font(style.face), style, lineHeight);
    for (const { font, pieces, x } of pieceRuns(run, style.size)) {
      const used = this.useFont(font);
      showPieces(this.current.content, this.mark, used, pieces, style, x, baseline);
    }
  }
}

function rectangle(x: number, y: number, width: number, height: number): string {
  return `${position(x)} ${position(y)} ${position(width)} ${position(height)} re`;
}

function textOfAtoms(atoms: readonly Atom[]): string {
  return atoms
    .map((atom) => atom.text)
    .join('')
    .trim();
}

/** The dictionary of an item of the outline, which pdfkit’s types leave out. */
function outlineData(item: PDFKit.PDFOutline): Record<string, unknown> {
  return (item as unknown as { outlineData: Record<string, unknown> }).outlineData;
}
