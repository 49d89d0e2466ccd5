import { RawText, stringText } from './objects';

/** Roles of ISO 32000-1, 14.8.4, as far as reports have them. */
export type Role =
  | 'Document'
  | 'Sect'
  | 'Div'
  | 'H1'
  | 'H2'
  | 'H3'
  | 'P'
  | 'Code'
  | 'L'
  | 'LI'
  | 'Lbl'
  | 'LBody'
  | 'Table'
  | 'THead'
  | 'TBody'
  | 'TR'
  | 'TH'
  | 'TD'
  | 'Figure'
  | 'Caption'
  | 'Link'
  | 'TOC'
  | 'TOCI'
  | 'Reference';

export interface PartOptions {
  /** What a figure shows, in words. */
  readonly alt?: string;
  /** Of a figure: left, bottom, right and top in points from the page’s bottom left corner. */
  readonly box?: readonly [number, number, number, number];
  /** Of a list: how its labels count. */
  readonly numbering?: 'Disc' | 'Decimal' | 'None';
}

/** An element of the document’s structure that can still get content. */
export interface Part {
  readonly id: number;
  readonly role: Role;
  readonly parent: number;
  /** The page of the first content, which the rest is told apart from. */
  page: number;
  /** What is in it so far, as the entries of a PDF array. */
  kids: string;
  attributes: string;
}

/** A page, as far as the structure needs it. */
export interface MarkedPage {
  /** The object number of the page’s dictionary. */
  readonly id: number;
  /** Its key in the parent tree. */
  readonly key: number;
  /** Object numbers of the parts that own the page’s marks, in the marks’ order. */
  readonly owners: number[];
}

interface Sink {
  allocate(): number;
  put(id: number, text: string): void;
}

/**
 * The document’s structure, written as it grows: a closed part is an object in the file and nothing in memory.
 * pdfkit’s own structure elements stay in memory to the end, 9 KB for a row of seven cells.
 */
export class StructureTree {
  private readonly parents: [key: number, object: string][] = [];
  private nextKey = 0;
  readonly document: Part;

  /** `root` is the object number of the structure’s root. */
  constructor(
    private readonly sink: Sink,
    root: number,
  ) {
    this.document = this.part('Document', root);
  }

  /** A new part, the next child of another. */
  open(role: Role, parent: Part, options: PartOptions = {}): Part {
    const part = this.part(role, parent.id, options);
    addKid(parent, `${String(part.id)} 0 R`);
    return part;
  }

  close(part: Part): void {
    const { id, role, parent, page, kids, attributes } = part;
    const onPage = page === 0 ? '' : `/Pg ${String(page)} 0 R`;
    const content = kids === '' ? '' : `/K[${kids}]`;
    this.sink.put(id, `<</S/${role}/P ${String(parent)} 0 R${onPage}${content}${attributes}>>`);
  }

  /** The next piece of a part’s content: the number by which the page’s content names it. */
  mark(part: Part, page: MarkedPage): number {
    const number = page.owners.push(part.id) - 1;
    if (part.page === 0) part.page = page.id;
    addKid(
      part,
      part.page === page.id
        ? String(number)
        : `<</Type/MCR/Pg ${String(page.id)} 0 R/MCID ${String(number)}>>`,
    );
    return number;
  }

  /** A key of the parent tree for a page or an annotation. */
  key(): number {
    return this.nextKey++;
  }

  /** Puts an annotation into a part; `key` is the annotation’s StructParent. */
  annotation(part: Part, annotation: number, key: number, page: MarkedPage): void {
    addKid(part, `<</Type/OBJR/Obj ${String(annotation)} 0 R/Pg ${String(page.id)} 0 R>>`);
    this.parents.push([key, `${String(part.id)} 0 R`]);
  }

  /** No more marks will come on a page. */
  closePage(page: MarkedPage): void {
    const id = this.sink.allocate();
    this.sink.put(id, `[${page.owners.map((owner) => `${String(owner)} 0 R`).join(' ')}]`);
    this.parents.push([page.key, `${String(id)} 0 R`]);
  }

  /** What the structure’s root holds. */
  finish(): Record<string, unknown> {
    this.close(this.document);
    this.parents.sort(([a], [b]) => a - b);
    const numbers = this.parents.map(([key, object]) => `${String(key)} ${object}`).join(' ');
    const tree = this.sink.allocate();
    this.sink.put(tree, `<</Nums[${numbers}]>>`);
    return {
      K: [new RawText(`${String(this.document.id)} 0 R`)],
      ParentTree: new RawText(`${String(tree)} 0 R`),
      ParentTreeNextKey: this.nextKey,
    };
  }

  private part(role: Role, parent: number, options: PartOptions = {}): Part {
    const attributes = attributesOf(role, options);
    return { id: this.sink.allocate(), role, parent, page: 0, kids: '', attributes };
  }
}

function addKid(part: Part, kid: string): void {
  part.kids = part.kids === '' ? kid : `${part.kids} ${kid}`;
}

function attributesOf(role: Role, { alt, box, numbering }: PartOptions): string {
  let text = '';
  if (role === 'TH') text += '/A<</O/Table/Scope/Column>>';
  if (numbering !== undefined) text += `/A<</O/List/ListNumbering/${numbering}>>`;
  if (box !== undefined) text += `/A<</O/Layout/Placement/Block/BBox[${box.join(' ')}]>>`;
  if (alt !== undefined) text += `/Alt ${stringText(alt)}`;
  return text;
}
