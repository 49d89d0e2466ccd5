import { createHash } from 'node:crypto';
import type { Archive } from './archive';
import { piecesOf, type Content } from './pieces';

/** Lower-case hexadecimal SHA-256 of bytes, or of a string's UTF-8 bytes. */
export function sha256(content: Content | string): string {
  const hash = createHash('sha256');
  if (typeof content === 'string') return hash.update(content).digest('hex');
  for (const piece of piecesOf(content).read()) hash.update(piece);
  return hash.digest('hex');
}

/** The same, and the number of bytes, of what comes little by little and is not kept. */
export async function sha256Later(
  pieces: AsyncIterable<Uint8Array>,
): Promise<{ readonly size: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    size += piece.byteLength;
  }
  return { size, sha256: hash.digest('hex') };
}

/** The same of a file that an archive holds, however large it is; undefined when there is none. */
export async function sha256In(archive: Archive, path: string): Promise<string | undefined> {
  if (archive.digest !== undefined) return archive.digest(path);
  const content = await archive.open(path);
  return content && sha256(content);
}

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
