import type { Context } from './context';
import type { Aggregate, Assignment, Expr, Field, Relation, SortKey } from './ir';
import { fieldRef } from './make-expression';

/** A relation of the given columns only. */
export function project(input: Relation, items: readonly Assignment[]): Relation {
  return { kind: 'project', input, items, fields: items.map((item) => item.field) };
}

/** Fields as they are, for a projection that keeps them. */
export function unchanged(fields: readonly Field[]): Assignment[] {
  return fields.map((field) => ({ field, value: fieldRef(field) }));
}

/** The same under ids of their own, for a projection after which the old ones are not used any more. */
export function renewed(context: Context, fields: readonly Field[]): Assignment[] {
  return fields.map((field) => ({
    field: context.field(field.name, field.type),
    value: fieldRef(field),
  }));
}

/** The rows in groups that are equal in the keys: a row for each group, with its keys and aggregates. */
export function groupBy(
  input: Relation,
  keys: readonly Assignment[],
  aggregates: readonly Aggregate[],
): Relation & { readonly kind: 'aggregate' } {
  const fields = [
    ...keys.map((key) => key.field),
    ...aggregates.flatMap((aggregate) => aggregate.fields),
  ];
  return { kind: 'aggregate', fields, input, keys, aggregates };
}

/** The rows for which a condition is true. */
export function filterBy(input: Relation, condition: Expr): Relation {
  return { kind: 'filter', fields: input.fields, input, condition };
}

/** The rows in the order of the keys; rows that are equal in all stay as they are. */
export function sortBy(input: Relation, keys: readonly SortKey[]): Relation {
  return { kind: 'sort', fields: input.fields, input, keys };
}

/** A key by a field's value, nulls first. */
export function ascending(field: Field): SortKey {
  return { value: fieldRef(field), descending: false, nullsFirst: true };
}
