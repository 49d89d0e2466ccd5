import { sha256 } from '../core/digest';
import type { Interval } from '../core/period';
import { joined, partOf, type Pieces } from '../core/pieces';
import { Spool } from '../core/spool';
import type { Column, Table } from '../core/table';
import { wireJsonAround } from '../kql/wire';
import { findRows } from '../kql/wire-scan';

/** What the spliced answer says of one of the answers that it is made of. */
interface Slice {
  readonly window: Interval;
  readonly rows: number;
  /** Of the slice's answer, whole, as it came. */
  readonly bytes: number;
  readonly sha256: string;
}

/** Where the text of a slice's rows stands in the spool. */
interface Part {
  readonly slice: Slice;
  readonly start: number;
  readonly end: number;
}

/**
 * One answer made of the answers to a query's slices: the rows' text stands in it as it came, in the
 * given order, and `slices` says which answer each part is from.
 */
export class SplicedAnswer {
  private columns: readonly Column[] | undefined;
  private readonly parts: Part[] = [];
  private readonly rows = new Spool();
  private size = 0;

  /** Throws a SyntaxError when the answer's rows can't be found or its columns are not those of the others. */
  add(window: Interval, body: Pieces, table: Table): void {
    const place = findRows(body);
    if (place === undefined) throw new SyntaxError('The answer has no rows.');
    this.columns ??= table.columns;
    if (JSON.stringify(table.columns) !== JSON.stringify(this.columns)) {
      throw new SyntaxError('The parts of the answer do not have the same columns.');
    }
    if (place.count !== table.rows.length) {
      throw new SyntaxError('The rows of a part of the answer cannot be told apart.');
    }
    const slice = { window, rows: place.count, bytes: body.size, sha256: sha256(body) };
    const start = this.size;
    for (const piece of body.read(place.first, place.last)) {
      this.rows.add(piece);
      this.size += piece.byteLength;
    }
    this.parts.push({ slice, start, end: this.size });
  }

  /** The whole answer, in the query API's form. Nothing can be added afterwards. */
  body(order: 'ascending' | 'descending'): Pieces {
    const parts = order === 'ascending' ? this.parts : [...this.parts].reverse();
    const all = this.rows.end();
    const rows = parts
      .filter(({ start, end }) => start < end)
      .flatMap(({ start, end }, index) => [index === 0 ? '' : ',', partOf(all, start, end)]);
    const [head] = wireJsonAround(this.columns ?? []);
    const slices = JSON.stringify(parts.map((part) => part.slice));
    return joined([head, ...rows, `]}],"slices":${slices}}`]);
  }
}
