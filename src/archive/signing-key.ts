import { createPrivateKey, generateKeyPair, sign } from 'node:crypto';
import { link, mkdtemp, open, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

import type { Signer } from '../core/archive';
import { TallymanError } from '../core/errors';
import { makeFolder } from '../core/make-folder';
import { publicKeyOf } from './public-key';

/**
 * A signer whose P-256 private key lives in a file (PKCS #8, PEM). The key is made when there is no such
 * file; of several processes that try at once, one makes it and all get the same.
 * Throws SIGNING_KEY_INVALID when the file can't be used or others may read it.
 */
export async function openSigningKey(options: { readonly file: string }): Promise<Signer> {
  const file = resolve(options.file);
  try {
    const pem = (await readPrivately(file)) ?? (await makeKey(file));
    return signerFromPem(pem, file);
  } catch (cause) {
    if (cause instanceof TallymanError) throw cause;
    throw invalid(
      file,
      messageOf(cause),
      'Check that the file and its folder may be read and written.',
      cause,
    );
  }
}

/**
 * A signer for a P-256 private key in PEM, without a password. `where` names the key for people.
 * Throws SIGNING_KEY_INVALID for any other text; the error never shows it.
 */
export function signerFromPem(pem: string, where = 'The signing key'): Signer {
  try {
    const privateKey = createPrivateKey(pem);
    const publicKey = publicKeyOf(privateKey);
    return {
      fingerprint: publicKey.fingerprint,
      publicKeyPem: publicKey.pem,
      sign: (bytes) =>
        Promise.resolve(sign('sha256', bytes, { key: privateKey, dsaEncoding: 'der' })),
    };
  } catch (cause) {
    throw invalid(
      where,
      messageOf(cause),
      'Give a P-256 private key in PEM without a password: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256. A stream goes on only with the key it began with.',
      cause,
    );
  }
}

async function readPrivately(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const mode = (await handle.stat()).mode & 0o777;
    // Windows keeps no such bits; there a file is protected by its folder.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw invalid(
        file,
        `others may read it (mode ${mode.toString(8)})`,
        `If nobody else could have copied it: chmod 600 ${file}. If somebody could, it can't be trusted any more.`,
      );
    }
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function makeKey(file: string): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  await makeFolder(dirname(file), 0o700);
  const aside = await mkdtemp(`${file}.`);
  try {
    const source = join(aside, 'key.pem');
    const handle = await open(source, 'wx', 0o600);
    try {
      await handle.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
      await handle.sync();
    } finally {
      await handle.close();
    }
    // A link appears whole or not at all, and fails when another process was first: then its key counts.
    await link(source, file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  const pem = await readPrivately(file);
  if (pem === undefined) throw new Error('it was removed while it was being made');
  return pem;
}

function invalid(where: string, reason: string, hint: string, cause?: unknown): TallymanError {
  const message = `${where} can't be used to sign: ${reason}.`;
  return new TallymanError('SIGNING_KEY_INVALID', message, { hint, cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
