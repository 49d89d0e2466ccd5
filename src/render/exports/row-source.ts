import type { Cell, Column, KustoType, Row } from '../../core/table';

/** A table that can be gone through more than once and needs not be in memory. */
export interface RowSource {
  readonly columns: readonly Column[];
  readonly rows: Iterable<Row>;
}

/** What a value of a column is in a typed file: `text` for every type that such files do not have. */
export type ValueKind = 'bool' | 'whole' | 'real' | 'moment' | 'text';

const KINDS: Readonly<Record<KustoType, ValueKind>> = {
  bool: 'bool',
  datetime: 'moment',
  decimal: 'text',
  dynamic: 'text',
  guid: 'text',
  int: 'whole',
  long: 'whole',
  real: 'real',
  string: 'text',
  timespan: 'text',
};

const FITS: Readonly<Record<ValueKind, (cell: NonNullable<Cell>) => boolean>> = {
  bool: (cell) => typeof cell === 'boolean',
  whole: (cell) => (typeof cell === 'number' ? Number.isSafeInteger(cell) : isLong(cell)),
  real: (cell) => typeof cell === 'number' || /^(NaN|-?Infinity)$/.test(String(cell)),
  moment: (cell) => typeof cell === 'string' && nanosecondsOf(cell) !== undefined,
  text: () => true,
};

/**
 * The kind of each column. A source may send what its own types do not allow: a column that holds such a value
 * is text as a whole, so that no value is lost or changed.
 */
export function columnKinds({ columns, rows }: RowSource): ValueKind[] {
  const kinds = columns.map(({ type }) => KINDS[type]);
  for (const row of rows) {
    kinds.forEach((kind, i) => {
      const cell = row[i] ?? null;
      if (cell !== null && !FITS[kind](cell)) kinds[i] = 'text';
    });
  }
  return kinds;
}

const LEAST_LONG = -(2n ** 63n);
const GREATEST_LONG = 2n ** 63n - 1n;

function isLong(cell: string | boolean): boolean {
  if (typeof cell !== 'string' || !/^-?\d{1,19}$/.test(cell)) return false;
  const value = BigInt(cell);
  return value >= LEAST_LONG && value <= GREATEST_LONG;
}

/** Nanoseconds since 1970 of a UTC moment with up to seven digits; undefined for other text, and beyond 64 bits. */
export function nanosecondsOf(text: string): bigint | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z$/.exec(text);
  const milliseconds = Date.parse(`${parts?.[1] ?? ''}Z`);
  if (Number.isNaN(milliseconds)) return undefined;
  const value = BigInt(milliseconds) * 1_000_000n + BigInt((parts?.[2] ?? '').padEnd(9, '0'));
  return value >= LEAST_LONG && value <= GREATEST_LONG ? value : undefined;
}
