import { createHash, createPublicKey } from 'node:crypto';
import type { TokenCredential } from '@azure/identity';
import type { CryptographyClientOptions, KeyVaultKey } from '@azure/keyvault-keys';
import { CryptographyClient, KeyClient, parseKeyVaultKeyIdentifier } from '@azure/keyvault-keys';

import type { Signer } from '../core/archive';
import { TallymanError } from '../core/errors';
import { derFromRaw } from './ecdsa-der';
import type { PublicKey } from './public-key';
import { isSignedBy, publicKeyOf } from './public-key';

export interface KeyVaultSignerOptions {
  /** `https://<vault>/keys/<name>/<version>`: with its version, so that the key never changes unnoticed. */
  readonly keyId: string;
  readonly credential: TokenCredential;
  /** For reading the key, and for each signature, retries included. Default 60. */
  readonly seconds?: number;
  /** Of the SDK's clients. */
  readonly client?: CryptographyClientOptions;
}

const RETRIES = { maxRetries: 4, retryDelayInMs: 500, maxRetryDelayInMs: 10_000 };
const ROLE = 'the role “Key Vault Crypto User” on the key';

/**
 * A signer whose P-256 private key never leaves Azure Key Vault or a managed HSM. The public key is read once;
 * every signature is checked with it before it is used. Throws SIGNING_KEY_INVALID for a key that can't sign
 * ES256 or that this identity may not use, and SIGNING_KEY_UNREACHABLE, as `sign` does.
 */
export async function openKeyVaultSigner(options: KeyVaultSignerOptions): Promise<Signer> {
  const { keyId, credential, seconds = 60 } = options;
  const client = { retryOptions: RETRIES, ...options.client };
  const { vaultUrl, name, version } = identifierOf(keyId);
  const key = await asking(keyId, seconds, (abortSignal) =>
    new KeyClient(vaultUrl, credential, client).getKey(name, { version, abortSignal }),
  );
  const publicKey = usableKey(keyId, key);
  const cryptography = new CryptographyClient(key, credential, client);
  return {
    fingerprint: publicKey.fingerprint,
    publicKeyPem: publicKey.pem,
    keyId,
    sign: async (bytes) => {
      const digest = createHash('sha256').update(bytes).digest();
      const { result } = await asking(keyId, seconds, (abortSignal) =>
        cryptography.sign('ES256', digest, { abortSignal }),
      );
      return checkedSignature(keyId, publicKey, bytes, result);
    },
  };
}

function identifierOf(keyId: string): { vaultUrl: string; name: string; version: string } {
  try {
    const { vaultUrl, name, version } = parseKeyVaultKeyIdentifier(keyId);
    if (version !== undefined && version !== '') return { vaultUrl, name, version };
  } catch {
    // Said below.
  }
  throw invalid(
    keyId,
    'its address has no version',
    'Copy the “Key identifier” of one version: https://<vault>/keys/<name>/<version>.',
  );
}

function usableKey(keyId: string, { key, properties }: KeyVaultKey): PublicKey {
  const { kty, crv, x, y, keyOps } = key ?? {};
  if ((kty !== 'EC' && kty !== 'EC-HSM') || crv !== 'P-256' || x === undefined || y === undefined) {
    const kind = [kty, crv].filter((part) => part !== undefined).join(' on curve ');
    throw invalid(
      keyId,
      `it is ${kind === '' ? 'of an unknown kind' : kind}, and ES256 needs EC on curve P-256`,
      'Create one: az keyvault key create --kty EC --curve P-256 --ops sign.',
    );
  }
  if (properties.enabled === false) {
    throw invalid(keyId, 'it is disabled', 'Enable this version of the key in the vault.');
  }
  if (keyOps !== undefined && !keyOps.includes('sign')) {
    throw invalid(keyId, 'it is not allowed to sign', 'Add “sign” to its permitted operations.');
  }
  const point = { x: base64url(x), y: base64url(y) };
  try {
    return publicKeyOf(
      createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', ...point } }),
    );
  } catch (cause) {
    throw invalid(keyId, 'its public key is no point of the curve', 'Use another key.', cause);
  }
}

function checkedSignature(
  keyId: string,
  publicKey: PublicKey,
  bytes: Uint8Array,
  raw: Uint8Array,
): Uint8Array {
  try {
    const signature = derFromRaw(raw);
    if (isSignedBy(publicKey, bytes, signature)) return signature;
  } catch {
    // Said below.
  }
  throw invalid(
    keyId,
    'the vault’s signature does not fit the key',
    'Nothing was sealed. Check what stands between this program and the vault.',
  );
}

/** Asks the vault, with one time limit over all attempts. */
async function asking<T>(
  keyId: string,
  seconds: number,
  ask: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abortSignal = AbortSignal.timeout(seconds * 1000);
  try {
    return await ask(abortSignal);
  } catch (cause) {
    if (abortSignal.aborted) {
      throw unreachable(keyId, `it did not answer within ${seconds} s`, cause);
    }
    const { statusCode, name } = cause as { statusCode?: number; name?: string };
    const reason = firstLine(cause);
    if (statusCode === 401 || statusCode === 403) {
      throw invalid(
        keyId,
        reason,
        `Give this identity ${ROLE}, or let it through the firewall.`,
        cause,
      );
    }
    if (statusCode === 404) {
      throw invalid(keyId, reason, 'Check the address; a deleted key can be recovered.', cause);
    }
    // An Error without a name is the SDK's own: the key is expired, or not valid yet.
    const isRefusal =
      name === 'Error' || (statusCode !== undefined && statusCode < 500 && statusCode !== 429);
    if (isRefusal) throw invalid(keyId, reason, 'Use another version of the key.', cause);
    throw unreachable(keyId, reason, cause);
  }
}

function invalid(keyId: string, reason: string, hint: string, cause?: unknown): TallymanError {
  const message = `The key ${keyId} can't be used to sign: ${withoutStop(reason)}.`;
  return new TallymanError('SIGNING_KEY_INVALID', message, { hint, cause });
}

function unreachable(keyId: string, reason: string, cause: unknown): TallymanError {
  return new TallymanError(
    'SIGNING_KEY_UNREACHABLE',
    `The vault of the key ${keyId} can't be used: ${withoutStop(reason)}.`,
    {
      hint: 'Nothing was sealed; what is missing is caught up by the next wake-up. Check the network, and Azure’s status.',
      cause,
    },
  );
}

function firstLine(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.split('\n', 1)[0] ?? '';
}

function withoutStop(reason: string): string {
  return reason.trim().replace(/\.$/, '');
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
