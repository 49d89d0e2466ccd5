import type { KustoType } from '../core/table';
import type { Context, Scope } from './context';
import type { KqlError, Place } from './errors';
import type { Assignment, Expr, Field, Relation } from './ir';
import { fieldByName, lowerExpression } from './lower-expression';
import { fieldRef, literalText, makeCall } from './make-expression';
import { project } from './make-relation';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';
import { rangeOf, UnknownColumns, type Unpacking } from './unknown-columns';

/** What a slot of a declared column may hold, by JSON’s kinds. */
const DECLARABLE: readonly KustoType[] = ['string', 'long', 'real', 'bool', 'dynamic'];

/** `evaluate bag_unpack(column)`: a column for each slot of the column's bags. */
export function lowerBagUnpack(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const unpacking = readCall(context, input, slot(operator, 'FunctionCall'), scope);
  if (!operator.slots.has('Schema')) {
    throw new UnknownColumns(unpacking, rangeOf(operator, scope), context.place(operator, scope));
  }
  const place = context.place(operator, scope);
  const items = (operator.columns ?? []).map((column): Assignment => {
    const field = context.field(column.name, column.type);
    const source = fieldByName(input.fields, column.name);
    if (source !== undefined && source !== unpacking.column) {
      return { field, value: keptColumn(context, unpacking, source, operator, scope) };
    }
    const { prefix, ignored } = unpacking;
    const key = column.name.slice(prefix.length);
    if (!column.name.startsWith(prefix) || key === '' || ignored.includes(key)) {
      throw context.unsupported(`'${column.name}' as a column of no slot`, operator, scope);
    }
    if (!DECLARABLE.includes(column.type)) {
      const hint = `Declare it a string and convert it with to${column.type}(…).`;
      throw context.unsupported(`a slot declared a ${column.type}`, operator, scope, hint);
    }
    return { field, value: slotValue(unpacking.column, key, column.type, place) };
  });
  return project(input, items);
}

/** A column of the input, whose name no slot may have unless it is to be kept. */
function keptColumn(
  context: Context,
  { column, prefix, conflict }: Unpacking,
  source: Field,
  operator: SyntaxNode,
  scope: Scope,
): Expr {
  const isOpen = source.name.startsWith(prefix) && source.name.length > prefix.length;
  if (conflict === 'keep_source' || !isOpen) return fieldRef(source);
  if (conflict === 'replace_source') {
    throw context.unsupported(`'replace_source' of declared columns`, operator, scope);
  }
  const place = context.place(operator, scope);
  const key = literalText(source.name.slice(prefix.length));
  const args = [
    fieldRef(source),
    makeCall('raw member', 'dynamic', [fieldRef(column), key], place),
  ];
  return makeCall('unless unpacked', source.type, args, place);
}

/** The value of a bag's slot; another kind of value than the declared one is refused when a row has it. */
function slotValue(column: Field, key: string, type: KustoType, place: Place): Expr {
  const bag = fieldRef(column);
  const value = makeCall('member', 'dynamic', [bag, literalText(key)], place);
  return makeCall('unpacked', type, [bag, value], place);
}

function readCall(context: Context, input: Relation, call: SyntaxNode, scope: Scope): Unpacking {
  const inside: Scope = { ...scope, row: input.fields };
  const [first, ...rest] = slotItems(slot(call, 'ArgumentList'), 'Expressions');
  const refuse = (): KqlError => context.unsupported(`'bag_unpack' like this`, call, scope);
  const column = first === undefined ? undefined : lowerExpression(context, first, inside);
  const field = input.fields.find(({ id }) => column?.kind === 'field' && column.id === id);
  if (field?.type !== 'dynamic') throw refuse();
  const order = ['OutputColumnPrefix', 'columnsConflict', 'ignoredProperties'];
  const given = new Map<string, string>();
  rest.forEach((node, i) => {
    const named = node.kind === 'SimpleNamedExpression';
    const name = named ? firstToken(slot(node, 'Name')) : order[i];
    const value = lowerExpression(context, named ? slot(node, 'Expression') : node, inside);
    if (name === undefined || !order.includes(name) || given.has(name)) throw refuse();
    if (value.kind !== 'literal' || typeof value.value !== 'string') throw refuse();
    if ((value.type === 'dynamic') !== (name === 'ignoredProperties')) throw refuse();
    given.set(name, value.value);
  });
  const conflict = given.get('columnsConflict') ?? 'error';
  const ignored: unknown = JSON.parse(given.get('ignoredProperties') ?? '[]');
  if (conflict !== 'error' && conflict !== 'replace_source' && conflict !== 'keep_source') {
    throw refuse();
  }
  if (!Array.isArray(ignored) || !ignored.every((item) => typeof item === 'string')) throw refuse();
  const prefix = given.get('OutputColumnPrefix') ?? '';
  return { plugin: 'bag_unpack', input, column: field, prefix, conflict, ignored };
}
