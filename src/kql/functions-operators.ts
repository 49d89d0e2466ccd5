import { NUMBERS } from './argument-types';
import type { KustoType } from '../core/table';
import {
  argAt,
  constantText,
  type Arg,
  type CallSite,
  type FunctionRule,
  type FunctionRules,
} from './sql-function';
import { constantLike } from './constant-like';
import type { KqlError } from './errors';
import { equalNumber, notNan, orderedNumber } from './dynamic-number';
import { regexText } from './regex';
import { inDatetimeRange, refuseAtRunTime, sqlText } from './sql-text';
import { hasSeveral, hasTable, term } from './terms';
import { refuseDoubtfulCase, textOf } from './text-operand';

const TIMES: readonly KustoType[] = ['datetime', 'timespan'];
/** How texts begin that may be read as what a dynamic holds other than text. */
const VALUE_TEXT = /^\s*([-+.0-9[{]|true|false|nan|inf)/i;

/** Comparisons, arithmetic and the string operators. */
export const OPERATOR_RULES: FunctionRules = {
  and: { args: [2, 100_000], sql: (args) => `(${args.map((arg) => arg.sql).join(' AND ')})` },
  or: { args: [2, 100_000], sql: (args) => `(${args.map((arg) => arg.sql).join(' OR ')})` },
  not: { args: [1, 1], sql: (args) => `(NOT ${argAt(args, 0).sql})` },
  '==': { args: [2, 2], repeats: true, decimals: true, sql: equal },
  '<': compare('<'),
  '<=': compare('<='),
  '>': compare('>'),
  '>=': compare('>='),
  between: {
    args: [3, 3],
    repeats: true,
    sql: (args, call) => {
      const [value, low, high] = [argAt(args, 0), argAt(args, 1), argAt(args, 2)];
      return `(${ordered(value, '>=', low, call)} AND ${ordered(value, '<=', high, call)})`;
    },
  },
  '+': arithmetic('+'),
  '-': arithmetic('-'),
  '*': { args: [2, 2], sql: multiply },
  '/': { args: [2, 2], sql: divide },
  '%': {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      const [a, b] = [argAt(args, 0), argAt(args, 1)];
      if (!NUMBERS.includes(a.type) || !NUMBERS.includes(b.type))
        throw call.refuse(`'%' of a ${a.type} and a ${b.type}`);
      if (call.type === 'real') return remainder(a, b);
      return `((${a.sql} % ${b.sql} + abs(${b.sql})) % ${b.sql})`;
    },
  },
  negate: {
    args: [1, 1],
    sql: (args, call) => {
      const arg = argAt(args, 0);
      if (![...NUMBERS, 'timespan'].includes(arg.type)) throw call.refuse(`'-' of a ${arg.type}`);
      return `(- ${arg.sql})`;
    },
  },
  '=~': anyCase((a, b) => `(${a} = ${b})`),
  contains: anyCase((a, b) => `contains(${a}, ${b})`),
  contains_cs: text((a, b) => `contains(${a}, ${b})`),
  startswith: anyCase((a, b) => `starts_with(${a}, ${b})`),
  startswith_cs: text((a, b) => `starts_with(${a}, ${b})`),
  endswith: anyCase((a, b) => `ends_with(${a}, ${b})`),
  endswith_cs: text((a, b) => `ends_with(${a}, ${b})`),
  has: term({ ignoresCase: true, start: true, end: true }),
  has_cs: term({ ignoresCase: false, start: true, end: true }),
  hasprefix: term({ ignoresCase: true, start: true, end: false }),
  hasprefix_cs: term({ ignoresCase: false, start: true, end: false }),
  hassuffix: term({ ignoresCase: true, start: false, end: true }),
  hassuffix_cs: term({ ignoresCase: false, start: false, end: true }),
  has_any: hasSeveral(' OR '),
  has_all: hasSeveral(' AND '),
  'has_any table': hasTable(' OR '),
  'has_all table': hasTable(' AND '),
  'matches regex': {
    args: [2, 2],
    sql: (args, call) => {
      const pattern = regexText(constantText(args, 1, call), (what, hint) =>
        call.refuse(what, hint),
      );
      // Unlike regexp_matches, this is computed once for each text of a column's dictionary.
      return `regexp_full_match(${textOf(argAt(args, 0), call)}, ${sqlText(`(?s:.*)(?:${pattern})(?s:.*)`)})`;
    },
  },
  in: { args: [1, 100_000], repeats: true, sql: (args, call) => inList(args, call, false) },
  'in~': { args: [1, 100_000], repeats: true, sql: (args, call) => inList(args, call, true) },
  'in table': { args: [2, 2], sql: (args, call) => inTable(args, call, false) },
  'in~ table': { args: [2, 2], sql: (args, call) => inTable(args, call, true) },
};

function isNullable(arg: Arg): boolean {
  return arg.type !== 'string' && (arg.literal === undefined || arg.literal.value === null);
}

function comparable(a: Arg, b: Arg): boolean {
  if (a.type === 'dynamic') return false;
  return a.type === b.type || (NUMBERS.includes(a.type) && NUMBERS.includes(b.type));
}

/** Whether Kusto converts one of the two, and how, is not known. */
function incomparable(a: Arg, b: Arg, call: CallSite): KqlError {
  const types = [a.type, b.type];
  const isNumberAndText = types.includes('string') && NUMBERS.some((type) => types.includes(type));
  const hint = isNumberAndText
    ? 'Write the number as a text, "200", or convert the text with tolong(…).'
    : 'Convert both to the same type.';
  return call.refuse(`comparing a ${a.type} with a ${b.type}`, hint);
}

/** One null side is unequal; two null sides are null. Strings have no null. */
function equal(args: readonly Arg[], call: CallSite): string {
  const [first, second] = [argAt(args, 0), argAt(args, 1)];
  if (first.type === 'dynamic' || second.type === 'dynamic')
    return equalDynamic(first, second, call);
  const [a, b] = [constantLike(first, second), constantLike(second, first)];
  if (!comparable(a, b)) throw incomparable(a, b, call);
  const same = `${a.sql} = ${b.sql}${notNan(a)}${notNan(b)}`;
  const [left, right] = [isNullable(a), isNullable(b)];
  if (!left && !right) return `(${same})`;
  if (left && right) {
    return `CASE WHEN ${a.sql} IS NULL AND ${b.sql} IS NULL THEN NULL ELSE coalesce(${same}, false) END`;
  }
  return `coalesce(${same}, false)`;
}

/** A dynamic is compared as its text, which of a null or missing one is empty. */
function equalDynamic(a: Arg, b: Arg, call: CallSite): string {
  const [dynamic, other] = a.type === 'dynamic' ? [a, b] : [b, a];
  if (NUMBERS.includes(other.type)) return equalNumber(dynamic, other, call);
  if (other.type !== 'string')
    throw call.refuse(
      `comparing a ${a.type} with a ${b.type}`,
      'Convert it with tostring(…) or tolong(…).',
    );
  const same = `(coalesce(json_extract_string(${dynamic.sql}, '$'), '') = ${other.sql})`;
  const known = other.literal?.value;
  if (typeof known === 'string' && !VALUE_TEXT.test(known)) return same;
  // Whether a number is equal to its text, or true to "true", is not known.
  const holdsText = `coalesce(json_type(${dynamic.sql}), 'NULL') IN ('VARCHAR', 'NULL')`;
  const refusal = refuseAtRunTime(
    'comparing a dynamic that holds no text with a text',
    'Convert it with tostring(…).',
  );
  return `CASE WHEN ${holdsText} THEN ${same} WHEN regexp_matches(${other.sql}, '(?i)${VALUE_TEXT.source}') THEN ${refusal} ELSE false END`;
}

function compare(operator: string): FunctionRule {
  return {
    args: [2, 2],
    repeats: true,
    decimals: true,
    sql: (args, call) => ordered(argAt(args, 0), operator, argAt(args, 1), call),
  };
}

function ordered(a: Arg, operator: string, b: Arg, call: CallSite): string {
  if (a.type === 'dynamic' && NUMBERS.includes(b.type))
    return orderedNumber(a, b, (number) => `${number} ${operator} ${b.sql}`);
  if (b.type === 'dynamic' && NUMBERS.includes(a.type))
    return orderedNumber(b, a, (number) => `${a.sql} ${operator} ${number}`);
  if (!comparable(a, b) || a.type === 'guid' || a.type === 'bool') {
    throw incomparable(a, b, call);
  }
  return `(${a.sql} ${operator} ${b.sql}${notNan(a)}${notNan(b)})`;
}

/** The operand in the result's type, so that DuckDB computes where Kusto does. */
function operand(arg: Arg, type: KustoType): string {
  if (arg.type === type || !NUMBERS.includes(type)) return arg.sql;
  return `CAST(${arg.sql} AS ${type === 'real' ? 'DOUBLE' : 'BIGINT'})`;
}

/** `+` and `-`: numbers; or times, whose ticks are numbers too. */
function arithmetic(operator: '+' | '-'): FunctionRule {
  return {
    args: [2, 2],
    decimals: true,
    repeats: (args) =>
      args.some((arg) => arg.type === 'timespan') && args.some((arg) => arg.type === 'datetime'),
    sql: (args, call) => {
      const [a, b] = [argAt(args, 0), argAt(args, 1)];
      const numbers = NUMBERS.includes(a.type) && NUMBERS.includes(b.type);
      const times = TIMES.includes(a.type) && TIMES.includes(b.type);
      const decimals = a.type === 'decimal' && b.type === 'decimal';
      if (!numbers && !times && !decimals)
        throw call.refuse(`'${operator}' of a ${a.type} and a ${b.type}`);
      const sql = `(${operand(a, call.type)} ${operator} ${operand(b, call.type)})`;
      return call.type === 'datetime' ? inDatetimeRange(sql) : sql;
    },
  };
}

function multiply(args: readonly Arg[], call: CallSite): string {
  const [a, b] = [argAt(args, 0), argAt(args, 1)];
  if (NUMBERS.includes(a.type) && NUMBERS.includes(b.type)) {
    return `(${operand(a, call.type)} * ${operand(b, call.type)})`;
  }
  const [span, factor] = a.type === 'timespan' ? [a, b] : [b, a];
  if (span.type !== 'timespan' || !NUMBERS.includes(factor.type)) {
    throw call.refuse(`'*' of a ${a.type} and a ${b.type}`);
  }
  if (factor.type !== 'real') return `(${span.sql} * ${factor.sql})`;
  return `CAST(round(${span.sql} * ${factor.sql}) AS BIGINT)`;
}

/** Never negative, as with whole numbers. */
function remainder(a: Arg, b: Arg): string {
  const [x, y] = [operand(a, 'real'), operand(b, 'real')];
  const refusal = refuseAtRunTime(`'%' by zero, of a real,`);
  return `CASE WHEN ${y} = 0 THEN ${refusal} ELSE ((${x} % ${y} + abs(${y})) % ${y}) END`;
}

/** Whole numbers are divided without a rest; a division by zero is null, or infinite for reals. */
function divide(args: readonly Arg[], call: CallSite): string {
  const [a, b] = [argAt(args, 0), argAt(args, 1)];
  if (NUMBERS.includes(a.type) && NUMBERS.includes(b.type)) {
    const sign = call.type === 'real' ? '/' : '//';
    return `(${operand(a, call.type)} ${sign} ${operand(b, call.type)})`;
  }
  if (a.type === 'timespan' && b.type === 'timespan') {
    return `(CAST(${a.sql} AS DOUBLE) / CAST(${b.sql} AS DOUBLE))`;
  }
  if (a.type === 'timespan' && (b.type === 'long' || b.type === 'int'))
    return `(${a.sql} // ${b.sql})`;
  if (a.type === 'timespan' && b.type === 'real') {
    const refusal = refuseAtRunTime(`'/' of a timespan and a real that leaves part of a tick`);
    return `list_transform([${a.sql} / ${b.sql}], lambda q: CASE WHEN q = floor(q) THEN CAST(q AS BIGINT) WHEN q IS NOT NULL THEN CAST(${refusal} AS BIGINT) END)[1]`;
  }
  throw call.refuse(`'/' of a ${a.type} and a ${b.type}`);
}

function text(sql: (a: string, b: string) => string): FunctionRule {
  return {
    args: [2, 2],
    sql: (args, call) => sql(textOf(argAt(args, 0), call), textOf(argAt(args, 1), call)),
  };
}

/** A rule for two texts whose case does not matter. */
function anyCase(sql: (a: string, b: string) => string): FunctionRule {
  return {
    args: [2, 2],
    sql: (args, call) => {
      for (const arg of args) refuseDoubtfulCase(arg.literal?.value, call);
      const [a, b] = [textOf(argAt(args, 0), call), textOf(argAt(args, 1), call)];
      return sql(`lower(${a})`, `lower(${b})`);
    },
  };
}

function inList(args: readonly Arg[], call: CallSite, ignoreCase: boolean): string {
  const [value, ...items] = args as [Arg, ...Arg[]];
  if (items.length === 0) return 'false';
  if (ignoreCase) for (const arg of args) refuseDoubtfulCase(arg.literal?.value, call);
  if (value.type === 'string' && items.length === 1 && items[0]?.type === 'dynamic') {
    const elements = `CAST(json_extract_string(${items[0].sql}, '$[*]') AS VARCHAR[])`;
    const list = ignoreCase ? `list_transform(${elements}, lambda e: lower(e))` : elements;
    const found = `coalesce(list_contains(${list}, ${ignoreCase ? `lower(${value.sql})` : value.sql}), false)`;
    const kinds = `CAST(json_extract(${items[0].sql}, '$[*]') AS JSON[])`;
    const others = `len(list_filter(${kinds}, lambda e: json_type(e) NOT IN ('VARCHAR', 'NULL'))) > 0`;
    const refusal = refuseAtRunTime(
      `'${call.name}' of a text and a list that holds other than texts`,
    );
    return `CASE WHEN ${others} OR json_type(${items[0].sql}) NOT IN ('ARRAY', 'NULL') THEN ${refusal} ELSE ${found} END`;
  }
  if (
    value.type === 'dynamic' &&
    items.every((item) => typeof item.literal?.value === 'string' && item.type === 'string')
  ) {
    return dynamicInList(value, items, call, ignoreCase);
  }
  if (value.type === 'dynamic' && items.every(isNumberLiteral))
    return `(${items.map((item) => equalNumber(value, item, call)).join(' OR ')})`;
  for (const item of items) {
    if (!comparable(value, constantLike(item, value)) || item.literal?.value === null) {
      const hint = 'Write all values in the type of the first, or convert that.';
      throw call.refuse(`'${call.name}' of a ${value.type} and a ${item.type}`, hint);
    }
  }
  if (ignoreCase && value.type !== 'string') throw call.refuse(`'in~' of a ${value.type}`);
  const wrap = (arg: Arg): string =>
    ignoreCase ? `lower(${arg.sql})` : constantLike(arg, value).sql;
  const found = `${wrap(value)} IN (${items.map(wrap).join(', ')})`;
  return `coalesce(${found}${notNan(value)}, false)`;
}

function isNumberLiteral({ type, literal }: Arg): boolean {
  return NUMBERS.includes(type) && literal !== undefined && literal.value !== null;
}

/** A dynamic among constant texts, compared as `==` and `=~` compare it with each. */
function dynamicInList(
  value: Arg,
  items: readonly Arg[],
  call: CallSite,
  ignoreCase: boolean,
): string {
  const asText = textOf(value, call);
  const isPlain = items.every((item) => !VALUE_TEXT.test(String(item.literal?.value)));
  if (!isPlain && !ignoreCase)
    return `(${items.map((item) => equalDynamic(value, item, call)).join(' OR ')})`;
  const wrap = (sql: string): string => (ignoreCase ? `lower(${sql})` : sql);
  return `(${wrap(asText)} IN (${items.map((item) => wrap(item.sql)).join(', ')}))`;
}

/** The second argument is a subquery of one column. */
function inTable(args: readonly Arg[], call: CallSite, ignoreCase: boolean): string {
  const [value, set] = [argAt(args, 0), argAt(args, 1)];
  if (ignoreCase) refuseDoubtfulCase(value.literal?.value, call);
  if (!comparable(value, set) || (ignoreCase && value.type !== 'string')) {
    throw call.refuse(`'in' of a ${value.type} and a table of ${set.type}`);
  }
  // NaN is in no list, not even in one that has it.
  const members =
    set.type === 'real' ? `(SELECT v FROM ${set.sql} t(v) WHERE NOT isnan(v))` : set.sql;
  if (!ignoreCase) return `coalesce(${value.sql} IN ${members}, false)`;
  return `coalesce(lower(${value.sql}) IN (SELECT lower(v) FROM ${set.sql} t(v)), false)`;
}
