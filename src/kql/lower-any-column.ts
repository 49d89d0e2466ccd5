import type { KustoType } from '../core/table';
import type { Context, Scope } from './context';
import type { Expr } from './ir';
import { readLiteral } from './literals';
import { fieldRef, literalText, makeCall } from './make-expression';
import type { SyntaxNode } from './syntax';

/**
 * The letters that a value's text can have. Whether Kusto searches columns that are no strings is not
 * known; a term with any other letter is found in none of them, so that it does not matter.
 */
const LETTERS: Partial<Readonly<Record<KustoType, string>>> = {
  int: '',
  long: '',
  timespan: '',
  datetime: 'tz',
  bool: 'truefals',
  guid: 'abcdef',
  real: 'nainfityebd',
};

/** `* has "term"` in a condition of `where` or `search`. */
export function lowerAnyColumn(
  context: Context,
  node: SyntaxNode,
  operator: string,
  right: SyntaxNode,
  scope: Scope,
): Expr {
  const term = readLiteral(right)?.value;
  if (typeof term !== 'string' || !['has', 'has_cs'].includes(operator)) {
    throw context.unsupported(`'* ${operator}' here`, node, scope);
  }
  return anyColumn(context, node, operator, term, scope);
}

/** The condition that a term is in any column of the row. */
export function anyColumn(
  context: Context,
  node: SyntaxNode,
  operator: string,
  term: string,
  scope: Scope,
): Expr {
  const place = context.place(node, scope);
  const matches = (scope.row ?? []).flatMap((field): Expr[] => {
    if (field.type === 'string') {
      return [makeCall(operator, 'bool', [fieldRef(field), literalText(term)], place)];
    }
    if (isNeverIn(term, field.type)) return [];
    throw context.unsupported(
      `looking for '${term}' in a column of type ${field.type}`,
      node,
      scope,
      'Name the columns to look into.',
    );
  });
  const [first, ...rest] = matches;
  if (first === undefined) return { kind: 'literal', type: 'bool', value: false };
  return rest.length === 0 ? first : makeCall('or', 'bool', matches, place);
}

function isNeverIn(term: string, type: KustoType): boolean {
  const letters = LETTERS[type];
  if (letters === undefined) return false;
  return Array.from(term.toLowerCase()).some(
    (sign) => /\p{L}/u.test(sign) && !letters.includes(sign),
  );
}
