import type { Column } from '../core/table';
import type { KqlErrorCode } from './errors';
import type { Schema } from './schema';

export interface Diagnostic {
  readonly code: KqlErrorCode;
  readonly message: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly hint?: string;
}

export interface Analysis {
  /** What is wrong; empty for a valid query. */
  readonly diagnostics: readonly Diagnostic[];
  /** The answer's columns, as Kusto names and types them. */
  readonly columns: readonly Column[];
  /** The tables of the schema that the query reads, in order of name. */
  readonly tables: readonly string[];
  readonly functions: readonly {
    readonly name: string;
    readonly line: number;
    readonly column: number;
  }[];
  readonly orderDefined: boolean;
}

/** Parses and binds a query, without translating it. Never throws for a bad query. */
export function analyzeKql(text: string, schema: Schema): Analysis {
  void text;
  void schema;
  return { diagnostics: [], columns: [], tables: [], functions: [], orderDefined: false };
}
