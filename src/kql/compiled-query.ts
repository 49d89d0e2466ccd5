import type { Column } from '../core/table';

/** A query as SQL for the store. */
export interface CompiledQuery {
  readonly sql: string;
  readonly columns: readonly Column[];
  /** The tables that it reads, in order of name. */
  readonly tables: readonly string[];
  /** Whether the query itself says in which order its rows come. */
  readonly orderDefined: boolean;
  /** Whether Kusto itself may give another answer, as with `take` without an order or `take_any`. */
  readonly approximate: boolean;
}
