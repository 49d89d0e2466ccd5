/** SQL of the aggregates that make lists, sets and bags of a group's values. */
import type { Aggregate } from './ir';
import type { Arg } from './sql-function';
import { refuseAtRunTime, toJsonSql } from './sql-text';

/** The longest list that Kusto makes. */
const LONGEST_LIST = 1_048_576;

/**
 * `make_list`, `make_list_with_nulls` and `make_set`. Values that are arrays themselves are taken
 * apart, as in Kusto. Nulls are left out, except by `make_list_with_nulls`.
 */
export function listSql(
  aggregate: Aggregate,
  arg: Arg,
  where: string,
  order: string | undefined,
): string {
  const most = Math.min(aggregate.parameter ?? LONGEST_LIST, LONGEST_LIST);
  const withNulls = aggregate.name === 'make_list_with_nulls';
  const isDynamic = arg.type === 'dynamic';
  const omits = !withNulls && !isDynamic && arg.type !== 'string';
  const filter = omits ? andWhere(where, `${arg.sql} IS NOT NULL`) : where;
  const value = isDynamic ? elementsSql(aggregate.name, arg.sql) : arg.sql;
  const nulls = withNulls ? ' NULLS FIRST' : '';
  const collected = `array_agg(${value} ORDER BY ${order ?? `${arg.sql}${nulls}`})${filter}`;
  const unique = isDynamic
    ? `list_distinct(flatten(${collected}))`
    : `array_agg(DISTINCT ${value})${filter}`;
  // Numbers are sorted as numbers; dynamic values, which may be of any type, as their text.
  const isSet = aggregate.name === 'make_set';
  const list = isSet ? `list_sort(${unique})` : isDynamic ? `flatten(${collected})` : collected;
  const element = `CAST(${toJsonSql({ sql: 'e', type: arg.type })} AS VARCHAR)`;
  const texts = isDynamic ? list : `list_transform(${list}, lambda e: ${element})`;
  return `coalesce('[' || array_to_string((${texts})[:${most}], ',') || ']', '[]')`;
}

/** The engine was seen to keep dynamic(null), but what it does with a member that is missing is not known. */
function elementsSql(name: string, sql: string): string {
  const whenNull =
    name === 'make_list_with_nulls'
      ? `[CAST('null' AS JSON)]`
      : refuseAtRunTime(
          `'${name}' of a dynamic that is null`,
          'Leave such rows out before it: | where isnotnull(Value).',
        );
  return `CASE WHEN ${sql} IS NULL THEN ${whenNull} WHEN json_type(${sql}) = 'ARRAY' THEN json_extract(${sql}, '$[*]') ELSE [CAST(${sql} AS JSON)] END`;
}

/**
 * `make_bag`: one bag with the members of all bags; what is no bag is passed over. Where two bags have
 * a member of the same name, Kusto may take either; here the first in the rows' order is taken.
 */
export function bagSql(arg: Arg, where: string, order: string | undefined): string {
  const members = `map_entries(CAST(json_transform(${arg.sql}, '"MAP(VARCHAR, JSON)"') AS MAP(VARCHAR, JSON)))`;
  const filter = andWhere(where, `json_type(${arg.sql}) = 'OBJECT'`);
  const all = `flatten(array_agg(${members} ORDER BY ${order ?? arg.sql})${filter})`;
  // Sorting by name brings equal names together, so that finding the first of each takes no second pass.
  const sorted = `list_sort(list_transform(${all}, lambda m, i: {'k': m.key, 'i': i, 'v': m.value}))`;
  const first = `list_transform([${sorted}], lambda l: list_filter(l, lambda m, i: i = 1 OR l[i - 1].k <> m.k))[1]`;
  const inOrder = `list_sort(list_transform(${first}, lambda m: {'i': m.i, 'k': m.k, 'v': m.v}))`;
  const texts = `list_transform(${inOrder}, lambda m: CAST(to_json(m.k) AS VARCHAR) || ':' || coalesce(CAST(m.v AS VARCHAR), 'null'))`;
  return `coalesce('{' || array_to_string(${texts}, ',') || '}', '{}')`;
}

/** A FILTER clause with one condition more. */
function andWhere(where: string, condition: string): string {
  const before = where === '' ? '' : `${where.slice(' FILTER (WHERE '.length, -1)} AND `;
  return ` FILTER (WHERE ${before}${condition})`;
}
