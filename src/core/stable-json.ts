/**
 * JSON with object keys in code-unit order, two-space indentation and a final newline: equal values
 * give equal bytes. Keys that are array indices (`9`, `10`) come first and by size, as in every JavaScript object;
 * definition digests in archives rest on that. Keys whose value is undefined are left out, as in JSON.stringify.
 */
export function stableJson(value: unknown): string {
  return `${JSON.stringify(sortKeys(value), null, 2)}\n`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const record = value as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(record)
      .sort()
      .map((key) => [key, sortKeys(record[key])]),
  );
}
