import { createReadStream } from 'node:fs';

/** A longer line is not read as a record. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const LINE_FEED = 0x0a;

/** A line of a file. */
export interface Line {
  readonly offset: number;
  /** Without the line feed; of a line that is too long, its beginning. */
  readonly bytes: Buffer;
  /** Without the line feed. */
  readonly length: number;
  /** Whether a line feed followed. */
  readonly ended: boolean;
}

/** The lines of the first `size` bytes of a file. */
export async function* readLines(path: string, size: number): AsyncGenerator<Line> {
  let held: Buffer[] = [];
  let length = 0;
  let offset = 0;
  const hold = (bytes: Buffer): void => {
    if (length <= MAX_LINE_BYTES) held.push(bytes);
    length += bytes.length;
  };
  const take = (ended: boolean): Line => {
    const [only] = held;
    const bytes = only !== undefined && held.length === 1 ? only : Buffer.concat(held);
    const line = { offset, bytes, length, ended };
    offset += length + (ended ? 1 : 0);
    held = [];
    length = 0;
    return line;
  };
  for await (const chunk of createReadStream(path, { end: size - 1 }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      hold(chunk.subarray(start, end));
      yield take(true);
      start = end + 1;
    }
    hold(chunk.subarray(start));
  }
  if (length > 0) yield take(false);
}
