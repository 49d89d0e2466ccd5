/** One value of DER: its tag, where its content is, and the whole of it. */
export interface Der {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly whole: Uint8Array;
}

export const TAG = {
  integer: 0x02,
  octetString: 0x04,
  oid: 0x06,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** `[n]`, constructed. */
  context: (n: number): number => 0xa0 + n,
} as const;

/** Bytes that are not the DER that was expected. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** The value that bytes hold, and nothing else. Throws a DerError. */
export function readDer(bytes: Uint8Array): Der {
  const value = readAt(bytes, 0);
  if (value.whole.length !== bytes.length) throw new DerError('there are bytes after the value');
  return value;
}

/** The values in a SEQUENCE or SET, or behind a tag. Throws a DerError. */
export function childrenOf(value: Der): Der[] {
  const children: Der[] = [];
  for (let offset = 0; offset < value.content.length;) {
    const child = readAt(value.content, offset);
    children.push(child);
    offset += child.whole.length;
  }
  return children;
}

/** A value that must be there with a tag. Throws a DerError. */
export function expectTag(value: Der | undefined, tag: number): Der {
  if (value?.tag !== tag) throw new DerError(`expected the tag ${tag.toString(16)}`);
  return value;
}

/** An OBJECT IDENTIFIER in dotted form. Throws a DerError. */
export function oidOf(value: Der | undefined): string {
  const { content } = expectTag(value, TAG.oid);
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > 0xffff_ffff) throw new DerError('an arc is too long');
    if ((byte & 0x80) !== 0) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first = 0, ...rest] = arcs;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
}

function readAt(bytes: Uint8Array, offset: number): Der {
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) throw new DerError('a value is cut');
  if ((tag & 0x1f) === 0x1f) throw new DerError('a tag has more than one byte');
  const { length, size } = lengthAt(bytes, offset + 1, first);
  const start = offset + 1 + size;
  const end = start + length;
  if (end > bytes.length) throw new DerError('a value is cut');
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(offset, end) };
}

function lengthAt(
  bytes: Uint8Array,
  offset: number,
  first: number,
): { length: number; size: number } {
  if (first < 0x80) return { length: first, size: 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new DerError('a length is not that of DER');
  let length = 0;
  for (let i = 1; i <= count; i += 1) {
    const byte = bytes[offset + i];
    if (byte === undefined) throw new DerError('a value is cut');
    length = length * 256 + byte;
  }
  if (length < 0x80) throw new DerError('a length is longer than it need be');
  return { length, size: count + 1 };
}
