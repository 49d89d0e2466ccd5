/** A JSON object, as parsed. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value as an object; a text that holds one counts, as some services write `properties` so. */
export function asJsonRecord(value: unknown): JsonRecord | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonRecord;
  }
  if (typeof value !== 'string' || !value.trimStart().startsWith('{')) return undefined;
  try {
    return asJsonRecord(JSON.parse(value));
  } catch {
    return undefined;
  }
}

/** A value as the text that a column holds: strings as they are, all else as JSON; null is missing. */
export function asText(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** An object's value by name, in whatever case it was written; the exact name wins. */
export function field(record: JsonRecord | undefined, name: string): unknown {
  if (record === undefined) return undefined;
  if (Object.hasOwn(record, name)) return record[name];
  const wanted = name.toLowerCase();
  const key = Object.keys(record).find((candidate) => candidate.toLowerCase() === wanted);
  return key === undefined ? undefined : record[key];
}

/** The named fields of a record, from its top level or its `properties`. */
export function pickFields(
  record: JsonRecord,
  names: readonly string[],
): Record<string, string | undefined> {
  const properties = asJsonRecord(field(record, 'properties'));
  return Object.fromEntries(
    names.map((name) => [name, asText(field(record, name)) ?? asText(field(properties, name))]),
  );
}
