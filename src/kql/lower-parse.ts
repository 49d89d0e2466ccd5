import type { KustoType } from '../core/table';
import type { Context, Scope } from './context';
import type { Assignment, Expr, Field, Relation } from './ir';
import { fieldByName, fieldRef, lowerExpression, makeCall } from './lower-expression';
import { readLiteral } from './literals';
import { firstToken, namedParameters, slot, slotItems, type SyntaxNode } from './syntax';

/** What a capture of a type matches. Types that are not here are refused. */
const CAPTURES: Partial<Readonly<Record<KustoType, string>>> = {
  string: '(.*?)',
  long: '([+-]?[0-9]+)',
  int: '([+-]?[0-9]+)',
};

interface Pattern {
  readonly regex: string;
  readonly captures: readonly Field[];
}

/** `parse` and `parse-where` of the kind simple: literal text and captures in turn. */
export function lowerParse(
  context: Context,
  input: Relation,
  operator: SyntaxNode,
  scope: Scope,
): Relation {
  const kind = namedParameters(operator).get('kind');
  if (kind !== undefined && firstToken(kind).toLowerCase() !== 'simple') {
    throw context.unsupported('parse of this kind', operator, scope, 'Use extract(…).');
  }
  const text = lowerExpression(context, slot(operator, 'Expression'), scope);
  if (text.type !== 'string')
    throw context.unsupported('parse of what is no string', operator, scope);
  const { regex, captures } = readPattern(
    context,
    slotItems(operator, 'Patterns'),
    operator,
    scope,
  );
  const matched = context.field('\0matched', 'bool');
  const match: Relation = {
    kind: 'match',
    fields: [...input.fields, matched, ...captures],
    input,
    text,
    pattern: regex,
    captures: [matched, ...captures],
  };
  const kept: Relation =
    operator.kind === 'ParseWhereOperator'
      ? { kind: 'filter', fields: match.fields, input: match, condition: fieldRef(matched) }
      : match;
  const items = (operator.columns ?? []).map((column): Assignment => {
    const capture = fieldByName(captures, column.name);
    const existing = fieldByName(input.fields, column.name);
    const value =
      capture === undefined
        ? existing && fieldRef(existing)
        : converted(context, capture, column.type, operator, scope);
    if (value === undefined) throw context.unsupported('these columns', operator, scope);
    return { field: context.field(column.name, column.type), value };
  });
  return { kind: 'project', input: kept, items, fields: items.map((item) => item.field) };
}

function converted(
  context: Context,
  capture: Field,
  type: KustoType,
  operator: SyntaxNode,
  scope: Scope,
): Expr {
  const text = fieldRef(capture);
  return type === 'string'
    ? text
    : makeCall(`to${type}`, type, [text], context.place(operator, scope));
}

function readPattern(
  context: Context,
  nodes: readonly SyntaxNode[],
  operator: SyntaxNode,
  scope: Scope,
): Pattern {
  const captures: Field[] = [];
  let previousWasText = true;
  const parts = nodes.map((node, i) => {
    const isLast = i === nodes.length - 1;
    const literal = readLiteral(node);
    if (typeof literal?.value === 'string' && literal.type === 'string') {
      previousWasText = true;
      return escapeRegex(literal.value);
    }
    if (node.kind === 'StarExpression') {
      previousWasText = false;
      return isLast ? '.*' : '.*?';
    }
    // Two captures without text between them leave open where the first one ends.
    if (!previousWasText && captures.length > 0) {
      throw context.unsupported('captures that follow each other', node, scope);
    }
    previousWasText = false;
    const { name, type } = captureOf(node);
    const pattern = CAPTURES[type];
    if (pattern === undefined) throw context.unsupported(`a capture of a ${type}`, node, scope);
    captures.push(context.field(name, 'string'));
    return isLast && type === 'string' ? '(.*)' : pattern;
  });
  if (captures.length === 0) throw context.unsupported('parse without a capture', operator, scope);
  return { regex: `(?s)^${parts.join('')}$`, captures };
}

function captureOf(node: SyntaxNode): { name: string; type: KustoType } {
  if (node.kind !== 'NameAndTypeDeclaration') {
    return { name: node.symbol?.name ?? firstToken(node), type: 'string' };
  }
  const name = slot(node, 'Name');
  return {
    name: name.symbol?.name ?? firstToken(name),
    type: name.type ?? (firstToken(slot(node, 'Type')) as KustoType),
  };
}

/** A literal text inside an RE2 pattern. */
export function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
