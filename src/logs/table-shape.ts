import { TABLE_SCHEMAS } from '../core/table-schemas';
import type { Column } from '../core/table';
import { sqlName, sqlText } from '../kql/sql-text';
import { ticksFromIsoSql } from '../kql/ticks';

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
  /** SQL over the cleaned fields, for each column that is not made from `time` or constant. */
  readonly columns: Readonly<Record<string, string>>;
  /** Columns that tell almost all records apart: duplicates are sought among records equal in these. */
  readonly key: readonly string[];
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

/** The columns of a shape's table. */
export function columnsOf(shape: TableShape): readonly Column[] {
  const columns = TABLE_SCHEMAS[shape.table];
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

/** Where the fields of a file come from: raw records, or records that `flatten` wrote. */
export type Reading = 'raw' | 'flat';

/**
 * SQL that loads files into a shape's table. Each file has a row in raw._blobs (file, id, received,
 * resource). A line that is no JSON record becomes a row without TimeGenerated; `_incomplete` marks
 * records that lack a field, which may be there under another name.
 */
export function loadSql(shape: TableShape, files: readonly string[], reading: Reading): string {
  const columns = columnsOf(shape);
  const values = columns.map(({ name, type }) => columnSql(shape, name, type === 'string'));
  const missing = shape.fields
    .filter((field) => !shape.optional.includes(field))
    .map((field) => `${sqlName(field)} IS NULL`)
    .join(' OR ');
  const source = readSql(shape, files, reading);
  const fields = shape.fields.map((field) => `${cleaned(field)} AS ${sqlName(field)}`);
  return [
    `INSERT INTO ${rawTable(shape.table)}`,
    `SELECT ${values.join(', ')}, "_id", "_incomplete"`,
    `FROM (SELECT ${fields.join(', ')}, (${missing}) AS "_incomplete", "_id", "_received", "_resource"`,
    `FROM (${source}))`,
  ].join(' ');
}

function columnSql(shape: TableShape, name: string, isText: boolean): string {
  if (name === 'TimeGenerated') return ticksFromIsoSql('"time"');
  if (name === '_TimeReceived') return `"_received"`;
  if (name === 'Type') return sqlText(shape.table);
  if (name === 'SourceSystem') return `'Azure'`;
  const own = shape.columns[name];
  if (own !== undefined) return own;
  return isText ? `''` : 'NULL';
}

function readSql(shape: TableShape, files: readonly string[], reading: Reading): string {
  const names = shape.fields.map(sqlName);
  const top = shape.fields.map((field) => `${sqlText(field)}: 'VARCHAR'`);
  const struct = `STRUCT(${names.map((name) => `${name} VARCHAR`).join(', ')})`;
  const both = reading === 'raw';
  const fields = shape.fields.map((field) => {
    const name = sqlName(field);
    const value = both ? `coalesce(f.${name}, f.properties.${name})` : `f.${name}`;
    // Azure puts the resource in the path too, so that a record without it still has one.
    return field === 'resourceId'
      ? `coalesce(nullif(${value}, ''), b.resource) AS ${name}`
      : `${value} AS ${name}`;
  });
  const columns = both ? [...top, `properties: ${sqlText(struct)}`] : top;
  return [
    `SELECT ${fields.join(', ')}, b.id AS "_id", b.received AS "_received", b.resource AS "_resource"`,
    `FROM read_json([${files.map(sqlText).join(', ')}], format = 'newline_delimited',`,
    `ignore_errors = true, filename = '_file', hive_partitioning = false, columns = {${columns.join(', ')}}) f`,
    `JOIN raw._blobs b ON b.file = f._file`,
  ].join(' ');
}

/** The table behind the view that queries see. */
export function rawTable(table: string): string {
  return `raw.${sqlName(table)}`;
}
