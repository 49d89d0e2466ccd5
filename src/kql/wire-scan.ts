import { partOf, textOf, type Pieces } from '../core/pieces';

/** Where the first table's rows stand in an answer of the query API, in bytes. */
export interface RowsPlace {
  /** After the bracket before the rows. */
  readonly open: number;
  /** Before the bracket after the rows. */
  readonly close: number;
  /** From the first row's bracket to the last one's, so without the space around; the same when there is none. */
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** The brackets of lists and objects. */
const OPENING: readonly number[] = [0x5b, 0x7b];
const CLOSING: readonly number[] = [0x5d, 0x7d];

/** Finds what gives a JSON text its shape, piece by piece: brackets, commas and colons outside strings, and quotes around them. */
class Marks {
  private inString = false;
  private escaped = false;

  scan(piece: Uint8Array, onMark: (code: number, index: number) => void): void {
    for (let index = 0; index < piece.length; index += 1) {
      const code = piece[index] ?? 0;
      if (!this.inString) {
        if (code === QUOTE) this.inString = true;
        if (isMark(code)) onMark(code, index);
      } else if (this.escaped) this.escaped = false;
      else if (code === BACKSLASH) this.escaped = true;
      else if (code === QUOTE) {
        this.inString = false;
        onMark(code, index);
      }
    }
  }
}

function isMark(code: number): boolean {
  return (
    code === QUOTE ||
    code === COMMA ||
    code === COLON ||
    code === 0x5b ||
    code === 0x5d ||
    code === 0x7b ||
    code === 0x7d
  );
}

/** Undefined when the text has no such rows, or they do not end. */
export function findRows(body: Pieces): RowsPlace | undefined {
  const finder = new RowsFinder(body);
  const marks = new Marks();
  let offset = 0;
  for (const piece of body.read()) {
    const before = offset;
    marks.scan(piece, (code, index) => {
      finder.mark(code, before + index);
    });
    offset += piece.length;
  }
  return finder.place();
}

/** The rows stand in an object in a list in an object. */
const DEPTH_OF_ROWS = 4;

class RowsFinder {
  private depth = 0;
  private key = '';
  private rootKey = '';
  private isFirstTable = true;
  private text: readonly [number, number] = [0, 0];
  private quoted = -1;
  private open = -1;
  private close = -1;
  private first = -1;
  private last = -1;
  private count = 0;

  constructor(private readonly body: Pieces) {}

  mark(code: number, at: number): void {
    if (OPENING.includes(code)) this.begin(at);
    else if (CLOSING.includes(code)) this.end(at);
    else if (this.open < 0) this.lookForRows(code, at);
  }

  place(): RowsPlace | undefined {
    const { open, close, count } = this;
    if (close < 0) return undefined;
    return count === 0
      ? { open, close, first: open, last: open, count }
      : { open, close, first: this.first, last: this.last, count };
  }

  private begin(at: number): void {
    this.depth += 1;
    if (this.depth === DEPTH_OF_ROWS && this.open < 0) {
      if (this.rootKey === 'tables' && this.isFirstTable && this.key === 'rows') this.open = at + 1;
    } else if (this.depth === DEPTH_OF_ROWS + 1 && this.isInRows()) {
      if (this.count === 0) this.first = at;
      this.count += 1;
    }
  }

  private end(at: number): void {
    this.depth -= 1;
    if (!this.isInRows()) return;
    if (this.depth === DEPTH_OF_ROWS) this.last = at + 1;
    else if (this.depth < DEPTH_OF_ROWS) this.close = at;
  }

  private isInRows(): boolean {
    return this.open >= 0 && this.close < 0;
  }

  /** Keeps in mind which text came last, and of which keys it was one. */
  private lookForRows(code: number, at: number): void {
    if (code === QUOTE && this.quoted < 0) this.quoted = at + 1;
    else if (code === QUOTE) {
      this.text = [this.quoted, at];
      this.quoted = -1;
    } else if (code === COMMA && this.depth === 2) this.isFirstTable = false;
    else if (code === COLON && (this.depth === 1 || this.depth === 3)) {
      const key = textOf(partOf(this.body, ...this.text));
      if (this.depth === 1) {
        this.rootKey = key;
        this.isFirstTable = true;
      } else this.key = key;
    }
  }
}

/**
 * The text of the rows in parts of about a piece, whole rows each, without the commas between the parts. Throws a
 * SyntaxError where a row should stand between two commas.
 */
export function* rowTexts(body: Pieces, { open, close }: RowsPlace): Generator<string> {
  const marks = new Marks();
  let depth = 0;
  let waiting: Uint8Array[] = [];
  let isFirst = true;
  const take = (isLast: boolean): string => {
    const text = Buffer.concat(waiting).toString('utf8');
    if (text.trim() === '' && !(isFirst && isLast)) throw new SyntaxError('A row is missing.');
    isFirst = false;
    return text;
  };
  for (const piece of body.read(open, close)) {
    let cut = -1;
    marks.scan(piece, (code, index) => {
      if (OPENING.includes(code)) depth += 1;
      else if (CLOSING.includes(code)) depth -= 1;
      else if (code === COMMA && depth === 0) cut = index;
    });
    if (cut < 0) waiting.push(piece);
    else {
      waiting.push(piece.subarray(0, cut));
      yield take(false);
      waiting = [piece.subarray(cut + 1)];
    }
  }
  yield take(true);
}
