import { z } from 'zod';

import { stableJson } from '../core/digest';
import { parseJson } from './json';

/** What a chain entry says: which manifest, signed by whom. */
export interface Seal {
  readonly manifestSha256: string;
  /** DER-encoded ES256 signature over the manifest’s bytes. */
  readonly signature: Uint8Array;
  /** Of the key that made the signature; not itself signed. */
  readonly keyFingerprint: string;
}

const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

const bundleSchema = z.object({
  messageSignature: z.object({
    messageDigest: z.object({ digest: z.string() }),
    signature: z.string(),
  }),
  verificationMaterial: z.object({ publicKey: z.object({ hint: z.string() }) }),
});

/** A Sigstore bundle v0.3. Equal seals give equal bytes. */
export function bundleBytes(seal: Seal): Uint8Array {
  const bundle = {
    mediaType: MEDIA_TYPE,
    messageSignature: {
      messageDigest: {
        algorithm: 'SHA2_256',
        digest: Buffer.from(seal.manifestSha256, 'hex').toString('base64'),
      },
      signature: Buffer.from(seal.signature).toString('base64'),
    },
    verificationMaterial: { publicKey: { hint: seal.keyFingerprint } },
  };
  return Buffer.from(stableJson(bundle));
}

/**
 * The seal of a bundle, or undefined unless the bytes are exactly those that `bundleBytes` gives for it.
 * Most of a bundle is not signed, so only comparing all of it shows every change.
 */
export function parseBundle(bytes: Uint8Array): Seal | undefined {
  const parsed = bundleSchema.safeParse(parseJson(bytes));
  if (!parsed.success) return undefined;
  const { messageSignature, verificationMaterial } = parsed.data;
  const seal = {
    manifestSha256: Buffer.from(messageSignature.messageDigest.digest, 'base64').toString('hex'),
    signature: Buffer.from(messageSignature.signature, 'base64'),
    keyFingerprint: verificationMaterial.publicKey.hint,
  };
  const isDigest = /^[0-9a-f]{64}$/;
  if (!isDigest.test(seal.manifestSha256) || !isDigest.test(seal.keyFingerprint)) return undefined;
  return Buffer.from(bundleBytes(seal)).equals(bytes) ? seal : undefined;
}
