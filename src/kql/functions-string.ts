import { TEXT } from './argument-types';
import {
  argAt,
  constantInteger,
  constantText,
  expectType,
  texts,
  unary,
  type Arg,
  type CallSite,
  type FunctionRule,
  type FunctionRules,
} from './sql-function';
import { regexSql } from './regex';
import { refuseAtRunTime, textRepeats, toTextSql } from './sql-text';

/** Functions of text. */
export const STRING_RULES: FunctionRules = {
  tolower: changedCase('lower'),
  toupper: changedCase('upper'),
  strlen: {
    args: [1, 1],
    sql: (args, call) => `CAST(length(${stringOf(argAt(args, 0), call)}) AS BIGINT)`,
  },
  reverse: {
    args: [1, 1],
    repeats: someTextRepeats,
    sql: (args, call) => `reverse(${textOf(argAt(args, 0), call)})`,
  },
  isempty: { args: [1, 1], repeats: true, sql: isEmpty },
  isnotempty: { args: [1, 1], repeats: true, sql: (args) => `(NOT ${isEmpty(args)})` },
  tostring: {
    args: [1, 1],
    repeats: someTextRepeats,
    sql: (args, call) => textOf(argAt(args, 0), call),
  },
  strcat: {
    args: [1, 1000],
    repeats: someTextRepeats,
    sql: (args, call) => `(${args.map((arg) => textOf(arg, call)).join(' || ')})`,
  },
  strcat_delim: {
    args: [2, 1000],
    repeats: true,
    sql: (args, call) => {
      const [delimiter, ...rest] = args.map((arg) => textOf(arg, call));
      return `(${rest.join(` || ${delimiter ?? ''} || `)})`;
    },
  },
  substring: { args: [2, 3], repeats: true, sql: substring },
  split: { args: [2, 3], repeats: true, sql: split },
  estimate_data_size: {
    args: [1, 1000],
    repeats: true,
    sql: (args, call) => {
      const sizes = args.map((arg) => {
        const value = expectType(arg, ['long', 'string'], call);
        const refusal = refuseAtRunTime(`'estimate_data_size' of a null or of what is not ASCII`);
        const isKnown =
          arg.type === 'long' ? `${value} IS NOT NULL` : `strlen(${value}) = length(${value})`;
        const size = arg.type === 'long' ? '8' : `strlen(${value})`;
        return `CASE WHEN ${isKnown} THEN ${size} ELSE ${refusal} END`;
      });
      return `CAST(${sizes.join(' + ')} AS BIGINT)`;
    },
  },
  string_size: unary(TEXT, (x) => `strlen(${x})`),
  strrep: { args: [2, 3], repeats: true, sql: repeated },
  trim: {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => trimEnd(trimStart(args, call), args, call),
  },
  trim_start: { args: [2, 2], sql: trimStart },
  trim_end: {
    args: [2, 2],
    sql: (args, call) => trimEnd(expectType(argAt(args, 1), TEXT, call), args, call),
  },
  strcmp: {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      const [a, b] = texts(args, call) as [string, string];
      return `CAST(CASE WHEN ${a} < ${b} THEN -1 WHEN ${a} > ${b} THEN 1 ELSE 0 END AS BIGINT)`;
    },
  },
};

/** Kusto leaves letters alone whose other case is none of one letter, or is ASCII; DuckDB does not. */
function changedCase(name: 'lower' | 'upper'): FunctionRule {
  return {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => {
      const text = stringOf(argAt(args, 0), call);
      const refusal = refuseAtRunTime(`'${call.name}' of a letter such as ß or İ`);
      const ascii = `strlen(${text}) = length(${text})`;
      return `CASE WHEN ${ascii} THEN ${name}(${text}) WHEN regexp_matches(${text}, '[ßẞİıſŉǰΐΰ\\x{212a}\\x{212b}\\x{1e96}-\\x{1e9a}\\x{fb00}-\\x{fb17}]') THEN ${refusal} ELSE ${name}(${text}) END`;
    },
  };
}

/** Empty or null, in a dynamic as well. */
function isEmpty(args: readonly Arg[]): string {
  const { sql, type } = argAt(args, 0);
  if (type === 'string') return `(${sql} = '')`;
  if (type !== 'dynamic') return `(${sql} IS NULL)`;
  return `(coalesce(${sql}, 'null') IN ('null', '""'))`;
}

/** A text, or the text of a dynamic, which the functions take that Kusto is known to hand it to. */
function stringOf(arg: Arg, call: CallSite): string {
  return arg.type === 'dynamic' ? toTextSql(arg) : expectType(arg, TEXT, call);
}

