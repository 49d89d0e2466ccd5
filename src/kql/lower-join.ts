import type { Context, Scope } from './context';
import type { Assignment, Expr, JoinKey, JoinKind, Relation } from './ir';
import { fieldByName, lowerExpression } from './lower-expression';
import { fieldRef } from './make-expression';
import { project } from './make-relation';
import { firstToken, namedParameters, slot, slotItems, type SyntaxNode } from './syntax';

const KINDS: Readonly<Record<string, JoinKind | 'innerunique'>> = {
  inner: 'inner',
  innerunique: 'innerunique',
  leftouter: 'leftouter',
  rightouter: 'rightouter',
  fullouter: 'fullouter',
  leftsemi: 'leftsemi',
  rightsemi: 'rightsemi',
  anti: 'leftanti',
  leftanti: 'leftanti',
  leftantisemi: 'leftanti',
  rightanti: 'rightanti',
  rightantisemi: 'rightanti',
};

/** `join`; without a kind it is innerunique: of the left rows with the same key, one is used. */
export function lowerJoin(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const kind = joinKind(context, operator, 'innerunique', scope);
  const right = context.relation(context, slot(operator, 'Expression'), {
    ...scope,
    row: undefined,
  });
  const clause = slot(operator, 'ConditionClause');
  const keys = lowerKeys(context, input, right, clause, scope);
  const left: Relation =
    kind === 'innerunique'
      ? { kind: 'unique', fields: input.fields, input, keys: keys.map((key) => key.left) }
      : input;
  if (kind === 'innerunique') context.approximate = true;
  const join: JoinKind = kind === 'innerunique' ? 'inner' : kind;
  const joined: Relation = {
    kind: 'join',
    join,
    left,
    right,
    keys,
    fields: joinedFields(join, left, right),
  };
  return rename(context, joined, operator, scope);
}

function joinedFields(join: JoinKind, left: Relation, right: Relation): Relation['fields'] {
  if (join === 'leftsemi' || join === 'leftanti') return left.fields;
  if (join === 'rightsemi' || join === 'rightanti') return right.fields;
  return [...left.fields, ...right.fields];
}

/** `lookup`: a join without the right side's keys; leftouter by default. */
export function lowerLookup(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const kind = joinKind(context, operator, 'leftouter', scope);
  if (kind !== 'leftouter' && kind !== 'inner') {
    throw context.unsupported(`lookup of kind ${kind}`, operator, scope);
  }
  const right = context.relation(context, slot(operator, 'Expression'), {
    ...scope,
    row: undefined,
  });
  const keys = lowerKeys(context, input, right, slot(operator, 'LookupClause'), scope);
  const keyIds = keys.map((key) => (key.right.kind === 'field' ? key.right.id : -1));
  const kept = right.fields.filter((field) => !keyIds.includes(field.id));
  const joined: Relation = {
    kind: 'join',
    join: kind,
    left: input,
    right,
    keys,
    fields: [...input.fields, ...kept],
  };
  return rename(context, joined, operator, scope);
}

function joinKind(
  context: Context,
  operator: SyntaxNode,
  usual: JoinKind | 'innerunique',
  scope: Scope,
): JoinKind | 'innerunique' {
  const parameters = namedParameters(operator);
  const written = parameters.get('kind');
  const kind = written === undefined ? usual : KINDS[firstToken(written).toLowerCase()];
  if (kind === undefined) throw context.unsupported('this kind of join', operator, scope);
  return kind;
}

/** The binder knows what Kusto calls the columns (`Identity1`); they are matched by position. */
function rename(context: Context, joined: Relation, operator: SyntaxNode, scope: Scope): Relation {
  const columns = operator.columns ?? [];
  if (columns.length !== joined.fields.length) {
    throw context.unsupported('the columns of this join', operator, scope);
  }
  const items = joined.fields.map((field, i): Assignment => ({
    field: context.field(columns[i]?.name ?? field.name, field.type),
    value: fieldRef(field),
  }));
  return project(joined, items);
}

const KEYS = 'Name a column that both sides have, or write $left.A == $right.B.';

function lowerKeys(
  context: Context,
  left: Relation,
  right: Relation,
  clause: SyntaxNode,
  scope: Scope,
): JoinKey[] {
  if (clause.kind !== 'JoinOnClause')
    throw context.unsupported(`'${firstToken(clause)}'`, clause, scope);
  return slotItems(clause, 'Expressions')
    .flatMap(conditions)
    .map((node) => lowerKey(context, left, right, node, scope));
}

/** The conditions that `and` joins, which means the same as a comma between them. */
function conditions(node: SyntaxNode): readonly SyntaxNode[] {
  if (node.kind === 'ParenthesizedExpression') return conditions(slot(node, 'Expression'));
  if (node.kind !== 'AndExpression') return [node];
  return [slot(node, 'Left'), slot(node, 'Right')].flatMap(conditions);
}

function lowerKey(
  context: Context,
  left: Relation,
  right: Relation,
  node: SyntaxNode,
  scope: Scope,
): JoinKey {
  if (node.kind === 'NameReference') {
    const name = node.symbol?.name ?? firstToken(node);
    const [a, b] = [fieldByName(left.fields, name), fieldByName(right.fields, name)];
    if (a === undefined || b === undefined)
      throw context.unsupported(`the key '${name}'`, node, scope, KEYS);
    return checked(context, { left: fieldRef(a), right: fieldRef(b) }, node, scope);
  }
  if (node.kind !== 'EqualExpression')
    throw context.unsupported('this join condition', node, scope, KEYS);
  const sides = [slot(node, 'Left'), slot(node, 'Right')] as const;
  const [first, second] = sides;
  const swapped = firstToken(first) === '$right';
  const [leftNode, rightNode] = swapped ? [second, first] : [first, second];
  if (firstToken(leftNode) !== '$left' || firstToken(rightNode) !== '$right') {
    throw context.unsupported('this join condition', node, scope, KEYS);
  }
  const both: Scope = { ...scope, row: left.fields, right: right.fields };
  const key = {
    left: lowerExpression(context, leftNode, both),
    right: lowerExpression(context, rightNode, both),
  };
  return checked(context, key, node, scope);
}

function checked(context: Context, key: JoinKey, node: SyntaxNode, scope: Scope): JoinKey {
  const plain = (value: Expr): boolean => value.kind === 'field' && value.type !== 'dynamic';
  if (plain(key.left) && plain(key.right) && key.left.type === key.right.type) return key;
  throw context.unsupported(
    'a join key that is no column, is dynamic, or has two types',
    node,
    scope,
    'Make the keys columns of the same type first, with extend.',
  );
}
