import type { KustoType } from '../core/table';
import type { Place } from './errors';

/**
 * The engine's own form of a query, between Kusto's syntax and SQL: relations made of fields, and
 * scalar expressions. Every field has an id of its own, so that names never clash on the way.
 */
export interface Field {
  readonly id: number;
  readonly name: string;
  readonly type: KustoType;
}

/** A scalar expression. */
export type Expr = Literal | FieldRef | Call | WindowCall | ScalarQuery | Bind | BindRef;

/** datetime and timespan are ticks; dynamic is JSON text; decimal and guid are their text. */
export interface Literal {
  readonly kind: 'literal';
  readonly type: KustoType;
  readonly value: string | number | bigint | boolean | null;
}

/** A field's value in the current row. */
export interface FieldRef {
  readonly kind: 'field';
  readonly type: KustoType;
  readonly id: number;
}

/** A function or operator by its Kusto name (`strcat`, `==`, `has`). */
export interface Call {
  readonly kind: 'call';
  readonly type: KustoType;
  readonly name: string;
  readonly args: readonly Expr[];
  readonly place: Place;
}

/** A function that looks at other rows in the rows' order: `prev`, `next`, `row_number`, `row_cumsum`. */
export interface WindowCall {
  readonly kind: 'window';
  readonly type: KustoType;
  readonly name: string;
  readonly args: readonly Expr[];
  /** Rows with other values of these are not looked at. */
  readonly group: readonly Expr[];
  readonly place: Place;
}

/** A query's first column: its first row's value or null (`toscalar`), or all rows' (`in (…)`). */
export interface ScalarQuery {
  readonly kind: 'scalar';
  readonly rows: 'first' | 'all';
  readonly type: KustoType;
  readonly query: Relation;
}

/** Evaluates an argument of a user-defined function once for all its uses in the body. */
export interface Bind {
  readonly kind: 'bind';
  readonly type: KustoType;
  readonly id: number;
  readonly value: Expr;
  readonly body: Expr;
}

/** The value that the enclosing `bind` of this id has named. */
export interface BindRef {
  readonly kind: 'bound';
  readonly type: KustoType;
  readonly id: number;
}

/** A column and how it is computed. */
export interface Assignment {
  readonly field: Field;
  readonly value: Expr;
}

