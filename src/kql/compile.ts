import type { Instant } from '../core/period';
import type { Column } from '../core/table';
import { diagnose } from './analyze';
import { KqlError } from './errors';
import { lowerQuery } from './lower-query';
import { isOrderDefined } from './order';
import { schemaText, type Schema } from './schema';
import { templateOf } from './moments';
import { remembered } from './remembered';
import { relationSql } from './sql-relation';

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

const cache = new WeakMap<Schema, Map<string, CompiledQuery>>();
const MOST_CACHED = 200;

/**
 * Translates a query. The translation is kept, without the moments of its leading `let`s, so
 * that the next period's run finds it. `now` is what `now()` and `ago()` mean. Throws KqlError when the
 * query is wrong, or needs something that is not known to be translated correctly.
 */
export function compileKql(text: string, schema: Schema, options: { now: Instant }): CompiledQuery {
  const template = templateOf(text, options.now);
  const known = cacheOf(schema);
  const key = `${template.now}\n${template.text}`;
  let compiled = known.get(key);
  if (compiled === undefined) {
    compiled = remembered(['translation', template.now, template.text, schemaText(schema)], () =>
      compile(template.text, schema, template.now),
    );
    if (known.size >= MOST_CACHED) known.clear();
    known.set(key, compiled);
  }
  return { ...compiled, sql: template.fill(compiled.sql) };
}

function cacheOf(schema: Schema): Map<string, CompiledQuery> {
  let known = cache.get(schema);
  if (known === undefined) {
    known = new Map();
    cache.set(schema, known);
  }
  return known;
}

function compile(text: string, schema: Schema, now: Instant): CompiledQuery {
  const { bound, diagnostics } = diagnose(text, schema);
  const first = diagnostics[0];
  if (first !== undefined || bound === undefined) {
    throw new KqlError(
      first?.code ?? 'KQL_SYNTAX',
      first?.message ?? 'the query cannot be read',
      first,
      first?.hint,
    );
  }
  const lowered = withoutOverflow(() => lowerQuery(text, bound.root, schema, now));
  const sql = withoutOverflow(() => relationSql(lowered.relation, lowered.columns));
  return {
    sql,
    columns: lowered.columns,
    tables: lowered.tables,
    orderDefined: isOrderDefined(bound.root),
    approximate: lowered.approximate,
  };
}

/** A query that is nested too deeply overflows the stack, which is its own fault and no mistake here. */
function withoutOverflow<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new KqlError('KQL_LIMIT', 'the query is nested too deeply');
  }
}
