import type { Column } from '../core/table';
import { aggregateName, isAggregateCall, isSeveralColumns } from './call-name';
import type { Context, Scope } from './context';
import type { Assignment, Relation } from './ir';
import { lowerComputed, type Collected } from './lower-aggregates';
import {
  explicitNames,
  namingCall,
  refuseUnknownName,
  refuseUnnamedCalculation,
} from './lower-columns';
import { fieldByName, lowerExpression } from './lower-expression';
import { lowerSeveralColumns } from './lower-several-columns';
import { namedValue } from './lower-sources';
import { groupBy, project, renewed } from './make-relation';
import { firstToken, slot, slotItems, walk, type SyntaxNode } from './syntax';

/** `summarize`: keys and aggregates first, then whatever is computed from them. */
export function lowerSummarize(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const columns = operator.columns ?? [];
  const by = operator.slots.get('ByClause');
  const keyNodes = by === undefined ? [] : slotItems(by, 'Expressions');
  const keys = keyNodes.map((node, i): Assignment => {
    refuseUnknownName(context, node, columns[i]?.name, scope);
    refuseUnnamedCalculation(context, node, scope);
    refuseUnnamedConstant(context, node, scope);
    const value = lowerExpression(context, namedValue(node), scope);
    return { field: context.field(columns[i]?.name ?? '', value.type), value };
  });
  const collected: Collected = { aggregates: [], items: [] };
  const rest = columns.slice(keys.length);
  const nodes = slotItems(operator, 'Aggregates');
  let at = 0;
  nodes.forEach((node, i) => {
    const width = isSeveral(node) ? rest.length - at - widthAfter(nodes, i) : 1;
    lowerItem(context, input, node, rest.slice(at, at + width), scope, collected);
    at += width;
  });
  if (at !== rest.length) throw context.unsupported('these aggregates', operator, scope);
  const aggregated = groupBy(input, keys, collected.aggregates);
  const kept = renewed(
    context,
    keys.map((key) => key.field),
  );
  return project(aggregated, [...kept, ...collected.items]);
}

/** The binder gives it the name of what `let` defines; Kusto numbers it. */
function refuseUnnamedConstant(context: Context, node: SyntaxNode, scope: Scope): void {
  const name = node.kind === 'NameReference' ? (node.symbol?.name ?? firstToken(node)) : '';
  if (scope.names.has(name) && fieldByName(scope.row ?? [], name) === undefined) {
    throw context.unsupported('a key that is no column, without a name', node, scope, 'Name it.');
  }
}

/** `arg_max`, `percentiles` and the like give several columns. */
function isSeveral(node: SyntaxNode): boolean {
  const value = valueOf(node);
  return value.kind === 'FunctionCallExpression' && value.type === undefined;
}

/** An item's value, also where several names stand before it: `(LastTime, Address) = arg_max(…)`. */
function valueOf(node: SyntaxNode): SyntaxNode {
  return node.kind === 'CompoundNamedExpression' ? slot(node, 'Expression') : namedValue(node);
}

/** The documentation has it for these two; which of the columns fewer names would be of is not known. */
function expectAllNamed(
  context: Context,
  node: SyntaxNode,
  name: string | undefined,
  columns: readonly Column[],
  scope: Scope,
): void {
  if (name !== 'arg_max' && name !== 'arg_min') {
    const hint = 'Rename the columns after it with project-rename.';
    throw context.unsupported(`several names for '${name ?? ''}'`, node, scope, hint);
  }
  if (explicitNames(node).length !== columns.length) {
    throw context.unsupported('naming some of several columns', node, scope, 'Name all of them.');
  }
}

/** The number of columns of all items after one. */
function widthAfter(nodes: readonly SyntaxNode[], index: number): number {
  return nodes
    .slice(index + 1)
    .reduce((sum, node) => sum + (isSeveral(node) ? (valueOf(node).columns?.length ?? 1) : 1), 0);
}

function lowerItem(
  context: Context,
  input: Relation,
  node: SyntaxNode,
  columns: readonly Column[],
  scope: Scope,
  collected: Collected,
): void {
  const value = valueOf(node);
  const name = aggregateName(value);
  if (value !== namedValue(node)) expectAllNamed(context, node, name, columns, scope);
  if (isSeveralColumns(value)) {
    lowerSeveralColumns(context, input, value, columns, scope, collected);
    return;
  }
  if (node === value) refuseUnknownName(context, node, columns[0]?.name, scope);
  const before = collected.aggregates.length;
  const result = lowerComputed(context, value, scope, collected);
  if (collected.aggregates.length === before) {
    throw context.unsupported('an item without an aggregate', node, scope);
  }
  const automatic =
    node === value ? automaticName(context, value, columns[0]?.name, scope) : undefined;
  const to = context.field(automatic ?? columns[0]?.name ?? '', result.type);
  collected.items.push({ field: to, value: result });
}

/**
 * The name that Kusto gives to an item without one, where it is another than the binder's; undefined where
 * it is the same. Refused where it is not known, or has a random id in it.
 */
function automaticName(
  context: Context,
  node: SyntaxNode,
  given: string | undefined,
  scope: Scope,
): string | undefined {
  const name = aggregateName(node) ?? '';
  const unnamed = (): Error =>
    context.unsupported(
      `'${name}' without a name for its column`,
      node,
      scope,
      `Name it: result = ${name}(…).`,
    );
  if (name.startsWith('binary_all_')) throw unnamed();
  // The engine calls round(percentile(x, 50)) percentile_x_50, the binder Column1: tests/test_summarize_expressions.py.
  const naming = namingCall(node);
  if (naming !== node && isAggregateCall(naming) && /^Column\d+$/.test(given ?? ''))
    throw unnamed();
  walk(node, (part) => {
    if (part.kind !== 'BracketedExpression') return;
    if (!slot(part, 'Expression').kind.endsWith('LiteralExpression')) throw unnamed();
  });
  if (!name.startsWith('covariance')) return undefined;
  const args = slotItems(slot(node, 'ArgumentList'), 'Expressions').slice(0, 2);
  if (args.some((arg) => arg.symbol?.kind !== 'ColumnSymbol')) throw unnamed();
  return [name, ...args.map((arg) => arg.symbol?.name)].join('_');
}
