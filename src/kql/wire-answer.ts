import { joined, partOf, textOf, type Pieces } from '../core/pieces';
import type { Column, Row, Rows } from '../core/table';
import { fromWireJson, quoteBigIntegers, readRow, type WireAnswer } from './wire';
import { findRows, rowTexts, type RowsPlace } from './wire-scan';

/** The rows of what is not larger are read once and kept. */
const MOST_READ_AT_ONCE = 2 << 20;

/**
 * Reads an answer as `fromWireJson` does, whatever its size: the rows of a large one are read again each time that
 * somebody goes through them. Throws a SyntaxError when the text is not such an answer, and never later.
 */
export function readWireAnswer(body: Pieces, mostAtOnce = MOST_READ_AT_ONCE): WireAnswer {
  const place = body.size > mostAtOnce ? findRows(body) : undefined;
  if (place === undefined) return fromWireJson(textOf(body));
  const around = [partOf(body, 0, place.open), partOf(body, place.close, body.size)];
  const { table, ...rest } = fromWireJson(textOf(joined(around)));
  if (table.rows.length > 0) throw new SyntaxError('The answer has rows in two places.');
  return { table: { ...table, rows: new RowsInBody(body, place, table.columns) }, ...rest };
}

class RowsInBody implements Rows {
  readonly length: number;

  /** Goes through all rows once, so that whoever does later meets no surprise. */
  constructor(
    private readonly body: Pieces,
    private readonly place: RowsPlace,
    private readonly columns: readonly Column[],
  ) {
    let length = 0;
    for (const row of this) if (row.length === columns.length) length += 1;
    this.length = length;
  }

  *[Symbol.iterator](): Generator<Row> {
    for (const text of rowTexts(this.body, this.place)) {
      for (const row of JSON.parse(quoteBigIntegers(`[${text}]`)) as unknown[]) {
        yield readRow(row, this.columns);
      }
    }
  }
}
