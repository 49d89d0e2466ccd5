import type { KustoType } from '../core/table';
import { unsupported } from './context';
import type { Aggregate } from './ir';
import { PHYSICAL_TYPES } from './physical-types';
import type { Arg } from './sql-function';
import { refuseAtRunTime, toJsonSql } from './sql-text';

/** The longest list that Kusto makes. */
const LONGEST_LIST = 1_048_576;

const NUMBERS: readonly KustoType[] = ['int', 'long', 'real', 'timespan'];

/**
 * SQL of an aggregate that gives one value, or, for `arg_max` and the like, a struct of `a0`, `a1`, ….
 * Where Kusto leaves open which of several values it takes, the least one is taken, so that the same
 * rows always give the same answer; lists come in the rows' order, or else sorted.
 */
export function aggregateSql(
  aggregate: Aggregate,
  args: readonly Arg[],
  filter: string | undefined,
  order: string | undefined,
): string {
  const where = filter === undefined ? '' : ` FILTER (WHERE ${filter})`;
  const type = aggregate.fields[0]?.type ?? 'dynamic';
  const refuse = (what: string): Error =>
    unsupported(`'${aggregate.name}' ${what}`, aggregate.place);
  const first = args[0];
  if (aggregate.name === 'count') return `count(*)${where}`;
  if (first === undefined) throw refuse('without a value');
  if (aggregate.fields.length > 1 || isRowAggregate(aggregate.name)) {
    return rowAggregateSql(aggregate.name, args, where);
  }
  if (first.type === 'decimal') throw refuse('of a decimal');
  if (first.type === 'dynamic' && !['make_list', 'make_set'].includes(aggregate.name)) {
    throw refuse('of a dynamic');
  }
  return plainAggregateSql(aggregate, first, type, where, order, refuse);
}

function plainAggregateSql(
  aggregate: Aggregate,
  first: Arg,
  type: KustoType,
  where: string,
  order: string | undefined,
  refuse: (what: string) => Error,
): string {
  const physical = PHYSICAL_TYPES[type];
  switch (aggregate.name) {
    case 'dcount':
      return `count(DISTINCT ${first.sql})${where}`;
    case 'min':
    case 'max': {
      const sql = `${aggregate.name}(${withoutNan(first, aggregate.name)})${where}`;
      return type === 'string' ? `coalesce(${sql}, '')` : sql;
    }
    case 'sum':
      expectNumber(first, refuse);
      return `CAST(coalesce(sum(${first.sql})${where}, 0) AS ${physical})`;
    case 'avg':
      if (first.type === 'timespan' || first.type === 'datetime') {
        return `CAST(trunc(avg(${first.sql})${where}) AS BIGINT)`;
      }
      expectNumber(first, refuse);
      return averageSql(first, where);
    case 'stdev':
    case 'stdevp':
    case 'variance':
    case 'variancep':
      if (first.type === 'timespan') throw refuse('of a timespan');
      expectNumber(first, refuse);
      return `coalesce(${SPREADS[aggregate.name]}(${first.sql})${where}, 0)`;
    case 'percentile':
      return percentileSql(aggregate, first, where, refuse);
    default:
      return listSql(aggregate, first, where, order);
  }
}

/** The average of nothing is NaN. A sum of whole numbers that overflows in Kusto ends the query here. */
function averageSql(arg: Arg, where: string): string {
  const average =
    arg.type === 'real'
      ? `avg(${arg.sql})${where}`
      : `CAST(CAST(sum(${arg.sql})${where} AS BIGINT) AS DOUBLE) / count(${arg.sql})${where}`;
  return `coalesce(${average}, CAST('NaN' AS DOUBLE))`;
}

const SPREADS = {
  stdev: 'stddev_samp',
  stdevp: 'stddev_pop',
  variance: 'var_samp',
  variancep: 'var_pop',
} as const;

function expectNumber(arg: Arg, refuse: (what: string) => Error): void {
  if (!NUMBERS.includes(arg.type)) throw refuse(`of a ${arg.type}`);
}

/** The nearest rank: always a value that is there. */
function percentileSql(
  aggregate: Aggregate,
  arg: Arg,
  where: string,
  refuse: (what: string) => Error,
): string {
  const rank = aggregate.parameter ?? -1;
  if (rank < 0 || rank > 100) throw refuse('of a rank outside 0 to 100');
  if (![...NUMBERS, 'datetime'].includes(arg.type)) throw refuse(`of a ${arg.type}`);
  return `quantile_disc(${withoutNan(arg, aggregate.name)}, ${rank / 100})${where}`;
}

/** Which of NaN and a number Kusto holds for greater depends on which it meets first. */
function withoutNan({ sql, type }: Arg, name: string): string {
  if (type !== 'real') return sql;
  return `CASE WHEN isnan(${sql}) THEN ${refuseAtRunTime(`'${name}' of NaN`)} ELSE ${sql} END`;
}

/** Values that are arrays themselves are taken apart, as in Kusto. Nulls are left out. */
function listSql(aggregate: Aggregate, arg: Arg, where: string, order: string | undefined): string {
  const most = Math.min(aggregate.parameter ?? LONGEST_LIST, LONGEST_LIST);
  const isSet = aggregate.name === 'make_set';
  const present = arg.type === 'string' ? undefined : `${arg.sql} IS NOT NULL`;
  const condition = [where === '' ? undefined : where.slice(' FILTER (WHERE '.length, -1), present]
    .filter((part) => part !== undefined)
    .join(' AND ');
  const filter = condition === '' ? '' : ` FILTER (WHERE ${condition})`;
  const isDynamic = arg.type === 'dynamic';
  const value = isDynamic
    ? `CASE json_type(${arg.sql}) WHEN 'ARRAY' THEN json_extract(${arg.sql}, '$[*]') ELSE [CAST(${arg.sql} AS JSON)] END`
    : arg.sql;
  const collected = `array_agg(${value} ORDER BY ${order ?? arg.sql})${filter}`;
  const unique = isDynamic
    ? `list_distinct(flatten(${collected}))`
    : `array_agg(DISTINCT ${value})${filter}`;
  // Numbers are sorted as numbers; dynamic values, which may be of any type, as their text.
  const list = isSet ? `list_sort(${unique})` : isDynamic ? `flatten(${collected})` : collected;
  const element = `CAST(${toJsonSql({ sql: 'e', type: arg.type })} AS VARCHAR)`;
  const texts = isDynamic ? list : `list_transform(${list}, lambda e: ${element})`;
  return `coalesce('[' || array_to_string((${texts})[:${most}], ',') || ']', '[]')`;
}

/** Whether all of an aggregate's values come from one row. */
export function isRowAggregate(name: string): boolean {
  return name === 'arg_max' || name === 'arg_min' || name === 'take_any';
}

/** The row with the greatest or least key. Rows without a key come last; the least row wins a tie. */
function rowAggregateSql(name: string, args: readonly Arg[], where: string): string {
  const row = `{${args.map((arg, i) => `'a${i}': ${arg.sql}`).join(', ')}}`;
  const key = args[0];
  if (name === 'take_any' || key === undefined) return `min(${row})${where}`;
  const value = withoutNan(key, name);
  return name === 'arg_max'
    ? `arg_max(${row}, {'n': ${key.sql} IS NOT NULL, 'k': ${value}, 't': ${row}})${where}`
    : `arg_min(${row}, {'n': ${key.sql} IS NULL, 'k': ${value}, 't': ${row}})${where}`;
}
