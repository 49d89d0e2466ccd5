import type { KustoType } from '../core/table';

/**
 * How tables lie in the store; whoever writes loading SQL keeps to it:
 * - the table's name and its columns' names are quoted exactly as in the schema;
 * - string, guid: VARCHAR. A string is NOT NULL, '' when missing; a guid may be NULL;
 * - dynamic: VARCHAR holding valid JSON text, or NULL;
 * - datetime, timespan: BIGINT ticks of 100 ns (see ticks.ts); the session's TimeZone is UTC;
 * - int INTEGER, long BIGINT, real DOUBLE, bool BOOLEAN, decimal DECIMAL(38,17).
 * Rows have no order.
 */
export const PHYSICAL_TYPES: Readonly<Record<KustoType, string>> = {
  bool: 'BOOLEAN',
  datetime: 'BIGINT',
  decimal: 'DECIMAL(38,17)',
  dynamic: 'VARCHAR',
  guid: 'VARCHAR',
  int: 'INTEGER',
  long: 'BIGINT',
  real: 'DOUBLE',
  string: 'VARCHAR',
  timespan: 'BIGINT',
};
