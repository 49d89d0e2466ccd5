import type { JoinKey } from './ir';
import { expressionSql, type ExpressionScope, type ExpressionWriter } from './sql-expression';

/** DuckDB's words for the kinds of join. */
export const JOINS = {
  inner: 'JOIN',
  leftouter: 'LEFT JOIN',
  rightouter: 'RIGHT JOIN',
  fullouter: 'FULL JOIN',
  leftsemi: 'SEMI JOIN',
  rightsemi: 'SEMI JOIN',
  leftanti: 'ANTI JOIN',
  rightanti: 'ANTI JOIN',
} as const;

/** Null keys match each other in Kusto; strings have no null, and plain equality is faster. */
export function joinCondition(key: JoinKey, flipped: boolean, writer: ExpressionWriter): string {
  const scope: ExpressionScope = { writer, order: undefined, serialized: false, bound: new Map() };
  const left = `${flipped ? 'r' : 'l'}.${expressionSql(key.left, scope)}`;
  const right = `${flipped ? 'l' : 'r'}.${expressionSql(key.right, scope)}`;
  return key.left.type === 'string'
    ? `${left} = ${right}`
    : `${left} IS NOT DISTINCT FROM ${right}`;
}
