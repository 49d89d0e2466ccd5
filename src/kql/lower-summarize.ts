import type { Column } from '../core/table';
import { AGGREGATES, hasAnyAnswer, type AggregateRule } from './aggregates';
import { aggregateName, isAggregateCall, isSeveralColumns } from './call-name';
import type { Context, Scope } from './context';
import type { Aggregate, Assignment, Expr, Field, Relation } from './ir';
import { fieldByName, lowerExpression } from './lower-expression';
import { fieldRef } from './make-expression';
import {
  explicitNames,
  namingCall,
  refuseUnknownName,
  refuseUnnamedCalculation,
} from './lower-columns';
import { namedValue } from './lower-sources';
import { firstToken, slot, slotItems, walk, type SyntaxNode } from './syntax';

/** Aggregates of one grouping, and what is computed from them. */
export interface Collected {
  readonly aggregates: Aggregate[];
  readonly items: Assignment[];
}

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
  const fields = [
    ...keys.map((key) => key.field),
    ...collected.aggregates.flatMap((aggregate) => aggregate.fields),
  ];
  const aggregated: Relation = {
    kind: 'aggregate',
    fields,
    input,
    keys,
    aggregates: collected.aggregates,
  };
  const kept = keys.map((key): Assignment => ({
    field: context.field(key.field.name, key.field.type),
    value: fieldRef(key.field),
  }));
  const items = [...kept, ...collected.items];
  return { kind: 'project', input: aggregated, items, fields: items.map((item) => item.field) };
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
  if (name === 'take_anyif') {
    lowerTakeAnyIf(context, value, columns, scope, collected);
  } else if (name === 'arg_max' || name === 'arg_min' || name === 'take_any') {
    const fields = lowerRowAggregate(context, input, value, name, columns, scope, collected);
    fields.forEach((field, i) => {
      const to = context.field(columns[i]?.name ?? '', field.type);
      collected.items.push({ field: to, value: fieldRef(field) });
    });
  } else if (name === 'percentiles' || name === 'percentilesw') {
    lowerPercentiles(context, value, name, columns, scope, collected);
  } else {
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

/**
 * An expression around aggregates (`1.0 * sum(a) / count()`). Each aggregate in it becomes a field; the
 * expression is then lowered with the aggregates' nodes read as these fields.
 */
export function lowerComputed(
  context: Context,
  node: SyntaxNode,
  scope: Scope,
  collected: Collected,
): Expr {
  const found = new Map<SyntaxNode, Field>();
  walkAggregates(node, (call) => {
    found.set(call, lowerAggregate(context, call, scope, collected));
  });
  const own = found.get(node);
  if (own !== undefined) return fieldRef(own);
  const names = new Map(scope.names);
  const replaced = replaceAggregates(node, found);
  const row = [...found.values()];
  return lowerExpression(context, replaced, { ...scope, names, row });
}

/** Visits the outermost aggregate calls. */
function walkAggregates(node: SyntaxNode, visit: (call: SyntaxNode) => void): void {
  if (isAggregateCall(node) || isSeveralColumns(node)) {
    visit(node);
    return;
  }
  for (const child of [...node.slots.values(), ...node.items]) walkAggregates(child, visit);
}

/** A copy of the tree in which aggregate calls are references to their fields. */
function replaceAggregates(node: SyntaxNode, found: ReadonlyMap<SyntaxNode, Field>): SyntaxNode {
  const field = found.get(node);
  if (field !== undefined) {
    return {
      ...node,
      kind: 'NameReference',
      symbol: { kind: 'ColumnSymbol', name: field.name },
      slots: new Map(),
      items: [],
      body: undefined,
    };
  }
  return {
    ...node,
    slots: new Map([...node.slots].map(([name, child]) => [name, replaceAggregates(child, found)])),
    items: node.items.map((item) => replaceAggregates(item, found)),
  };
}

function lowerAggregate(
  context: Context,
  node: SyntaxNode,
  scope: Scope,
  collected: Collected,
): Field {
  const name = aggregateName(node) ?? '';
  const rule = Object.hasOwn(AGGREGATES, name) ? AGGREGATES[name] : undefined;
  if (rule === undefined) throw context.unsupported(`'${name}' inside an expression`, node, scope);
  const nodes = slotItems(slot(node, 'ArgumentList'), 'Expressions');
  const args = nodes.slice(0, rule.arguments).map((arg) => lowerExpression(context, arg, scope));
  if (args.length < rule.arguments) {
    throw context.unsupported(`'${name}' with these arguments`, node, scope);
  }
  // `count(x)` counts all rows, whatever x is; what it does with a condition is not known.
  const ignored = name === 'count' && nodes.length === 1 && nodes[0]?.type !== 'bool' ? 1 : 0;
  const others = nodes.slice(rule.arguments + ignored);
  const constants = constantsOf(context, node, name, rule, others, scope);
  if (hasAnyAnswer(name)) context.approximate = true;
  const filter = rule.conditional === undefined ? undefined : args.pop();
  // A name that no column of a query can have, so that the tree's own names stay unambiguous.
  const field = context.field(`\0${context.id()}`, node.type ?? 'dynamic');
  const place = context.place(node, scope);
  collected.aggregates.push({
    name: rule.conditional ?? name,
    fields: [field],
    args,
    filter,
    ...constants,
    place,
  });
  return field;
}

/** The constants that shape an aggregate. */
function constantsOf(
  context: Context,
  node: SyntaxNode,
  name: string,
  rule: AggregateRule,
  nodes: readonly SyntaxNode[],
  scope: Scope,
): Pick<Aggregate, 'parameter' | 'ranks'> {
  const refusal = (): Error => context.unsupported(`'${name}' with these arguments`, node, scope);
  if (rule.ranks === true) {
    if (nodes.length === 0) throw refusal();
    return { parameter: undefined, ranks: ranksOf(context, nodes, scope) };
  }
  if (nodes.length > (rule.parameter === undefined ? 0 : 1)) throw refusal();
  // dcount's accuracy changes nothing here, because it is counted exactly.
  const parameter = name.startsWith('dcount') ? undefined : constantOf(context, nodes[0], scope);
  if (rule.parameter === 'needed' && parameter === undefined) throw refusal();
  return { parameter };
}

/** Ranks written one by one, or as one dynamic list. */
function ranksOf(context: Context, nodes: readonly SyntaxNode[], scope: Scope): readonly number[] {
  const [only] = nodes;
  if (only?.type !== 'dynamic') {
    return nodes.map((node) => constantOf(context, node, scope) ?? -1);
  }
  const list = lowerExpression(context, only, { ...scope, row: undefined });
  const ranks: unknown =
    list.kind === 'literal' && typeof list.value === 'string' ? JSON.parse(list.value) : undefined;
  if (Array.isArray(ranks) && ranks.every((rank) => typeof rank === 'number')) return ranks;
  throw context.unsupported('a list of ranks that is not constant', only, scope);
}

function constantOf(
  context: Context,
  node: SyntaxNode | undefined,
  scope: Scope,
): number | undefined {
  if (node === undefined) return undefined;
  const value = lowerExpression(context, node, { ...scope, row: undefined });
  if (
    value.kind === 'literal' &&
    (typeof value.value === 'bigint' || typeof value.value === 'number')
  ) {
    return Number(value.value);
  }
  throw context.unsupported('an argument that is not constant', node, scope);
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
  context.approximate = true;
  ranks.forEach((rank, i) => {
    const type = columns[i]?.type ?? value.type;
    const field = context.field(columns[i]?.name ?? '', type);
    collected.aggregates.push({
      name: name === 'percentiles' ? 'percentile' : 'percentilew',
      fields: [field],
      args,
      filter: undefined,
      parameter: constantOf(context, rank, scope),
      place: context.place(node, scope),
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
  context.approximate = true;
  const [valueNode, conditionNode] = slotItems(slot(node, 'ArgumentList'), 'Expressions');
  if (valueNode === undefined || conditionNode === undefined) {
    throw context.unsupported(`'take_anyif' with these arguments`, node, scope);
  }
  const value = lowerExpression(context, valueNode, scope);
  const filter = lowerExpression(context, conditionNode, scope);
  const place = context.place(node, scope);
  const field = context.field(columns[0]?.name ?? '', value.type);
  collected.aggregates.push({
    name: 'take_any',
    fields: [field],
    args: [value],
    filter,
    parameter: undefined,
    place,
  });
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
): readonly Field[] {
  context.approximate = true;
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
  return fields;
}
