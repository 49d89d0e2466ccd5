import type { Instant } from '../core/period';
import type { Column } from '../core/table';
import type { Schema } from './schema';
import { KqlError } from './errors';

/** A query as SQL for the store. */
export interface CompiledQuery {
  readonly sql: string;
  readonly columns: readonly Column[];
  /** The tables that it reads. */
  readonly tables: readonly string[];
  /** Whether the query itself says in which order its rows come. */
  readonly orderDefined: boolean;
  /** Whether Kusto itself may give another answer, as with `take` without an order or `take_any`. */
  readonly approximate: boolean;
}

/**
 * Translates a query. Throws KqlError when the query is wrong, or when it needs something that is not
 * known to be translated correctly.
 */
export function compileKql(text: string, schema: Schema, options: { now: Instant }): CompiledQuery {
  void schema;
  void options;
  throw new KqlError('KQL_UNSUPPORTED', `not yet: ${text.length}`);
}
