import type { Instant } from '../core/period';
import type { Column } from '../core/table';
import type { CompiledQuery } from './compiled-query';
import { KqlError } from './errors';
import { bindQuery } from './language-service';
import { UnknownColumns, type ColumnsConflict } from './lower-bag-unpack';
import { lowerQuery } from './lower-query';
import { fieldRef } from './make-expression';
import { project } from './lower-window';
import type { Schema } from './schema';
import { relationSql } from './sql-relation';
import { refuseAtRunTime } from './sql-text';

/** What must be asked before it is known which columns a `bag_unpack` gives. */
export interface ColumnProbe {
  /** Gives each slot's name, the JSON kinds of its values, and whether one looks like a time or an id. */
  readonly query: CompiledQuery;
  /** Where the operator stands in the query's text. */
  readonly start: number;
  readonly end: number;
  /** The columns before it, and which of them it unpacks. */
  readonly input: readonly Column[];
  readonly unpacked: string;
  readonly prefix: string;
  readonly conflict: ColumnsConflict;
  readonly ignored: readonly string[];
}

const COLUMNS: readonly Column[] = [
  { name: 'name', type: 'string' },
  { name: 'kinds', type: 'string' },
  { name: 'special', type: 'bool' },
];

/** Texts that a bag may hold as a value of another type: times, timespans and GUIDs. */
const SPECIAL = String.raw`^\d{4}-\d\d-\d\d|^-?(\d+\.)?\d\d:\d\d:\d\d|^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-`;

/** The probe for the first `bag_unpack` without an output schema; null when a query has none, or is wrong anyhow. */
export function probeColumns(text: string, schema: Schema, now: Instant): ColumnProbe | null {
  const bound = bindQuery(text, schema);
  if (bound.findings.length > 0) return null;
  try {
    lowerQuery(text, bound.root, schema, now);
    return null;
  } catch (error) {
    if (!(error instanceof UnknownColumns)) {
      if (error instanceof KqlError) return null;
      throw error;
    }
    return error.range === undefined ? null : probeOf(error, error.range);
  }
}

function probeOf(
  { unpacking }: UnknownColumns,
  { start, end }: { readonly start: number; readonly end: number },
): ColumnProbe {
  const { input, column, prefix, conflict, ignored } = unpacking;
  const bags = project(input, [{ field: column, value: fieldRef(column) }]);
  const sql = relationSql(bags, [{ name: 'bag', type: 'dynamic' }]);
  const refusal = refuseAtRunTime(`'bag_unpack' of what is no bag`);
  const checked = `SELECT CASE WHEN json_type(bag) = 'OBJECT' THEN bag WHEN bag IS NOT NULL THEN ${refusal} END AS bag FROM (${sql})`;
  const special = `CASE e.type WHEN 'VARCHAR' THEN regexp_matches(e.atom ->> '$', '${SPECIAL}') WHEN 'UBIGINT' THEN TRY_CAST(e.atom ->> '$' AS BIGINT) IS NULL ELSE false END`;
  const slots = `SELECT e.key AS name, string_agg(DISTINCT e.type, ',' ORDER BY e.type) AS kinds, bool_or(${special}) AS special FROM (${checked}) q, json_each(q.bag) e GROUP BY e.key`;
  return {
    query: { sql: slots, columns: COLUMNS, tables: [], orderDefined: false, approximate: false },
    start,
    end,
    input: input.fields.map(({ name, type }) => ({ name, type })),
    unpacked: column.name,
    prefix,
    conflict,
    ignored,
  };
}
