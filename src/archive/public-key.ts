import type { KeyObject } from 'node:crypto';
import { createPublicKey, verify } from 'node:crypto';

import { sha256 } from '../core/digest';

export interface PublicKey {
  /** SHA-256, lower-case hex, of the SubjectPublicKeyInfo in DER. */
  readonly fingerprint: string;
  readonly pem: string;
  readonly key: KeyObject;
}

/** A P-256 key's public half. Throws a RangeError for any other kind of key. */
export function publicKeyOf(key: KeyObject): PublicKey {
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new RangeError(`expected an EC key on curve P-256, got ${describe(key)}`);
  }
  const publicKey = key.type === 'public' ? key : createPublicKey(key);
  return {
    fingerprint: sha256(publicKey.export({ type: 'spki', format: 'der' })),
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    key: publicKey,
  };
}

/**
 * The key of a file, or undefined unless the file is, byte for byte, a P-256 public key in PEM as OpenSSL
 * writes it: a changed byte is always seen.
 */
export function parsePublicKey(content: Uint8Array): PublicKey | undefined {
  try {
    const text = Buffer.from(content);
    const parsed = publicKeyOf(createPublicKey(text));
    return text.equals(Buffer.from(parsed.pem)) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a DER-encoded ES256 signature over the bytes was made with the key’s private half. */
export function isSignedBy(key: PublicKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  return verify('sha256', bytes, { key: key.key, dsaEncoding: 'der' }, signature);
}

function describe(key: KeyObject): string {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return `${key.asymmetricKeyType ?? key.type}${curve === undefined ? '' : ` on curve ${curve}`}`;
}
