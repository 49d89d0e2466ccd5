import type { Context, Scope } from './context';
import type { Place } from './errors';
import { CONVERT_DYNAMIC } from './hints';
import type { Expr, Relation, SortKey } from './ir';
import { lowerExpression } from './lower-expression';
import { hasWindow } from './lower-window';
import { makeCall } from './make-expression';
import { groupBy, sortBy } from './make-relation';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';

/** `sort`, `order`: by each key in turn. */
export function lowerSort(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const keys = slotItems(operator, 'Expressions').flatMap((node) => sortKeys(context, node, scope));
  return sortBy(input, keys);
}

/** Descending unless it says otherwise; nulls first when ascending, last when descending. */
function sortKeys(context: Context, node: SyntaxNode, scope: Scope): SortKey[] {
  const ordered = node.kind === 'OrderedExpression';
  const value = lowerExpression(context, ordered ? slot(node, 'Expression') : node, scope);
  if (value.type === 'dynamic')
    throw context.unsupported('sorting by a dynamic', node, scope, CONVERT_DYNAMIC);
  if (hasWindow(value))
    throw context.unsupported('sorting by what looks at other rows', node, scope);
  const ordering = ordered ? node.slots.get('Ordering') : undefined;
  const direction = ordering?.slots.get('AscOrDescKeyword');
  const nulls = ordering?.slots.get('NullsClause')?.slots.get('FirstOrLastKeyword');
  const descending = direction === undefined || firstToken(direction) !== 'asc';
  const nullsFirst = nulls === undefined ? !descending : firstToken(nulls) === 'first';
  return orderKeys({ value, descending, nullsFirst }, context.place(node, scope));
}

/** A key with whatever must be sorted by before it: NaN stands beside null, where SQL would hold it for the greatest number. */
export function orderKeys(key: SortKey, place: Place): SortKey[] {
  const { value, nullsFirst } = key;
  if (value.type !== 'real') return [key];
  const rank = makeCall('rank of number', 'long', [value], place);
  return [{ value: rank, descending: !nullsFirst, nullsFirst }, key];
}

/** `top`: the first rows by one key. */
export function lowerTop(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const keys = sortKeys(context, slot(operator, 'ByExpression'), scope);
  return limit(context, sortBy(input, keys), slot(operator, 'Expression'), scope);
}

/** `take`, `limit`: any rows, or the first where the rows are sorted. */
export function lowerTake(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  context.approximate = true;
  return limit(context, input, slot(operator, 'Expression'), scope);
}

/** Any of the distinct values, so many of them. */
export function lowerSampleDistinct(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const [column] = operator.columns ?? [];
  const value = lowerExpression(context, slot(operator, 'OfExpression'), scope);
  if (column === undefined || value.type === 'dynamic') {
    throw context.unsupported('sample-distinct of a dynamic', operator, scope);
  }
  context.approximate = true;
  const field = context.field(column.name, value.type);
  const values = groupBy(input, [{ field, value }], []);
  return limit(context, values, slot(operator, 'Expression'), scope);
}

function limit(context: Context, input: Relation, node: SyntaxNode, scope: Scope): Relation {
  const count = rowCount(context, node, scope);
  return { kind: 'limit', fields: input.fields, input, count, group: scope.group ?? [] };
}

/** How many rows an operator is to give. */
export function rowCount(context: Context, node: SyntaxNode, scope: Scope): Expr {
  const count = lowerExpression(context, node, { ...scope, row: undefined });
  if (count.type === 'long' || count.type === 'int') return count;
  throw context.unsupported('a number of rows that is no long', node, scope);
}
