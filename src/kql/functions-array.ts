import { DYNAMIC, WHOLE } from './argument-types';
import {
  argAt,
  constantInteger,
  expectType,
  unary,
  type Arg,
  type CallSite,
  type FunctionRule,
  type FunctionRules,
} from './sql-function';
import { refuseAtRunTime, toJsonSql } from './sql-text';
import { TICKS_PER_SECOND } from './ticks';

/** What `range` makes at most, as in Kusto. */
const MOST_ELEMENTS = 1_048_576;

/** Functions of arrays, which are JSON as text. What is no array gives null. */
export const ARRAY_RULES: FunctionRules = {
  array_length: unary(
    DYNAMIC,
    (d) => `CASE WHEN json_type(${d}) = 'ARRAY' THEN CAST(json_array_length(${d}) AS BIGINT) END`,
    true,
  ),
  strcat_array: {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      // Both a null element and a null instead of an array are an empty text.
      const text = (json: string): string => `coalesce(json_extract_string(${json}, '$'), '')`;
      const dynamic = expectType(argAt(args, 0), DYNAMIC, call);
      const elements = `list_transform(${arrayOf(dynamic)}, lambda e: ${text('e')})`;
      const separator = expectType(argAt(args, 1), ['string'], call);
      // SQL's own function wants a constant between.
      const joined =
        argAt(args, 1).literal === undefined
          ? `CASE WHEN len(${elements}) = 0 THEN '' ELSE list_reduce(${elements}, lambda a, b: a || ${separator} || b) END`
          : `array_to_string(${elements}, ${separator})`;
      return `CASE WHEN json_type(${dynamic}) = 'ARRAY' THEN ${joined} ELSE ${text(dynamic)} END`;
    },
  },
  array_concat: {
    args: [1, 64],
    repeats: true,
    sql: (args, call) => {
      // What is no array is passed over.
      const arrays = args.map((arg) => {
        const array = arrayOf(expectType(arg, DYNAMIC, call));
        return `(CASE WHEN json_type(${arg.sql}) = 'ARRAY' THEN ${array} ELSE [] END)`;
      });
      return jsonOf(arrays.join(' || '));
    },
  },
  array_reverse: ofArray([1, 1], (list) => jsonOf(`list_reverse(${list})`)),
  array_slice: ofArray([3, 3], (list, args, call) => {
    const [from, to] = args.slice(1).map((arg) => fromEnd(list, arg, call)) as [string, string];
    return jsonOf(`list_slice(${list}, ${from} + 1, greatest(${to}, -1) + 1)`);
  }),
  array_split: ofArray([2, 2], split),
  array_rotate_left: ofArray([2, 2], (list, args, call) => rotate(list, args, call, '')),
  array_rotate_right: ofArray([2, 2], (list, args, call) => rotate(list, args, call, '-')),
  array_shift_left: ofArray([2, 3], (list, args, call) => shift(list, args, call, '')),
  array_shift_right: ofArray([2, 3], (list, args, call) => shift(list, args, call, '-')),
  array_sum: ofArray([1, 1], (list) => {
    const types = `list_distinct(list_transform(${list}, lambda e: json_type(e)))`;
    const refusal = refuseAtRunTime(`'array_sum' of an array that holds more than numbers`);
    const sum = `list_sum(list_transform(${list}, lambda e: CAST(e AS DOUBLE)))`;
    return `CASE WHEN len(${types}) = 0 THEN NULL WHEN list_has_all(['BIGINT', 'UBIGINT', 'DOUBLE'], ${types}) THEN ${sum} ELSE ${refusal} END`;
  }),
  array_index_of: ofArray([2, 5], indexOf),
  array_iff: { args: [3, 3], repeats: true, sql: iff },
  zip: { args: [2, 16], repeats: true, sql: zip },
  repeat: {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      const times = constantInteger(args, 1, call);
      if (times < 0 || times > 10_000) throw call.refuse(`'repeat' ${times} times`);
      expectType(
        argAt(args, 0),
        ['string', 'int', 'long', 'real', 'bool', 'datetime', 'timespan'],
        call,
      );
      return jsonOf(`list_transform(range(${times}), lambda i: ${toJsonSql(argAt(args, 0))})`);
    },
  },
  range: { args: [2, 3], repeats: true, sql: range },
};

/** An array's elements as DuckDB's list of JSON; cast, because of a constant NULL it is no list. */
export function arrayOf(dynamic: string): string {
  return `CAST(json_extract(${dynamic}, '$[*]') AS JSON[])`;
}

