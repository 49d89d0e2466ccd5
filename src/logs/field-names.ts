import { sqlText } from '../kql/sql-text';

/**
 * SQL for the distinct field names of a file's records: the type of `properties`, the names at the top,
 * the names in `properties`.
 */
export function fieldNamesSql(file: string): string {
  return `SELECT DISTINCT json_type(json, '$.properties'), json_keys(json), json_keys(json, '$.properties')
    FROM read_ndjson_objects([${sqlText(file)}], hive_partitioning = false)`;
}

/**
 * Whether a file that lacks fields really lacks them: none of its names is one of the fields in another
 * case, and `properties` is an object where it is anything at all.
 */
export function readsAll(
  fields: readonly string[],
  rows: readonly (readonly unknown[])[],
): boolean {
  const exact = new Set([...fields, 'properties']);
  const lower = new Set([...exact].map((name) => name.toLowerCase()));
  return rows.every(([type, top, inner]) => {
    if (type !== null && type !== 'OBJECT' && type !== 'NULL') return false;
    return [...namesOf(top), ...namesOf(inner)].every(
      (name) => exact.has(name) || !lower.has(name.toLowerCase()),
    );
  });
}

/** DuckDB gives a list as an object with `items`; null when there is no object. */
function namesOf(list: unknown): readonly string[] {
  return (list as { items: readonly string[] } | null)?.items ?? [];
}
