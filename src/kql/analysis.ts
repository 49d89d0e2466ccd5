import type { Column } from '../core/table';
import type { KqlErrorCode } from './errors';

/** One thing that is wrong with a query, with its place in the text. */
export interface Diagnostic {
  readonly code: KqlErrorCode;
  readonly message: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly hint?: string;
}

/** What a query is found to be without translating it. */
export interface Analysis {
  /** What is wrong; empty for a valid query. */
  readonly diagnostics: readonly Diagnostic[];
  /** The answer's columns, as Kusto names and types them. */
  readonly columns: readonly Column[];
  /** The tables of the schema that the query names, in order of name. */
  readonly tables: readonly string[];
  /** The functions that are called and are not the query's own, in order of place. */
  readonly functions: readonly {
    readonly name: string;
    readonly line: number;
    readonly column: number;
  }[];
  /** Whether the query says in which order its rows come. */
  readonly orderDefined: boolean;
  /** Present when the answer over a span of time is certainly the answers over the span's parts in turn. */
  readonly rowWise?: RowWise;
}

/** A query that makes each row of its answer from one record. */
export interface RowWise {
  /** The one table that it reads. */
  readonly table: string;
  /** In which order its rows come in time; `ascending` too when it names no order. */
  readonly order: 'ascending' | 'descending';
}
