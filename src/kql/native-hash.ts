const MASK = (1n << 64n) - 1n;
const PRIME1 = 0x9e3779b185ebca87n;
const PRIME2 = 0xc2b2ae3d27d4eb4fn;
const PRIME3 = 0x165667b19e3779f9n;
const PRIME4 = 0x85ebca77c2b2ae63n;
const PRIME5 = 0x27d4eb2f165667c5n;

/**
 * xxHash64 with seed 0 as a signed number. `kind` is `text` for the UTF-8 bytes of a text, or `ticks` for
 * the eight bytes of a whole number, lowest first. Source: the algorithm's specification.
 */
export function xxHash64(value: string, kind: string): string {
  const bytes = kind === 'text' ? Buffer.from(value, 'utf8') : Buffer.alloc(8);
  if (kind !== 'text') bytes.writeBigInt64LE(BigInt(value));
  return String(BigInt.asIntN(64, digest(bytes)));
}

function digest(bytes: Buffer): bigint {
  let at = 0;
  let hash = PRIME5;
  if (bytes.length >= 32) {
    const lanes = [(PRIME1 + PRIME2) & MASK, PRIME2, 0n, -PRIME1 & MASK];
    while (at + 32 <= bytes.length) {
      for (const [i, lane] of lanes.entries()) {
        lanes[i] = round(lane, bytes.readBigUInt64LE(at + 8 * i));
      }
      at += 32;
    }
    const [a = 0n, b = 0n, c = 0n, d = 0n] = lanes;
    hash = (rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n)) & MASK;
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * PRIME1 + PRIME4) & MASK;
  }
  return avalanche(tail(bytes, at, (hash + BigInt(bytes.length)) & MASK));
}

function tail(bytes: Buffer, from: number, start: bigint): bigint {
  let at = from;
  let hash = start;
  for (; at + 8 <= bytes.length; at += 8) {
    hash ^= round(0n, bytes.readBigUInt64LE(at));
    hash = (rotate(hash, 27n) * PRIME1 + PRIME4) & MASK;
  }
  if (at + 4 <= bytes.length) {
    hash ^= (BigInt(bytes.readUInt32LE(at)) * PRIME1) & MASK;
    hash = (rotate(hash, 23n) * PRIME2 + PRIME3) & MASK;
    at += 4;
  }
  for (; at < bytes.length; at += 1) {
    hash ^= (BigInt(bytes.readUInt8(at)) * PRIME5) & MASK;
    hash = (rotate(hash, 11n) * PRIME1) & MASK;
  }
  return hash;
}

function avalanche(hash: bigint): bigint {
  let mixed = ((hash ^ (hash >> 33n)) * PRIME2) & MASK;
  mixed = ((mixed ^ (mixed >> 29n)) * PRIME3) & MASK;
  return mixed ^ (mixed >> 32n);
}

function round(lane: bigint, input: bigint): bigint {
  return (rotate((lane + input * PRIME2) & MASK, 31n) * PRIME1) & MASK;
}

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK;
}