/** A list as a dynamic. */
export function jsonOf(list: string): string {
  return `CAST(to_json(${list}) AS VARCHAR)`;
}

type ArraySql = (list: string, args: readonly Arg[], call: CallSite) => string;

function ofArray(count: readonly [number, number], sql: ArraySql): FunctionRule {
  return {
    args: count,
    repeats: true,
    sql: (args, call) => {
      const dynamic = expectType(argAt(args, 0), DYNAMIC, call);
      return `CASE WHEN json_type(${dynamic}) = 'ARRAY' THEN ${sql(arrayOf(dynamic), args, call)} END`;
    },
  };
}

/** An index counted from 0; a negative one counts from the end. */
function fromEnd(list: string, arg: Arg, call: CallSite): string {
  const index = expectType(arg, WHOLE, call);
  const refusal = refuseAtRunTime(`'${call.name}' from before the beginning`);
  return `(CASE WHEN ${index} >= 0 THEN ${index} WHEN ${index} >= -len(${list}) THEN len(${list}) + ${index} ELSE ${refusal} END)`;
}

/** Before each of the indexes, which must ascend, begins another part. */
function split(list: string, args: readonly Arg[], call: CallSite): string {
  const given = argAt(args, 1);
  const indexes =
    given.type === 'dynamic'
      ? `CAST(${given.sql} AS BIGINT[])`
      : `[CAST(${expectType(given, WHOLE, call)} AS BIGINT)]`;
  const places = `list_transform(${indexes}, lambda i: CASE WHEN i < 0 THEN len(${list}) + i ELSE i END)`;
  const parts = `list_transform(range(1, len(b)), lambda i: list_slice(${list}, b[i] + 1, b[i + 1]))`;
  const refusal = refuseAtRunTime(`'array_split' at indexes that do not ascend within the array`);
  return `list_transform([[0] || ${places} || [len(${list})]], lambda b: CASE WHEN b = list_sort(b) THEN ${jsonOf(parts)} ELSE ${refusal} END)[1]`;
}

function rotate(list: string, args: readonly Arg[], call: CallSite, sign: '' | '-'): string {
  const count = expectType(argAt(args, 1), WHOLE, call);
  const start = `((${sign}${count} % len(${list}) + len(${list})) % len(${list}))`;
  const rotated = `list_slice(${list}, k + 1, len(${list})) || list_slice(${list}, 1, k)`;
  return `CASE WHEN len(${list}) = 0 THEN '[]' ELSE list_transform([${start}], lambda k: ${jsonOf(rotated)})[1] END`;
}

/** Moves elements out at one end; a value that is given, or null, comes in at the other. */
function shift(list: string, args: readonly Arg[], call: CallSite, sign: '' | '-'): string {
  const count = `${sign}${expectType(argAt(args, 1), WHOLE, call)}`;
  const filler = args[2] === undefined ? `CAST('null' AS JSON)` : toJsonSql(args[2]);
  const moved = `list_transform(range(0, len(${list})), lambda i: CASE WHEN i + ${count} >= 0 AND i + ${count} < len(${list}) THEN (${list})[i + ${count} + 1] ELSE ${filler} END)`;
  if (args[2] !== undefined) return jsonOf(moved);
  // Kusto may fill an array of texts with empty ones.
  const refusal = refuseAtRunTime(`'${call.name}' of texts without a value to fill in`);
  return `CASE WHEN list_contains(list_transform(${list}, lambda e: json_type(e)), 'VARCHAR') THEN ${refusal} ELSE ${jsonOf(moved)} END`;
}

function indexOf(list: string, args: readonly Arg[], call: CallSite): string {
  const value = argAt(args, 1);
  expectType(value, ['string', 'int', 'long', 'bool'], call);
  const start = args[2] === undefined ? '0' : fromEnd(list, args[2], call);
  const length = args[3] === undefined ? -1 : constantInteger(args, 3, call);
  const occurrence = args[4] === undefined ? 1 : constantInteger(args, 4, call);
  if (length < -1 || occurrence < 1) throw call.refuse(`'array_index_of' of such a part`);
  const end = length === -1 ? `len(${list})` : `least(len(${list}), s + ${length})`;
  const found = `list_filter(range(s, ${end}), lambda i: (${list})[i + 1] = to_json(${value.sql}))`;
  return `coalesce(list_transform([${start}], lambda s: ${found}[${occurrence}])[1], -1)`;
}

