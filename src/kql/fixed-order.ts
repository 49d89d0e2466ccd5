import type { Table, TableInMemory } from '../core/table';

/** Rows without an order of their own in one that does not depend on how they were stored. */
export function inFixedOrder(table: Table): TableInMemory {
  const keyed = Array.from(table.rows, (row) => ({ row, key: JSON.stringify(row) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  return { columns: table.columns, rows: keyed.map(({ row }) => row) };
}
