import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { RowSource } from './row-source';

/** Lines are compressed in pieces of about this many characters. */
const PIECE = 1 << 16;

/**
 * A table as JSON Lines (one object for each row, keys in code-unit order, no spaces, values raw as in the
 * evidence), compressed with gzip. Equal tables give equal bytes.
 */
export async function* renderJsonl(table: RowSource): AsyncGenerator<Uint8Array> {
  yield* Readable.from(pieces(table)).pipe(createGzip()) as AsyncIterable<Uint8Array>;
}

function* pieces({ columns, rows }: RowSource): Generator<Buffer> {
  const keys = columns
    .map(({ name }, index) => ({ name, index, key: `${JSON.stringify(name)}:` }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  let piece = '';
  for (const row of rows) {
    const fields = keys.map(({ key, index }) => key + JSON.stringify(row[index] ?? null));
    piece += `{${fields.join(',')}}\n`;
    if (piece.length < PIECE) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  // A stream of nothing would be no gzip file.
  yield Buffer.from(piece);
}
