import { sqlText } from '../kql/sql-text';
import type { RecordLayout } from './table-shape';

/**
 * SQL for the distinct field names of the records of files: the file, the type of `properties`, the
 * names at the top, the names in `properties`.
 */
export function fieldNamesSql(files: readonly string[]): string {
  return `SELECT DISTINCT filename, json_type(json, '$.properties'), json_keys(json), json_keys(json, '$.properties')
    FROM read_ndjson_objects([${files.map(sqlText).join(', ')}], filename = true, hive_partitioning = false)`;
}

/**
 * Whether a record that lacks fields really lacks them: each of its names that is a field's, in whatever
 * case, is one that the layout looks for there, and `properties` is an object where it is anything at
 * all. `names` is the type of `properties`, the names at the top and the names in `properties`.
 */
export function readsAll(
  fields: readonly string[],
  layout: RecordLayout,
  names: readonly unknown[],
): boolean {
  const [type, top, inner] = names;
  if (type !== null && type !== 'OBJECT' && type !== 'NULL') return false;
  const reads = (known: readonly string[], place: ReadonlySet<string>, list: unknown): boolean => {
    const lower = new Set(known.map((name) => name.toLowerCase()));
    return namesOf(list).every((name) => place.has(name) || !lower.has(name.toLowerCase()));
  };
  const readsTop = reads([...fields, 'properties'], new Set([...layout.top, 'properties']), top);
  return readsTop && reads(fields, layout.properties, inner);
}

/** DuckDB gives a list as an object with `items`; null when there is no object. */
function namesOf(list: unknown): readonly string[] {
  return (list as { items: readonly string[] } | null)?.items ?? [];
}
