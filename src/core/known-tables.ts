import type { Column } from './table';
import { AZURE_TABLES_VERSION, TABLE_SCHEMAS } from './table-schemas';

/** A table that users describe themselves: `templates/tables/<name>.yaml`. */
export interface OwnTable {
  readonly name: string;
  /** Of its description; said when a query names a column that is not in it. */
  readonly version: string;
  /** The category of diagnostic settings that fills it: `insights-logs-<category>` in a log archive. */
  readonly category: string;
  /** All that queries may name, also those that every table has. */
  readonly columns: readonly Column[];
  /** For each column of its own: the field of a raw record that it is read from, in any case. */
  readonly fields: Readonly<Record<string, string>>;
}

/** The tables that queries may name. */
export interface KnownTables {
  readonly schemas: Readonly<Record<string, readonly Column[]>>;
  /** For each table, what its description is called and its version. */
  readonly versions: Readonly<Record<string, string>>;
  readonly own: readonly OwnTable[];
}

/** The columns that every own table has; they come from a record's path, its `time` and its `resourceId`. */
export const STANDARD_COLUMNS: readonly Column[] = [
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'Type', type: 'string' },
  { name: 'SourceSystem', type: 'string' },
  { name: '_ResourceId', type: 'string' },
  { name: '_SubscriptionId', type: 'string' },
  { name: '_TimeReceived', type: 'datetime' },
];

const AZURE = `Azure Monitor’s tables, version ${AZURE_TABLES_VERSION}`;

/** Azure Monitor’s tables alone. */
export const AZURE_TABLES: KnownTables = {
  schemas: TABLE_SCHEMAS,
  versions: Object.fromEntries(Object.keys(TABLE_SCHEMAS).map((name) => [name, AZURE])),
  own: [],
};

/** Azure Monitor’s tables and a user’s own. */
export function withOwnTables(own: readonly OwnTable[]): KnownTables {
  if (own.length === 0) return AZURE_TABLES;
  const { schemas, versions } = AZURE_TABLES;
  return {
    schemas: { ...schemas, ...Object.fromEntries(own.map(({ name, columns }) => [name, columns])) },
    versions: {
      ...versions,
      ...Object.fromEntries(
        own.map(({ name, version }) => [name, `own table ${name}, version ${version}`]),
      ),
    },
    own,
  };
}