/** An element for each condition; a condition that is neither a bool nor a number gives null. */
function iff(args: readonly Arg[], call: CallSite): string {
  const conditions = expectType(argAt(args, 0), DYNAMIC, call);
  const chosen = args.slice(1).map((arg) => {
    if (arg.type !== 'dynamic') return toJsonSql(arg);
    const refusal = refuseAtRunTime(`'array_iff' of a bag or a null`);
    return `CASE json_type(${arg.sql}) WHEN 'ARRAY' THEN (${arrayOf(arg.sql)})[i] WHEN 'OBJECT' THEN CAST(${refusal} AS JSON) ELSE CAST(${arg.sql} AS JSON) END`;
  });
  const truth = `CASE json_type(c) WHEN 'BOOLEAN' THEN c = 'true' WHEN 'VARCHAR' THEN NULL ELSE TRY_CAST(c AS DOUBLE) <> 0 END`;
  const element = `CASE (${truth}) WHEN true THEN ${chosen[0] ?? ''} WHEN false THEN ${chosen[1] ?? ''} END`;
  return `CASE WHEN json_type(${conditions}) = 'ARRAY' THEN ${jsonOf(`list_transform(${arrayOf(conditions)}, lambda c, i: ${element})`)} END`;
}

/** As many elements as the longest array has; what a shorter one lacks is null. */
function zip(args: readonly Arg[], call: CallSite): string {
  const arrays = args.map((arg) => expectType(arg, DYNAMIC, call));
  const areArrays = arrays.map((array) => `json_type(${array}) = 'ARRAY'`).join(' AND ');
  const length = `greatest(${arrays.map((array) => `len(${arrayOf(array)})`).join(', ')})`;
  const fields = arrays.map((array, i) => `'l${i}': ${arrayOf(array)}`).join(', ');
  const row = arrays.map((_, i) => `z.l${i}[i]`).join(', ');
  const rows = `list_transform(range(1, ${length} + 1), lambda i: [${row}])`;
  const refusal = refuseAtRunTime(`'zip' of what is no array`);
  return `CASE WHEN ${areArrays} THEN list_transform([{${fields}}], lambda z: ${jsonOf(rows)})[1] ELSE ${refusal} END`;
}

function isWholeReal({ type, literal }: Arg): boolean {
  return type === 'real' && Number.isSafeInteger(literal?.value);
}

/** Of constants without a fraction, so that adding and multiplying the step give the same. */
function rangeOfReals(args: readonly Arg[], call: CallSite): string {
  const [from = 0, to = 0, step = 1] = args.map((arg) => Number(arg.literal?.value ?? NaN));
  const count = Math.floor((to - from) / step) + 1;
  if (!(step > 0) || !(count >= 0 && count <= 10_000)) throw call.refuse(`'range' of such reals`);
  return jsonOf(`list_transform(range(${count}), lambda i: CAST(${from} + i * ${step} AS DOUBLE))`);
}

/** From a value on in steps up to another, like the operator of the same name. */
function range(args: readonly Arg[], call: CallSite): string {
  if (args.every((arg) => isWholeReal(arg) || arg.type === 'long')) {
    if (args.some((arg) => arg.type === 'real')) return rangeOfReals(args, call);
  }
  const [from, to] = [argAt(args, 0), argAt(args, 1)];
  const isTime = from.type === 'datetime' || from.type === 'timespan';
  expectType(from, ['datetime', 'timespan', 'int', 'long'], call);
  expectType(to, isTime ? [from.type] : WHOLE, call);
  const given = args[2];
  const hour = String(3600n * TICKS_PER_SECOND);
  const step =
    given === undefined
      ? isTime
        ? hour
        : '1'
      : expectType(given, isTime ? ['timespan'] : WHOLE, call);
  const count = `least((${to.sql} - ${from.sql}) // ${step} + 1, ${MOST_ELEMENTS})`;
  const value = `(CAST(${from.sql} AS BIGINT) + i * ${step})`;
  const element = isTime ? toJsonSql({ sql: value, type: from.type }) : value;
  const list = jsonOf(`list_transform(range(${count}), lambda i: ${element})`);
  const refusal = refuseAtRunTime(`'range' by a step that is not positive`);
  return `CASE WHEN ${step} <= 0 THEN ${refusal} WHEN ${to.sql} < ${from.sql} THEN '[]' WHEN ${step} > 0 THEN ${list} END`;
}
