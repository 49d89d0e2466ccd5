import type { KustoType } from '../core/table';
import { unsupported } from './context';
import { functionRule } from './functions';
import { someExpr, type Call, type Expr, type Literal, type Relation } from './ir';
import { PHYSICAL_TYPES } from './physical-types';
import type { Arg, CallSite } from './sql-function';
import { decimalSql, fieldSql, neverNull, sqlText } from './sql-text';
import { windowSql } from './sql-window';

/** What writing expressions needs of the query around them. */
export interface ExpressionWriter {
  /** SQL of the first row's first column of a query, which is evaluated once: `(SELECT c1 FROM s1)`. */
  subquery(query: Relation): string;
  /** SQL of the first column of all of a query's rows. */
  column(query: Relation): string;
  /** A name that nothing else in the query has. */
  name(prefix: string): string;
}

/** What an expression is written into. */
export interface ExpressionScope {
  readonly writer: ExpressionWriter;
  /** The rows' order as `ORDER BY` has it; undefined where they have none. */
  readonly order: string | undefined;
  /** Whether functions may look at other rows in that order. */
  readonly serialized: boolean;
  /** SQL of values that an enclosing `bind` has named. */
  readonly bound: ReadonlyMap<number, string>;
}

/** SQL of an expression. A string is never NULL in it. */
export function expressionSql(expr: Expr, scope: ExpressionScope): string {
  switch (expr.kind) {
    case 'literal':
      return literalSql(expr);
    case 'field':
      return fieldSql(expr.id);
    case 'bound': {
      const sql = scope.bound.get(expr.id);
      if (sql === undefined) throw new TypeError(`value ${expr.id} is not bound`);
      return sql;
    }
    case 'scalar': {
      if (expr.rows === 'all') return scope.writer.column(expr.query);
      return neverNull(scope.writer.subquery(expr.query), expr.type);
    }
    case 'bind': {
      const name = scope.writer.name('v');
      const bound = new Map(scope.bound).set(expr.id, name);
      const body = expressionSql(expr.body, { ...scope, bound });
      return `list_transform([${expressionSql(expr.value, scope)}], lambda ${name}: ${body})[1]`;
    }
    case 'window':
      return windowSql(expr, scope, (part) => expressionSql(part, scope));
    case 'call':
      return callSql(expr, scope);
  }
}

/**
 * SQL of a condition that only chooses rows, where false and null are the same: `==` needs no rules
 * for null there, which lets DuckDB use its indexes and skip blocks.
 */
export function conditionSql(expr: Expr, scope: ExpressionScope): string {
  if (expr.kind === 'call' && (expr.name === 'and' || expr.name === 'or')) {
    const parts = expr.args.map((arg) => conditionSql(arg, scope));
    return `(${parts.join(expr.name === 'and' ? ' AND ' : ' OR ')})`;
  }
  if (expr.kind === 'call' && expr.name === '==' && isPlainEquality(expr)) {
    const [a, b] = expr.args.map((arg) => expressionSql(arg, scope)) as [string, string];
    return `(${a} = ${b})`;
  }
  return expressionSql(expr, scope);
}

function isPlainEquality(call: Call): boolean {
  const [a, b] = call.args as [Expr, Expr];
  const plain: readonly KustoType[] = [
    'string',
    'long',
    'int',
    'datetime',
    'timespan',
    'bool',
    'guid',
  ];
  return a.type === b.type && plain.includes(a.type);
}

/** SQL of a constant, in its physical type. */
export function literalSql({ type, value }: Literal): string {
  const physical = PHYSICAL_TYPES[type];
  if (value === null) return type === 'string' ? `''` : `CAST(NULL AS ${physical})`;
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `CAST(${value} AS ${physical})`;
  if (typeof value === 'number') return `CAST('${numberText(value)}' AS DOUBLE)`;
  return type === 'decimal' ? decimalSql(value) : sqlText(value);
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'Infinity' : '-Infinity';
}

function callSql(call: Call, scope: ExpressionScope): string {
  const rule = functionRule(call.name);
  if (rule === undefined) throw unsupported(`'${call.name}'`, call.place);
  const site: CallSite = {
    name: call.name,
    type: call.type,
    refuse: (what, hint) => unsupported(what, call.place, hint),
  };
  const [fewest, most] = rule.args;
  if (call.args.length < fewest || call.args.length > most) {
    throw site.refuse(`'${call.name}' with ${call.args.length} arguments`);
  }
  const args = call.args.map((arg): Arg => {
    if (arg.type === 'decimal' && rule.decimals !== true) {
      throw site.refuse(`'${call.name}' of a decimal`, 'Convert it with todouble(…).');
    }
    const isMember = arg.kind === 'call' && arg.name === 'member';
    const written = isMember && takesJsonNull(call.name) ? { ...arg, name: 'raw member' } : arg;
    return {
      sql: expressionSql(written, scope),
      type: arg.type,
      literal: arg.kind === 'literal' ? arg : undefined,
    };
  });
  const write = (given: readonly Arg[]): string => neverNull(rule.sql(given, site), call.type);
  const repeats = typeof rule.repeats === 'function' ? rule.repeats(args) : rule.repeats === true;
  const isNamed = repeats || call.args.some(hasSubquery);
  return isNamed ? evaluateOnce(call, args, scope, write, repeats) : write(args);
}

/** Functions to which JSON's null means the same as no value, which saves telling them apart. */
function takesJsonNull(name: string): boolean {
  return [
    'tostring',
    'strcat',
    'toint',
    'tolong',
    'todouble',
    'array_length',
    'has',
    'contains',
    '=~',
  ].includes(name);
}

/**
 * Gives names to arguments that are used more than once, so that nested calls cannot grow without end, and
 * to subqueries, which DuckDB takes neither within a lambda nor within TRY.
 */
function evaluateOnce(
  call: Call,
  args: readonly Arg[],
  scope: ExpressionScope,
  write: (args: readonly Arg[]) => string,
  repeats: boolean,
): string {
  const name = scope.writer.name('v');
  const trial = write(args.map((arg, i) => ({ ...arg, sql: `${name}.a${i}` })));
  const repeated = args.map(
    (_, i) =>
      repeats &&
      !isSimple(call.args[i]) &&
      trial.split(new RegExp(`\\b${name}\\.a${i}\\b`)).length > 2,
  );
  const isWithin = repeated.includes(true) || /\b(lambda|TRY)\b/.test(trial);
  const isNamed = call.args.map((arg, i) => repeated[i] === true || (isWithin && hasSubquery(arg)));
  if (!isNamed.includes(true)) return write(args);
  const fields = args.flatMap((arg, i) => (isNamed[i] === true ? [`'a${i}': ${arg.sql}`] : []));
  const named = args.map((arg, i) =>
    isNamed[i] === true ? { ...arg, sql: `${name}.a${i}` } : arg,
  );
  return `list_transform([{${fields.join(', ')}}], lambda ${name}: ${write(named)})[1]`;
}

function hasSubquery(expr: Expr): boolean {
  return someExpr(expr, (part) => part.kind === 'scalar' && part.rows === 'first');
}

function isSimple(expr: Expr | undefined): boolean {
  return (
    expr === undefined || expr.kind === 'literal' || expr.kind === 'field' || expr.kind === 'bound'
  );
}
