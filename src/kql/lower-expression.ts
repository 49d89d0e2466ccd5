import type { KustoType } from '../core/table';
import { KqlError, type Place } from './errors';
import type { Context, Scope } from './context';
import type { Expr, Field, Literal } from './ir';
import { readLiteral } from './literals';
import { lowerAnyColumn } from './lower-any-column';
import { fieldRef, literalLong, literalText, makeCall } from './make-expression';
import { isSpecialCall, lowerSpecialCall, sortedArrays } from './lower-calls';
import { functionName, isWindowFunction } from './policy';
import { firstToken, slot, slotItems, type SyntaxNode } from './syntax';
import { isoToTicks } from './ticks';

/** Expressions up to this size are written again where they are used; larger ones are evaluated once. */
export const INLINE_SIZE = 40;

/** Lowers a scalar expression. Throws KqlError KQL_UNSUPPORTED for what is not known to be right. */
export function lowerExpression(context: Context, node: SyntaxNode, scope: Scope): Expr {
  context.count(node, scope);
  const value = readLiteral(node);
  if (value !== undefined) return value;
  if (node.kind.endsWith('LiteralExpression') || node.kind === 'DynamicExpression') {
    throw context.unsupported(`the literal '${firstToken(node).slice(0, 40)}'`, node, scope);
  }
  switch (node.kind) {
    case 'ParenthesizedExpression':
      return lowerExpression(context, slot(node, 'Expression'), scope);
    case 'NameReference':
      return lowerName(context, node, scope);
    case 'FunctionCallExpression':
      return lowerFunction(context, node, scope);
    case 'PathExpression':
    case 'ElementExpression':
      return lowerMember(context, node, scope);
    case 'UnaryMinusExpression':
    case 'UnaryPlusExpression':
      return lowerSign(context, node, scope);
    case 'ToScalarExpression':
      return lowerToScalar(context, node, scope);
    default:
      return lowerOperator(context, node, scope);
  }
}

/** The scalar type of a bound expression. */
export function typeOf(context: Context, node: SyntaxNode, scope: Scope): KustoType {
  if (node.type === undefined) {
    throw context.unsupported(`the expression '${firstToken(node)}'`, node, scope);
  }
  return node.type;
}

/** The field of a row by name; names are case-sensitive. */
export function fieldByName(row: readonly Field[] | undefined, name: string): Field | undefined {
  return row?.find((field) => field.name === name);
}

/** Makes a value of another type of it, where Kusto does so by itself: between numbers only. */
export function convert(value: Expr, type: KustoType, place: Place): Expr {
  if (value.type === type) return value;
  if (value.kind === 'literal' && value.value === null) return { ...value, type };
  const order: readonly KustoType[] = ['int', 'long', 'real'];
  const widens = order.includes(value.type) && order.indexOf(value.type) < order.indexOf(type);
  if (value.kind === 'literal' && typeof value.value === 'bigint' && widens) {
    return { ...value, type, value: type === 'real' ? Number(value.value) : value.value };
  }
  if (widens) {
    return makeCall(type === 'real' ? 'todouble' : `to${type}`, type, [value], place);
  }
  throw new KqlError(
    'KQL_UNSUPPORTED',
    `a ${value.type} where a ${type} is wanted is not supported offline`,
    place,
    `Convert it with to${type}(…).`,
  );
}

function lowerName(context: Context, node: SyntaxNode, scope: Scope): Expr {
  const name = node.symbol?.name ?? firstToken(node);
  if (node.symbol?.kind === 'ColumnSymbol') {
    const field = fieldByName(scope.row, name);
    if (field !== undefined) return fieldRef(field);
  }
  const binding = scope.names.get(name);
  if (binding?.kind === 'scalar') return binding.value;
  throw context.unsupported(`the name '${name}' here`, node, scope);
}

function lowerSign(context: Context, node: SyntaxNode, scope: Scope): Expr {
  const value = lowerExpression(context, slot(node, 'Expression'), scope);
  if (node.kind === 'UnaryPlusExpression') return value;
  if (value.kind === 'literal' && typeof value.value === 'bigint') {
    return { ...value, value: -value.value };
  }
  if (value.kind === 'literal' && typeof value.value === 'number') {
    return { ...value, value: -value.value };
  }
  const type = typeOf(context, node, scope);
  return makeCall('negate', type, [value], context.place(node, scope));
}

