import { AGGREGATES, hasAnyAnswer, type AggregateRule } from './aggregates';
import { aggregateName, isAggregateCall, isSeveralColumns } from './call-name';
import type { Context, Scope } from './context';
import type { Aggregate, Assignment, Expr, Field } from './ir';
import { lowerExpression } from './lower-expression';
import { fieldRef } from './make-expression';
import { slot, slotItems, type SyntaxNode } from './syntax';

/** Aggregates of one grouping, and what is computed from them. */
export interface Collected {
  readonly aggregates: Aggregate[];
  readonly items: Assignment[];
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
  // Hidden, so that the tree's own names stay unambiguous.
  const field = context.hidden(node.type ?? 'dynamic');
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

/** A constant number that shapes an aggregate; undefined when it is left out. */
export function constantOf(
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
