import type { Instant } from '../core/period';
import type { Column } from '../core/table';
import type { CompiledQuery } from './compiled-query';
import { KqlError } from './errors';
import { NO_BAG } from './functions-tabular';
import type { Field, Relation } from './ir';
import { bindQuery } from './language-service';
import { lowerQuery } from './lower-query';
import { project, unchanged } from './make-relation';
import { namesColumnsLater } from './named-later';
import type { Schema } from './schema';
import { relationSql } from './sql-relation';
import {
  UnknownColumns,
  type ColumnsConflict,
  type PivotAggregate,
  type Pivoting,
  type TextRange,
  type Unpacking,
} from './unknown-columns';

/** What must be asked before it is known which columns a plugin gives, and how to write them then. */
export type ColumnProbe = UnpackProbe | PivotProbe;

interface Probe extends TextRange {
  readonly query: CompiledQuery;
}

/** Its query gives each slot's name, the JSON kinds of its values, and whether one looks like a time or an id. */
export interface UnpackProbe extends Probe {
  readonly plugin: 'bag_unpack';
  /** The columns before it, and which of them it unpacks. */
  readonly input: readonly Column[];
  readonly unpacked: string;
  readonly prefix: string;
  readonly conflict: ColumnsConflict;
  readonly ignored: readonly string[];
}

/** Its query gives each value, and whether it has rows wherever another value has. */
export interface PivotProbe extends Probe {
  readonly plugin: 'pivot';
  readonly column: string;
  readonly aggregate: PivotAggregate;
  readonly kept: readonly string[];
  readonly declared: readonly string[] | undefined;
  /** Whether the query names the columns that it takes of the answer, so that their order means nothing. */
  readonly namedLater: boolean;
}

/** Texts that a bag may hold as a value of another type: times, timespans and GUIDs. */
const SPECIAL = String.raw`^\d{4}-\d\d-\d\d|^-?(\d+\.)?\d\d:\d\d:\d\d|^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-`;

/** The probe for the first plugin whose columns are not known; null when a query has none, or is wrong anyhow. */
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
    const { use, range } = error;
    if (range === undefined) return null;
    if (use.plugin === 'bag_unpack') return unpackProbe(use, range);
    return pivotProbe(use, range, namesColumnsLater(bound.root, range));
  }
}

function unpackProbe(unpacking: Unpacking, range: TextRange): UnpackProbe {
  const { input, column, prefix, conflict, ignored } = unpacking;
  const checked = `SELECT CASE WHEN json_type(bag) = 'OBJECT' THEN bag WHEN bag IS NOT NULL THEN ${NO_BAG} END AS bag FROM (${columnsSql(input, { bag: column })})`;
  const special = `CASE e.type WHEN 'VARCHAR' THEN regexp_matches(e.atom ->> '$', '${SPECIAL}') WHEN 'UBIGINT' THEN TRY_CAST(e.atom ->> '$' AS BIGINT) IS NULL ELSE false END`;
  const slots = `SELECT e.key AS name, string_agg(DISTINCT e.type, ',' ORDER BY e.type) AS kinds, bool_or(${special}) AS special FROM (${checked}) q, json_each(q.bag) e GROUP BY e.key`;
  return {
    plugin: 'bag_unpack',
    query: probeQuery(slots, [
      { name: 'name', type: 'string' },
      { name: 'kinds', type: 'string' },
      { name: 'special', type: 'bool' },
    ]),
    ...range,
    input: input.fields.map(({ name, type }) => ({ name, type })),
    unpacked: column.name,
    prefix,
    conflict,
    ignored,
  };
}

function pivotProbe(
  { input, column, aggregate, kept, declared }: Pivoting,
  range: TextRange,
  namedLater: boolean,
): PivotProbe {
  const staying = Object.fromEntries(kept.map((field, i) => [`k${i}`, field]));
  const cells = columnsSql(input, { name: column, ...staying });
  const row = ['name', ...Object.keys(staying)];
  const everywhere = `count(DISTINCT row(${row.join(', ')})) = (SELECT count(DISTINCT row(${["''", ...row.slice(1)].join(', ')})) FROM cells)`;
  const values = `WITH cells AS (${cells}) SELECT name, ${everywhere} AS everywhere FROM cells GROUP BY name`;
  return {
    plugin: 'pivot',
    query: probeQuery(values, [
      { name: 'name', type: 'string' },
      { name: 'everywhere', type: 'bool' },
    ]),
    ...range,
    column: column.name,
    aggregate,
    kept: kept.map(({ name }) => name),
    declared,
    namedLater,
  };
}

/** SQL that gives some of a relation's fields under other names. */
function columnsSql(input: Relation, fields: Readonly<Record<string, Field>>): string {
  const columns = Object.entries(fields).map(([name, { type }]) => ({ name, type }));
  return relationSql(project(input, unchanged(Object.values(fields))), columns);
}

function probeQuery(sql: string, columns: readonly Column[]): CompiledQuery {
  return { sql, columns, tables: [], orderDefined: false, approximate: false };
}
