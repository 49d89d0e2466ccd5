import { DYNAMIC } from './argument-types';
import { arrayOf, jsonOf } from './functions-array';
import {
  argAt,
  expectType,
  type Arg,
  type CallSite,
  type FunctionRule,
  type FunctionRules,
} from './sql-function';

/** Functions that take arrays as sets. Elements keep the order of their first appearance, each once. */
export const SET_RULES: FunctionRules = {
  set_difference: setOperation((a, b) => `list_filter(${a}, lambda x: NOT list_contains(${b}, x))`),
  set_intersect: setOperation((a, b) => `list_filter(${a}, lambda x: list_contains(${b}, x))`),
  set_union: setOperation((a, b) => `(${a} || ${b})`),
  set_has_element: { args: [2, 2], repeats: true, sql: setHasElement },
  jaccard_index: { args: [2, 2], repeats: true, sql: jaccardIndex },
};

function areArrays(dynamics: readonly string[]): string {
  return dynamics.map((dynamic) => `json_type(${dynamic}) = 'ARRAY'`).join(' AND ');
}

function once(list: string): string {
  return `list_transform([${list}], lambda l: list_filter(l, lambda x, i: list_position(l, x) = i))[1]`;
}

function setOperation(sql: (a: string, b: string) => string): FunctionRule {
  return {
    args: [2, 64],
    repeats: true,
    sql: (args, call) => {
      const dynamics = args.map((arg) => expectType(arg, DYNAMIC, call));
      const result = dynamics.map(arrayOf).reduce((a, b) => sql(a, b));
      return `CASE WHEN ${areArrays(dynamics)} THEN ${jsonOf(once(result))} END`;
    },
  };
}

function setHasElement(args: readonly Arg[], call: CallSite): string {
  const [set, value] = [argAt(args, 0), argAt(args, 1)];
  const dynamic = expectType(set, DYNAMIC, call);
  expectType(value, ['string', 'long', 'int', 'bool'], call);
  return `CASE WHEN json_type(${dynamic}) = 'ARRAY' THEN list_contains(${arrayOf(dynamic)}, to_json(${value.sql})) END`;
}

/** The size of what both sets have by the size of what either has. */
function jaccardIndex(args: readonly Arg[], call: CallSite): string {
  const [a, b] = args.map((arg) => expectType(arg, DYNAMIC, call)) as [string, string];
  const both = `list_filter(${arrayOf(a)}, lambda x: list_contains(${arrayOf(b)}, x))`;
  const either = `${arrayOf(a)} || ${arrayOf(b)}`;
  const size = (list: string): string => `CAST(len(list_distinct(${list})) AS DOUBLE)`;
  return `CASE WHEN ${areArrays([a, b])} AND len(${either}) > 0 THEN ${size(both)} / ${size(either)} END`;
}
