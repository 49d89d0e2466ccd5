import type { KustoType } from '../core/table';
import type { Context, Scope } from './context';
import type { Expr, Relation } from './ir';
import { fieldRef, literalLong, literalText, makeCall } from './make-expression';
import { ascending, project, renewed, sortBy } from './make-relation';
import type { SyntaxNode } from './syntax';

/** The types whose text the documentation shows. */
const NARROWED: readonly KustoType[] = ['bool', 'int', 'long', 'string'];

/** More columns than this would read the rows too often. */
const MOST_COLUMNS = 100;

/** `evaluate narrow()`: a row for each cell, with the number of its row, its column's name and its text. */
export function lowerNarrow(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const other = input.fields.find(({ type }) => !NARROWED.includes(type));
  if (other !== undefined) {
    const hint = `Convert it before: extend ${other.name} = tostring(${other.name}).`;
    throw context.unsupported(`'narrow' of a ${other.type}`, operator, scope, hint);
  }
  if (input.fields.length > MOST_COLUMNS || operator.slots.has('Schema')) {
    throw context.unsupported(`'narrow' like this`, operator, scope);
  }
  // The rows are numbered as they come, which nothing settles where they were not sorted.
  context.approximate ||= !isInOrder(input);
  const number = context.hidden('long');
  const fields = [...input.fields, number];
  const share = {
    relation: { kind: 'identify', input, number, fields } as const,
    uses: input.fields.length,
  };
  const place = context.place(operator, scope);
  const [row, column, value, ordinal] = [
    context.field('Row', 'long'),
    context.field('Column', 'string'),
    context.field('Value', 'string'),
    context.hidden('long'),
  ] as const;
  const union: Relation = {
    kind: 'union',
    fields: [row, column, value, ordinal],
    inputs: input.fields.map((): Relation => ({ kind: 'shared', share, fields })),
    values: input.fields.map((field, i): Expr[] => [
      makeCall('-', 'long', [fieldRef(number), literalLong(1)], place),
      literalText(field.name),
      makeCall('narrowed', 'string', [fieldRef(field)], place),
      literalLong(i),
    ]),
  };
  return project(
    sortBy(union, [row, ordinal].map(ascending)),
    renewed(context, [row, column, value]),
  );
}

/** Whether a relation's rows have an order of their own, or are one. */
function isInOrder(relation: Relation): boolean {
  switch (relation.kind) {
    case 'sort':
    case 'values':
    case 'range':
      return true;
    case 'aggregate':
      return relation.keys.length === 0;
    case 'project':
    case 'filter':
    case 'limit':
    case 'serialize':
      return isInOrder(relation.input);
    default:
      return false;
  }
}
