import type { Expr, Relation } from './ir';
import { PHYSICAL_TYPES } from './physical-types';
import { argAt, type FunctionRule, type FunctionRules } from './sql-function';
import { fieldSql, refuseAtRunTime, toJsonSql } from './sql-text';

/** The longest array that Kusto's make-series makes. */
const LONGEST = 1_048_576;

/** The number of the step that a value of the axis is in; null outside. Without a start, from 0. */
export const SERIES_RULES: FunctionRules = { step: stepRule(false), 'closed step': stepRule(true) };

function stepRule(closed: boolean): FunctionRule {
  return {
    args: [4, 4],
    repeats: true,
    sql: (args) => {
      const [axis, from, to, step] = [0, 1, 2, 3].map((i) => argAt(args, i));
      const value = axis?.sql ?? '';
      const first = isNothing(from?.literal) ? undefined : from?.sql;
      const conditions = [`${value} IS NOT NULL`];
      if (first !== undefined) conditions.push(`${value} >= ${first}`);
      if (!isNothing(to?.literal)) {
        // The last step of a closed range holds what lies beyond its beginning too.
        const end = to?.sql ?? '';
        conditions.push(closed ? `${value} < ${end} + ${step?.sql ?? ''}` : `${value} < ${end}`);
      }
      const distance = first === undefined ? value : `(${value} - ${first})`;
      const number = `CAST(floor(${distance} / ${step?.sql ?? ''}) AS BIGINT)`;
      const whole = `(${distance} // ${step?.sql ?? ''})`;
      return `CASE WHEN ${conditions.join(' AND ')} THEN ${first === undefined ? number : whole} END`;
    },
  };
}

function isNothing(literal: { readonly value: unknown } | undefined): boolean {
  return literal?.value === null;
}

/** SQL of make-series over the groups' steps, which stand in a named query. */
export function seriesSql(
  relation: Relation & { kind: 'series' },
  input: string,
  write: (value: Expr) => string,
): string {
  const { axis, groups, series } = relation;
  const step = fieldSql(relation.step.id);
  const keys = groups.map((group) => fieldSql(group.id));
  const start = axis.from === undefined ? '0' : write(axis.from);
  const size = write(axis.step);
  const [low, end] = [
    axis.from === undefined ? `min(${step})` : '0',
    endSql(relation, step, write),
  ];
  const bounds = `SELECT ${low} AS low, ${end} AS above, ${checks(relation, step, size, write)} AS checked, count(*) AS rows FROM ${input}`;
  const steps = `SELECT unnest(range(low, least(above, low + ${LONGEST + 1}))) AS p FROM (${bounds}) WHERE checked`;
  const lost = refuseAtRunTime('make-series of a group that lies outside of the range');
  const found = `SELECT ${[...keys, `CASE WHEN count(${step}) = 0 THEN ${lost} ELSE true END AS inside`].join(', ')} FROM ${input}${keys.length === 0 ? ' HAVING count(*) > 0' : ` GROUP BY ${keys.join(', ')}`}`;
  const all = relation.nonempty ? 'SELECT true AS inside' : found;
  const on = [`x.${step} = p.p`, ...keys.map((key) => `x.${key} IS NOT DISTINCT FROM g.${key}`)];
  const arrays = series.map((each) => {
    const type = PHYSICAL_TYPES[each.value.type];
    const value = { sql: `x.${fieldSql(each.value.id)}`, type: each.value.type };
    const absent = { sql: `CAST(${write(each.absent)} AS ${type})`, type: each.value.type };
    const element = `CASE WHEN x.${step} IS NULL THEN ${toJsonSql(absent)} ELSE ${toJsonSql(value)} END`;
    return `${arraySql(element)} AS ${fieldSql(each.field.id)}`;
  });
  const place = { sql: `(${start} + p.p * ${size})`, type: axis.type };
  arrays.push(`${arraySql(toJsonSql(place))} AS ${fieldSql(axis.field.id)}`);
  const list = [...keys.map((key) => `g.${key} AS ${key}`), ...arrays].join(', ');
  const groupBy =
    keys.length === 0
      ? 'HAVING count(*) > 0'
      : `GROUP BY ${keys.map((key) => `g.${key}`).join(', ')}`;
  return `SELECT ${list} FROM (${all}) g CROSS JOIN (${steps}) p LEFT JOIN ${input} x ON ${on.join(' AND ')} WHERE g.inside ${groupBy}`;
}

function arraySql(element: string): string {
  return `'[' || string_agg(CAST(${element} AS VARCHAR), ',' ORDER BY p.p) || ']'`;
}

/** The number of the first step that is not in the series any more. */
function endSql(
  { axis }: Relation & { kind: 'series' },
  step: string,
  write: (value: Expr) => string,
): string {
  if (axis.to === undefined || axis.from === undefined) return `max(${step}) + 1`;
  const [length, size] = [`(${write(axis.to)} - ${write(axis.from)})`, write(axis.step)];
  return axis.closed ? `${length} // ${size} + 1` : `(${length} + ${size} - 1) // ${size}`;
}

/** Ends the query where Kusto's answer is not known: a step that is no step, or steps that begin elsewhere. */
function checks(
  { axis }: Relation & { kind: 'series' },
  step: string,
  size: string,
  write: (value: Expr) => string,
): string {
  const cases = [
    `WHEN ${size} <= 0 THEN ${refuseAtRunTime('make-series with a step that is not positive')}`,
  ];
  if (axis.low !== undefined) {
    const low = `min(${fieldSql(axis.low.id)})`;
    const what = refuseAtRunTime(
      'make-series without from, of values that begin within a step,',
      'Say where it begins and ends: from bin(ago(1d), 1h) to now().',
    );
    cases.push(`WHEN ${low} <> min(${step}) * ${size} THEN ${what}`);
  }
  if (axis.closed && axis.from !== undefined) {
    const what = refuseAtRunTime(
      'make-series in a range that begins within a step',
      'Begin it at a step: in range(bin(ago(1d), 1h), now(), 1h).',
    );
    cases.push(`WHEN ${write(axis.from)} % ${size} <> 0 THEN ${what}`);
  }
  return `CASE ${cases.join(' ')} ELSE true END`;
}
