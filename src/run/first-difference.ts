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

/** The first place where two files differ; undefined when they are the same. */
export function firstDifference(sealed: Uint8Array, made: Uint8Array): FirstDifference | undefined {
  const [a, b] = [Buffer.from(sealed), Buffer.from(made)];
  if (a.equals(b)) return undefined;
  let offset = 0;
  while (offset < a.length && offset < b.length && a[offset] === b[offset]) offset += 1;
  const before = a.subarray(0, offset);
  return {
    offset,
    ...(before.includes(0) ? {} : { line: before.filter((byte) => byte === 0x0a).length + 1 }),
    sealed: excerpt(a, offset),
    made: excerpt(b, offset),
  };
}

function excerpt(content: Buffer, offset: number): string {
  return content.subarray(offset, offset + EXCERPT_BYTES).toString('utf8');
}
