import {
  argAt,
  constantInteger,
  constantText,
  expectType,
  unary,
  type Arg,
  type CallSite,
  type FunctionRules,
} from './sql-function';
import { regexSql } from './regex';
import { textRepeats, toTextSql } from './sql-text';

const TEXT = ['string'] as const;

/** Functions of text. */
export const STRING_RULES: FunctionRules = {
  tolower: unary(TEXT, (x) => `lower(${x})`),
  toupper: unary(TEXT, (x) => `upper(${x})`),
  strlen: unary(TEXT, (x) => `CAST(length(${x}) AS BIGINT)`),
  reverse: unary(TEXT, (x) => `reverse(${x})`),
  isempty: unary(TEXT, (x) => `(${x} = '')`),
  isnotempty: unary(TEXT, (x) => `(${x} <> '')`),
  hash_sha256: unary(TEXT, (x) => `sha256(${x})`),
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
  substring: { args: [2, 3], sql: substring },
  indexof: {
    args: [2, 2],
    sql: (args, call) => `CAST(instr(${texts(args, call).join(', ')}) - 1 AS BIGINT)`,
  },
  replace_string: {
    args: [3, 3],
    sql: (args, call) => {
      if (args[1]?.literal?.value === '') throw call.refuse(`'replace_string' of nothing`);
      return `replace(${texts(args, call).join(', ')})`;
    },
  },
  replace_regex: {
    args: [3, 3],
    sql: (args, call) => {
      const [text, , replacement] = texts(args, call) as [string, string, string];
      return `regexp_replace(${text}, ${regexSql(constantText(args, 1, call), call)}, ${replacement}, 'g')`;
    },
  },
  extract: { args: [3, 3], sql: extract },
  split: { args: [2, 2], sql: split },
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

/** How Kusto writes a real is known for constants with a fraction only: whether as `2`, `2.0` or `2E+00`. */
function textOf(arg: Arg, call: CallSite): string {
  const value = arg.literal?.value;
  const isPlain = typeof value === 'number' && /^-?\d+\.\d+$/.test(String(value));
  if (arg.type !== 'real' || value === null || isPlain) return toTextSql(arg);
  throw call.refuse(`'${call.name}' of a real`, 'Round it and convert it with tolong(…) first.');
}

function someTextRepeats(args: readonly Arg[]): boolean {
  return args.some((arg) => textRepeats(arg.type));
}

function texts(args: readonly Arg[], call: CallSite): string[] {
  return args.map((arg) => expectType(arg, TEXT, call));
}

/** Kusto counts from 0. */
function substring(args: readonly Arg[], call: CallSite): string {
  const text = expectType(argAt(args, 0), TEXT, call);
  const start = argAt(args, 1);
  expectType(start, ['int', 'long'], call);
  const length = args[2];
  for (const part of [start, length]) {
    const value = part?.literal?.value;
    if (part !== undefined && !(typeof value === 'bigint' && value >= 0n)) {
      throw call.refuse(`'substring' with a place that is no constant or negative`);
    }
  }
  const from = constantInteger(args, 1, call) + 1;
  return length === undefined
    ? `substr(${text}, ${from})`
    : `substr(${text}, ${from}, ${constantInteger(args, 2, call)})`;
}

function extract(args: readonly Arg[], call: CallSite): string {
  const pattern = constantText(args, 0, call);
  const group = constantInteger(args, 1, call);
  const groups = (pattern.replace(/\\./g, '').match(/\((?!\?)/g) ?? []).length;
  if (group < 0 || group > groups) throw call.refuse(`'extract' of group ${group}`);
  return `regexp_extract(${expectType(argAt(args, 2), TEXT, call)}, ${regexSql(pattern, call)}, ${group})`;
}

function split(args: readonly Arg[], call: CallSite): string {
  if (constantText(args, 1, call) === '') throw call.refuse(`'split' at nothing`);
  return `CAST(to_json(string_split(${texts(args, call).join(', ')})) AS VARCHAR)`;
}

function trimStart(args: readonly Arg[], call: CallSite): string {
  const pattern = regexSql(`^(?:${constantText(args, 0, call)})`, call);
  return `regexp_replace(${expectType(argAt(args, 1), TEXT, call)}, ${pattern}, '')`;
}

function trimEnd(text: string, args: readonly Arg[], call: CallSite): string {
  const pattern = regexSql(`(?:${constantText(args, 0, call)})$`, call);
  return `regexp_replace(${text}, ${pattern}, '')`;
}
