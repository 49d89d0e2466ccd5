import { sha256 } from '../core/digest';
import type { Interval } from '../core/period';
import type { Column } from '../core/table';

/** What the spliced answer says of one of the answers that it is made of. */
interface Slice {
  readonly window: Interval;
  readonly rows: number;
  /** Of the slice's answer, whole, as it came. */
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * One answer made of the answers to a query's slices: the rows' text stands in it as it came, in the
 * given order, and `slices` says which answer each part is from.
 */
export class SplicedAnswer {
  private columns: readonly Column[] | undefined;
  private readonly parts: { readonly slice: Slice; readonly rows: string }[] = [];

  /** Throws a SyntaxError when the answer's rows can't be found or its columns are not those of the others. */
  add(
    window: Interval,
    body: string,
    table: { columns: readonly Column[]; rows: { length: number } },
  ): void {
    const rows = rowsText(body);
    this.columns ??= table.columns;
    if (JSON.stringify(table.columns) !== JSON.stringify(this.columns)) {
      throw new SyntaxError('The parts of the answer do not have the same columns.');
    }
    if (rows.count !== table.rows.length) {
      throw new SyntaxError('The rows of a part of the answer cannot be told apart.');
    }
    const slice = {
      window,
      rows: rows.count,
      bytes: Buffer.byteLength(body),
      sha256: sha256(body),
    };
    this.parts.push({ slice, rows: rows.text });
  }

  /** The whole answer, in the query API's form. */
  body(order: 'ascending' | 'descending'): string {
    const parts = order === 'ascending' ? this.parts : [...this.parts].reverse();
    const rows = parts.map((part) => part.rows).filter((text) => text !== '');
    const columns = JSON.stringify(this.columns ?? []);
    const slices = JSON.stringify(parts.map((part) => part.slice));
    return `{"tables":[{"name":"PrimaryResult","columns":${columns},"rows":[${rows.join(',')}]}],"slices":${slices}}`;
  }
}

/** The text between the brackets of the first table's rows, and how many rows it holds. */
function rowsText(body: string): { text: string; count: number } {
  // Quotes inside a JSON text are escaped, so this can be nothing but a key.
  const opening = /"rows"\s*:\s*\[/.exec(body);
  if (opening === null) throw new SyntaxError('The answer has no rows.');
  const start = opening.index + opening[0].length;
  let count = 0;
  let depth = 0;
  const mark = /["[\]]/g;
  mark.lastIndex = start;
  for (let found = mark.exec(body); found !== null; found = mark.exec(body)) {
    if (found[0] === '"') mark.lastIndex = endOfText(body, found.index);
    else if (found[0] === '[') {
      if (depth === 0) count += 1;
      depth += 1;
    } else if (depth > 0) depth -= 1;
    else return { text: body.slice(start, found.index).trim(), count };
  }
  throw new SyntaxError('The rows of the answer do not end.');
}

function endOfText(json: string, start: number): number {
  let end = start;
  for (;;) {
    end = json.indexOf('"', end + 1);
    if (end === -1) return json.length;
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
}
