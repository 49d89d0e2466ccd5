/** SQL of the percentiles: by the nearest rank, so that it is always a value that is there. */
import type { KustoType } from '../core/table';
import type { Aggregate } from './ir';
import type { Arg } from './sql-function';
import { refuseAtRunTime, toJsonSql } from './sql-text';

const ORDERED: readonly KustoType[] = ['int', 'long', 'real', 'timespan', 'datetime'];

/** `percentile`, and `percentiles_array` for several ranks. */
export function percentileSql(
  aggregate: Aggregate,
  arg: Arg,
  where: string,
  refuse: (what: string, hint?: string) => Error,
): string {
  expectOrdered(arg, refuse);
  const value = withoutNan(arg, aggregate.name);
  const ranks = fractions(aggregate, refuse);
  if (aggregate.ranks === undefined) return `quantile_disc(${value}, ${ranks.join('')})${where}`;
  return arraySql(aggregate, `quantile_disc(${value}, [${ranks.join(', ')}])${where}`, arg.type);
}

/** `percentilew` and `percentilesw_array`: a value counts as often as its weight says. */
export function weightedPercentileSql(
  aggregate: Aggregate,
  arg: Arg,
  weight: Arg,
  where: string,
  refuse: (what: string, hint?: string) => Error,
): string {
  expectOrdered(arg, refuse);
  if (weight.type !== 'int' && weight.type !== 'long') throw refuse(`with a ${weight.type} weight`);
  const value = withoutNan(arg, aggregate.name);
  const known = `CASE WHEN ${arg.sql} IS NULL OR coalesce(${weight.sql}, 0) < 1 THEN ${refuseAtRunTime(`'${aggregate.name}' of a null or of a weight below 1`)}`;
  const pairs = `list_sort(array_agg(${known} ELSE {'v': ${value}, 'w': CAST(${weight.sql} AS BIGINT)} END)${where})`;
  // Going through the sorted values, weights are added up until the rank is reached.
  const reached = fractions(aggregate, refuse).map(
    (fraction) =>
      `list_transform([CAST(ceil(list_sum(list_transform(p, lambda x: x.w)) * ${fraction}) AS BIGINT)], lambda t: list_reduce(p, lambda a, x: CASE WHEN a.w >= t THEN a ELSE {'v': x.v, 'w': a.w + x.w} END).v)[1]`,
  );
  const named = (body: string): string => `list_transform([${pairs}], lambda p: ${body})[1]`;
  if (aggregate.ranks === undefined) return named(reached.join(''));
  return named(
    arraySql(
      aggregate,
      `CASE WHEN p IS NOT NULL THEN list_value(${reached.join(', ')}) END`,
      arg.type,
    ),
  );
}

function fractions(
  aggregate: Aggregate,
  refuse: (what: string, hint?: string) => Error,
): readonly string[] {
  const ranks = aggregate.ranks ?? [aggregate.parameter ?? -1];
  return ranks.map((rank) => {
    if (!(rank >= 0 && rank <= 100)) throw refuse('of a rank outside 0 to 100');
    // As a decimal, because 99.9 / 100 in binary would fall on the next rank.
    return (rank / 100).toFixed(12).replace(/\.?0+$/, '') || '0';
  });
}

/** A list of values as a dynamic. Which list of nothing Kusto makes of no values is not known. */
function arraySql(aggregate: Aggregate, list: string, type: KustoType): string {
  const element = `CAST(${toJsonSql({ sql: 'e', type })} AS VARCHAR)`;
  const text = `'[' || array_to_string(list_transform(${list}, lambda e: ${element}), ',') || ']'`;
  return `coalesce(${text}, ${refuseAtRunTime(`'${aggregate.name}' of no values`)})`;
}

function expectOrdered(arg: Arg, refuse: (what: string, hint?: string) => Error): void {
  if (!ORDERED.includes(arg.type)) throw refuse(`of a ${arg.type}`, 'Convert it with todouble(…).');
}

/** Which of NaN and a number Kusto holds for greater depends on which it meets first. */
export function withoutNan({ sql, type }: Pick<Arg, 'sql' | 'type'>, name: string): string {
  if (type !== 'real') return sql;
  return `CASE WHEN isnan(${sql}) THEN ${refuseAtRunTime(`'${name}' of NaN`)} ELSE ${sql} END`;
}
