import type { Instant } from '../core/period';
import type { CompiledQuery } from './compiled-query';
import { diagnose } from './diagnose';
import { KqlError } from './errors';
import { lowerQuery } from './lower-query';
import { isOrderDefined } from './order';
import type { Schema, SchemaVersions } from './schema';
import { relationSql } from './sql-relation';

/** A query as SQL; runs in the parser's process, see compileKql. Throws KqlError. */
export function translate(
  text: string,
  schema: Schema,
  { now, versions = {} }: { readonly now: Instant; readonly versions?: SchemaVersions },
): CompiledQuery {
  const { bound, diagnostics } = diagnose(text, schema, versions);
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
