import type { Scope } from './context';
import { KqlError, type Place } from './errors';
import type { Field, Relation } from './ir';
import { endOf, type SyntaxNode } from './syntax';

/** What to do with a slot whose name a column already has. */
export type ColumnsConflict = 'error' | 'replace_source' | 'keep_source';

/** How a query unpacks a column's bags. */
export interface Unpacking {
  readonly plugin: 'bag_unpack';
  readonly input: Relation;
  readonly column: Field;
  readonly prefix: string;
  readonly conflict: ColumnsConflict;
  readonly ignored: readonly string[];
}

/** How a query makes columns of a column's values. */
export interface Pivoting {
  readonly plugin: 'pivot';
  readonly input: Relation;
  /** Its values become columns. */
  readonly column: Field;
  /** Fills the new columns. */
  readonly aggregate: PivotAggregate;
  /** The columns that stay, which tell the rows apart. */
  readonly kept: readonly Field[];
  /** The new columns, where the query declares what it gives. */
  readonly declared: readonly string[] | undefined;
}

/** An aggregate, with its argument as it stands in the query; `count` has none. */
export interface PivotAggregate {
  readonly name: string;
  readonly argument: string;
}

/** Where an operator stands in the query's text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Thrown for a plugin whose columns depend on the data: see known-columns.ts. */
export class UnknownColumns extends KqlError {
  constructor(
    readonly use: Unpacking | Pivoting,
    /** Undefined where it stands in a function, whose text is used in several places. */
    readonly range: TextRange | undefined,
    place: Place,
  ) {
    super(
      'KQL_UNSUPPORTED',
      `${WITHOUT_COLUMNS[use.plugin]} is not supported here`,
      place,
      REMEDIES[use.plugin],
    );
  }
}

const WITHOUT_COLUMNS: Readonly<Record<'bag_unpack' | 'pivot', string>> = {
  bag_unpack: `'bag_unpack' without an output schema`,
  pivot: `'pivot'`,
};

/** What a query's author can do instead. */
export const REMEDIES: Readonly<Record<'bag_unpack' | 'pivot', string>> = {
  bag_unpack: 'Say which columns it gives: evaluate bag_unpack(…) : (*, Name:string, Size:long).',
  pivot: 'Write each column: summarize Push = countif(Operation == "Push") by Repository.',
};

/** Where an operator stands, unless in a function. */
export function rangeOf(operator: SyntaxNode, scope: Scope): TextRange | undefined {
  return scope.calledAt === undefined ? { start: operator.start, end: endOf(operator) } : undefined;
}