/** How Kusto writes a real is known where it has a fraction and a common size: whether as `2`, `2.0` or `2E+00` is not. */
function textOf(arg: Arg, call: CallSite): string {
  const value = arg.literal?.value;
  if (arg.type !== 'real' || value === null) return toTextSql(arg);
  const hint =
    'Whether Kusto writes 2, 2.0 or 2E+00 is not known. Write iff(x == bin(x, 1), tostring(tolong(x)), tostring(x)).';
  if (value !== undefined) {
    if (/^-?\d+\.\d+$/.test(String(value))) return toTextSql(arg);
    throw call.refuse(`'${call.name}' of a real without a fraction`, hint);
  }
  const { sql } = arg;
  const isPlain = `abs(${sql}) BETWEEN 0.0001 AND 1e15 AND ${sql} <> floor(${sql})`;
  const refusal = refuseAtRunTime(`'${call.name}' of a real without a fraction`, hint);
  return `CASE WHEN ${isPlain} THEN CAST(${sql} AS VARCHAR) WHEN ${sql} IS NULL THEN '' ELSE ${refusal} END`;
}

function someTextRepeats(args: readonly Arg[]): boolean {
  return args.some((arg) => textRepeats(arg.type) || arg.type === 'real');
}

/** Kusto counts from 0, or from the end: nothing when that is before the beginning or the length is negative. */
function substring(args: readonly Arg[], call: CallSite): string {
  const text = stringOf(argAt(args, 0), call);
  const start = expectType(argAt(args, 1), ['int', 'long'], call);
  const length = args[2] === undefined ? undefined : expectType(args[2], ['int', 'long'], call);
  const constants = args.slice(1).map((arg) => arg.literal?.value);
  // Kusto's constant folding and its rows differ in what these give.
  if (constants.includes(null)) throw call.refuse(`'substring' at or of a length that is null`);
  if (constants.every((value) => typeof value === 'bigint' && value >= 0n)) {
    const [from = 0n, count] = constants as bigint[];
    return `substr(${[text, from + 1n, ...(count === undefined ? [] : [count])].join(', ')})`;
  }
  const from = `(CASE WHEN ${start} < 0 THEN length(${text}) + ${start} ELSE ${start} END)`;
  const count = length === undefined ? '' : `, greatest(${length}, 0)`;
  const given = length === undefined ? '' : ` AND ${length} IS NOT NULL`;
  const refusal = refuseAtRunTime(`'substring' at or of a length that is null`);
  return `CASE WHEN ${from} < 0 THEN '' WHEN ${start} IS NOT NULL${given} THEN substr(${text}, ${from} + 1${count}) ELSE ${refusal} END`;
}

/** All parts, or a list of the one at an index. */
function split(args: readonly Arg[], call: CallSite): string {
  if (constantText(args, 1, call) === '') throw call.refuse(`'split' at nothing`);
  const parts = `string_split(${stringOf(argAt(args, 0), call)}, ${argAt(args, 1).sql})`;
  if (args[2] === undefined) return `CAST(to_json(${parts}) AS VARCHAR)`;
  const index = constantInteger(args, 2, call);
  const hint = 'Take the part of the list: split(Text, "/")[5], which is null where there is none.';
  if (index < 0) throw call.refuse(`'split' with a negative index`, hint);
  const refusal = refuseAtRunTime(`'split' with the index of a part that is missing`, hint);
  return `list_transform([${parts}], lambda p: CASE WHEN len(p) > ${index} THEN CAST(to_json([p[${index + 1}]]) AS VARCHAR) ELSE ${refusal} END)[1]`;
}

/** A text so many times, with something between. */
function repeated(args: readonly Arg[], call: CallSite): string {
  const [value, times, between] = [argAt(args, 0), constantInteger(args, 1, call), args[2]];
  if (times < 1 || times > 1024) throw call.refuse(`'strrep' ${times} times`);
  const text = textOf(value, call);
  if (between === undefined) return `repeat(${text}, ${times})`;
  return `(repeat(${text} || ${textOf(between, call)}, ${times - 1}) || ${text})`;
}

function trimStart(args: readonly Arg[], call: CallSite): string {
  const pattern = regexSql(`^(?:${constantText(args, 0, call)})`, call);
  return `regexp_replace(${expectType(argAt(args, 1), TEXT, call)}, ${pattern}, '')`;
}

function trimEnd(text: string, args: readonly Arg[], call: CallSite): string {
  const pattern = regexSql(`(?:${constantText(args, 0, call)})$`, call);
  return `regexp_replace(${text}, ${pattern}, '')`;
}
