import type { Cell, Column, Row, Rows, Table } from '../core/table';

/** A row that is there in both answers under the same identity, and not the same. */
export interface ChangedRow {
  readonly before: Row;
  readonly after: Row;
}

/** What two answers differ in. */
export interface RowDifference {
  /** Rows of the later answer only, in its order. */
  readonly added: readonly Row[];
  /** Rows of the earlier answer only, in its order. */
  readonly vanished: readonly Row[];
  readonly changed: readonly ChangedRow[];
}

/** What counts as the same in two answers. */
export interface RowComparison {
  /** Rows with equal values in these columns are the same thing seen twice. */
  readonly identity: (column: Column) => boolean;
  /** The order within lists says nothing. */
  readonly unorderedLists: boolean;
}

/** Digits of a real that two ways of summing the same numbers agree on. */
const REAL_DIGITS = 12;

/** Whole numbers of so many digits that JSON.parse may round two of them to the same. */
const LONG_NUMBERS = /(?<![\d.])\d{16,}(?![\d.eE])/g;

/**
 * What two answers of the same columns differ in, as multisets of rows: the order of rows makes no
 * difference, and a row that came three times and now comes twice has vanished once.
 */
export function differenceOfRows(
  before: Table,
  after: Table,
  comparison: RowComparison,
): RowDifference {
  const { columns } = before;
  const keyOf = (row: Row): string => rowKey(columns, row, comparison.unorderedLists);
  const onlyBefore = without(before.rows, after.rows, keyOf);
  const onlyAfter = without(after.rows, before.rows, keyOf);
  const identityOf = (row: Row): string =>
    JSON.stringify(
      columns.flatMap((column, index) =>
        comparison.identity(column) ? [canonical(row[index] ?? null, column, false)] : [],
      ),
    );
  const waiting = new Map<string, Row[]>();
  for (const row of onlyAfter) {
    const identity = identityOf(row);
    waiting.set(identity, [...(waiting.get(identity) ?? []), row]);
  }
  const vanished: Row[] = [];
  const changed: ChangedRow[] = [];
  const paired = new Set<Row>();
  for (const row of onlyBefore) {
    const partner = waiting.get(identityOf(row))?.shift();
    if (partner === undefined) {
      vanished.push(row);
    } else {
      changed.push({ before: row, after: partner });
      paired.add(partner);
    }
  }
  return { added: onlyAfter.filter((row) => !paired.has(row)), vanished, changed };
}

/** The rows that `others` does not hold, each as often as it is missing there. */
function without(rows: Rows, others: Rows, keyOf: (row: Row) => string): Row[] {
  const counts = new Map<string, number>();
  for (const row of others) {
    const key = keyOf(row);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const missing: Row[] = [];
  for (const row of rows) {
    const key = keyOf(row);
    const left = counts.get(key) ?? 0;
    if (left > 0) counts.set(key, left - 1);
    else missing.push(row);
  }
  return missing;
}

function rowKey(columns: readonly Column[], row: Row, unorderedLists: boolean): string {
  return JSON.stringify(
    columns.map((column, index) => canonical(row[index] ?? null, column, unorderedLists)),
  );
}

function canonical(cell: Cell, { type }: Column, unorderedLists: boolean): unknown {
  if (type === 'real' && typeof cell === 'number') return Number(cell.toPrecision(REAL_DIGITS));
  if (type === 'datetime' && typeof cell === 'string')
    return cell.replace(/(\.\d*?)0*Z$/, '$1Z').replace('.Z', 'Z');
  if (type !== 'dynamic' || typeof cell !== 'string') return cell;
  try {
    return [sorted(JSON.parse(cell), unorderedLists), cell.match(LONG_NUMBERS)?.sort() ?? []];
  } catch {
    return cell;
  }
}

/** Keys of objects in order; where the order of lists says nothing, their items too. */
function sorted(value: unknown, lists: boolean): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => sorted(item, lists));
    if (!lists) return items;
    return items
      .map((item) => ({ item, key: JSON.stringify(item) }))
      .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
      .map(({ item }) => item);
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner, lists)]);
}
