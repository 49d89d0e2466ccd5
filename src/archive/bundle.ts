import { stableJson } from '../core/stable-json';
import { bytesOfBase64 } from './base64';
import { textOf } from './json';

/** What a chain entry says: which manifest, signed by whom. */
export interface Seal {
  readonly manifestSha256: string;
  /** DER-encoded ES256 signature over the manifest’s bytes. */
  readonly signature: Uint8Array;
  /** Of the key that made the signature; not itself signed. */
  readonly keyFingerprint: string;
}

const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A Sigstore bundle v0.3. Equal seals give equal bytes. */
export function bundleBytes(seal: Seal): Uint8Array {
  const digest = Buffer.from(seal.manifestSha256, 'hex').toString('base64');
  const signature = Buffer.from(seal.signature).toString('base64');
  return Buffer.from(bundleText(digest, signature, seal.keyFingerprint));
}

/** A bundle of a digest and a signature in base64. */
function bundleText(digest: string, signature: string, hint: string): string {
  return stableJson({
    mediaType: MEDIA_TYPE,
    messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest }, signature },
    verificationMaterial: { publicKey: { hint } },
  });
}

/**
 * The seal of a bundle, or undefined unless the bytes are exactly those that `bundleBytes` gives for it.
 * Most of a bundle is not signed, so only comparing all of it shows every change.
 */
export function parseBundle(bytes: Uint8Array): Seal | undefined {
  const text = textOf(bytes) ?? '';
  const [digest, signature, hint] = ['digest', 'signature', 'hint'].map(
    (name) => new RegExp(`"${name}": "([A-Za-z0-9+/=]*)"`).exec(text)?.[1],
  );
  if (digest === undefined || signature === undefined || hint === undefined) return undefined;
  if (!/^[0-9a-f]{64}$/.test(hint) || text !== bundleText(digest, signature, hint))
    return undefined;
  const [manifest, signed] = [bytesOfBase64(digest), bytesOfBase64(signature)];
  if (manifest?.length !== 32 || signed === undefined) return undefined;
  return { manifestSha256: hexOf(manifest), signature: signed, keyFingerprint: hint };
}

/** Bytes as lower-case hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
