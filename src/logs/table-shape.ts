import type { Instant } from '../core/period';
import { TABLE_SCHEMAS } from '../core/table-schemas';
import type { Column } from '../core/table';
import { PHYSICAL_TYPES } from '../kql/physical-types';
import { sqlName, sqlText } from '../kql/sql-text';
import { isoToTicks, ticksFromIsoSql } from '../kql/ticks';

/** How one table is made from the raw records of one category. */
export interface TableShape {
  readonly table: string;
  /** The container's name, in lower case. */
  readonly category: string;
  /** The fields of a raw record that loading reads as text; `time` is among them. */
  readonly fields: readonly string[];
  /** Fields that a record often lacks; lacking another makes loading look for other spellings. */
  readonly optional: readonly string[];
  /**
   * Whether DuckDB reads the raw records itself: each field is then at the record's top level or in
   * its `properties`. Otherwise every record goes through `flatten`.
   */
  readonly direct: boolean;
  /** Whether each record belongs to one registry. */
  readonly byRegistry: boolean;
  /** SQL over the cleaned fields, for each column that is not made from `time`, the resource or constant. */
  readonly columns: Readonly<Record<string, string>>;
  /** SQL over `"resourceId"` alone. */
  readonly resourceColumns: Readonly<Record<string, string>>;
  /** Columns that tell almost all records apart: duplicates are sought among records equal in these. */
  readonly key: readonly string[];
  /** Of a user's own table: the columns that queries may name, and all that are stored. */
  readonly own?: { readonly columns: readonly Column[]; readonly stored: readonly Column[] };
  /** The fields of a parsed record, as text; a missing one is undefined. */
  flatten(record: Readonly<Record<string, unknown>>): Record<string, string | undefined>;
}

/** Resource names of ARM ids in lower case, as Azure Monitor Logs keeps them. */
export const RESOURCE_COLUMNS: Readonly<Record<string, string>> = {
  _ResourceId: `lower("resourceId")`,
  _SubscriptionId: segmentAfter('/subscriptions/', `lower("resourceId")`),
};

/** SQL: the path segment after a marker, or ''. Both in lower case. */
export function segmentAfter(marker: string, id: string): string {
  return `split_part(split_part(${id}, ${sqlText(marker)}, 2), '/', 1)`;
}

/** The columns of a shape's table, as they are stored. */
export function columnsOf(shape: TableShape): readonly Column[] {
  const columns = shape.own?.stored ?? TABLE_SCHEMAS[shape.table];
  if (columns === undefined) throw new Error(`no schema for ${shape.table}`);
  return columns;
}

/**
 * The value that stands for a field: Azure writes `"<nil>"` for what is missing, and some tools `-`.
 * Null means that the record has no such field at all.
 */
function cleaned(field: string): string {
  const name = sqlName(field);
  return `CASE WHEN ${name} IS NULL OR ${name} IN ('<nil>', '-') THEN '' ELSE ${name} END`;
}

/**
 * Where the records of some files have their fields: at the top, in `properties`, or now here, now there.
 * Looking for each field in one place only takes DuckDB little more than half the time.
 */
export interface RecordLayout {
  readonly top: ReadonlySet<string>;
  readonly properties: ReadonlySet<string>;
}

/** How the fields of files are found: in raw records of a layout, or in records that `flatten` wrote. */
export type Reading = RecordLayout | 'flat';

/** What is read of a file, and what its path says. */
export interface FileToRead {
  readonly file: string;
  /** The blob's number. */
  readonly id: number;
  /** The hour in its path. */
  readonly received: Instant;
  /** `/SUBSCRIPTIONS/…` */
  readonly resource: string;
}

/** The columns that record files hold: the table's, without those that are equal in all records. */
export function storedColumns(shape: TableShape): readonly Column[] {
  return columnsOf(shape).filter(({ name }) => constantSql(shape, name) === undefined);
}

/** SQL of a column that is equal in all records of a table: most often it is never filled. */
export function constantSql(shape: TableShape, name: string): string | undefined {
  if (name === 'Type') return sqlText(shape.table);
  if (name === 'SourceSystem') return `'Azure'`;
  const isMade =
    name === 'TimeGenerated' ||
    name === '_TimeReceived' ||
    Object.hasOwn(shape.resourceColumns, name) ||
    Object.hasOwn(shape.columns, name);
  const column = columnsOf(shape).find((candidate) => candidate.name === name);
  if (isMade || column === undefined) return undefined;
  return column.type === 'string' ? `''` : `CAST(NULL AS ${PHYSICAL_TYPES[column.type]})`;
}