function lowerToScalar(context: Context, node: SyntaxNode, scope: Scope): Expr {
  const inner = slot(node, 'Expression');
  if (inner.columns === undefined) return lowerExpression(context, inner, scope);
  const query = context.relation(context, inner, { ...scope, row: undefined });
  const field = query.fields[0];
  if (field === undefined) throw context.unsupported('toscalar of no column', node, scope);
  return { kind: 'scalar', rows: 'first', type: field.type, query };
}

function lowerFunction(context: Context, node: SyntaxNode, scope: Scope): Expr {
  const written = node.symbol?.name ?? firstToken(slot(node, 'Name'));
  if (scope.names.get(written)?.kind === 'function') {
    const result = context.userCall(context, node, scope);
    if ('fields' in result) throw context.unsupported(`the table '${written}' here`, node, scope);
    return result;
  }
  const place = context.place(node, scope);
  const name = functionName(written, place);
  const argNodes = slotItems(slot(node, 'ArgumentList'), 'Expressions');
  if (name === 'ingestion_time') return lowerIngestionTime(context, node, scope);
  if (isSpecialCall(name, node)) {
    return lowerSpecialCall(context, name, node, scope, (part) =>
      lowerExpression(context, part, scope),
    );
  }
  const args = argNodes.map((arg) => lowerExpression(context, arg, scope));
  // Azure’s list of user agents has no version that is told.
  if (name === 'parse_user_agent') context.approximate = true;
  if (name === 'now' || name === 'ago') return lowerNow(context, name, args, place);
  const type = typeOf(context, node, scope);
  if (isWindowFunction(name)) return { kind: 'window', type, name, args, group: [], place };
  return makeCall(name, type, args, place);
}

/** The time a record was received lies in a column of its own, which every table of the schema may have. */
function lowerIngestionTime(context: Context, node: SyntaxNode, scope: Scope): Expr {
  const field = fieldByName(scope.row, '_TimeReceived');
  if (field !== undefined) return fieldRef(field);
  throw context.unsupported(
    `'ingestion_time' without the column _TimeReceived`,
    node,
    scope,
    'Use it before the operator that drops the column.',
  );
}

function lowerNow(
  context: Context,
  name: 'now' | 'ago',
  args: readonly Expr[],
  place: Place,
): Expr {
  const ticks = isoToTicks(context.now);
  if (ticks === undefined) throw new TypeError(`not an instant: ${context.now}`);
  const now: Literal = { kind: 'literal', type: 'datetime', value: ticks };
  const offset = args[0];
  if (offset === undefined) return now;
  return makeCall(name === 'ago' ? '-' : '+', 'datetime', [now, offset], place);
}

/** `d.name`, `d["name"]`, `d[0]`; or, in a join's condition, `$left.name` and `$right.name`. */
function lowerMember(context: Context, node: SyntaxNode, scope: Scope): Expr {
  const base = slot(node, 'Expression');
  const selector = slot(node, 'Selector');
  const side = firstToken(base);
  if (side === '$left' || side === '$right') {
    const row = side === '$left' ? scope.row : scope.right;
    const field = fieldByName(row, selector.symbol?.name ?? firstToken(selector));
    if (field !== undefined) return fieldRef(field);
  }
  const state = fieldByName(scope.states?.get(side), selector.symbol?.name ?? '');
  if (state !== undefined) return fieldRef(state);
  const place = context.place(node, scope);
  const several = sortedArrays(context, base, scope, (part) =>
    lowerExpression(context, part, scope),
  );
  if (several !== undefined) return oneOf(context, several, node, scope);
  const value = lowerExpression(context, base, scope);
  if (value.type !== 'dynamic') {
    throw context.unsupported(`a member of a ${value.type}`, node, scope);
  }
  const key = memberKey(context, selector, scope);
  const steps = value.kind === 'call' && value.name === 'member' ? value.args : [value];
  return makeCall('member', 'dynamic', [...steps, key], place);
}

/** `f(…)[1]`, of a function that gives several values. */
function oneOf(context: Context, values: readonly Expr[], node: SyntaxNode, scope: Scope): Expr {
  const key = memberKey(context, slot(node, 'Selector'), scope);
  const value = key.kind === 'literal' ? values[Number(key.value)] : undefined;
  if (value === undefined) throw context.unsupported('this selector', node, scope);
  return value;
}

