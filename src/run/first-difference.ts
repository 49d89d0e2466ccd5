import { bytesOf, partOf, piecesOf, type Content, type Pieces } from '../core/pieces';

/** Where two files begin to differ. */
export interface FirstDifference {
  /** Bytes before it, which are the same in both. */
  readonly offset: number;
  /** 1-based, for texts. */
  readonly line?: number;
  /** What stands there in the sealed file and in the other, as text; cut. */
  readonly sealed: string;
  readonly made: string;
}

const EXCERPT_BYTES = 60;
const COMPARED_AT_ONCE = 1 << 18;

/** The first place where two files differ; undefined when they are the same. */
export function firstDifference(one: Content, other: Content): FirstDifference | undefined {
  const [sealed, made] = [piecesOf(one), piecesOf(other)];
  let isText = true;
  let line = 1;
  const length = Math.max(sealed.size, made.size);
  for (let start = 0; start < length; start += COMPARED_AT_ONCE) {
    const a = bytesAt(sealed, start, COMPARED_AT_ONCE);
    const b = bytesAt(made, start, COMPARED_AT_ONCE);
    const same = commonLength(a, b);
    const before = a.subarray(0, same);
    isText &&= !before.includes(0);
    line += before.filter((byte) => byte === 0x0a).length;
    if (same === Math.max(a.length, b.length)) continue;
    const offset = start + same;
    return {
      offset,
      ...(isText ? { line } : {}),
      sealed: bytesAt(sealed, offset, EXCERPT_BYTES).toString('utf8'),
      made: bytesAt(made, offset, EXCERPT_BYTES).toString('utf8'),
    };
  }
  return undefined;
}

function commonLength(a: Uint8Array, b: Uint8Array): number {
  if (Buffer.compare(a, b) === 0) return a.length;
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}

function bytesAt(file: Pieces, start: number, most: number): Buffer {
  const end = Math.min(file.size, start + most);
  return Buffer.from(start < end ? bytesOf(partOf(file, start, end)) : []);
}
