import type { Context, Scope } from './context';
import type { Assignment, Expr, Relation } from './ir';
import { fieldByName, lowerExpression } from './lower-expression';
import { fieldRef, literalText, makeCall } from './make-expression';
import { readLiteral } from './literals';
import { columnsOnce } from './lower-columns';
import { project, unchanged } from './make-relation';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';

/** `parse-kv` of a text whose pairs and keys have delimiters; quotes and patterns are refused. */
export function lowerParseKv(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const text = lowerExpression(context, slot(operator, 'Expression'), scope);
  if (text.type !== 'string') {
    throw context.unsupported('parse-kv of what is no string', operator, scope);
  }
  const [between, within] = delimiters(context, operator, scope);
  const place = context.place(operator, scope);
  // The list of pairs is no Kusto value: only the calls below see it.
  const pairs = context.hidden('dynamic');
  const kept = unchanged(input.fields);
  const split = makeCall('kv pairs', 'dynamic', [text, between, within], place);
  const paired = project(input, [...kept, { field: pairs, value: split }]);
  const keys = slotItems(slot(operator, 'Keys'), 'Columns').map((column) => {
    const name = slot(column, 'Name');
    return name.symbol?.name ?? firstToken(name);
  });
  const items = columnsOnce(context, operator, scope).map((column): Assignment => {
    const field = context.field(column.name, column.type);
    if (!keys.includes(column.name)) {
      const existing = fieldByName(input.fields, column.name);
      if (existing === undefined) throw context.unsupported('these columns', operator, scope);
      return { field, value: fieldRef(existing) };
    }
    const args = [fieldRef(pairs), literalText(column.name)];
    const value = makeCall('kv value', 'string', args, place);
    if (column.type === 'string') return { field, value };
    const name = column.type === 'real' ? 'todouble' : `to${column.type}`;
    return { field, value: makeCall(name, column.type, [value], place) };
  });
  return project(paired, items);
}

function delimiters(context: Context, operator: SyntaxNode, scope: Scope): readonly [Expr, Expr] {
  const clause = operator.slots.get('WithClause');
  const properties = new Map(
    (clause === undefined ? [] : slotItems(clause, 'Properties')).map((property) => [
      firstToken(slot(property, 'Name')).toLowerCase(),
      readLiteral(slot(property, 'Expression')),
    ]),
  );
  const between = properties.get('pair_delimiter');
  const within = properties.get('kv_delimiter');
  if (properties.size !== 2 || between?.type !== 'string' || within?.type !== 'string') {
    throw context.unsupported(
      'parse-kv with these properties',
      operator,
      scope,
      'Give pair_delimiter and kv_delimiter, and nothing else.',
    );
  }
  return [between, within];
}
