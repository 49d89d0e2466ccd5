import type { Context, Scope } from './context';
import type { Assignment, Expr, Field, Relation, Share, WindowCall } from './ir';
import { lowerExpression } from './lower-expression';
import { fieldRef, makeAggregate, makeCall } from './make-expression';
import { filterBy, groupBy, project, sortBy, unchanged } from './make-relation';
import { namedValue } from './lower-sources';
import { lowerComputed, type Collected } from './lower-aggregates';
import { orderKeys, rowCount } from './lower-sort';
import { projectWindows } from './lower-window';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';

/** What is left after some levels: their keys, and what was aggregated for each. */
interface Parents {
  readonly relation: Relation;
  readonly keys: readonly Field[];
  readonly aggregated: readonly Field[];
}

/** All rows with the keys of all levels after their own columns. */
interface Rows {
  readonly share: Share;
  readonly columns: number;
}

/** `top-nested`: the top values of a column, within each of them those of the next column, and so on. */
export function lowerTopNested(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  // Which of several equals is taken is left open.
  context.approximate = true;
  const clauses = slotItems(operator, 'Clauses');
  const kept = unchanged(input.fields);
  const keys = clauses.map((clause) => lowerKey(context, clause, scope));
  const share: Share = { relation: project(input, [...kept, ...keys]), uses: 0 };
  const rows: Rows = { share, columns: input.fields.length };
  let parents: Parents | undefined;
  for (const clause of clauses) parents = lowerLevel(context, rows, parents, clause, scope);
  const columns = operator.columns ?? [];
  if (parents === undefined || columns.length !== 2 * clauses.length) {
    throw context.unsupported('these columns', operator, scope);
  }
  if (columns.some(({ name }) => name === '')) {
    const what = 'top-nested of an expression without a name';
    throw context.unsupported(what, operator, scope, 'Write of name = ….');
  }
  const { relation, aggregated } = parents;
  const fields = parents.keys.flatMap((key, i) => [key, aggregated[i] ?? key]);
  const items = fields.map((field, i): Assignment => ({
    field: context.field(columns[i]?.name ?? '', field.type),
    value: fieldRef(field),
  }));
  return project(relation, items);
}

function lowerKey(context: Context, clause: SyntaxNode, scope: Scope): Assignment {
  if (clause.slots.has('WithOthersClause')) {
    throw context.unsupported(`'with others'`, clause, scope);
  }
  const value = lowerExpression(context, namedValue(slot(clause, 'OfExpression')), scope);
  if (value.type === 'dynamic' || value.type === 'real') {
    throw context.unsupported(`top-nested of a ${value.type}`, clause, scope);
  }
  return { field: context.hidden(value.type), value };
}

function lowerLevel(
  context: Context,
  rows: Rows,
  parents: Parents | undefined,
  clause: SyntaxNode,
  scope: Scope,
): Parents {
  const { share } = rows;
  share.uses += 1;
  const fields = share.relation.fields.map((field) => context.field(field.name, field.type));
  const all: Relation = { kind: 'shared', share, fields };
  const level = parents?.keys.length ?? 0;
  const keys = fields.slice(rows.columns, rows.columns + level + 1);
  const input = parents === undefined ? all : within(parents, all, keys);
  const by = slot(clause, 'ByExpression');
  const ordered = by.kind === 'OrderedExpression';
  const written = namedValue(ordered ? slot(by, 'Expression') : by);
  const collected: Collected = { aggregates: [], items: [] };
  const inside: Scope = { ...scope, row: fields };
  const computed = lowerComputed(context, written, inside, collected);
  const earlier = parents?.aggregated ?? [];
  const grouping = unchanged([...keys, ...earlier]);
  const aggregated = context.hidden(computed.type);
  const found = project(groupBy(input, grouping, collected.aggregates), [
    ...grouping,
    { field: aggregated, value: computed },
  ]);
  const ordering = ordered ? by.slots.get('Ordering')?.slots.get('AscOrDescKeyword') : undefined;
  const descending = ordering === undefined || firstToken(ordering) !== 'asc';
  const key = { value: fieldRef(aggregated), descending, nullsFirst: !descending };
  const sorted = sortBy(found, orderKeys(key, context.place(clause, scope)));
  const group = keys.slice(0, level).map(fieldRef);
  const relation = first(context, sorted, clause.slots.get('Expression'), group, scope);
  return { relation, keys, aggregated: [...earlier, aggregated] };
}

/** The rows of the parents that are left, with what was aggregated for these. */
function within(parents: Parents, rows: Relation, keys: readonly Field[]): Relation {
  return {
    kind: 'join',
    join: 'inner',
    left: parents.relation,
    right: rows,
    keys: parents.keys.map((key, i) => ({
      left: fieldRef(key),
      right: fieldRef(keys[i] ?? key),
    })),
    fields: [...rows.fields, ...parents.aggregated],
  };
}

function first(
  context: Context,
  input: Relation,
  counted: SyntaxNode | undefined,
  group: readonly Expr[],
  scope: Scope,
): Relation {
  if (counted === undefined) return input;
  const count = rowCount(context, counted, scope);
  return { kind: 'limit', fields: input.fields, input, count, group };
}

/** `top-hitters`: the values with the most rows, or the greatest sums, counted exactly. */
export function lowerTopHitters(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  context.approximate = true;
  const [keyColumn, sumColumn] = operator.columns ?? [];
  if (keyColumn === undefined || sumColumn === undefined) {
    throw context.unsupported('these columns', operator, scope);
  }
  const place = context.place(operator, scope);
  const value = lowerExpression(context, slot(operator, 'OfExpression'), scope);
  const by = operator.slots.get('ByClause')?.slots.get('Expression');
  const weight = by === undefined ? undefined : lowerExpression(context, by, scope);
  const numeric = weight === undefined || weight.type === 'long' || weight.type === 'int';
  if (value.type === 'dynamic' || value.type === 'real' || !numeric) {
    throw context.unsupported('top-hitters of these types', operator, scope);
  }
  const key = context.field(keyColumn.name, value.type);
  const sum = context.field(sumColumn.name, 'long');
  const aggregate =
    weight === undefined
      ? makeAggregate('count', sum, [], place)
      : makeAggregate('sum', sum, [weight], place);
  const counted = groupBy(input, [{ field: key, value }], [aggregate]);
  const sorted = sortBy(counted, [{ value: fieldRef(sum), descending: true, nullsFirst: false }]);
  const looking = (name: string, args: readonly Expr[]): WindowCall => ({
    kind: 'window',
    type: 'long',
    name,
    args,
    group: [],
    place,
  });
  const most = rowCount(context, slot(operator, 'Expression'), scope);
  const condition = makeCall(
    'among the first',
    'bool',
    [looking('row_number', []), most, fieldRef(sum), looking('next', [fieldRef(sum)])],
    place,
  );
  const among = context.hidden('bool');
  const kept = unchanged([key, sum]);
  const marked = projectWindows(context, sorted, [...kept, { field: among, value: condition }]);
  return project(filterBy(marked, fieldRef(among)), kept);
}
