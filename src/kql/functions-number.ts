import { NUMBERS } from './argument-types';
import {
  argAt,
  constantText,
  expectType,
  unary,
  type Arg,
  type CallSite,
  type FunctionRule,
  type FunctionRules,
} from './sql-function';
import { isPlainDecimal } from './literals';
import { commonDecimal, decimalSql, refuseAtRunTime, sqlText } from './sql-text';

/** Whole numbers up to this are exact as reals. */
const MOST_EXACT = Number.MAX_SAFE_INTEGER;
const WHOLE_TEXT = String.raw`'\s*([-+]?[0-9]+|0[xX][0-9a-fA-F]+)\s*'`;
const DECIMAL_TEXT = String.raw`'\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*|-?(?i:inf|infinity)|(?i:nan)'`;

/** Conversions between scalars, choices and arithmetic functions. */
export const NUMBER_RULES: FunctionRules = {
  toint: {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => toWhole(argAt(args, 0), 'INTEGER', call),
  },
  tolong: {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => toWhole(argAt(args, 0), 'BIGINT', call),
  },
  todouble: { args: [1, 1], repeats: true, sql: (args, call) => toReal(argAt(args, 0), call) },
  todecimal: { args: [1, 1], repeats: true, sql: (args, call) => toDecimal(argAt(args, 0), call) },
  tobool: { args: [1, 1], repeats: true, sql: (args, call) => toBool(argAt(args, 0), call) },
  isnull: {
    args: [1, 1],
    decimals: true,
    // A string has no null, but what it is computed from may end the query.
    sql: (args) => `(${argAt(args, 0).sql} IS NULL)`,
  },
  isnotnull: {
    args: [1, 1],
    decimals: true,
    sql: (args) => `(${argAt(args, 0).sql} IS NOT NULL)`,
  },
  /** Written by sorting: 0 for null, 1 for NaN, 2 for a number. */
  'rank of number': {
    args: [1, 1],
    repeats: true,
    sql: (args) => {
      const { sql } = argAt(args, 0);
      return `CASE WHEN ${sql} IS NULL THEN 0 WHEN isnan(${sql}) THEN 1 ELSE 2 END`;
    },
  },
  isnan: unary(['real'], (x) => `isnan(${x})`),
  isinf: unary(['real'], (x) => `isinf(${x})`),
  isfinite: unary(['real'], (x) => `isfinite(${x})`),
  iff: {
    args: [3, 3],
    decimals: true,
    sql: (args, call) =>
      `CASE WHEN ${argAt(args, 0).sql} THEN ${branch(argAt(args, 1), call)} ELSE ${branch(argAt(args, 2), call)} END`,
  },
  /** What is not so ends the query. */
  assert: {
    args: [2, 2],
    sql: (args, call) => {
      const message = sqlText(`the query's assertion failed: ${constantText(args, 1, call)}`);
      return `CASE WHEN ${expectType(argAt(args, 0), ['bool'], call)} THEN true ELSE error(${message}) END`;
    },
  },
  case: { args: [3, 1001], sql: caseSql },
  coalesce: {
    args: [1, 64],
    // nullif writes its argument twice.
    repeats: (args) => args.some((arg) => arg.type === 'string'),
    sql: (args, call) => {
      const values = args.map((arg) => branch(arg, call));
      // Kusto's coalesce passes over empty strings, as it has no null ones.
      if (call.type === 'string')
        return `coalesce(${values.map((x) => `nullif(${x}, '')`).join(', ')}, '')`;
      return `coalesce(${values.join(', ')})`;
    },
  },
  max_of: extreme('greatest'),
  min_of: extreme('least'),
  abs: unary([...NUMBERS, 'timespan'], (x) => `abs(${x})`),
  sign: unary(NUMBERS, (x) => `sign(${x})`),
  sqrt: unary(
    NUMBERS,
    // Documented as null, which nobody has measured.
    (x) =>
      `CASE WHEN ${x} >= 0 THEN sqrt(${x}) WHEN ${x} < 0 THEN ${refuseAtRunTime(`'sqrt' of a negative number`)} END`,
    true,
  ),
  round: { args: [1, 2], repeats: (args) => args[0]?.type === 'long', sql: round },
  bin: { args: [2, 2], repeats: true, sql: bin },
};

