import { createHash } from 'node:crypto';
import PDFDocument from 'pdfkit';
import { bytesOf, type Content } from '../../core/pieces';
import { deflate } from './deflate';
import { ObjectStreams } from './object-streams';
import { objectText, RawText, stringText } from './objects';
import { uaMetadata } from './xmp';

/** An indirect object of pdfkit’s. */
export interface PdfReference {
  readonly id: number;
  data: Record<string, unknown>;
  end(content?: Uint8Array): void;
}

/** A file inside the PDF. */
export interface Attachment {
  /** Without folders. */
  readonly name: string;
  /** In words, for people. */
  readonly description: string;
  /** A MIME type. */
  readonly type: string;
  /** What it is to the report: the data behind it, or a query that asked for them. */
  readonly relationship: 'Data' | 'Source';
  readonly content: Content;
}

export interface DocumentOptions {
  readonly title: string;
  readonly created: Date;
  /** A BCP 47 language tag. */
  readonly language: string;
  /** PDF/A-3a and PDF/UA-1; otherwise PDF/A-3b, which says nothing of the document’s structure. */
  readonly tagged: boolean;
}

/** What pdfkit has and its types leave out. */
interface Internals {
  readonly _root: PdfReference;
  readonly _info: PdfReference;
  readonly _id: Uint8Array;
  readonly _offsets: (number | null)[];
  readonly _ctm: number[];
  info: Record<string, unknown>;
  appendXML(xml: string): void;
  addNamedEmbeddedFile(name: string, file: PdfReference): void;
  _refEnd(reference: WritableReference): void;
}

/** pdfkit’s own way to its pictures, which its types leave out. */
interface ImageOpener {
  openImage(content: Buffer): {
    readonly label: string;
    readonly obj: PdfReference;
    embed(document: PDFKit.PDFDocument): void;
  };
}

interface WritableReference extends PdfReference {
  buffer: Uint8Array[];
  readonly compress: boolean;
  offset: number;
  finalize(): void;
}

/** In bytes. To begin a stream of zlib costs more time than a page’s footer is worth. */
const WORTH_COMPRESSING = 512;

const base = PDFDocument.prototype as unknown as {
  _addInfo(): void;
  ref(data?: unknown): WritableReference;
};

/**
 * pdfkit’s document with what it does wrongly, or too slowly for logs, put right:
 * - it writes the title into XML as it is, so that a title could add metadata: here it is escaped first;
 * - it can say PDF/A or PDF/UA, not both: here the metadata says both, with the schema that PDF/A asks for;
 * - it writes every object by itself: see ObjectStreams;
 * - it sorts names by the machine’s language, and readers search them by their bytes;
 * - it gives an attachment’s MD5 in hexadecimal, where the format wants the bytes, and takes 30 ms a megabyte;
 * - it is a stream that nobody reads while a report is laid out: here the bytes are simply kept.
 */
export class ArchivalDocument extends PDFDocument {
  // pdfkit’s constructor writes the header, so these have to exist before a field of this class could.
  declare private written: Uint8Array[] | undefined;
  declare private writtenBytes: number | undefined;
  declare private streams: ObjectStreams | undefined;
  private readonly tagged: boolean;

  constructor(options: DocumentOptions) {
    super({
      margin: 0,
      autoFirstPage: false,
      pdfVersion: '1.7',
      subset: options.tagged ? 'PDF/A-3a' : 'PDF/A-3b',
      tagged: options.tagged,
      displayTitle: true,
      lang: options.language,
      font: null as unknown as string,
      info: {
        Title: options.title,
        Creator: 'tallyman',
        Producer: 'pdfkit',
        CreationDate: options.created,
      },
    });
    this.tagged = options.tagged;
    const names = this.internals._root.data['Names'] as PdfReference;
    sortByBytes(names.data['Dests']);
  }

  get internals(): Internals {
    return this as unknown as Internals;
  }

  /** A new object number, for `put`. */
  allocate(): number {
    this.internals._offsets.push(0);
    return this.internals._offsets.length;
  }

  /** Writes an object that is not a stream. */
  put(id: number, text: string): void {
    this.objectStreams.add(id, text);
  }

