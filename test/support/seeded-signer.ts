import { createPrivateKey } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';

import { signerFromPem } from '../../src/archive/signing-key';
import type { Signer } from '../../src/core/archive';
import { sha256 } from '../../src/core/digest';

/** A key that follows from a word and signs without chance (RFC 6979): the same archive has the same bytes. */
export function seededSigner(seed: string): Signer {
  const secret = Buffer.from(sha256(`tallyman test key ${seed}`), 'hex');
  const point = Buffer.from(p256.getPublicKey(secret, false));
  const [x, y] = [point.subarray(1, 33), point.subarray(33)];
  const base64 = (bytes: Buffer): string => bytes.toString('base64url');
  const key = { kty: 'EC', crv: 'P-256', d: base64(secret), x: base64(x), y: base64(y) };
  const pem = createPrivateKey({ key, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' });
  return {
    ...signerFromPem(pem.toString()),
    sign: (bytes) =>
      Promise.resolve(p256.sign(sha256(bytes), secret, { lowS: false }).toBytes('der')),
  };
}
