import {
  argAt,
  expectType,
  unary,
  type Arg,
  type CallSite,
  type FunctionRule,
  type FunctionRules,
} from './sql-function';
import { refuseAtRunTime, sqlText, toJsonSql } from './sql-text';

const DYNAMIC = ['dynamic'] as const;

/** Functions of dynamic values, which are JSON text, or NULL. */
export const DYNAMIC_RULES: FunctionRules = {
  member: { args: [2, 64], repeats: computedKey, sql: member },
  'raw member': { args: [2, 64], repeats: computedKey, sql: rawMember },
  parse_json: { args: [1, 1], repeats: true, sql: parseJson },
  array_length: unary(
    DYNAMIC,
    (d) => `CASE WHEN json_type(${d}) = 'ARRAY' THEN CAST(json_array_length(${d}) AS BIGINT) END`,
    true,
  ),
  bag_keys: unary(
    DYNAMIC,
    (d) =>
      `CASE WHEN json_type(${d}) = 'OBJECT' THEN CAST(to_json(json_keys(${d})) AS VARCHAR) END`,
    true,
  ),
  bag_pack: { args: [2, 200], repeats: true, sql: bagPack },
  pack_array: {
    args: [1, 200],
    repeats: true,
    sql: (args) => `CAST(json_array(${args.map(toJsonSql).join(', ')}) AS VARCHAR)`,
  },
  strcat_array: {
    args: [2, 2],
    sql: (args, call) =>
      `array_to_string(json_extract_string(${expectType(argAt(args, 0), DYNAMIC, call)}, '$[*]'), ${expectType(argAt(args, 1), ['string'], call)})`,
  },
  array_concat: {
    args: [1, 64],
    repeats: true,
    sql: (args, call) => {
      // What is no array is passed over.
      const arrays = args.map((arg) => {
        const array = arrayOf(expectType(arg, DYNAMIC, call));
        return `CASE WHEN json_type(${arg.sql}) = 'ARRAY' THEN ${array} ELSE [] END`;
      });
      return `CAST(to_json(${arrays.map((array) => `(${array})`).join(' || ')}) AS VARCHAR)`;
    },
  },
  array_sort_asc: {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => sortArray(args, call, 'ASC'),
  },
  array_sort_desc: {
    args: [1, 1],
    repeats: true,
    sql: (args, call) => sortArray(args, call, 'DESC'),
  },
  set_difference: setOperation((a, b) => `list_filter(${a}, lambda x: NOT list_contains(${b}, x))`),
  set_intersect: setOperation((a, b) => `list_filter(${a}, lambda x: list_contains(${b}, x))`),
  set_union: setOperation((a, b) => `${a} || ${b}`),
  set_has_element: { args: [2, 2], repeats: true, sql: setHasElement },
};

/** A computed index is written twice. */
function computedKey(args: readonly Arg[]): boolean {
  return args.slice(1).some((key) => key.literal === undefined);
}

function arrayOf(dynamic: string): string {
  return `json_extract(${dynamic}, '$[*]')`;
}

/** `d.a["b"][0]`: a member that is missing or null is null. A name is taken literally, whatever signs it holds. */
function member(args: readonly Arg[], call: CallSite): string {
  // nullif would write its argument twice, and twice again for each level of a nested parse_json.
  return `list_filter([${rawMember(args, call)}], lambda e: e <> 'null')[1]`;
}

/** The same, where JSON's own null does as well. */
function rawMember(args: readonly Arg[], call: CallSite): string {
  const path = args.slice(1).map((key) => memberPath(key, call));
  return `CAST(json_extract(${argAt(args, 0).sql}, '$' || ${path.join(' || ')}) AS VARCHAR)`;
}

