import type { Column } from '../core/table';
import { aggregateName } from './call-name';
import type { Context, Scope } from './context';
import type { Relation } from './ir';
import { constantOf, type Collected } from './lower-aggregates';
import { fieldByName, lowerExpression } from './lower-expression';
import { namedValue } from './lower-sources';
import { fieldRef, makeAggregate } from './make-expression';
import { renewed } from './make-relation';
import { slot, slotItems, type SyntaxNode } from './syntax';

/**
 * An item of `summarize` that is an aggregate of several columns (see SEVERAL_COLUMNS): `columns` are those that the
 * binder gives it. Its aggregates and columns are added to `collected`.
 */
export function lowerSeveralColumns(
  context: Context,
  input: Relation,
  node: SyntaxNode,
  columns: readonly Column[],
  scope: Scope,
  collected: Collected,
): void {
  context.approximate = true;
  const name = aggregateName(node) ?? '';
  if (name === 'take_anyif') {
    lowerTakeAnyIf(context, node, columns, scope, collected);
  } else if (name === 'percentiles' || name === 'percentilesw') {
    lowerPercentiles(context, node, name, columns, scope, collected);
  } else {
    lowerRowAggregate(context, input, node, name, columns, scope, collected);
  }
}

/** `percentiles(value, ranks…)` and `percentilesw(value, weight, ranks…)`: a column for each rank. */
function lowerPercentiles(
  context: Context,
  node: SyntaxNode,
  name: 'percentiles' | 'percentilesw',
  columns: readonly Column[],
  scope: Scope,
  collected: Collected,
): void {
  const nodes = slotItems(slot(node, 'ArgumentList'), 'Expressions');
  const needed = name === 'percentiles' ? 1 : 2;
  const args = nodes.slice(0, needed).map((arg) => lowerExpression(context, arg, scope));
  const ranks = nodes.slice(needed);
  const [value] = args;
  if (value === undefined || ranks.length !== columns.length) {
    throw context.unsupported(`'${name}' with these arguments`, node, scope);
  }
  ranks.forEach((rank, i) => {
    const type = columns[i]?.type ?? value.type;
    const field = context.field(columns[i]?.name ?? '', type);
    const one = name === 'percentiles' ? 'percentile' : 'percentilew';
    collected.aggregates.push({
      ...makeAggregate(one, field, args, context.place(node, scope)),
      parameter: constantOf(context, rank, scope),
    });
    const to = context.field(field.name, type);
    collected.items.push({ field: to, value: fieldRef(field) });
  });
}

/** `take_anyif(a, condition)`: any row's value among those that satisfy the condition. */
function lowerTakeAnyIf(
  context: Context,
  node: SyntaxNode,
  columns: readonly Column[],
  scope: Scope,
  collected: Collected,
): void {
  const [valueNode, conditionNode] = slotItems(slot(node, 'ArgumentList'), 'Expressions');
  if (valueNode === undefined || conditionNode === undefined) {
    throw context.unsupported(`'take_anyif' with these arguments`, node, scope);
  }
  const value = lowerExpression(context, valueNode, scope);
  const filter = lowerExpression(context, conditionNode, scope);
  const field = context.field(columns[0]?.name ?? '', value.type);
  const aggregate = makeAggregate('take_any', field, [value], context.place(node, scope));
  collected.aggregates.push({ ...aggregate, filter });
  const to = context.field(field.name, value.type);
  collected.items.push({ field: to, value: fieldRef(field) });
}

/** `arg_max(key, a, b)` or `arg_max(key, *)`; `take_any(a, b)` or `take_any(*)`. */
function lowerRowAggregate(
  context: Context,
  input: Relation,
  node: SyntaxNode,
  name: string,
  columns: readonly Column[],
  scope: Scope,
  collected: Collected,
): void {
  const nodes = slotItems(slot(node, 'ArgumentList'), 'Expressions');
  const star = nodes.some((item) => item.kind === 'StarExpression');
  const plain = nodes.filter((item) => item.kind !== 'StarExpression');
  const args = plain.map((item) => lowerExpression(context, namedValue(item), scope));
  if (star) {
    for (const column of columns.slice(args.length)) {
      const field = fieldByName(input.fields, column.name);
      if (field === undefined) throw context.unsupported(`'${name}' of these columns`, node, scope);
      args.push(fieldRef(field));
    }
  }
  if (args.length !== columns.length) {
    throw context.unsupported(`'${name}' with these arguments`, node, scope);
  }
  const fields = args.map((arg, i) => context.field(columns[i]?.name ?? '', arg.type));
  const place = context.place(node, scope);
  collected.aggregates.push({ name, fields, args, filter: undefined, parameter: undefined, place });
  collected.items.push(...renewed(context, fields));
}
