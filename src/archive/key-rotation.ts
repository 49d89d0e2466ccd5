import type { Signer } from '../core/archive';
import type { KeyRotationPredicate } from './manifest';
import { bytesOfBase64 } from './base64';
import type { VerifyKey } from './verify-source';

/** What a rotation's proof binds together. */
export type RotationTerms = Pick<
  KeyRotationPredicate,
  'stream' | 'sequence' | 'previous' | 'keyFingerprint' | 'newKeyFingerprint'
>;

/** The bytes that the new key signs, to show that its holder takes the chain over at this place. */
export function rotationText(terms: RotationTerms): Uint8Array {
  return new TextEncoder().encode(
    [
      'tallyman key rotation',
      `stream ${terms.stream}`,
      `sequence ${String(terms.sequence)}`,
      `previous ${terms.previous?.sha256 ?? ''}`,
      `old ${terms.keyFingerprint}`,
      `new ${terms.newKeyFingerprint}`,
      '',
    ].join('\n'),
  );
}

/** The `proof` of a rotation to the signer’s key. */
export async function proveRotation(newSigner: Signer, terms: RotationTerms): Promise<string> {
  return Buffer.from(await newSigner.sign(rotationText(terms))).toString('base64');
}

/** Whether a rotation is proved by the key that it names. */
export async function isProved(
  rotation: KeyRotationPredicate,
  newKey: VerifyKey,
): Promise<boolean> {
  const proof = bytesOfBase64(rotation.proof);
  return proof !== undefined && (await newKey.isSignedBy(rotationText(rotation), proof));
}
