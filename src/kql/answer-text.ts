import type { KustoType } from '../core/table';
import type { CompiledQuery } from './compiled-query';
import { sqlName, timestampSql } from './sql-text';
import { TICKS_PER_SECOND } from './ticks';

/** Values that SQL writes exactly as JSON.stringify writes them in a cell; numbers with a point are not among them. */
const WRITTEN: Readonly<Partial<Record<KustoType, (value: string) => string>>> = {
  bool: plain,
  datetime: (ticks) => `'"' || ${datetimeText(ticks)} || '"'`,
  dynamic: quoted,
  guid: quoted,
  int: plain,
  long: plain,
  string: quoted,
};

/**
 * SQL that gives each row of a query as one JSON array, the text that it has in an answer, so that a large
 * answer is never built as values in JavaScript. Undefined when a column is of a type that is not written
 * the same.
 */
export function rowTextSql(query: CompiledQuery): string | undefined {
  const cells = query.columns.map(({ name, type }) => {
    const write = WRITTEN[type];
    return write === undefined ? undefined : `coalesce(${write(sqlName(name))}, 'null')`;
  });
  if (cells.length === 0 || cells.includes(undefined)) return undefined;
  const names = new Set(query.columns.map(({ name }) => name.toLowerCase()));
  // DuckDB does not tell names in another case apart.
  if (names.size < query.columns.length) return undefined;
  return `SELECT '[' || ${cells.join(` || ',' || `)} || ']' FROM (${query.sql})`;
}

function plain(value: string): string {
  return `CAST(${value} AS VARCHAR)`;
}

/** The text of a row as JSON.stringify would write it: to_json differs in the digits of control characters. */
export function asStringified(text: string): string {
  if (!text.includes('\\u00')) return text;
  return text.replace(/\\(?:u00[01][0-9A-F]|.)/g, (escape) =>
    escape.length > 2 ? escape.toLowerCase() : escape,
  );
}

function quoted(value: string): string {
  return `CAST(to_json(${value}) AS VARCHAR)`;
}

/** As ticksToIso: without trailing zeros in the fraction. */
function datetimeText(ticks: string): string {
  const seconds = `strftime(${timestampSql(ticks)}, '%Y-%m-%dT%H:%M:%S')`;
  const fraction = `lpad(CAST(${ticks} % ${TICKS_PER_SECOND} AS VARCHAR), 7, '0')`;
  return `${seconds} || CASE WHEN ${ticks} % ${TICKS_PER_SECOND} = 0 THEN '' ELSE '.' || rtrim(${fraction}, '0') END || 'Z'`;
}