function memberKey(context: Context, selector: SyntaxNode, scope: Scope): Expr {
  if (selector.kind === 'BracketedExpression') {
    return lowerExpression(context, slot(selector, 'Expression'), scope);
  }
  if (selector.kind === 'NameReference') {
    const bracketed = slot(selector, 'Name').slots.get('Name');
    if (bracketed?.kind === 'StringLiteralExpression') {
      return lowerExpression(context, bracketed, scope);
    }
    return literalText(firstToken(selector));
  }
  throw context.unsupported('this selector', selector, scope);
}

/** The operators that lists of values stand on the right of. */
const LIST_OPERATORS: readonly string[] = ['in', 'in~', '!in', '!in~', 'has_any', 'has_all'];

function lowerOperator(context: Context, node: SyntaxNode, scope: Scope): Expr {
  const operator = node.slots.get('Operator');
  const left = node.slots.get('Left');
  const right = node.slots.get('Right');
  if (operator === undefined || left === undefined || right === undefined) {
    throw context.unsupported(`'${firstToken(node)}' here`, node, scope);
  }
  const written = firstToken(operator).replace(/\s+/g, ' ');
  const place = context.place(operator, scope);
  const negated = /^!(?!=$)/.test(written) || written === '!=' || written === '<>';
  const name = positiveName(written);
  if (left.kind === 'StarExpression') return lowerAnyColumn(context, node, written, right, scope);
  const value = lowerExpression(context, left, scope);
  const call = LIST_OPERATORS.includes(name)
    ? lowerListOperator(context, name, value, right, scope, place)
    : lowerPlainOperator(context, node, name, value, right, scope, place);
  return negated ? makeCall('not', 'bool', [call], place) : call;
}

/** The operator without its negation: `!has` → `has`, `!~` → `=~`, `!=` → `==`. */
function positiveName(written: string): string {
  if (written === '!=' || written === '<>') return '==';
  if (written === '!~') return '=~';
  return written.startsWith('!') ? written.slice(1) : written;
}

function lowerPlainOperator(
  context: Context,
  node: SyntaxNode,
  name: string,
  left: Expr,
  right: SyntaxNode,
  scope: Scope,
  place: Place,
): Expr {
  const type = typeOf(context, node, scope);
  if (name === 'between') {
    const [low, high] = [slot(right, 'First'), slot(right, 'Second')].map((side) =>
      lowerExpression(context, side, scope),
    ) as [Expr, Expr];
    const span = left.type === 'datetime' && high.type === 'timespan';
    const end = span ? makeCall('+', 'datetime', [low, high], place) : high;
    return makeCall('between', 'bool', [left, low, end], place);
  }
  const other = lowerExpression(context, right, scope);
  if ((name === 'and' || name === 'or') && left.kind === 'call' && left.name === name) {
    // A chain of hundreds of conditions stays flat, because SQL parsers limit nesting.
    return makeCall(name, 'bool', [...left.args, other], place);
  }
  return makeCall(name, type, [left, other], place);
}

function lowerListOperator(
  context: Context,
  name: string,
  left: Expr,
  right: SyntaxNode,
  scope: Scope,
  place: Place,
): Expr {
  const nodes = slotItems(right, 'Expressions');
  const only = nodes.length === 1 ? nodes[0] : undefined;
  if (only?.columns !== undefined && only.type === undefined) {
    const query = context.relation(context, only, { ...scope, row: undefined });
    const type = query.fields[0]?.type ?? left.type;
    const set: Expr = { kind: 'scalar', rows: 'all', type, query };
    return makeCall(`${name} table`, 'bool', [left, set], place);
  }
  const values = nodes.flatMap((item) => listValues(lowerExpression(context, item, scope)));
  return makeCall(name, 'bool', [left, ...values], place);
}

/** A constant array stands for its elements. */
function listValues(value: Expr): readonly Expr[] {
  if (value.kind !== 'literal' || value.type !== 'dynamic' || typeof value.value !== 'string') {
    return [value];
  }
  const elements: unknown = JSON.parse(value.value);
  if (!Array.isArray(elements)) return [value];
  const literals = elements.map(jsonLiteral);
  return literals.every((item) => item !== undefined) ? literals : [value];
}

/** Undefined for what is no scalar, and for whole numbers of which JSON.parse may have lost digits. */
function jsonLiteral(value: unknown): Literal | undefined {
  if (typeof value === 'string') return literalText(value);
  if (typeof value === 'boolean') return { kind: 'literal', type: 'bool', value };
  if (typeof value !== 'number') return undefined;
  const isWhole = Number.isInteger(value);
  if (isWhole && !Number.isSafeInteger(value)) return undefined;
  return isWhole ? literalLong(value) : { kind: 'literal', type: 'real', value };
}