function memberPath(key: Arg, call: CallSite): string {
  const constant = key.literal?.value;
  if (typeof constant === 'bigint') return `'[${constant < 0n ? `#${constant}` : constant}]'`;
  if (typeof constant !== 'string') {
    if (key.type === 'long' || key.type === 'int') {
      return `'[' || CASE WHEN ${key.sql} < 0 THEN '#' ELSE '' END || ${key.sql} || ']'`;
    }
    throw call.refuse('a computed member', 'Name the member.');
  }
  if (/["\\]/.test(constant) || constant === '') throw call.refuse('this member name');
  return sqlText(`."${constant}"`);
}

/** Text that is no JSON becomes a JSON string, as in Kusto; empty text becomes null. */
function parseJson(args: readonly Arg[], call: CallSite): string {
  const arg = argAt(args, 0);
  if (arg.type === 'dynamic') return arg.sql;
  const text = expectType(arg, ['string'], call);
  const parsed = `coalesce(TRY(CAST(json(${text}) AS VARCHAR)), CAST(to_json(${text}) AS VARCHAR))`;
  return `CASE WHEN ${text} <> '' THEN nullif(${parsed}, 'null') END`;
}

function bagPack(args: readonly Arg[], call: CallSite): string {
  if (args.length % 2 !== 0) throw call.refuse(`'bag_pack' with a name without a value`);
  const names = args.filter((_, i) => i % 2 === 0).map((arg) => arg.literal?.value);
  if (names.some((name) => typeof name !== 'string') || new Set(names).size < names.length) {
    throw call.refuse(`'bag_pack' with names that are not constant or not different`);
  }
  const parts = args.map((arg, i) => (i % 2 === 0 ? arg.sql : toJsonSql(arg)));
  return `CAST(json_object(${parts.join(', ')}) AS VARCHAR)`;
}

/** Strings or numbers only; how Kusto orders a mixture is not known here. */
function sortArray(args: readonly Arg[], call: CallSite, direction: 'ASC' | 'DESC'): string {
  const dynamic = expectType(argAt(args, 0), DYNAMIC, call);
  const types = `list_distinct(list_transform(${arrayOf(dynamic)}, lambda e: json_type(e)))`;
  const sorted = (key: string): string =>
    `CAST(to_json(list_transform(list_sort(list_transform(${arrayOf(dynamic)}, lambda e: {'k': ${key}, 'v': e}), '${direction}'), lambda e: e.v)) AS VARCHAR)`;
  return [
    `CASE WHEN json_type(${dynamic}) IS DISTINCT FROM 'ARRAY' THEN NULL`,
    `WHEN len(${types}) = 0 THEN ${dynamic}`,
    `WHEN ${types} = ['VARCHAR'] THEN ${sorted(`json_extract_string(e, '$')`)}`,
    `WHEN list_has_all(['BIGINT', 'UBIGINT', 'DOUBLE'], ${types}) THEN ${sorted('CAST(e AS DOUBLE)')}`,
    `ELSE ${refuseAtRunTime(`'${call.name}' of an array of several types`)} END`,
  ].join(' ');
}

/** Elements keep the order of their first appearance, each once. */
function setOperation(sql: (a: string, b: string) => string): FunctionRule {
  return {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      const [a, b] = args.map((arg) => expectType(arg, DYNAMIC, call)) as [string, string];
      const result = sql(arrayOf(a), arrayOf(b));
      const once = `list_transform([${result}], lambda l: list_filter(l, lambda x, i: list_position(l, x) = i))[1]`;
      return `CASE WHEN json_type(${a}) = 'ARRAY' AND json_type(${b}) = 'ARRAY' THEN CAST(to_json(${once}) AS VARCHAR) END`;
    },
  };
}

function setHasElement(args: readonly Arg[], call: CallSite): string {
  const [set, value] = [argAt(args, 0), argAt(args, 1)];
  const dynamic = expectType(set, DYNAMIC, call);
  expectType(value, ['string', 'long', 'int', 'bool'], call);
  return `CASE WHEN json_type(${dynamic}) = 'ARRAY' THEN list_contains(${arrayOf(dynamic)}, to_json(${value.sql})) END`;
}
