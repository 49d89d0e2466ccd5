import { deflate } from './deflate';

/** Objects in one stream: more compress better, fewer are read faster. */
const OBJECTS_IN_A_STREAM = 250;

const ENTRY_BYTES = 7;

/** The predictor of a table’s row: each byte as its difference from the one above, without what is more than a byte. */
const UP = 2;

/**
 * The objects of a PDF file as ISO 32000-1, 7.5.7 and 7.5.8, packs them: many in one compressed stream, and a
 * compressed table of where each one is. A report has ten objects for each row of a table; written one by one, as
 * pdfkit does, they would take four times the space and much longer to write.
 */
export class ObjectStreams {
  /** By object number: the byte where it begins, or its place in its stream. */
  private readonly places: number[] = [0];
  /** By object number: the stream that it is in; 0 when it stands alone, undefined when it was never written. */
  private readonly streams: (number | undefined)[] = [undefined];
  private waiting: { readonly ids: number[]; readonly texts: string[] } = { ids: [], texts: [] };

  /** `allocate` gives a new object number; `write` appends bytes to the file and tells where they begin. */
  constructor(
    private readonly allocate: () => number,
    private readonly write: (bytes: Uint8Array) => number,
  ) {}

  /** An object that is not a stream. */
  add(id: number, text: string): void {
    this.waiting.ids.push(id);
    this.waiting.texts.push(text);
    if (this.waiting.ids.length === OBJECTS_IN_A_STREAM) this.flush();
  }

  /** A stream, with the text of its dictionary without `Length`. */
  addStream(id: number, dictionary: string, content: Uint8Array): void {
    const head = `${String(id)} 0 obj\n<<${dictionary}/Length ${String(content.length)}>>\nstream\n`;
    this.streams[id] = 0;
    this.places[id] = this.write(
      Buffer.concat([
        Buffer.from(head, 'latin1'),
        content,
        Buffer.from('\nendstream\nendobj\n', 'latin1'),
      ]),
    );
  }

  /** Ends the file with the table of all objects. */
  finish(trailer: string): void {
    this.flush();
    const id = this.allocate();
    const size = id + 1;
    // The table names its own place, so it has to know it before it is written.
    this.streams[id] = 0;
    this.places[id] = this.write(new Uint8Array());
    const table = deflate(this.table(size));
    const layout = `/W[1 4 2]/DecodeParms<</Predictor 12/Columns ${String(ENTRY_BYTES)}>>`;
    const start = this.places[id];
    this.addStream(
      id,
      `/Type/XRef/Size ${String(size)}${layout}/Filter/FlateDecode${trailer}`,
      table,
    );
    this.write(Buffer.from(`startxref\n${String(start)}\n%%EOF\n`, 'latin1'));
  }

  private flush(): void {
    const { ids, texts } = this.waiting;
    if (ids.length === 0) return;
    this.waiting = { ids: [], texts: [] };
    const stream = this.allocate();
    let index = '';
    let offset = 0;
    ids.forEach((id, place) => {
      this.streams[id] = stream;
      this.places[id] = place;
      index += `${String(id)} ${String(offset)} `;
      offset += (texts[place]?.length ?? 0) + 1;
    });
    const content = Buffer.from(`${index}${texts.join('\n')}\n`, 'latin1');
    const dictionary = `/Type/ObjStm/N ${String(ids.length)}/First ${String(index.length)}/Filter/FlateDecode`;
    this.addStream(stream, dictionary, deflate(content));
  }

  /** Each entry as its difference from the one before, which compresses to almost nothing. */
  private table(size: number): Buffer {
    const rows = Buffer.alloc(size * (ENTRY_BYTES + 1));
    let [kindBefore, whereBefore, indexBefore] = [0, 0, 0];
    let at = 0;
    for (let id = 0; id < size; id++) {
      const stream = this.streams[id];
      const place = this.places[id] ?? 0;
      const kind = stream === undefined ? 0 : stream === 0 ? 1 : 2;
      const where = stream === undefined || stream === 0 ? place : stream;
      const index = stream === undefined ? 65_535 : stream === 0 ? 0 : place;
      rows[at++] = UP;
      rows[at++] = kind - kindBefore;
      for (let bits = 24; bits >= 0; bits -= 8)
        rows[at++] = (where >>> bits) - (whereBefore >>> bits);
      for (let bits = 8; bits >= 0; bits -= 8)
        rows[at++] = (index >>> bits) - (indexBefore >>> bits);
      [kindBefore, whereBefore, indexBefore] = [kind, where, index];
    }
    return rows;
  }
}
