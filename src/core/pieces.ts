/**
 * Bytes that never change and may be too many for memory. They can be gone through as often as needed; each
 * piece is its reader's own.
 */
export interface Pieces {
  /** In bytes. */
  readonly size: number;
  /** The bytes from `start` up to `end`; all of them by default. */
  read(start?: number, end?: number): Iterable<Uint8Array>;
}

/** What a file holds: its bytes at once, or piece by piece. */
export type Content = Uint8Array | Pieces;

/** The same bytes as pieces; a text becomes UTF-8. */
export function piecesOf(content: Content | string): Pieces {
  if (typeof content === 'string') return inMemory(Buffer.from(content));
  return content instanceof Uint8Array ? inMemory(content) : content;
}

function inMemory(bytes: Uint8Array): Pieces {
  return {
    size: bytes.byteLength,
    *read(start = 0, end = bytes.byteLength) {
      if (start < end) yield bytes.subarray(start, end);
    },
  };
}

/** Contents one after another, as one. */
export function joined(contents: readonly (Content | string)[]): Pieces {
  const parts = contents.map(piecesOf);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  return {
    size,
    *read(start = 0, end = size) {
      let offset = 0;
      for (const part of parts) {
        const [from, to] = [Math.max(0, start - offset), Math.min(part.size, end - offset)];
        if (from < to) yield* part.read(from, to);
        offset += part.size;
      }
    },
  };
}

/** The bytes from `start` up to `end` alone. */
export function partOf(whole: Pieces, start: number, end: number): Pieces {
  return {
    size: end - start,
    read: (from = 0, to = end - start) => whole.read(start + from, start + to),
  };
}

/** All bytes at once: only for what is known to be small. */
export function bytesOf(content: Content): Uint8Array {
  return content instanceof Uint8Array ? content : Buffer.concat([...content.read()]);
}

/** All bytes as one text, which they must be in UTF-8: only for what is known to be small. */
export function textOf(content: Content): string {
  const bytes = bytesOf(content);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