/**
 * SQL of the records of files: the stored columns, the blob's number, and `_incomplete` for records that
 * lack a field, which may be there under another name. A line that is no JSON record becomes a row
 * without TimeGenerated.
 */
export function recordsSql(
  shape: TableShape,
  files: readonly FileToRead[],
  reading: Reading,
): string {
  const values = storedColumns(shape).map(
    ({ name }) => `${columnSql(shape, name)} AS ${sqlName(name)}`,
  );
  const missing = shape.fields
    .filter((field) => !shape.optional.includes(field))
    .map((field) => `${sqlName(field)} IS NULL`);
  const fields = shape.fields.map((field) => `${cleaned(field)} AS ${sqlName(field)}`);
  return [
    `SELECT ${values.join(', ')}, "_id" AS _blob, _incomplete`,
    `FROM (SELECT ${fields.join(', ')}, (${missing.join(' OR ') || 'false'}) AS _incomplete, "_received", "_id", "_path"`,
    `FROM (${readSql(shape, files, reading)}))`,
  ].join(' ');
}

function columnSql(shape: TableShape, name: string): string {
  if (name === 'TimeGenerated') return ticksFromIsoSql('"time"');
  if (name === '_TimeReceived') return `"_received"`;
  const ofResource = shape.resourceColumns[name];
  if (ofResource !== undefined) {
    // Nearly always the path names the same resource, for which the value is known already.
    return `CASE WHEN "resourceId" = "_path"."resourceId" THEN "_path".${sqlName(name)} ELSE ${ofResource} END`;
  }
  return shape.columns[name] ?? 'NULL';
}

function readSql(shape: TableShape, files: readonly FileToRead[], reading: Reading): string {
  const fields = shape.fields.map((field) => {
    const value = fieldSql(field, reading);
    // Azure puts the resource in the path too, so that a record without it still has one.
    return field === 'resourceId'
      ? `coalesce(nullif(${value}, ''), b."_path"."resourceId") AS "resourceId"`
      : `${value} AS ${sqlName(field)}`;
  });
  const paths = files.map(({ file }) => sqlText(file)).join(', ');
  return [
    `SELECT ${fields.join(', ')}, b."_id", b."_received", b."_path"`,
    `FROM read_json([${paths}], format = 'newline_delimited', ignore_errors = true, filename = '_file',`,
    `hive_partitioning = false, columns = {${jsonColumns(shape, reading)}}) f`,
    `JOIN (${blobsSql(shape, files)}) b ON b.file = f._file`,
  ].join(' ');
}

function fieldSql(field: string, reading: Reading): string {
  const [top, inner] = [`f.${sqlName(field)}`, `f.properties.${sqlName(field)}`];
  if (reading === 'flat' || !reading.properties.has(field)) return top;
  return reading.top.has(field) ? `coalesce(${top}, ${inner})` : inner;
}

function jsonColumns(shape: TableShape, reading: Reading): string {
  const top = shape.fields
    .filter((field) => reading === 'flat' || reading.top.has(field))
    .map((field) => `${sqlText(field)}: 'VARCHAR'`);
  const inner = reading === 'flat' ? [] : [...reading.properties];
  if (inner.length === 0) return top.join(', ');
  const struct = `STRUCT(${inner.map((field) => `${sqlName(field)} VARCHAR`).join(', ')})`;
  return [...top, `properties: ${sqlText(struct)}`].join(', ');
}

/** Per file: its blob's number, when it was received, and `_path`: what the resource in its path gives. */
function blobsSql(shape: TableShape, files: readonly FileToRead[]): string {
  const rows = files.map(
    ({ file, id, received, resource }) =>
      `(${sqlText(file)}, ${id}, ${isoToTicks(received) ?? 0n}, ${sqlText(resource)})`,
  );
  const values = Object.entries(shape.resourceColumns).map(
    ([name, sql]) => `${sqlText(name)}: ${sql}`,
  );
  const path = [`'resourceId': "resourceId"`, ...values].join(', ');
  return `SELECT file, id AS "_id", received AS "_received", {${path}} AS "_path"
    FROM (VALUES ${rows.join(', ')}) v(file, id, received, "resourceId")`;
}

/** The view of all records that were loaded, from which the views that queries see select. */
export function rawTable(table: string): string {
  return `raw.${sqlName(table)}`;
}
