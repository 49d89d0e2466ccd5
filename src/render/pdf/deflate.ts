import { deflateSync } from 'node:zlib';

/** A zlib stream. */
export function deflate(data: Uint8Array): Uint8Array {
  return deflateSync(data);
}
