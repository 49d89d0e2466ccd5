import type { Archive, Signer } from '../core/archive';
import type { ChainEntry } from './chain';
import { appendEntry, linkAfter } from './chain';
import { createOrSame } from './create';
import { proveRotation } from './key-rotation';
import { keyAfter } from './key-trust';
import { keyPath } from './layout';
import type { KeyRotationPredicate } from './manifest';
import { manifestOf } from './manifest';
import { sha256 } from '../core/digest';

/** Why and by what a key was replaced. */
export type RotationReason = Pick<
  KeyRotationPredicate,
  'reason' | 'software' | 'startedAt' | 'sealedAt'
>;

/**
 * Hands a stream over from one key to another: writes the new public key, then the entry that the old key
 * signs and the new one proves. Undefined when the stream has the new key already, so it is safe to call
 * again. Throws as `appendEntry` does.
 */
export async function rotateKey(
  archive: Archive,
  oldSigner: Signer,
  newSigner: Signer,
  stream: string,
  why: RotationReason,
): Promise<ChainEntry | undefined> {
  const { fingerprint, publicKeyPem } = newSigner;
  const pem = Buffer.from(publicKeyPem);
  await createOrSame(archive, keyPath(fingerprint), pem);
  return appendEntry(archive, oldSigner, stream, async (previous, entries) => {
    if (previous === undefined || keyAfter(entries) === fingerprint) return undefined;
    const terms = { stream, ...linkAfter(previous, oldSigner), newKeyFingerprint: fingerprint };
    const proof = await proveRotation(newSigner, terms);
    const subject = { name: `../${keyPath(fingerprint)}`, digest: { sha256: sha256(pem) } };
    return manifestOf([subject], { kind: 'key-rotation', ...terms, ...why, proof });
  });
}
