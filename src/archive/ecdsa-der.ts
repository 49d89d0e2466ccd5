/** Bytes of each half of an ES256 signature. */
const HALF = 32;

/**
 * An ES256 signature as OpenSSL reads it (DER: a SEQUENCE of two INTEGERs, RFC 3279 §2.2.3) from the 64 bytes
 * r‖s in which Key Vault and JWS (RFC 7518 §3.4) write it. Throws a RangeError for anything else.
 */
export function derFromRaw(raw: Uint8Array): Uint8Array {
  if (raw.length !== 2 * HALF) {
    throw new RangeError(`expected a signature of 64 bytes, got ${raw.length}`);
  }
  const body = Buffer.concat([integer(raw.subarray(0, HALF)), integer(raw.subarray(HALF))]);
  // Two integers of 33 bytes at most: the length is always one byte.
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/** Without leading zeros, but with one before a high bit, which would make the number negative. */
function integer(half: Uint8Array): Buffer {
  const first = half.findIndex((byte) => byte !== 0);
  if (first === -1) throw new RangeError('a signature holds no zero');
  const digits = half.subarray(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.from([0x02, sign.length + digits.length, ...sign, ...digits]);
}
