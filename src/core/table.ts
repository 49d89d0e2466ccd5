/** A Kusto scalar type, by the name that the query API uses in its column list. */
export type KustoType =
  | 'bool'
  | 'datetime'
  | 'decimal'
  | 'dynamic'
  | 'guid'
  | 'int'
  | 'long'
  | 'real'
  | 'string'
  | 'timespan';

/** Every scalar type, in order of name. */
export const KUSTO_TYPES = [
  'bool',
  'datetime',
  'decimal',
  'dynamic',
  'guid',
  'int',
  'long',
  'real',
  'string',
  'timespan',
] as const satisfies readonly KustoType[];

export interface Column {
  readonly name: string;
  readonly type: KustoType;
}

/**
 * One value, in the form the Log Analytics query API sends it: a datetime is UTC ISO 8601 text with
 * up to seven fractional digits, a timespan is Kusto's text (`1.02:03:04.5`), a dynamic is JSON text,
 * a real that JSON cannot hold is `"NaN"`, `"Infinity"` or `"-Infinity"`, and a long beyond 2^53 is
 * its decimal text.
 */
export type Cell = string | number | boolean | null;

/** Cells in the order of the table's columns. */
export type Row = readonly Cell[];

/** Rows that can be gone through as often as needed, and need not be in memory. */
export interface Rows extends Iterable<Row> {
  readonly length: number;
}

/** Rows with the columns that their cells belong to. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: Rows;
}

/** A table that was read whole. */
export interface TableInMemory extends Table {
  readonly rows: readonly Row[];
}

/** At most so many of the first rows. */
export function firstRows(rows: Rows, most: number): Row[] {
  const first: Row[] = [];
  for (const row of rows) {
    if (first.length >= most) break;
    first.push(row);
  }
  return first;
}

/** The index of a column, or -1. Names are case-sensitive, as in Kusto. */
export function columnIndex(table: Pick<Table, 'columns'>, name: string): number {
  return table.columns.findIndex((column) => column.name === name);
}

/** One row as an object keyed by column name. */
export function rowAsRecord(table: Pick<Table, 'columns'>, row: Row): Record<string, Cell> {
  return Object.fromEntries(table.columns.map((column, i) => [column.name, row[i] ?? null]));
}