/** One of the values that rows are ordered by. */
export interface SortKey {
  readonly value: Expr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** One aggregate; `arg_max` and the like give several fields, which come from the same row. */
export interface Aggregate {
  readonly name: string;
  readonly fields: readonly Field[];
  readonly args: readonly Expr[];
  /** Only rows for which this is true count. */
  readonly filter: Expr | undefined;
  /** Constants that shape the aggregate: a percentile's rank, a list's greatest length. */
  readonly parameter: number | undefined;
  /** Several percentiles' ranks. */
  readonly ranks?: readonly number[];
  readonly place: Place;
}

/** The kinds of join that SQL has; `innerunique` is an inner join of unique left rows. */
export type JoinKind =
  | 'inner'
  | 'leftouter'
  | 'rightouter'
  | 'fullouter'
  | 'leftsemi'
  | 'rightsemi'
  | 'leftanti'
  | 'rightanti';

/** Rows match where these are equal: fields of one type that is not dynamic. */
export interface JoinKey {
  readonly left: Expr;
  readonly right: Expr;
}

/** A relation that is used by name, perhaps several times. */
export interface Share {
  readonly relation: Relation;
  uses: number;
  /** Its name, when `as` gave it. */
  readonly named?: string;
  /** The table of which `let` gave it but another name. */
  readonly alias?: string;
}

/** Which of a pattern's captures, counted from 0, is a number, and whether it may have a fraction. */
export interface CapturedNumber {
  readonly at: number;
  readonly isReal: boolean;
}

/** Rows, and how they are made. What a relation's expressions see are its input's fields. */
export type Relation = { readonly fields: readonly Field[] } & (
  | { readonly kind: 'table'; readonly table: string; readonly columns: readonly string[] }
  | { readonly kind: 'values'; readonly rows: readonly (readonly Expr[])[] }
  | { readonly kind: 'range'; readonly from: Expr; readonly to: Expr; readonly step: Expr }
  | { readonly kind: 'filter'; readonly input: Relation; readonly condition: Expr }
  | { readonly kind: 'project'; readonly input: Relation; readonly items: readonly Assignment[] }
  | {
      readonly kind: 'aggregate';
      readonly input: Relation;
      readonly keys: readonly Assignment[];
      readonly aggregates: readonly Aggregate[];
    }
  | { readonly kind: 'sort'; readonly input: Relation; readonly keys: readonly SortKey[] }
  /**
   * Lets functions look at other rows, in the order that the rows have. A fixed order stays the same
   * when columns are added, because equal rows are numbered.
   */
  | { readonly kind: 'serialize'; readonly input: Relation; readonly fixed: boolean }
  | {
      readonly kind: 'limit';
      readonly input: Relation;
      readonly count: Expr;
      /** So many rows of each group, rather than of all. */
      readonly group: readonly Expr[];
    }
  /** Gives each row a number of its own, which is its order too. */
  | { readonly kind: 'identify'; readonly input: Relation; readonly number: Field }
  | {
      readonly kind: 'join';
      readonly join: JoinKind;
      readonly left: Relation;
      readonly right: Relation;
      readonly keys: readonly JoinKey[];
    }
  /** One row of each left key is kept: the first in the rows' order, or else by value. */
  | { readonly kind: 'unique'; readonly input: Relation; readonly keys: readonly Expr[] }
  | {
      readonly kind: 'union';
      readonly inputs: readonly Relation[];
      /** For each input and each field of the union: the input's value. */
      readonly values: readonly (readonly Expr[])[];
    }
  | {
      readonly kind: 'expand';
      readonly input: Relation;
      readonly items: readonly ExpandItem[];
      readonly index: Field | undefined;
      readonly limit: number;
    }
  | {
      readonly kind: 'match';
      readonly input: Relation;
      readonly text: Expr;
      /** An RE2 pattern with one group for each capture. */
      readonly pattern: string;
      /** Another reading of the same; where the two differ, the query is refused. */
      readonly other: string | undefined;
      /** Captures, after the first of `captures`, that must be numbers in the other reading too. */
      readonly numbers: readonly CapturedNumber[];
      readonly captures: readonly Field[];
    }
  | {
      /** One row for each group, with an array for each value: one element for each step of the axis. */
      readonly kind: 'series';
      /** Has the groups, the steps' numbers (null outside the axis) and the values. */
      readonly input: Relation;
      readonly groups: readonly Field[];
      readonly step: Field;
      readonly series: readonly Series[];
      readonly axis: Axis;
      /** Whether no rows at all make one row of defaults. */
      readonly nonempty: boolean;
    }
  /** Goes through the rows in their order and carries values from each to the next. */
  | {
      readonly kind: 'fold';
      /** What it is part of, for messages. */
      readonly what: string;
      readonly input: Relation;
      /** Rows with other values of these are folded by themselves. */
      readonly group: readonly Expr[];
      readonly carried: readonly Carried[];
    }
  | { readonly kind: 'shared'; readonly share: Share }
);

/** A value that `fold` carries: `next` sees the row's fields and what was `before` it. */
export interface Carried {
  readonly field: Field;
  readonly before: Field;
  readonly initial: Literal;
  readonly next: Expr;
  readonly place: Place;
}

/** An array of make-series; where a step has no rows it has the default. */
export interface Series {
  readonly field: Field;
  readonly value: Field;
  readonly absent: Expr;
}

/** The array of the axis. A start or end that is left out is where the rows begin or end. */
export interface Axis {
  readonly field: Field;
  readonly type: KustoType;
  readonly from: Expr | undefined;
  readonly to: Expr | undefined;
  readonly step: Expr;
  /** Whether the end is a step itself. */
  readonly closed: boolean;
  /** The least value of each step, which tells whether the steps begin where Kusto's would. */
  readonly low: Field | undefined;
}

/** One column of mv-expand. `list` is a dynamic; the field is of the declared type. */
export interface ExpandItem {
  readonly field: Field;
  readonly list: Expr;
  /** Whether a bag's members become `["name", value]` rather than `{"name": value}`. */
  readonly bagAsArray: boolean;
}

/** How many nodes an expression has, counted up to a limit; what is named elsewhere counts as one. */
export function exprSize(expr: Expr): number {
  switch (expr.kind) {
    case 'call':
    case 'window':
      return expr.args.reduce((sum, arg) => sum + exprSize(arg), 1);
    case 'bind':
      return exprSize(expr.value) + exprSize(expr.body) + 1;
    default:
      return 1;
  }
}

/** Whether any part of an expression satisfies a test. */
export function someExpr(expr: Expr, test: (part: Expr) => boolean): boolean {
  if (test(expr)) return true;
  switch (expr.kind) {
    case 'call':
    case 'window':
      return expr.args.some((arg) => someExpr(arg, test));
    case 'bind':
      return someExpr(expr.value, test) || someExpr(expr.body, test);
    default:
      return false;
  }
}
