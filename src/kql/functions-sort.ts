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
import { refuseAtRunTime } from './sql-text';

type Direction = 'ASC' | 'DESC';

/** Sorting arrays by their elements, which are texts or numbers. */
export const SORT_RULES: FunctionRules = {
  array_sort_asc: { args: [1, 2], repeats: true, sql: (args, call) => sort(args, call, 'ASC') },
  array_sort_desc: { args: [1, 2], repeats: true, sql: (args, call) => sort(args, call, 'DESC') },
  /** Written by lowering: the second array in the order in which the first one is sorted. */
  'array_sort_asc of another': sortBy('ASC'),
  'array_sort_desc of another': sortBy('DESC'),
};

/** Strings or numbers only; how Kusto orders a mixture is not known here. Nulls come last unless told otherwise. */
function sort(args: readonly Arg[], call: CallSite, direction: Direction): string {
  const dynamic = expectType(argAt(args, 0), DYNAMIC, call);
  const nullsLast = args[1] === undefined ? true : args[1].literal?.value;
  if (typeof nullsLast !== 'boolean') throw call.refuse(`'${call.name}' of several arrays`);
  const list = arrayOf(dynamic);
  const values = `list_filter(${list}, lambda e: json_type(e) <> 'NULL')`;
  const nulls = `list_filter(${list}, lambda e: json_type(e) = 'NULL')`;
  const types = `list_distinct(list_transform(${values}, lambda e: json_type(e)))`;
  const sorted = (key: string): string => {
    const keyed = `list_transform(${values}, lambda e: {'k': ${key}, 'v': e})`;
    const plain = `list_transform(list_sort(${keyed}, '${direction}'), lambda e: e.v)`;
    return jsonOf(nullsLast ? `${plain} || ${nulls}` : `${nulls} || ${plain}`);
  };
  return [
    `CASE WHEN json_type(${dynamic}) IS DISTINCT FROM 'ARRAY' THEN NULL`,
    `WHEN len(${types}) = 0 THEN ${dynamic}`,
    `WHEN ${types} = ['VARCHAR'] THEN ${sorted(`json_extract_string(e, '$')`)}`,
    `WHEN list_has_all(['BIGINT', 'UBIGINT', 'DOUBLE'], ${types}) THEN ${sorted('CAST(e AS DOUBLE)')}`,
    `ELSE ${refuseAtRunTime(`'${call.name}' of an array of several types`)} END`,
  ].join(' ');
}

/** How elements that tie or are null take their arrays along is not known here. */
function sortBy(direction: Direction): FunctionRule {
  return {
    args: [2, 2],
    repeats: true,
    sql: (args, call) => {
      const [keys, others] = args.map((arg) => expectType(arg, DYNAMIC, call)) as [string, string];
      const types = `list_distinct(list_transform(${arrayOf(keys)}, lambda e: json_type(e)))`;
      const sorted = (key: string): string => {
        const keyed = `list_transform(${arrayOf(keys)}, lambda e, i: {'k': ${key}, 'i': i})`;
        const order = `list_sort(${keyed}, '${direction}')`;
        return jsonOf(`list_transform(${order}, lambda s: (${arrayOf(others)})[s.i])`);
      };
      return [
        `CASE WHEN len(list_distinct(${arrayOf(keys)})) = len(${arrayOf(keys)}) AND len(${arrayOf(keys)}) = len(${arrayOf(others)})`,
        `THEN CASE WHEN ${types} = ['VARCHAR'] THEN ${sorted(`json_extract_string(e, '$')`)}`,
        `WHEN list_has_all(['BIGINT', 'UBIGINT', 'DOUBLE'], ${types}) THEN ${sorted('CAST(e AS DOUBLE)')} END`,
        `ELSE ${refuseAtRunTime('sorting arrays of other lengths or of elements that tie')} END`,
      ].join(' ');
    },
  };
}
