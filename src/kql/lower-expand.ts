import type { KustoType } from '../core/table';
import type { Context, Scope } from './context';
import type { Assignment, ExpandItem, Field, Relation } from './ir';
import { fieldByName, lowerExpression } from './lower-expression';
import { fieldRef } from './make-expression';
import { project } from './make-relation';
import { PHYSICAL_TYPES } from './physical-types';
import { namedValue } from './lower-sources';
import { firstToken, namedParameters, slot, slotItems, type SyntaxNode } from './syntax';

/** The most rows that one row becomes: Kusto's own limit, for a query of version 2. */
const MOST_ROWS = 2_147_483_647;

/** `mv-expand`: one row for each element of a dynamic array. */
export function lowerMvExpand(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const { relation, added } = expandItems(context, input, operator, scope);
  return arrange(context, relation, input, added, operator, scope);
}

/** The expanded rows with all columns of before, and the columns that were added. */
export function expandItems(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): { readonly relation: Relation & { kind: 'expand' }; readonly added: readonly Field[] } {
  const parameters = namedParameters(operator);
  const bag = parameters.get('bagexpansion') ?? parameters.get('kind');
  const bagAsArray = bag !== undefined && firstToken(bag).toLowerCase() === 'array';
  const indexName = parameters.get('with_itemindex');
  const index =
    indexName === undefined
      ? undefined
      : context.field(indexName.symbol?.name ?? firstToken(indexName), 'long');
  const items = slotItems(operator, 'Expressions').map((node) =>
    lowerItem(context, node, bagAsArray, scope),
  );
  const added = [...items.map((item) => item.field), ...(index === undefined ? [] : [index])];
  const relation: Relation & { kind: 'expand' } = {
    kind: 'expand',
    fields: [...input.fields, ...added],
    input,
    items,
    index,
    limit: rowLimit(context, operator, scope),
  };
  return { relation, added };
}

function lowerItem(
  context: Context,
  node: SyntaxNode,
  bagAsArray: boolean,
  scope: Scope,
): ExpandItem {
  const written = slot(node, 'Expression');
  const list = lowerExpression(context, namedValue(written), scope);
  if (list.type !== 'dynamic') {
    const hint = 'Make a list of it first: parse_json(Text), or split(Text, ",").';
    throw context.unsupported('mv-expand of what is not dynamic', node, scope, hint);
  }
  const name =
    written.kind === 'SimpleNamedExpression'
      ? (slot(written, 'Name').symbol?.name ?? firstToken(slot(written, 'Name')))
      : columnName(written);
  if (name === undefined) {
    throw context.unsupported(
      'mv-expand of an expression without a name',
      node,
      scope,
      'Write name = ….',
    );
  }
  const declared = declaredType(node);
  if (declared === undefined) throw context.unsupported('this type', node, scope);
  return { field: context.field(name, declared), list, bagAsArray };
}

/** An expression's symbol would be its function. */
function columnName({ kind, symbol }: SyntaxNode): string | undefined {
  return kind === 'NameReference' || kind === 'BracketedExpression' ? symbol?.name : undefined;
}

/** What `to typeof(…)` says; the binder gives it to the node of mv-expand only. */
function declaredType(node: SyntaxNode): KustoType | undefined {
  const clause = node.slots.get('ToTypeOf');
  if (clause === undefined) return 'dynamic';
  if (node.type !== undefined) return node.type;
  const name = slotItems(slot(clause, 'TypeOf'), 'Types')[0]?.symbol?.name ?? '';
  return Object.hasOwn(PHYSICAL_TYPES, name) ? (name as KustoType) : undefined;
}

function rowLimit(context: Context, operator: SyntaxNode, scope: Scope): number {
  const clause = operator.slots.get('RowLimitClause');
  if (clause === undefined) return MOST_ROWS;
  const value = lowerExpression(context, slot(clause, 'RowLimit'), { ...scope, row: undefined });
  if (value.kind !== 'literal' || typeof value.value !== 'bigint') {
    throw context.unsupported('a limit that is not constant', clause, scope);
  }
  return Number(value.value);
}

/** Puts the columns into the binder's order: an expanded column takes its old place. */
function arrange(
  context: Context,
  expanded: Relation,
  input: Relation,
  added: readonly Field[],
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const items = (operator.columns ?? []).map((column): Assignment => {
    const field = fieldByName(added, column.name) ?? fieldByName(input.fields, column.name);
    if (field === undefined) throw context.unsupported('these columns', operator, scope);
    return { field: context.field(column.name, field.type), value: fieldRef(field) };
  });
  return project(expanded, items);
}
