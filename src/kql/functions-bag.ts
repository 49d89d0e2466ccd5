import { DYNAMIC } from './argument-types';
import { arrayOf } from './functions-array';
import {
  argAt,
  constantArray,
  constantText,
  expectType,
  unary,
  type Arg,
  type CallSite,
  type FunctionRules,
} from './sql-function';
import { pointerText, refuseAtRunTime, sqlText, toJsonSql } from './sql-text';

/** Functions of property bags, which are JSON objects as text. */
export const BAG_RULES: FunctionRules = {
  bag_keys: unary(
    DYNAMIC,
    (d) =>
      `CASE WHEN json_type(${d}) = 'OBJECT' THEN CAST(to_json(json_keys(${d})) AS VARCHAR) END`,
    true,
  ),
  bag_pack: { args: [2, 400], repeats: true, sql: bagPack },
  /** Written by pack_all(true): nulls and empty texts are left out. */
  'bag_pack of values': { args: [2, 400], repeats: true, sql: bagPackOfValues },
  bag_merge: { args: [2, 64], repeats: true, sql: bagMerge },
  bag_has_key: {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      const bag = expectType(argAt(args, 0), DYNAMIC, call);
      const path = keyPath(argAt(args, 1), call).map(pointerText).join(' || ');
      return `CASE WHEN json_type(${bag}) = 'OBJECT' THEN json_exists(${bag}, ${path}) ELSE ${notABag(bag, call)} END`;
    },
  },
  bag_set_key: {
    args: [3, 3],
    repeats: true,
    sql: (args, call) => {
      const bag = expectType(argAt(args, 0), DYNAMIC, call);
      const changed = withKey(bag, keyPath(argAt(args, 1), call), toJsonSql(argAt(args, 2)));
      return `CASE WHEN json_type(${bag}) = 'OBJECT' THEN ${changed} ELSE ${notABag(bag, call)} END`;
    },
  },
  bag_remove_keys: { args: [2, 2], repeats: true, sql: bagRemoveKeys },
  bag_zip: { args: [2, 2], repeats: true, sql: bagZip },
};

/** A bag's members as DuckDB's list of {key, value}, whose values are JSON, or NULL for JSON's null. */
function entriesOf(bag: string): string {
  return `map_entries(CAST(CAST(${bag} AS JSON) AS MAP(VARCHAR, JSON)))`;
}

function bagOf(entries: string): string {
  return `CAST(to_json(map_from_entries(${entries})) AS VARCHAR)`;
}

function notABag(bag: string, call: CallSite): string {
  return `CASE WHEN ${bag} IS NOT NULL THEN ${refuseAtRunTime(`'${call.name}' of what is no bag`)} END`;
}

/** The names of a constant key: `key` is one, `$.a.b` leads from bag to bag. */
function keyPath(arg: Arg, call: CallSite): readonly [string, ...string[]] {
  return pathOf(constantText([arg], 0, call), call);
}

function pathOf(key: string, call: CallSite): readonly [string, ...string[]] {
  const isPath = /^\$(\.[A-Za-z_]\w*)+$/.test(key);
  const [first, ...rest] = isPath ? key.slice(2).split('.') : [key];
  if (first === undefined || first === '' || (!isPath && key.startsWith('$')))
    throw call.refuse(`'${call.name}' of this key`);
  return [first, ...rest];
}

function withKey(bag: string, path: readonly string[], value: string): string {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const inner = `json_extract(${bag}, ${pointerText(name)})`;
  const isBag = `json_type(${inner}) = 'OBJECT'`;
  const below = `CASE WHEN ${isBag} THEN CAST(${inner} AS VARCHAR) WHEN ${inner} IS NULL THEN '{}' ELSE ${refuseAtRunTime('setting a key within what is no bag')} END`;
  const changed = rest.length === 0 ? value : `CAST(${withKey(`(${below})`, rest, value)} AS JSON)`;
  const others = `list_filter(${entriesOf(bag)}, lambda e: e.key <> ${sqlText(name)})`;
  return bagOf(`${others} || [{'key': ${sqlText(name)}, 'value': ${changed}}]`);
}

/** Computed names are of the first level; constant ones may be paths. */
function bagRemoveKeys(args: readonly Arg[], call: CallSite): string {
  const bag = expectType(argAt(args, 0), DYNAMIC, call);
  const keys = expectType(argAt(args, 1), DYNAMIC, call);
  const constants = constantArray(args[1]);
  if (constants !== undefined) {
    const paths = constants.map((key) => pathOf(typeof key === 'string' ? key : '', call));
    const rest = withoutPaths(bag, paths);
    return `CASE WHEN json_type(${bag}) = 'OBJECT' THEN ${rest} ELSE ${notABag(bag, call)} END`;
  }
  const names = `CAST(json_extract_string(${keys}, '$[*]') AS VARCHAR[])`;
  const rest = bagOf(
    `list_filter(${entriesOf(bag)}, lambda e: NOT list_contains(${names}, e.key))`,
  );
  const refusal = refuseAtRunTime(`'bag_remove_keys' of a path`);
  const hasPath = `len(list_filter(${names}, lambda k: starts_with(k, '$'))) > 0`;
  return `CASE WHEN json_type(${bag}) = 'OBJECT' AND json_type(${keys}) = 'ARRAY' THEN CASE WHEN ${hasPath} THEN ${refusal} ELSE ${rest} END ELSE ${notABag(bag, call)} END`;
}

