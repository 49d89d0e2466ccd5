import type { KustoType } from '../core/table';
import { KqlError, type KqlErrorCode } from './errors';
import { PHYSICAL_TYPES } from './physical-types';
import type { Arg } from './sql-function';
import { MAX_DATETIME_TICKS, TICKS_PER_DAY, TICKS_PER_SECOND, UNIX_EPOCH_TICKS } from './ticks';

/** A text between single quotes, for SQL. DuckDB's parser would stop at NUL, which becomes chr(0). */
export function sqlText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return quoted.includes('\0') ? `(${quoted.replaceAll('\0', `' || chr(0) || '`)})` : quoted;
}

/** A decimal of its own scale, so that nothing of it is rounded. */
export function decimalSql(text: string): string {
  const scale = text.split('.')[1]?.length ?? 0;
  return `CAST('${text}' AS DECIMAL(38,${scale}))`;
}

/** A decimal that meets others in one column: DuckDB would round them to the scale that has room. */
export function commonDecimal(sql: string): string {
  return `CAST(${sql} AS ${PHYSICAL_TYPES.decimal})`;
}

/** A name between double quotes, for SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The columns of a SELECT: rows of which no column is used still count. */
export function listSql(columns: readonly string[]): string {
  return columns.length === 0 ? 'true AS present' : columns.join(', ');
}

/**
 * SQL of a value of a type: a string, which has no null in Kusto, is '' instead. DuckDB computes a function of one
 * column once for each text of the column's dictionary, and hands on the dictionary; `coalesce` does neither.
 */
export function neverNull(sql: string, type: KustoType): string {
  return type === 'string' ? `concat(${sql})` : sql;
}

/** A computed datetime, or NULL when it is outside what Kusto has. Repeats its argument. */
export function inDatetimeRange(ticks: string): string {
  return `CASE WHEN ${ticks} BETWEEN 0 AND ${MAX_DATETIME_TICKS} THEN ${ticks} END`;
}

/** DuckDB's TIMESTAMP of ticks; it has microseconds only. */
export function timestampSql(ticks: string): string {
  return `make_timestamp(${ticks} // 10 - ${UNIX_EPOCH_TICKS / 10n})`;
}

/** Ticks of a DuckDB TIMESTAMP. */
export function ticksSql(timestamp: string): string {
  return `(epoch_us(${timestamp}) * 10 + ${UNIX_EPOCH_TICKS})`;
}

/** Kusto's own text of a value (`tostring`); '' for null. See textRepeats. */
export function toTextSql(arg: Pick<Arg, 'sql' | 'type'>): string {
  const { sql, type } = arg;
  switch (type) {
    case 'string':
      return sql;
    case 'datetime':
      return `coalesce(${datetimeText(sql)}, '')`;
    case 'timespan':
      return `coalesce(${timespanText(sql)}, '')`;
    case 'bool':
      return `coalesce(CASE ${sql} WHEN true THEN 'True' WHEN false THEN 'False' END, '')`;
    case 'dynamic':
      return `coalesce(json_extract_string(${sql}, '$'), '')`;
    default:
      return `coalesce(CAST(${sql} AS VARCHAR), '')`;
  }
}

/** SQL that ends the query with KQL_UNSUPPORTED when a row makes it evaluate this; the hint says what to do. */
export function refuseAtRunTime(what: string, hint = ''): string {
  return `error(${sqlText(refusalText(what, hint))})`;
}

/** The text with which a query ends that is refused while it runs. */
export function refusalText(what: string, hint = ''): string {
  return endText('KQL_UNSUPPORTED', `${what} is not supported offline`, hint);
}

/** The same with KQL_LIMIT, for what Kusto limits too. */
export function limitAtRunTime(message: string, hint: string): string {
  return `error(${sqlText(endText('KQL_LIMIT', message, hint))})`;
}

function endText(code: KqlErrorCode, message: string, hint: string): string {
  return `${code}: ${message}${hint === '' ? '' : `${BEFORE_HINT}${hint}`}`;
}

/** No message of ours has this sign. */
const BEFORE_HINT = ' \u2192 ';

/** The error that a query ended with, if its SQL was written to end so. */
export function endedAtRunTime(message: string): KqlError | undefined {
  const told = /^(?:(?:[A-Z]\w* )*Error: )+(KQL_UNSUPPORTED|KQL_LIMIT): (.*)$/.exec(message);
  if (told === null) return undefined;
  const [text = '', hint] = (told[2] ?? '').split(BEFORE_HINT);
  return new KqlError(told[1] as KqlErrorCode, text, undefined, hint);
}

/** Whether toTextSql writes its argument more than once. */
export function textRepeats(type: KustoType): boolean {
  return type === 'datetime' || type === 'timespan' || type === 'bool';
}

function datetimeText(ticks: string): string {
  const whole = `strftime(${timestampSql(ticks)}, '%Y-%m-%dT%H:%M:%S')`;
  return `(${whole} || '.' || lpad(CAST(${ticks} % ${TICKS_PER_SECOND} AS VARCHAR), 7, '0') || 'Z')`;
}

function timespanText(ticks: string): string {
  const two = (value: string): string => `lpad(CAST(${value} AS VARCHAR), 2, '0')`;
  const seconds = `(abs(${ticks}) // ${TICKS_PER_SECOND})`;
  const fraction = `abs(${ticks}) % ${TICKS_PER_SECOND}`;
  return [
    `(CASE WHEN ${ticks} < 0 THEN '-' ELSE '' END`,
    `CASE WHEN abs(${ticks}) >= ${TICKS_PER_DAY} THEN CAST(abs(${ticks}) // ${TICKS_PER_DAY} AS VARCHAR) || '.' ELSE '' END`,
    `${two(`(${seconds} // 3600) % 24`)} || ':' || ${two(`(${seconds} // 60) % 60`)} || ':' || ${two(`${seconds} % 60`)}`,
    `CASE WHEN ${fraction} = 0 THEN '' ELSE '.' || lpad(CAST(${fraction} AS VARCHAR), 7, '0') END)`,
  ].join(' || ');
}

/** A value as DuckDB JSON, for building arrays and bags. */
export function toJsonSql(arg: Pick<Arg, 'sql' | 'type'>): string {
  if (arg.type === 'dynamic') return `CAST(coalesce(${arg.sql}, 'null') AS JSON)`;
  if (arg.type === 'datetime' || arg.type === 'timespan') {
    return `CASE WHEN ${arg.sql} IS NULL THEN CAST('null' AS JSON) ELSE to_json(${toTextSql(arg)}) END`;
  }
  if (arg.type === 'real') {
    const refusal = refuseAtRunTime('NaN or an infinity in a dynamic');
    return `CASE WHEN isfinite(coalesce(${arg.sql}, 0)) THEN coalesce(to_json(${arg.sql}), CAST('null' AS JSON)) ELSE CAST(${refusal} AS JSON) END`;
  }
  return `coalesce(to_json(${arg.sql}), CAST('null' AS JSON))`;
}

/** A JSON pointer to a member, whatever signs its name holds: in a path `"*"` means all members to DuckDB. */
export function pointerText(name: string): string {
  return sqlText(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

/** The same of a computed name. It may be an array's index too, so ask of bags only. */
export function pointerSql(name: string): string {
  return `('/' || replace(replace(${name}, '~', '~0'), '/', '~1'))`;
}

/** The SQL name of a field. */
export function fieldSql(id: number): string {
  return `c${id}`;
}
