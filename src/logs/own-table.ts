import type { OwnTable } from '../core/known-tables';
import type { KustoType } from '../core/table';
import { sqlName } from '../kql/sql-text';
import { ticksFromIsoSql } from '../kql/ticks';
import { pickFields, type JsonRecord } from './flatten';
import { RESOURCE_COLUMNS, type TableShape } from './table-shape';

/** Holds a record's whole text, which tells records apart that are equal in all declared columns. */
const RECORD = '_Record';

/** How a user's own table is made from the raw records of its category. */
export function ownShape({ name, category, columns, fields }: OwnTable): TableShape {
  // Names of a user's choice never become names of fields that SQL reads.
  const own = columns
    .filter((column) => Object.hasOwn(fields, column.name))
    .map((column, i) => ({ ...column, raw: fields[column.name] ?? column.name, as: `c${i}` }));
  return {
    table: name,
    category: `insights-logs-${category}`,
    fields: ['time', 'resourceId', 'record', ...own.map(({ as }) => as)],
    optional: [],
    direct: false,
    byRegistry: false,
    resourceColumns: RESOURCE_COLUMNS,
    columns: {
      [RECORD]: '"record"',
      ...Object.fromEntries(own.map((column) => [column.name, valueSql(column.as, column.type)])),
    },
    key: ['TimeGenerated', RECORD],
    own: { columns, stored: [...columns, { name: RECORD, type: 'string' }] },
    flatten: (record) => flatten(record, own),
  };
}

function flatten(
  record: JsonRecord,
  own: readonly { readonly raw: string; readonly as: string }[],
): Record<string, string | undefined> {
  const raw = pickFields(record, ['time', 'resourceId', ...own.map((column) => column.raw)]);
  return {
    time: raw['time'],
    resourceId: raw['resourceId'],
    record: JSON.stringify(record),
    ...Object.fromEntries(own.map((column) => [column.as, raw[column.raw]])),
  };
}

/** SQL: a field's text as a value of the column's type; what is none is null. */
function valueSql(field: string, type: KustoType): string {
  const text = sqlName(field);
  switch (type) {
    case 'bool':
      return `TRY_CAST(${text} AS BOOLEAN)`;
    case 'int':
      return `TRY_CAST(${text} AS INTEGER)`;
    case 'long':
      return `TRY_CAST(${text} AS BIGINT)`;
    case 'real':
      return `TRY_CAST(${text} AS DOUBLE)`;
    case 'datetime':
      return ticksFromIsoSql(text);
    case 'dynamic':
      return `CASE WHEN ${text} = '' THEN NULL WHEN json_valid(${text}) THEN ${text} ELSE CAST(to_json(${text}) AS VARCHAR) END`;
    default:
      return text;
  }
}