function expectedText(arg: Arg): string {
  return arg.type === 'dynamic' ? `json_extract_string(${arg.sql}, '$')` : arg.sql;
}

type Whole = 'INTEGER' | 'BIGINT';

function toWhole(arg: Arg, target: Whole, call: CallSite): string {
  switch (arg.type) {
    case 'int':
    case 'bool':
      return `CAST(${arg.sql} AS ${target})`;
    case 'long':
    case 'datetime':
    case 'timespan':
      return wholeOfLong(arg.sql, target);
    case 'real':
      return wholeOfReal(arg, target, call);
    case 'string':
      return wholeOfText(arg.sql, target);
    case 'dynamic':
      return wholeOfDynamic(arg, target, call);
    default:
      throw call.refuse(`'${call.name}' of a ${arg.type}`);
  }
}

/** Of more bits Kusto keeps the lower 32. */
function wholeOfLong(long: string, target: Whole): string {
  if (target === 'BIGINT') return long;
  return `CAST(xor(${long} & 4294967295, 2147483648) - 2147483648 AS INTEGER)`;
}

/** Over rows Kusto ends at the range's bounds and makes NaN null, in constants it does otherwise. */
function wholeOfReal({ sql, literal }: Arg, target: Whole, call: CallSite): string {
  const [least, most] = target === 'INTEGER' ? [-(2 ** 31), 2 ** 31] : [-(2 ** 63), 2 ** 63];
  const what = `'${call.name}' of a real beyond the range of ${target === 'INTEGER' ? 'int' : 'long'}`;
  const hint = 'Keep it within, for example with min_of(…).';
  const value = literal?.value;
  if (typeof value === 'number' && !(Math.trunc(value) >= least && Math.trunc(value) < most)) {
    throw call.refuse(what, hint);
  }
  const refusal = refuseAtRunTime(what, hint);
  return `CASE WHEN isnan(${sql}) THEN NULL WHEN trunc(${sql}) >= ${least} AND trunc(${sql}) < ${most} THEN CAST(trunc(${sql}) AS ${target}) WHEN ${sql} IS NOT NULL THEN ${refusal} END`;
}

function wholeOfDynamic(arg: Arg, target: Whole, call: CallSite): string {
  const text = expectedText(arg);
  const beyond = refuseAtRunTime(`'${call.name}' of a dynamic beyond the range of long`);
  const whole = wholeOfLong(`coalesce(TRY_CAST(${text} AS BIGINT), ${beyond})`, target);
  const real: Arg = { sql: `CAST(${text} AS DOUBLE)`, type: 'real', literal: undefined };
  const ofReal = wholeOfReal(real, target, call);
  return dynamicNumber(arg, whole, ofReal, wholeOfText(text, target), target);
}

/** TRY_CAST alone would round '2.7' and take '1_000'. */
function wholeOfText(text: string, target: string): string {
  return `CASE WHEN regexp_full_match(${text}, ${WHOLE_TEXT}) THEN TRY_CAST(trim(${text}) AS ${target}) END`;
}

/** A number of what a dynamic holds: SQL for a whole number, a fraction and a text. */
function dynamicNumber(
  arg: Arg,
  whole: string,
  fraction: string,
  text: string,
  target: string,
): string {
  return [
    `CASE json_type(${arg.sql})`,
    `WHEN 'BIGINT' THEN ${whole} WHEN 'UBIGINT' THEN ${whole}`,
    `WHEN 'DOUBLE' THEN ${fraction} WHEN 'VARCHAR' THEN ${text}`,
    `WHEN 'BOOLEAN' THEN CAST(CASE ${expectedText(arg)} WHEN 'true' THEN 1 ELSE 0 END AS ${target}) END`,
  ].join(' ');
}

