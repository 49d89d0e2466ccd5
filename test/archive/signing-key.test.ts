import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isSignedBy, parsePublicKey } from '../../src/archive/public-key';
import { openSigningKey, signerFromPem } from '../../src/archive/signing-key';
import { sha256 } from '../../src/core/digest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-key-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const pemOf = (type: 'ec' | 'ed25519', namedCurve = 'P-256'): string => {
  const { privateKey } =
    type === 'ec' ? generateKeyPairSync('ec', { namedCurve }) : generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};

describe('openSigningKey', () => {
  it('makes a key that only its owner may read, and keeps it', async () => {
    const file = join(folder, 'deep/er/key.pem');
    const made = await openSigningKey({ file });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    const again = await openSigningKey({ file });
    expect(again.fingerprint).toBe(made.fingerprint);
    expect(readdirSync(join(folder, 'deep/er'))).toEqual(['key.pem']);
  });

  it('gives all the same key when many make it at once', async () => {
    const file = join(folder, 'key.pem');
    const signers = await Promise.all(Array.from({ length: 20 }, () => openSigningKey({ file })));
    expect(new Set(signers.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  it('refuses a file that others may read, and says what to do', async () => {
    const file = join(folder, 'key.pem');
    for (const mode of [0o644, 0o640, 0o604]) {
      writeFileSync(file, pemOf('ec'));
      chmodSync(file, mode);
      await expect(openSigningKey({ file })).rejects.toMatchObject({
        code: 'SIGNING_KEY_INVALID',
        hint: expect.stringContaining(`chmod 600 ${file}`) as string,
      });
    }
  });

  it.each([
    ['another curve', pemOf('ec', 'P-384')],
    ['another curve of the same size', pemOf('ec', 'secp256k1')],
    ['another kind of key', pemOf('ed25519')],
    ['no key', 'SECRET'],
    ['nothing', ''],
    [
      'a public key',
      createPublicKey(pemOf('ec')).export({ type: 'spki', format: 'pem' }).toString(),
    ],
  ])('refuses a file that holds %s, without showing it', async (_, content) => {
    const file = join(folder, 'key.pem');
    writeFileSync(file, content, { mode: 0o600 });
    const error = await openSigningKey({ file }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SIGNING_KEY_INVALID' });
    expect(String(error)).not.toContain('SECRET');
  });

  it('says so when the file can’t be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'x');
    await expect(openSigningKey({ file: join(file, 'key.pem') })).rejects.toMatchObject({
      code: 'SIGNING_KEY_INVALID',
    });
  });
});

describe('a signer', () => {
  it('makes signatures that openssl accepts, under the fingerprint that openssl computes', async () => {
    const signer = signerFromPem(pemOf('ec'));
    const [key, signature, data] = ['key.pem', 'signature', 'data'].map((name) =>
      join(folder, name),
    );
    writeFileSync(key!, signer.publicKeyPem);
    writeFileSync(data!, 'some bytes');
    writeFileSync(signature!, await signer.sign(Buffer.from('some bytes')));
    const verify = ['dgst', '-sha256', '-verify', key!, '-signature', signature!, data!];
    expect(execFileSync('openssl', verify).toString()).toContain('Verified OK');
    const der = execFileSync('openssl', ['pkey', '-pubin', '-in', key!, '-outform', 'DER']);
    expect(sha256(der)).toBe(signer.fingerprint);
  });

  it('makes signatures that fail for any other bytes, signature or key', async () => {
    const signer = signerFromPem(pemOf('ec'));
    const key = parsePublicKey(Buffer.from(signer.publicKeyPem))!;
    const other = parsePublicKey(Buffer.from(signerFromPem(pemOf('ec')).publicKeyPem))!;
    const content = Buffer.from('some bytes');
    const signature = Buffer.from(await signer.sign(content));
    expect(isSignedBy(key, content, signature)).toBe(true);
    expect(isSignedBy(other, content, signature)).toBe(false);
    for (let bit = 0; bit < content.length * 8; bit += 1) {
      expect(isSignedBy(key, flipped(content, bit), signature)).toBe(false);
    }
    for (let bit = 0; bit < signature.length * 8; bit += 1) {
      expect(isSignedBy(key, content, flipped(signature, bit))).toBe(false);
    }
    expect(isSignedBy(key, content, Buffer.alloc(0))).toBe(false);
  });
});

describe('parsePublicKey', () => {
  it('accepts no file with a single bit flipped', () => {
    const { fingerprint, publicKeyPem } = signerFromPem(pemOf('ec'));
    const content = Buffer.from(publicKeyPem);
    for (let bit = 0; bit < content.length * 8; bit += 1) {
      expect(parsePublicKey(flipped(content, bit))?.fingerprint).not.toBe(fingerprint);
    }
  });
});

function flipped(content: Buffer, bit: number): Buffer {
  const copy = Buffer.from(content);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}
