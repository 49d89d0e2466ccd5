import type { KustoType } from '../core/table';
import type { CompiledQuery } from './compiled-query';
import { sqlName, timestampSql } from './sql-text';
import { TICKS_PER_SECOND } from './ticks';

/** Values of which DuckDB makes the JSON that stands in a cell; numbers with a point are not among them. */
const WRITTEN: Readonly<Partial<Record<KustoType, (value: string) => string>>> = {
  bool: (value) => value,
  datetime: datetimeText,
  // A text that holds JSON, not JSON itself.
  dynamic: (value) => `CAST(${value} AS VARCHAR)`,
  guid: (value) => value,
  int: (value) => value,
  long: (value) => value,
  string: (value) => value,
};

/**
 * SQL that gives each row of a query as one JSON array, the text that it has in an answer, so that a large
 * answer is never built as values in JavaScript: at most `most` rows, in the query's order or in a fixed
 * one. Undefined when a column is of a type that SQL does not write so.
 */
export function rowTextSql(query: CompiledQuery, most: number): string | undefined {
  const cells = query.columns.map(({ name, type }) => WRITTEN[type]?.(sqlName(name)));
  if (cells.length === 0 || cells.includes(undefined)) return undefined;
  const names = new Set(query.columns.map(({ name }) => name.toLowerCase()));
  // DuckDB does not tell names in another case apart.
  if (names.size < query.columns.length) return undefined;
  const rows = `SELECT CAST(json_array(${cells.join(', ')}) AS VARCHAR) AS row FROM (${query.sql}) LIMIT ${most}`;
  return query.orderDefined ? rows : `SELECT row FROM (${rows}) ORDER BY row`;
}

/** As ticksToIso: without trailing zeros in the fraction. */
function datetimeText(ticks: string): string {
  const seconds = `strftime(${timestampSql(ticks)}, '%Y-%m-%dT%H:%M:%S')`;
  const fraction = `lpad(CAST(${ticks} % ${TICKS_PER_SECOND} AS VARCHAR), 7, '0')`;
  return `${seconds} || CASE WHEN ${ticks} % ${TICKS_PER_SECOND} = 0 THEN '' ELSE '.' || rtrim(${fraction}, '0') END || 'Z'`;
}
