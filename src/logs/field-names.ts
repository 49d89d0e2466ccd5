import { sqlText } from '../kql/sql-text';

/**
 * SQL for the distinct field names of the records of files: the file, the type of `properties`, the
 * names at the top, the names in `properties`.
 */
export function fieldNamesSql(files: readonly string[]): string {
  return `SELECT DISTINCT filename, json_type(json, '$.properties'), json_keys(json), json_keys(json, '$.properties')
    FROM read_ndjson_objects([${files.map(sqlText).join(', ')}], filename = true, hive_partitioning = false)`;
}

/**
 * Whether a record that lacks fields really lacks them: none of its names is one of the fields in
 * another case, and `properties` is an object where it is anything at all. `names` is the type of
 * `properties`, the names at the top and the names in `properties`.
 */
export function readsAll(fields: readonly string[], names: readonly unknown[]): boolean {
  const [type, top, inner] = names;
  if (type !== null && type !== 'OBJECT' && type !== 'NULL') return false;
  const exact = new Set([...fields, 'properties']);
  const lower = new Set([...exact].map((name) => name.toLowerCase()));
  return [...namesOf(top), ...namesOf(inner)].every(
    (name) => exact.has(name) || !lower.has(name.toLowerCase()),
  );
}

/** DuckDB gives a list as an object with `items`; null when there is no object. */
function namesOf(list: unknown): readonly string[] {
  return (list as { items: readonly string[] } | null)?.items ?? [];
}
