import type { Expr, Relation } from './ir';
import { someExpr } from './ir';
import { PHYSICAL_TYPES } from './physical-types';
import { fieldSql, listSql, refuseAtRunTime, sqlName } from './sql-text';

/** A range between values that the query computes has at most so many rows. */
const MOST_COMPUTED = 1_048_576;

/** SQL of a table's rows, with the columns that are used. */
export function tableSql(
  relation: Relation & { kind: 'table' },
  used: ReadonlySet<number>,
): string {
  const list = relation.columns.flatMap((column, i) => {
    const id = relation.fields[i]?.id ?? -1;
    return used.has(id) ? [`${sqlName(column)} AS ${fieldSql(id)}`] : [];
  });
  return `SELECT ${listSql(list)} FROM ${sqlName(relation.table)}`;
}

/** SQL of rows that are written into the query, with a column that numbers them. */
export function valuesSql(
  relation: Relation & { kind: 'values' },
  ordinal: string,
  write: (value: Expr) => string,
): string {
  const columns = [...relation.fields.map((field) => fieldSql(field.id)), ordinal];
  const rows = relation.rows.map((row, i) => {
    const cells = row.map((value, at) => {
      const type = relation.fields[at]?.type ?? 'string';
      // A decimal keeps its own scale where no other row needs another: a version's number has 32 digits.
      if (type === 'decimal' && relation.rows.length === 1) return write(value);
      return `CAST(${write(value)} AS ${PHYSICAL_TYPES[type]})`;
    });
    return [...cells, String(i)];
  });
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) {
    return `SELECT ${only.map((cell, i) => `${cell} AS ${columns[i] ?? ''}`).join(', ')}`;
  }
  if (only === undefined) {
    const list = relation.fields.map(
      (field) => `CAST(NULL AS ${PHYSICAL_TYPES[field.type]}) AS ${fieldSql(field.id)}`,
    );
    return `SELECT ${[...list, `0 AS ${ordinal}`].join(', ')} WHERE false`;
  }
  const text = rows.map((row) => `(${row.join(', ')})`).join(', ');
  return `SELECT * FROM (VALUES ${text}) t(${columns.join(', ')})`;
}

/** SQL of the rows of `range`, with a column that numbers them. */
export function rangeSql(
  relation: Relation & { kind: 'range' },
  ordinal: string,
  write: (value: Expr) => string,
): string {
  const field = relation.fields[0];
  const type = PHYSICAL_TYPES[field?.type ?? 'long'];
  const [a, b, by] = [relation.from, relation.to, relation.step].map(
    (value) => `CAST(${write(value)} AS ${type})`,
  ) as [string, string, string];
  const towards = `sign(${b} - ${a}) * sign(${by}) >= 0 AND ${by} <> 0`;
  const count = `CAST(CASE WHEN ${towards} THEN floor((${b} - ${a}) ${type === 'DOUBLE' ? '/' : '//'} ${by}) + 1 ELSE 0 END AS BIGINT)`;
  const value = `CAST(${a} + ${ordinal} * ${by} AS ${type})`;
  const limits = [relation.from, relation.to, relation.step];
  if (limits.some((limit) => someExpr(limit, (part) => part.kind === 'scalar'))) {
    // A table function takes no subqueries, and a list lies in memory as a whole.
    const refusal = refuseAtRunTime(
      `range of more than ${MOST_COMPUTED} rows over computed values`,
    );
    const fits = `SELECT CASE WHEN n > ${MOST_COMPUTED} THEN ${refusal} ELSE n END AS n FROM (SELECT coalesce(${count}, 0) AS n)`;
    return `SELECT ${value} AS ${fieldSql(field?.id ?? -1)}, ${ordinal} FROM (SELECT unnest(range(0, n)) AS ${ordinal} FROM (${fits}))`;
  }
  return `SELECT ${value} AS ${fieldSql(field?.id ?? -1)}, ${ordinal} FROM range(0, coalesce(${count}, 0)) t(${ordinal})`;
}
