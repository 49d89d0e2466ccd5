import type { JoinKey, Relation } from './ir';
import { expressionSql, type ExpressionScope } from './sql-expression';
import { fieldSql, listSql, neverNull } from './sql-text';

/** DuckDB's words for the kinds of join. */
const JOINS = {
  inner: 'JOIN',
  leftouter: 'LEFT JOIN',
  rightouter: 'RIGHT JOIN',
  fullouter: 'FULL JOIN',
  leftsemi: 'SEMI JOIN',
  rightsemi: 'SEMI JOIN',
  leftanti: 'ANTI JOIN',
  rightanti: 'ANTI JOIN',
} as const;

/** SQL of a join, of whose fields only those that are used are given; `write` gives the SQL of either side. */
export function joinSql(
  { join, left, right, keys, fields }: Relation & { kind: 'join' },
  used: ReadonlySet<number>,
  scope: ExpressionScope,
  write: (side: Relation) => string,
): string {
  // DuckDB keeps the left side alone of such joins.
  const flipped = join === 'rightsemi' || join === 'rightanti';
  const [first, second] = flipped ? [right, left] : [left, right];
  const on = keys.map((key) => joinCondition(key, flipped, scope)).join(' AND ');
  const leftMissing = join === 'rightouter' || join === 'fullouter';
  const rightMissing = join === 'leftouter' || join === 'fullouter';
  const rightIds = new Set(right.fields.map((field) => field.id));
  const list = fields
    .filter((field) => used.has(field.id))
    .map((field) => {
      const fromRight = rightIds.has(field.id);
      const name = `${fromRight === flipped ? 'l' : 'r'}.${fieldSql(field.id)}`;
      const missing = fromRight ? rightMissing : leftMissing;
      return `${missing ? neverNull(name, field.type) : name} AS ${fieldSql(field.id)}`;
    });
  return `SELECT ${listSql(list)} FROM (${write(first)}) l ${JOINS[join]} (${write(second)}) r ON ${on}`;
}

/** Null keys match each other in Kusto; strings have no null, and plain equality is faster. */
function joinCondition(key: JoinKey, flipped: boolean, scope: ExpressionScope): string {
  const left = `${flipped ? 'r' : 'l'}.${expressionSql(key.left, scope)}`;
  const right = `${flipped ? 'l' : 'r'}.${expressionSql(key.right, scope)}`;
  return key.left.type === 'string'
    ? `${left} = ${right}`
    : `${left} IS NOT DISTINCT FROM ${right}`;
}