function toReal(arg: Arg, call: CallSite): string {
  const ofText = (text: string): string =>
    `CASE WHEN regexp_full_match(${text}, ${DECIMAL_TEXT}) THEN TRY_CAST(trim(${text}) AS DOUBLE) END`;
  switch (arg.type) {
    case 'int':
    case 'long':
    case 'real':
    case 'bool':
    case 'timespan':
      return `CAST(${arg.sql} AS DOUBLE)`;
    case 'string':
      return ofText(arg.sql);
    case 'dynamic':
      return dynamicNumber(
        arg,
        `CAST(${expectedText(arg)} AS DOUBLE)`,
        `CAST(${expectedText(arg)} AS DOUBLE)`,
        ofText(expectedText(arg)),
        'DOUBLE',
      );
    default:
      throw call.refuse(`'${call.name}' of a ${arg.type}`);
  }
}

/** Exact, or refused: Kusto's decimals have more digits after the point than SQL's. */
function toDecimal(arg: Arg, call: CallSite): string {
  const value = arg.literal?.value;
  if (arg.type === 'int' || arg.type === 'long' || arg.type === 'bool') {
    return `CAST(CAST(${arg.sql} AS BIGINT) AS DECIMAL(38,0))`;
  }
  if ((typeof value === 'string' || typeof value === 'number') && isPlainDecimal(String(value))) {
    return decimalSql(String(value));
  }
  const text = expectType(arg, ['string'], call);
  const refusal = refuseAtRunTime(`'todecimal' of a text of that many digits or that form`);
  const plain = `regexp_full_match(${text}, '[-+]?[0-9]{1,18}(\\.[0-9]{1,14})?')`;
  return `CASE WHEN ${plain} THEN CAST(${text} AS DECIMAL(38,14)) WHEN regexp_matches(${text}, '[0-9]') THEN ${refusal} END`;
}

function toBool(arg: Arg, call: CallSite): string {
  // Recorded answers for blanks and a plus sign contradict each other.
  const blanks = refuseAtRunTime(`'${call.name}' of a text with blanks or a plus sign around`);
  const ofText = (text: string): string =>
    `CASE WHEN lower(${text}) IN ('true', 'false') THEN lower(${text}) = 'true' WHEN regexp_full_match(${text}, '-?[0-9]+') THEN TRY_CAST(${text} AS BIGINT) <> 0 WHEN regexp_full_match(${text}, '(?i)\\s*([-+]?[0-9]+|true|false)\\s*') THEN ${blanks} END`;
  const ofReal = (real: string): string =>
    `CASE WHEN isnan(${real}) THEN ${refuseAtRunTime(`'${call.name}' of NaN`)} ELSE ${real} <> 0 END`;
  if (arg.type === 'bool') return arg.sql;
  if (arg.type === 'int' || arg.type === 'long') return `(${arg.sql} <> 0)`;
  if (arg.type === 'real') return ofReal(arg.sql);
  if (arg.type === 'string') return ofText(arg.sql);
  if (arg.type === 'dynamic') {
    const fraction = refuseAtRunTime(`'${call.name}' of a dynamic that holds a real`);
    return `CASE WHEN json_type(${arg.sql}) IN ('VARCHAR', 'BOOLEAN') THEN ${ofText(expectedText(arg))} WHEN json_type(${arg.sql}) IN ('BIGINT', 'UBIGINT') THEN ${expectedText(arg)} <> '0' WHEN json_type(${arg.sql}) = 'DOUBLE' THEN ${fraction} END`;
  }
  throw call.refuse(`'tobool' of a ${arg.type}`);
}

/** One of several possible results. The engine takes whole numbers of both sizes, but rejects other mixtures. */
function branch(arg: Arg, call: CallSite): string {
  if (arg.type === call.type) return arg.type === 'decimal' ? commonDecimal(arg.sql) : arg.sql;
  if (arg.literal?.value === null) return call.type === 'string' ? `''` : 'NULL';
  if (arg.type === 'int' && call.type === 'long') return `CAST(${arg.sql} AS BIGINT)`;
  throw call.refuse(
    `'${call.name}' of a ${call.type} and a ${arg.type}`,
    'Convert both to the same type.',
  );
}

