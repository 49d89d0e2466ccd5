import type { Field, SortKey } from './ir';
import { fieldSql } from './sql-text';

/** The rows' order: hidden columns that are carried along, because SQL's subqueries have no order. */
export interface Order {
  readonly keys: readonly OrderKey[];
  /** Whether no two rows are equal in the keys. */
  readonly total: boolean;
  /** Whether functions may look at other rows: after sort, top or serialize. */
  readonly serialized: boolean;
}

export interface OrderKey {
  readonly column: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** `c1 DESC NULLS LAST, …`: the order's keys, then all fields, so that equal keys leave nothing open. */
export function orderText(order: Order | undefined, fields: readonly Field[]): string | undefined {
  if (order === undefined) return undefined;
  const keys = order.keys.map(
    (key) =>
      `${key.column} ${key.descending ? 'DESC' : 'ASC'} NULLS ${key.nullsFirst ? 'FIRST' : 'LAST'}`,
  );
  const rest = order.total ? [] : fields.map((field) => `${fieldSql(field.id)} ASC NULLS FIRST`);
  return [...keys, ...rest].join(', ');
}

/** The order of a column that numbers the rows. */
export function numbered(column: string, serialized: boolean): Order {
  return { keys: [{ column, descending: false, nullsFirst: false }], total: true, serialized };
}

/** A key under the name of its column. */
export function orderKey(key: SortKey, column: string): OrderKey {
  return { column, descending: key.descending, nullsFirst: key.nullsFirst };
}