  attach(attachment: Attachment, date: Date): void {
    const { name, type } = attachment;
    const content = bytesOf(attachment.content);
    const file = this.reference({
      Type: 'EmbeddedFile',
      Subtype: type.replace(/[^A-Za-z0-9.+-]/g, (character) => `#${hex(character)}`),
      Params: {
        Size: content.length,
        CreationDate: date,
        ModDate: date,
        CheckSum: new Uint8Array(createHash('md5').update(content).digest()),
      },
    });
    file.end(content);
    const specification = this.reference({
      Type: 'Filespec',
      AFRelationship: attachment.relationship,
      F: textObject(name),
      UF: textObject(name),
      Desc: textObject(attachment.description),
      EF: { F: file, UF: file },
    });
    specification.end();
    const catalog = this.internals._root.data;
    const names = (catalog['Names'] as PdfReference).data;
    this.internals.addNamedEmbeddedFile(name, specification);
    sortByBytes(names['EmbeddedFiles']);
    catalog['AF'] = [...((catalog['AF'] as unknown[] | undefined) ?? []), specification];
  }

  /** A new object of pdfkit’s kind. */
  reference(data: Record<string, unknown> = {}): PdfReference {
    return this.ref(data);
  }

  /** The object number of the structure’s root, in a tagged document. */
  get structureRoot(): number {
    return (this.internals._root.data['StructTreeRoot'] as PdfReference).id;
  }

  /** Ends the document and gives its bytes. `structure` is what its root holds. */
  bytes(structure: Record<string, unknown> = {}): Uint8Array {
    const root = this.internals._root.data['StructTreeRoot'] as PdfReference | undefined;
    if (root !== undefined) root.data = { Type: 'StructTreeRoot', ...structure };
    this.end();
    return Buffer.concat(this.written ?? []);
  }

  override ref(data: object = {}): PDFKit.PDFKitReference {
    const reference = base.ref.call(this, data);
    reference.finalize = () => {
      this.writeReference(reference);
    };
    return reference as unknown as PDFKit.PDFKitReference;
  }

  override push(chunk: Uint8Array | null): boolean {
    if (chunk !== null) {
      (this.written ??= []).push(chunk);
      this.writtenBytes = (this.writtenBytes ?? 0) + chunk.length;
    }
    return true;
  }

  /** Called by pdfkit when the document ends. */
  protected _addInfo(): void {
    const { internals } = this;
    const plain = internals.info;
    internals.info = Object.fromEntries(
      Object.entries(plain).map(([key, value]) => [
        key,
        typeof value === 'string' || value instanceof String ? escapeXml(String(value)) : value,
      ]),
    );
    base._addInfo.call(this);
    internals.info = plain;
    if (this.tagged) internals.appendXML(uaMetadata());
  }

  /** Puts a picture into the file: pdfkit’s `image` would also draw it, with a matrix that our pages do not have. */
  picture(content: Buffer): { label: string; reference: PdfReference } {
    const image = (this as unknown as ImageOpener).openImage(content);
    image.embed(this);
    return { label: image.label, reference: image.obj };
  }

  /** Called by pdfkit when every object is written. */
  protected _finalize(): void {
    const { _root, _info, _id } = this.internals;
    const id = objectText(_id);
    this.objectStreams.finish(
      `/Root ${objectText(_root)}/Info ${objectText(_info)}/ID[${id} ${id}]`,
    );
  }

  private get objectStreams(): ObjectStreams {
    return (this.streams ??= new ObjectStreams(
      () => this.allocate(),
      (bytes) => {
        const start = this.writtenBytes ?? 0;
        this.push(bytes);
        return start;
      },
    ));
  }

  private writeReference(reference: WritableReference): void {
    if (reference.buffer.length === 0) this.put(reference.id, objectText(reference.data));
    else {
      const plain = Buffer.concat(reference.buffer);
      reference.buffer = [];
      const isPlain = !reference.compress || reference.data['Filter'] !== 'FlateDecode';
      const isShort = !isPlain && plain.length < WORTH_COMPRESSING;
      const content = isPlain || isShort ? plain : deflate(plain);
      // The length is that of what is written in the end.
      const data = { ...reference.data, Length: undefined, ...(isShort && { Filter: undefined }) };
      this.objectStreams.addStream(reference.id, objectText(data).slice(2, -2), content);
    }
    reference.offset = 0;
    this.internals._refEnd(reference);
  }
}

function textObject(text: string): RawText {
  return new RawText(stringText(text));
}

function sortByBytes(tree: unknown): void {
  (tree as { _compareKeys(a: string, b: string): number })._compareKeys = (a, b) =>
    a < b ? -1 : a > b ? 1 : 0;
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(2, '0');
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
