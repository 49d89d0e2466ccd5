import type { KustoType } from '../core/table';
import type { Context, Scope } from './context';
import type { Carried, Expr, Field, Literal, Relation } from './ir';
import { convert, fieldByName, lowerExpression } from './lower-expression';
import { fieldRef, makeCall } from './make-expression';
import { readLiteral } from './literals';
import { hasWindow, project } from './lower-window';
import { firstToken, namedParameters, slot, slotItems, walk, type SyntaxNode } from './syntax';

/** A column that scan declares; outside of its step's state it has its default. */
interface Declared {
  readonly field: Field;
  readonly initial: Literal;
}

/** `scan` with one step: each row that fits is given out, with values carried from the one before it. */
export function lowerScan(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const steps = slotItems(operator, 'Steps');
  const step = steps[0];
  const several = step === undefined || steps.length > 1;
  if (several || namedParameters(operator).size > 0 || step.slots.has('ScanStepOutput')) {
    throw context.unsupported('scan with more than one step, or of this kind', operator, scope);
  }
  const clause = operator.slots.get('DeclareClause');
  const nodes = clause === undefined ? [] : slotItems(clause, 'Declarations');
  const declared = nodes.map((node) => lowerDeclared(context, input, node, scope));
  const kept = input.fields.map((field) => ({ field, value: fieldRef(field) }));
  const defaults = declared.map(({ field, initial }) => ({ field, value: initial }));
  const rows = project(input, [...kept, ...defaults]);
  const state = stateOf(context, input, declared, step);
  const stepName = nameOf(slot(step, 'Name'));
  const inside: Scope = { ...scope, row: rows.fields, states: new Map([[stepName, state]]) };
  const lower = (node: SyntaxNode): Expr => {
    const value = lowerExpression(context, node, inside);
    if (!hasWindow(value)) return value;
    throw context.unsupported('looking at other rows in scan', node, scope);
  };
  const condition = lower(slot(step, 'Condition'));
  if (condition.type !== 'bool') {
    throw context.unsupported('a condition that is no bool', step, scope);
  }
  const place = context.place(step, scope);
  const assigned = assignments(context, step, declared, lower, scope);
  const matched = context.field(`\0${context.id()}`, 'bool');
  const isTrue = condition.kind === 'literal' && condition.value === true;
  const carried = state.map((before, i): Carried => {
    const own = declared.find(({ field }) => field.name === before.name);
    const existing = fieldByName(input.fields, before.name);
    const value = own === undefined ? existing && fieldRef(existing) : assigned.get(before.name);
    if (value === undefined) {
      throw context.unsupported(`'${before.name}' without a value`, step, scope);
    }
    const args = [condition, value, fieldRef(before)];
    return {
      field: context.field(before.name, before.type),
      before,
      initial: state[i] === undefined || own === undefined ? nothing(before.type) : own.initial,
      next: isTrue ? value : makeCall('iff', before.type, args, place),
      place,
    };
  });
  const flag: Carried = {
    field: matched,
    before: context.field(matched.name, 'bool'),
    initial: nothing('bool'),
    next: condition,
    place,
  };
  const all = [...carried, flag];
  const folded: Relation = {
    kind: 'fold',
    input: rows,
    carried: all,
    fields: [...rows.fields, ...all.map((each) => each.field)],
  };
  const filtered: Relation = {
    kind: 'filter',
    fields: folded.fields,
    input: folded,
    condition: fieldRef(matched),
  };
  const items = (operator.columns ?? []).map((column) => {
    const isDeclared = declared.some(({ field }) => field.name === column.name);
    const field = isDeclared
      ? carried.find((each) => each.field.name === column.name)?.field
      : fieldByName(input.fields, column.name);
    if (field === undefined) throw context.unsupported('these columns', operator, scope);
    return { field: context.field(column.name, field.type), value: fieldRef(field) };
  });
  return project(filtered, items);
}

function nothing(type: KustoType): Literal {
  return { kind: 'literal', type, value: null };
}

function nameOf(node: SyntaxNode): string {
  return node.symbol?.name ?? firstToken(node);
}

function lowerDeclared(
  context: Context,
  input: Relation,
  node: SyntaxNode,
  scope: Scope,
): Declared {
  const name = slot(slot(node, 'NameAndType'), 'Name');
  const type = name.type ?? 'dynamic';
  const written = node.slots.get('DefaultValue')?.slots.get('Value');
  const read = written === undefined ? nothing(type) : readLiteral(written);
  const initial = read === undefined ? undefined : convert(read, type, context.place(node, scope));
  if (initial?.kind !== 'literal' || fieldByName(input.fields, nameOf(name)) !== undefined) {
    throw context.unsupported(`declaring '${nameOf(name)}' like this`, node, scope);
  }
  return { field: context.field(nameOf(name), type), initial };
}

/** What the step's state has: the declared columns, and the row's own that are asked for. */
function stateOf(
  context: Context,
  input: Relation,
  declared: readonly Declared[],
  step: SyntaxNode,
): readonly Field[] {
  const stepName = nameOf(slot(step, 'Name'));
  const asked = new Set<string>();
  walk(step, (node) => {
    if (node.kind !== 'PathExpression' || firstToken(slot(node, 'Expression')) !== stepName) return;
    asked.add(nameOf(slot(node, 'Selector')));
  });
  return [
    ...declared.map(({ field }) => context.field(field.name, field.type)),
    ...input.fields
      .filter((field) => asked.has(field.name))
      .map((field) => context.field(field.name, field.type)),
  ];
}

function assignments(
  context: Context,
  step: SyntaxNode,
  declared: readonly Declared[],
  lower: (node: SyntaxNode) => Expr,
  scope: Scope,
): ReadonlyMap<string, Expr> {
  const assigned = new Map<string, Expr>();
  const clause = step.slots.get('ComputationClause');
  for (const node of clause === undefined ? [] : slotItems(clause, 'Assignments')) {
    const name = nameOf(slot(node, 'Name'));
    const own = declared.find(({ field }) => field.name === name);
    const expression = slot(node, 'Expression');
    // Whether it would see the value that was just assigned is not known.
    const seesEarlier = mentions(expression, [...assigned.keys()]);
    if (own === undefined || assigned.has(name) || seesEarlier) {
      throw context.unsupported(`assigning '${name}' like this`, node, scope);
    }
    const value = convert(lower(expression), own.field.type, context.place(node, scope));
    assigned.set(name, value);
  }
  return assigned;
}

/** Whether an expression names one of these columns, other than as a member of something. */
function mentions(node: SyntaxNode, names: readonly string[]): boolean {
  if (node.kind === 'NameReference') return names.includes(nameOf(node));
  const children = [...node.slots, ...node.items.map((item) => ['', item] as const)];
  return children.some(
    ([name, child]) =>
      !(node.kind === 'PathExpression' && name === 'Selector') && mentions(child, names),
  );
}
