import { createHash } from 'node:crypto';
import type { Archive } from './archive';
import { piecesOf, type Content } from './pieces';

export { stableJson } from './stable-json';

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
