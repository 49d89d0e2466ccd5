import type { Carried, Expr, Field, Relation } from './ir';
import { someExpr } from './ir';
import { PHYSICAL_TYPES } from './physical-types';
import { literalSql } from './sql-expression';
import { fieldSql, refuseAtRunTime } from './sql-text';

/** More rows take too long, because each step copies what came before it. */
const MOST_ROWS = 20_000;

/** The rows under a name. */
export interface FoldRows {
  readonly rows: string;
  /** The column that numbers all of them. */
  readonly ordinal: string;
  /** The column that tells groups apart, and the one that numbers the rows of each. */
  readonly group: string;
  readonly place: string;
}

/** SQL of the rows with those columns. */
export function foldRowsSql(
  relation: Relation & { kind: 'fold' },
  names: FoldRows,
  { order, group }: { readonly order: string; readonly group: string | undefined },
  input: string,
): string {
  const partition = group === undefined ? '' : `PARTITION BY ${group} `;
  const list = [
    ...relation.input.fields.map((field) => fieldSql(field.id)),
    `row_number() OVER (ORDER BY ${order}) AS ${names.ordinal}`,
    `${group ?? '0'} AS ${names.group}`,
    `row_number() OVER (${partition}ORDER BY ${order}) AS ${names.place}`,
  ];
  return `SELECT ${list.join(', ')} FROM (${input})`;
}

/**
 * SQL of a fold over numbered rows. SQL's own recursion takes milliseconds for each row; a reduced list
 * takes microseconds. The list begins with the initial values, which belong to no row.
 */
export function foldSql(
  relation: Relation & { kind: 'fold' },
  { rows, ordinal, group, place }: FoldRows,
  write: (value: Expr, bound: ReadonlyMap<number, string>) => string,
): string {
  const { carried } = relation;
  const read = relation.input.fields.filter((field) => carried.some((each) => uses(each, field)));
  const bound = new Map<number, string>([
    ...read.map((field): [number, string] => [field.id, `x[1].${fieldSql(field.id)}`]),
    ...carried.map((each): [number, string] => [
      each.before.id,
      `a[-1].${fieldSql(each.field.id)}`,
    ]),
  ]);
  const nothing = read.map((field) => member(field, 'NULL'));
  const initial = carried.map((each) => member(each.field, literalSql(each.initial)));
  const given = read.map((field) => member(field, fieldSql(field.id)));
  const next = carried.map((each) => member(each.field, write(bindFields(each.next), bound)));
  const struct = (members: readonly string[]): string => `{${members.join(', ')}}`;
  const first = `[[${struct([...nothing, ...initial])}]]`;
  const list = `list([${struct([...given, ...initial])}] ORDER BY ${ordinal})`;
  const refusal = refuseAtRunTime(`${relation.what} of more than ${MOST_ROWS} rows`);
  const all = `SELECT ${group} AS g, CASE WHEN count(*) > ${MOST_ROWS} THEN ${refusal} ELSE ${list} END AS l FROM ${rows} GROUP BY ${group}`;
  const step = struct([...nothing, ...next]);
  const reduced = `list_reduce(${first} || l, lambda a, x: list_append(a, ${step}))`;
  const folded = `SELECT g, unnest(range(0, len(l) + 1)) AS p, unnest(${reduced}) AS s FROM (${all})`;
  const columns = [
    ...relation.input.fields.map((field) => `r.${fieldSql(field.id)} AS ${fieldSql(field.id)}`),
    ...carried.map(({ field }) => `f.s.${fieldSql(field.id)} AS ${fieldSql(field.id)}`),
    `r.${ordinal} AS ${ordinal}`,
  ];
  return `SELECT ${columns.join(', ')} FROM ${rows} r JOIN (${folded}) f ON f.g IS NOT DISTINCT FROM r.${group} AND f.p = r.${place}`;
}

function member(field: Field, sql: string): string {
  return `'${fieldSql(field.id)}': CAST(${sql} AS ${PHYSICAL_TYPES[field.type]})`;
}

function uses({ next }: Carried, field: Field): boolean {
  return someExpr(next, (part) => part.kind === 'field' && part.id === field.id);
}

/** Fields become bound values, because they are members of the list's elements here. */
function bindFields(expr: Expr): Expr {
  switch (expr.kind) {
    case 'field':
      return { kind: 'bound', type: expr.type, id: expr.id };
    case 'call':
      return { ...expr, args: expr.args.map(bindFields) };
    case 'bind':
      return { ...expr, value: bindFields(expr.value), body: bindFields(expr.body) };
    default:
      return expr;
  }
}
