import type { Assignment, Field, SortKey } from './ir';
import { fieldSql } from './sql-text';

/** The rows' order: hidden columns that are carried along, because SQL's subqueries have no order. */
export interface Order {
  readonly keys: readonly OrderKey[];
  /** Whether no two rows are equal in the keys. */
  readonly total: boolean;
  /** Whether functions may look at other rows: after sort, top or serialize. */
  readonly serialized: boolean;
}

/** A hidden column that rows are ordered by. */
export interface OrderKey {
  readonly column: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  /** The field whose value it is, when it is one field's: rows equal in the key are equal in that field. */
  readonly field?: number;
}

/** `c1 DESC NULLS LAST, …`: the order's keys, then all other fields, so that equal keys leave nothing open. */
export function orderText(order: Order | undefined, fields: readonly Field[]): string | undefined {
  if (order === undefined) return undefined;
  const keys = order.keys.map(
    (key) =>
      `${key.column} ${key.descending ? 'DESC' : 'ASC'} NULLS ${key.nullsFirst ? 'FIRST' : 'LAST'}`,
  );
  if (order.total) return keys.join(', ');
  const decided = new Set(order.keys.map((key) => key.field));
  const rest = fields.filter(({ id }) => !decided.has(id));
  return [...keys, ...rest.map(({ id }) => `${fieldSql(id)} ASC NULLS FIRST`)].join(', ');
}

/** The order of a column that numbers the rows. */
export function numbered(column: string, serialized: boolean): Order {
  return { keys: [{ column, descending: false, nullsFirst: false }], total: true, serialized };
}

/** A key under the name of its column. */
export function orderKey(key: SortKey, column: string): OrderKey {
  const { value, descending, nullsFirst } = key;
  const named = { column, descending, nullsFirst };
  return value.kind === 'field' ? { ...named, field: value.id } : named;
}

/** The same order where a projection has given its fields other numbers. */
export function renumbered(
  order: Order | undefined,
  items: readonly Assignment[],
): Order | undefined {
  if (order === undefined) return undefined;
  const numbers = new Map(
    items.flatMap(({ value, field }) =>
      value.kind === 'field' ? [[value.id, field.id] as const] : [],
    ),
  );
  const keys = order.keys.map(({ field, ...key }) => {
    const number = field === undefined ? undefined : numbers.get(field);
    return number === undefined ? key : { ...key, field: number };
  });
  return { ...order, keys };
}
