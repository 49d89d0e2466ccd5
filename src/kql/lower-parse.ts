import type { KustoType } from '../core/table';
import type { Context, Scope } from './context';
import type { Place } from './errors';
import type { Assignment, Expr, Field, Relation } from './ir';
import { fieldByName, lowerExpression } from './lower-expression';
import { fieldRef, literalNull, makeCall } from './make-expression';
import { filterBy, project, unchanged } from './make-relation';
import { readPattern, type ParseKind } from './parse-pattern';
import { columnsOnce } from './lower-columns';
import { firstToken, namedParameters, slot, slotItems, type SyntaxNode } from './syntax';

/** `parse` and `parse-where`: a text is taken apart by a pattern of texts and captures. */
export function lowerParse(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const parameters = namedParameters(operator);
  const kind = parseKind(context, operator, parameters.get('kind'), scope);
  if (kind === 'relaxed' && operator.kind === 'ParseWhereOperator') {
    // Kusto: SEM0477.
    throw context.unsupported('a relaxed parse-where', operator, scope, 'Write parse instead.');
  }
  const flags = parameters.get('flags');
  if (flags !== undefined && kind !== 'regex') {
    throw context.unsupported('flags of this kind of parse', operator, scope);
  }
  const text = lowerExpression(context, slot(operator, 'Expression'), scope);
  if (text.type !== 'string')
    throw context.unsupported('parse of what is no string', operator, scope);
  const { regex, other, captures, numbers } = readPattern(slotItems(operator, 'Patterns'), kind, {
    flags: flags === undefined ? '' : firstToken(flags),
    capture: (name) => context.field(name, 'string'),
    refuse: (what, node) => context.unsupported(what, node ?? operator, scope),
  });
  const matched = context.field('\0matched', 'bool');
  const match: Relation = {
    kind: 'match',
    fields: [...input.fields, matched, ...captures],
    input,
    text,
    pattern: regex,
    other,
    numbers,
    captures: [matched, ...captures],
  };
  const place = context.place(operator, scope);
  // Values of the captures, each computed once.
  const values = captures.map((capture): Assignment => {
    const type = operator.columns?.find((column) => column.name === capture.name)?.type ?? 'string';
    return {
      field: context.field(capture.name, type),
      value: converted(capture, type, kind, place),
    };
  });
  const kept = unchanged([...input.fields, matched]);
  const valued = project(match, [...kept, ...values]);
  const fits = fitness(matched, values, kind, place);
  const chosen: Relation = operator.kind === 'ParseWhereOperator' ? filterBy(valued, fits) : valued;
  // A text that does not fit gives no values at all.
  const guard = fits.kind === 'field' ? undefined : fits;
  return project(chosen, outputColumns(context, input, values, guard, operator, scope));
}

/** The columns of the answer: a capture's value, nothing where `guard` is not true, or else the input's own. */
function outputColumns(
  context: Context,
  input: Relation,
  values: readonly Assignment[],
  guard: Expr | undefined,
  operator: SyntaxNode,
  scope: Scope,
): Assignment[] {
  const place = context.place(operator, scope);
  return columnsOnce(context, operator, scope).map(({ name, type }): Assignment => {
    const capture = values.find((value) => value.field.name === name)?.field;
    const source = capture ?? fieldByName(input.fields, name);
    if (source === undefined) throw context.unsupported('these columns', operator, scope);
    const value = fieldRef(source);
    const isGuarded = capture !== undefined && guard !== undefined;
    return {
      field: context.field(name, type),
      value: isGuarded ? makeCall('iff', type, [guard, value, literalNull(type)], place) : value,
    };
  });
}

function parseKind(
  context: Context,
  operator: SyntaxNode,
  written: SyntaxNode | undefined,
  scope: Scope,
): ParseKind {
  const kind = written === undefined ? 'simple' : firstToken(written).toLowerCase();
  if (kind === 'simple' || kind === 'regex' || kind === 'relaxed') return kind;
  throw context.unsupported('parse of this kind', operator, scope);
}

function converted(capture: Field, type: KustoType, kind: ParseKind, place: Place): Expr {
  const text = fieldRef(capture);
  if (type === 'string') return text;
  if (type === 'datetime') return makeCall('parsed datetime', type, [text], place);
  const name = kind === 'regex' ? 'matched number' : 'parsed number';
  return makeCall(name, type, [text], place);
}

/** Whether a text fits: a simple pattern needs numbers and datetimes to be ones. */
function fitness(
  matched: Field,
  values: readonly Assignment[],
  kind: ParseKind,
  place: Place,
): Expr {
  const typed = values.filter((value) => value.field.type !== 'string');
  if (kind !== 'simple' || typed.length === 0) return fieldRef(matched);
  const present = typed.map((value) =>
    makeCall('isnotnull', 'bool', [fieldRef(value.field)], place),
  );
  return makeCall('and', 'bool', [fieldRef(matched), ...present], place);
}
