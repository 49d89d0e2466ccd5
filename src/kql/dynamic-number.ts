import type { Arg, CallSite } from './sql-function';
import { refuseAtRunTime } from './sql-text';

/** What a dynamic's number is, as SQL that compares with any number. */
function numberIn(dynamic: string): string {
  return `CASE WHEN json_type(${dynamic}) = 'DOUBLE' THEN CAST(json_extract_string(${dynamic}, '$') AS DOUBLE) END`;
}

/** A dynamic's whole number, as SQL; exact beyond what a double holds. */
function wholeIn(dynamic: string): string {
  return `CASE WHEN json_type(${dynamic}) IN ('BIGINT', 'UBIGINT') THEN CAST(json_extract_string(${dynamic}, '$') AS HUGEINT) END`;
}

/** How a text begins that may be a number's. */
const NUMBER_TEXT = `'(?i)^\\s*([-+.0-9]|nan|inf)'`;

/** A number is compared as such, null is unequal, and so is a text that is no number. */
export function equalNumber(dynamic: Arg, other: Arg, call: CallSite): string {
  const { sql } = dynamic;
  if (other.literal?.value === null)
    throw call.refuse(`comparing a dynamic with a null ${other.type}`);
  const what = `comparing a dynamic that holds no number with a ${other.type}`;
  const refusal = refuseAtRunTime(what, 'Convert it with tostring(…) or tolong(…).');
  const nan = notNan(other);
  return [
    `CASE WHEN ${other.sql} IS NULL AND coalesce(json_type(${sql}), 'NULL') = 'NULL' THEN ${refusal}`,
    `ELSE coalesce(CASE coalesce(json_type(${sql}), 'NULL') WHEN 'NULL' THEN false`,
    `WHEN 'DOUBLE' THEN ${numberIn(sql)} = ${other.sql}${nan}`,
    `WHEN 'BIGINT' THEN ${wholeIn(sql)} = ${other.sql}${nan} WHEN 'UBIGINT' THEN ${wholeIn(sql)} = ${other.sql}${nan}`,
    `WHEN 'VARCHAR' THEN CASE WHEN regexp_matches(json_extract_string(${sql}, '$'), ${NUMBER_TEXT}) THEN ${refusal} ELSE false END`,
    `ELSE ${refusal} END, false) END`,
  ].join(' ');
}

/** The order of a dynamic that holds a number, and a number; null has none. */
export function orderedNumber(dynamic: Arg, other: Arg, write: (number: string) => string): string {
  const { sql } = dynamic;
  const what = `comparing a dynamic that holds no number with a ${other.type}`;
  const refusal = refuseAtRunTime(what, 'Convert it with tolong(…) or todouble(…).');
  const nan = notNan(other);
  return [
    `CASE coalesce(json_type(${sql}), 'NULL') WHEN 'NULL' THEN NULL`,
    `WHEN 'DOUBLE' THEN ${write(numberIn(sql))}${nan}`,
    `WHEN 'BIGINT' THEN ${write(wholeIn(sql))}${nan} WHEN 'UBIGINT' THEN ${write(wholeIn(sql))}${nan}`,
    `ELSE ${refusal} END`,
  ].join(' ');
}

/** DuckDB holds NaN equal to itself and greater than all; in Kusto every comparison with it is false. */
export function notNan(arg: Arg): string {
  const constant = arg.literal !== undefined && !Number.isNaN(arg.literal.value);
  return arg.type === 'real' && !constant ? ` AND NOT isnan(${arg.sql})` : '';
}
