import { DYNAMIC } from './argument-types';
import {
  argAt,
  expectType,
  unary,
  type Arg,
  type CallSite,
  type FunctionRules,
} from './sql-function';
import { pointerText, refuseAtRunTime, sqlText, toJsonSql } from './sql-text';

/** Names that DuckDB's paths cannot say. */
const NO_PATH = /^\*$|["\\]/;

/** Functions of dynamic values, which are JSON text, or NULL. */
export const DYNAMIC_RULES: FunctionRules = {
  member: { args: [2, 64], repeats: computedKey, sql: member },
  'raw member': { args: [2, 64], repeats: computedKey, sql: rawMember },
  gettype: { args: [1, 1], repeats: true, decimals: true, sql: typeName },
  dynamic_to_json: unary(DYNAMIC, (d) => `kql_canonical_json(${d})`),
  parse_json: { args: [1, 1], repeats: true, sql: parseJson },
  pack_array: {
    args: [1, 200],
    repeats: true,
    sql: (args) => `CAST(json_array(${args.map(toJsonSql).join(', ')}) AS VARCHAR)`,
  },
};

/** A computed index is written twice. */
function computedKey(args: readonly Arg[]): boolean {
  return args.slice(1).some((key) => key.literal === undefined);
}

/** `d.a["b"][0]`: a member that is missing or null is null. A name is taken literally, whatever signs it holds. */
function member(args: readonly Arg[], call: CallSite): string {
  // nullif would write its argument twice, and twice again for each level of a nested parse_json.
  return `list_filter([${rawMember(args, call)}], lambda e: e <> 'null')[1]`;
}

/** The same, where JSON's own null does as well. */
function rawMember(args: readonly Arg[], call: CallSite): string {
  let value = argAt(args, 0).sql;
  let path: string[] = [];
  const extract = (): string =>
    path.length === 0 ? value : `json_extract(${value}, '$' || ${path.join(' || ')})`;
  for (const key of args.slice(1)) {
    const name = key.literal?.value;
    if (typeof name === 'string' && NO_PATH.test(name)) {
      value = `json_extract(${extract()}, ${pointerText(name)})`;
      path = [];
    } else path.push(memberPath(key, call));
  }
  return `CAST(${extract()} AS VARCHAR)`;
}

function memberPath(key: Arg, call: CallSite): string {
  const constant = key.literal?.value;
  if (typeof constant === 'bigint') return `'[${constant < 0n ? `#${constant}` : constant}]'`;
  if (typeof constant !== 'string') {
    if (key.type === 'long' || key.type === 'int') {
      return `'[' || CASE WHEN ${key.sql} < 0 THEN '#' ELSE '' END || ${key.sql} || ']'`;
    }
    if (key.type === 'string') return namedPath(key.sql);
    throw call.refuse('a computed member', 'Name the member.');
  }
  if (constant === '') throw call.refuse('this member name');
  return sqlText(`."${constant}"`);
}

/** What DuckDB takes for JSON although it is none. */
const LOOSE = String.raw`'(?i)(^|[\[,:])\s*-?(nan|inf)|,\s*[\]}]'`;
const STRINGS = String.raw`'"([^"\\]|\\.)*"'`;

/** What some readers take for JSON although it is none: whether Kusto's does is not known. */
const NEARLY = String.raw`'^\s*(''|[\[{]\s*''|\{\s*[a-zA-Z_$][\w$]*\s*:|[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*$|(?i:true|false|null|nan|[-+]?inf|[-+]?infinity|undefined)\s*$|$)'`;

/** Text that is no JSON becomes a JSON string, as in Kusto; empty text becomes null. */
function parseJson(args: readonly Arg[], call: CallSite): string {
  const arg = argAt(args, 0);
  if (arg.type === 'dynamic') return arg.sql;
  const text = expectType(arg, ['string'], call);
  const refusal = refuseAtRunTime(
    `'${call.name}' of a text with NaN, an infinity or a comma too many`,
  );
  const isLoose = `regexp_matches(${text}, ${LOOSE}) AND regexp_matches(regexp_replace(${text}, ${STRINGS}, '""', 'g'), ${LOOSE})`;
  const nearly = refuseAtRunTime(`'${call.name}' of a text that is nearly JSON`);
  const asText = `CASE WHEN regexp_matches(${text}, ${NEARLY}) THEN ${nearly} ELSE CAST(to_json(${text}) AS VARCHAR) END`;
  const parsed = `coalesce(TRY(CAST(json(${text}) AS VARCHAR)), ${asText})`;
  return `CASE WHEN ${text} <> '' THEN CASE WHEN ${isLoose} AND json_valid(${text}) THEN ${refusal} ELSE nullif(${parsed}, 'null') END END`;
}

/** A name that is computed is a member of a bag only: `."name"` finds none in an array. */
function namedPath(name: string): string {
  const refusal = refuseAtRunTime(`a member whose name is empty, '*' or has a quote or backslash`);
  return `CASE WHEN regexp_full_match(${name}, '[^"\\\\]+') AND ${name} <> '*' THEN '."' || ${name} || '"' ELSE ${refusal} END`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  OBJECT: 'dictionary',
  ARRAY: 'array',
  VARCHAR: 'string',
  BIGINT: 'long',
  UBIGINT: 'long',
  DOUBLE: 'double',
  BOOLEAN: 'bool',
};

/** What a value is; of a dynamic, what it holds. */
function typeName(args: readonly Arg[]): string {
  const { type, sql } = argAt(args, 0);
  if (type !== 'dynamic') return `'${type}'`;
  const cases = Object.entries(TYPE_NAMES).map(([json, name]) => `WHEN '${json}' THEN '${name}'`);
  return `CASE coalesce(json_type(${sql}), 'NULL') ${cases.join(' ')} ELSE 'null' END`;
}
