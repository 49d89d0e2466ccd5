import type { KustoType } from '../core/table';
import { unsupported } from './context';
import { CONVERT_DYNAMIC } from './hints';
import type { Aggregate } from './ir';
import { PHYSICAL_TYPES } from './physical-types';
import { argAt, type Arg } from './sql-function';
import { bagSql, listSql } from './sql-aggregate-list';
import { percentileSql, weightedPercentileSql, withoutNan } from './sql-aggregate-percentile';
import { neverNull, refuseAtRunTime } from './sql-text';

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
  const refuse = (what: string, hint?: string): Error =>
    unsupported(`'${aggregate.name}' ${what}`, aggregate.place, hint);
  const first = args[0];
  if (aggregate.name === 'count') return `count(*)${where}`;
  if (first === undefined) throw refuse('without a value');
  // What is equal in all rows of a group.
  if (aggregate.name === 'the same') return `any_value(${first.sql})`;
  if (aggregate.fields.length > 1 || isRowAggregate(aggregate.name)) {
    return rowAggregateSql(aggregate.name, args, where);
  }
  if (first.type === 'decimal') throw refuse('of a decimal', 'Convert it with todouble(…).');
  if (aggregate.name === 'make_bag') {
    if (first.type !== 'dynamic')
      throw refuse(`of a ${first.type}`, 'Give it bags: bag_pack(…) or parse_json(…).');
    return bagSql(first, where, order);
  }
  if (aggregate.name.startsWith('make_')) return listSql(aggregate, first, where, order);
  if (first.type === 'dynamic') throw refuse('of a dynamic', CONVERT_DYNAMIC);
  return plainAggregateSql(aggregate, args, type, where, refuse);
}

function plainAggregateSql(
  aggregate: Aggregate,
  args: readonly Arg[],
  type: KustoType,
  where: string,
  refuse: (what: string, hint?: string) => Error,
): string {
  const first = argAt(args, 0);
  const physical = PHYSICAL_TYPES[type];
  switch (aggregate.name) {
    case 'dcount':
      return `count(DISTINCT ${first.sql})${where}`;
    case 'min':
    case 'max': {
      const sql = `${aggregate.name}(${withoutNan(first, aggregate.name)})${where}`;
      return neverNull(sql, type);
    }
    case 'sum':
      expectNumber(first, refuse);
      if (first.type === 'long') return `coalesce(${wrappedSum(first, where)}, 0)`;
      return `CAST(coalesce(sum(${first.sql})${where}, 0) AS ${physical})`;
    case 'avg':
      if (first.type === 'datetime') throw refuse('of a datetime');
      if (first.type === 'timespan') return averageSpan(first, where);
      expectNumber(first, refuse);
      return averageSql(first, where);
    case 'stdev':
    case 'stdevp':
    case 'variance':
    case 'variancep':
      if (first.type === 'timespan') throw refuse('of a timespan');
      expectNumber(first, refuse);
      return `coalesce(${SPREADS[aggregate.name]}(${first.sql})${where}, 0)`;
    case 'count_distinct':
      if (!COUNTABLE.includes(first.type)) throw refuse(`of a ${first.type}`);
      return `count(DISTINCT ${first.sql})${where}`;
    case 'covariance':
    case 'covariancep':
      return covarianceSql(aggregate.name, first, argAt(args, 1), where, refuse);
    case 'binary_all_and':
    case 'binary_all_or':
    case 'binary_all_xor':
      return bitwiseSql(aggregate.name, first, where, refuse);
    case 'percentile':
    case 'percentiles_array':
      return percentileSql(aggregate, first, where, refuse);
    case 'percentilew':
    case 'percentilesw_array':
      return weightedPercentileSql(aggregate, first, argAt(args, 1), where, refuse);
    default:
      throw refuse('here');
  }
}

/** The average of nothing is NaN. Kusto divides the sum of whole numbers as it is, overflown or not. */
function averageSql(arg: Arg, where: string): string {
  const average =
    arg.type === 'real'
      ? `avg(${arg.sql})${where}`
      : `CAST(${wrappedSum(arg, where)} AS DOUBLE) / count(${arg.sql})${where}`;
  return `coalesce(${average}, CAST('NaN' AS DOUBLE))`;
}

/** The exact average of timespans; how Kusto rounds one that leaves part of a tick is not known. */
function averageSpan(arg: Arg, where: string): string {
  const [sum, count] = [`sum(${arg.sql})${where}`, `count(${arg.sql})${where}`];
  const refusal = refuseAtRunTime(
    `'avg' of timespans that leaves part of a tick`,
    'Average numbers, for example avg(Duration / 1s).',
  );
  return `CASE WHEN ${sum} % ${count} = 0 THEN CAST(${sum} // ${count} AS BIGINT) WHEN ${count} > 0 THEN ${refusal} END`;
}

/** A sum of whole numbers; beyond 64 bits it goes round, as in Kusto. */
function wrappedSum(arg: Arg, where: string): string {
  const all = '18446744073709551616';
  const half = '9223372036854775808';
  return `CAST((sum(${arg.sql})${where} % ${all} + ${all} + ${half}) % ${all} - ${half} AS BIGINT)`;
}

const SPREADS = {
  stdev: 'stddev_samp',
  stdevp: 'stddev_pop',
  variance: 'var_samp',
  variancep: 'var_pop',
} as const;

function expectNumber(arg: Arg, refuse: (what: string, hint?: string) => Error): void {
  if (!NUMBERS.includes(arg.type)) throw refuse(`of a ${arg.type}`);
}

/**
 * Covariance of the rows in which both values are present. What Kusto answers for fewer than two rows,
 * and whether it counts a row with one value missing, is not known.
 */
function covarianceSql(
  name: 'covariance' | 'covariancep',
  a: Arg,
  b: Arg,
  where: string,
  refuse: (what: string, hint?: string) => Error,
): string {
  for (const arg of [a, b]) {
    if (arg.type === 'timespan') throw refuse('of a timespan');
    expectNumber(arg, refuse);
  }
  const sql = `${name === 'covariance' ? 'covar_samp' : 'covar_pop'}(${a.sql}, ${b.sql})${where}`;
  const pairs = `regr_count(${a.sql}, ${b.sql})${where}`;
  const whole = `${pairs} > 1 AND ${pairs} = count(*)${where}`;
  return `CASE WHEN ${whole} THEN ${sql} ELSE ${refuseAtRunTime(`'${name}' of nulls or of fewer than two rows`)} END`;
}

const BITWISE = {
  binary_all_and: 'bit_and',
  binary_all_or: 'bit_or',
  binary_all_xor: 'bit_xor',
} as const;

function bitwiseSql(
  name: keyof typeof BITWISE,
  arg: Arg,
  where: string,
  refuse: (what: string, hint?: string) => Error,
): string {
  if (arg.type !== 'long') throw refuse(`of a ${arg.type}`);
  return `coalesce(${BITWISE[name]}(${arg.sql})${where}, ${refuseAtRunTime(`'${name}' of no values`)})`;
}

/** Types whose equal values are equal in SQL too. */
const COUNTABLE: readonly KustoType[] = [
  'string',
  'long',
  'int',
  'bool',
  'datetime',
  'timespan',
  'guid',
];

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