function caseSql(args: readonly Arg[], call: CallSite): string {
  if (args.length % 2 === 0) throw call.refuse(`'case' without an else`);
  const parts: string[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) {
    parts.push(`WHEN ${argAt(args, i).sql} THEN ${branch(argAt(args, i + 1), call)}`);
  }
  return `CASE ${parts.join(' ')} ELSE ${branch(argAt(args, args.length - 1), call)} END`;
}

/** max_of and min_of, unlike iff, take numbers of any sizes together. */
function numberAs(arg: Arg, call: CallSite): string {
  const isNumber = arg.type === 'int' || arg.type === 'long';
  return isNumber && call.type === 'real' ? `CAST(${arg.sql} AS DOUBLE)` : branch(arg, call);
}

function extreme(name: 'greatest' | 'least'): FunctionRule {
  return {
    args: [1, 64],
    repeats: (args) => args.some((arg) => arg.type === 'real'),
    sql: (args, call) => {
      if (call.type === 'string' || call.type === 'dynamic' || call.type === 'bool') {
        throw call.refuse(`'${call.name}' of a ${call.type}`);
      }
      const values = args.map((arg) => numberAs(arg, call));
      const extremeValue = `${name}(${values.join(', ')})`;
      if (call.type !== 'real') return extremeValue;
      const anyNan = values.map((value) => `coalesce(isnan(${value}), false)`).join(' OR ');
      return `CASE WHEN ${anyNan} THEN CAST('NaN' AS DOUBLE) ELSE ${extremeValue} END`;
    },
  };
}

function round(args: readonly Arg[], call: CallSite): string {
  const value = expectType(argAt(args, 0), NUMBERS, call);
  const digits = args[1] === undefined ? 0n : args[1].literal?.value;
  if (typeof digits !== 'bigint') throw call.refuse(`'round' to digits that are not constant`);
  const rounded = `round(CAST(${value} AS DOUBLE), ${digits})`;
  if (call.type === 'real') return rounded;
  if (argAt(args, 0).type === 'int') return `CAST(${rounded} AS BIGINT)`;
  // Whether Kusto rounds a long as it is or as a real, which does not hold all of its digits, is not known.
  const refusal = refuseAtRunTime(`'round' of a whole number beyond ${MOST_EXACT}`);
  return `CASE WHEN ${value} BETWEEN -${MOST_EXACT} AND ${MOST_EXACT} THEN CAST(${rounded} AS BIGINT) WHEN ${value} IS NOT NULL THEN ${refusal} END`;
}

/** Rounds down to a multiple; datetimes count from the year 1. */
function bin(args: readonly Arg[], call: CallSite): string {
  const [value, size] = [argAt(args, 0), argAt(args, 1)];
  const ticks =
    (value.type === 'datetime' || value.type === 'timespan') && size.type === 'timespan';
  const whole = value.type !== 'real' && size.type !== 'real';
  if (!ticks) {
    expectType(value, NUMBERS, call);
    expectType(size, NUMBERS, call);
  }
  if (!whole) {
    const [x, step] = [`CAST(${value.sql} AS DOUBLE)`, `CAST(${size.sql} AS DOUBLE)`];
    return `CASE WHEN ${size.sql} > 0 THEN floor(${x} / ${step}) * ${step} END`;
  }
  const rest =
    value.type === 'datetime'
      ? `${value.sql} % ${size.sql}`
      : `(${value.sql} % ${size.sql} + ${size.sql}) % ${size.sql}`;
  const binned = `${value.sql} - ${rest}`;
  const positive = typeof size.literal?.value === 'bigint' && size.literal.value > 0n;
  return positive ? `(${binned})` : `CASE WHEN ${size.sql} > 0 THEN ${binned} END`;
}