function withoutPaths(bag: string, paths: readonly (readonly string[])[], depth = 0): string {
  const e = `e${depth}`;
  const gone = paths.filter((path) => path.length === 1).map(([name]) => sqlText(name ?? ''));
  const kept = `list_filter(${entriesOf(bag)}, lambda ${e}: ${e}.key NOT IN ('', ${gone.join(', ') || `''`}))`;
  const below = new Set(paths.filter((path) => path.length > 1).map(([name]) => name ?? ''));
  const branches = [...below].map((name) => {
    const rest = paths.filter((path) => path[0] === name && path.length > 1);
    const changed = withoutPaths(
      `${e}.value`,
      rest.map((path) => path.slice(1)),
      depth + 1,
    );
    return `WHEN ${e}.key = ${sqlText(name)} AND json_type(${e}.value) = 'OBJECT' THEN CAST(${changed} AS JSON)`;
  });
  if (branches.length === 0) return bagOf(kept);
  const value = `CASE ${branches.join(' ')} ELSE ${e}.value END`;
  return bagOf(`list_transform(${kept}, lambda ${e}: {'key': ${e}.key, 'value': ${value}})`);
}

/** Of two members of one name the first bag's stays. */
function bagMerge(args: readonly Arg[], call: CallSite): string {
  const bags = args.map((arg) => expectType(arg, DYNAMIC, call));
  const all = bags.map(entriesOf).join(' || ');
  const firsts = `list_filter(l, lambda e, i: list_position(list_transform(l, lambda f: f.key), e.key) = i)`;
  const merged = `list_transform([${all}], lambda l: ${bagOf(firsts)})[1]`;
  const areBags = bags.map((bag) => `coalesce(json_type(${bag}), '') = 'OBJECT'`).join(' AND ');
  return `CASE WHEN ${areBags} THEN ${merged} ELSE ${refuseAtRunTime(`'bag_merge' of what is no bag`)} END`;
}

/** Keys that are no texts are passed over; a key without a value gets null. */
function bagZip(args: readonly Arg[], call: CallSite): string {
  const [keys, values] = args.map((arg) => expectType(arg, DYNAMIC, call)) as [string, string];
  const value = `json_extract(${values}, '$[' || (i - 1) || ']')`;
  const entries = `list_transform(${arrayOf(keys)}, lambda k, i: {'key': json_extract_string(k, '$'), 'value': ${value}, 'is': json_type(k) = 'VARCHAR'})`;
  const named = `list_transform(list_filter(${entries}, lambda e: e.is), lambda e: {'key': e.key, 'value': e.value})`;
  return `CASE WHEN json_type(${keys}) = 'ARRAY' THEN ${bagOf(named)} END`;
}

function namesAndValues(args: readonly Arg[], call: CallSite): (readonly [Arg, Arg])[] {
  if (args.length % 2 !== 0) throw call.refuse(`'bag_pack' with a name without a value`);
  const names = args.filter((_, i) => i % 2 === 0).map((arg) => arg.literal?.value);
  if (new Set(names).size < names.length) {
    throw call.refuse(`'bag_pack' with names that are not constant or not different`);
  }
  return names.map((_, i) => [argAt(args, 2 * i), argAt(args, 2 * i + 1)] as const);
}

function bagPack(args: readonly Arg[], call: CallSite): string {
  const pairs = namesAndValues(args, call);
  const isComputed = pairs.some(([name]) => name.literal === undefined);
  if (isComputed && pairs.length > 1) {
    throw call.refuse(`'bag_pack' with names that are not constant or not different`);
  }
  const parts = pairs.flatMap(([name, value]) => [
    expectType(name, ['string'], call),
    toJsonSql(value),
  ]);
  return `CAST(json_object(${parts.join(', ')}) AS VARCHAR)`;
}

function bagPackOfValues(args: readonly Arg[], call: CallSite): string {
  const entries = namesAndValues(args, call).map(([name, value]) => {
    const isThere = value.type === 'string' ? `${value.sql} <> ''` : `${value.sql} IS NOT NULL`;
    return `CASE WHEN ${isThere} THEN [{'key': ${name.sql}, 'value': ${toJsonSql(value)}}] ELSE [] END`;
  });
  return bagOf(entries.map((entry) => `(${entry})`).join(' || '));
}
