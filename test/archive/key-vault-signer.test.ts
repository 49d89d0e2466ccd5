import { spawnSync } from 'node:child_process';
import { createPublicKey, sign, verify } from 'node:crypto';

import { derFromRaw } from '../../src/archive/ecdsa-der';
import { openKeyVaultSigner } from '../../src/archive/key-vault-signer';
import { publicKeyOf } from '../../src/archive/public-key';
import type { Signer } from '../../src/core/archive';
import { isSignedBy } from '../../src/archive/public-key';
import type { KeyVault } from './support/key-vault';
import { CREDENTIAL, startKeyVault, VERSION, willSign } from './support/key-vault';

const MESSAGE = willSign(Buffer.from('a manifest'));

let vault: KeyVault;
beforeEach(async () => {
  vault = await startKeyVault();
});
afterEach(() => vault.stop());

function open(options: { keyId?: string; seconds?: number } = {}): Promise<Signer> {
  const { keyId, client } = vault;
  return openKeyVaultSigner({ keyId, client, credential: CREDENTIAL, seconds: 5, ...options });
}

describe('a signer in a key vault', () => {
  it('signs as OpenSSL reads it, with the key and version that were named', async () => {
    const signer = await open();
    const signature = await signer.sign(MESSAGE);
    const publicKey = publicKeyOf(vault.privateKey);
    expect(signer).toMatchObject({
      fingerprint: publicKey.fingerprint,
      publicKeyPem: publicKey.pem,
      keyId: vault.keyId,
    });
    expect(verify('sha256', MESSAGE, createPublicKey(signer.publicKeyPem), signature)).toBe(true);
    expect(vault.requests).toEqual([
      `GET /keys/tallyman/${VERSION}`,
      `POST /keys/tallyman/${VERSION}/sign`,
    ]);
  });

  it('reads the key once, however much it signs', async () => {
    const signer = await open();
    for (let i = 0; i < 5; i++) await signer.sign(willSign(Buffer.from(`manifest ${i}`)));
    expect(vault.requests.filter((request) => request.startsWith('GET'))).toHaveLength(1);
  });

  it.each([
    ['429', { status: 429, headers: { 'Retry-After': '0' } }],
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['504', { status: 504 }],
    ['a cut connection', { cut: true }],
  ] as const)('tries again after %s', async (_name, reply) => {
    const signer = await open();
    vault.replies.push(reply, reply);
    expect(isSignedBy(publicKeyOf(vault.privateKey), MESSAGE, await signer.sign(MESSAGE))).toBe(
      true,
    );
    expect(vault.requests).toHaveLength(4);
  });

  it.each([
    ['429 with a long wait', { status: 429, headers: { 'Retry-After': '3600' } }, /within 0.3 s/],
    ['500', { status: 500 }, /vault/],
    ['a cut connection', { cut: true }, /vault/],
    ['silence', { hang: true }, /within 0.3 s/],
  ] as const)(
    'gives up on %s in its time, and says that the vault is at fault',
    async (_name, reply, message) => {
      const signer = await open({ seconds: 0.3 });
      for (let i = 0; i < 5; i++) vault.replies.push(reply);
      await expect(signer.sign(MESSAGE)).rejects.toMatchObject({
        code: 'SIGNING_KEY_UNREACHABLE',
        message: expect.stringMatching(message) as string,
        hint: expect.stringMatching(/Nothing was sealed/) as string,
      });
    },
  );

  it.each([
    [401, 'role'],
    [403, 'role'],
    [404, 'address'],
    [400, 'another version'],
  ])('takes HTTP %i as a key that it may not use', async (status, hint) => {
    vault.replies.push({
      status,
      body: { error: { code: 'SomeCode', message: 'Some sentence.' } },
    });
    await expect(open()).rejects.toMatchObject({
      code: 'SIGNING_KEY_INVALID',
      message: expect.stringContaining('Some sentence') as string,
      hint: expect.stringContaining(hint) as string,
    });
  });

  it.each([
    ['another curve', { crv: 'P-384' }, {}, /EC on curve P-384/],
    ['another kind', { kty: 'RSA', crv: undefined }, {}, /it is RSA/],
    ['no public key', { x: undefined }, {}, /needs EC/],
    ['a point beside the curve', { x: Buffer.alloc(32, 1).toString('base64url') }, {}, /no point/],
    ['another purpose', { key_ops: ['verify'] }, {}, /not allowed to sign/],
    ['a disabled version', {}, { enabled: false }, /disabled/],
  ] as const)('refuses %s, and says what to do', async (_name, jwk, attributes, message) => {
    Object.assign(vault.jwk, jwk);
    Object.assign(vault.attributes, attributes);
    await expect(open()).rejects.toMatchObject({
      code: 'SIGNING_KEY_INVALID',
      message: expect.stringMatching(message) as string,
      hint: expect.stringMatching(/\.$/) as string,
    });
  });

  it.each([
    ['expired', { exp: 1_760_000_001 }, /expired/],
    ['not valid yet', { nbf: 4_000_000_000 }, /before/],
  ] as const)('does not sign with a key that is %s', async (_name, attributes, message) => {
    Object.assign(vault.attributes, attributes);
    const signer = await open();
    await expect(signer.sign(MESSAGE)).rejects.toMatchObject({
      code: 'SIGNING_KEY_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    'https://contoso.vault.azure.net/keys/tallyman',
    'https://contoso.vault.azure.net/secrets',
    'x',
  ])('refuses the address %s, because the key behind it may change', async (keyId) => {
    await expect(open({ keyId })).rejects.toMatchObject({ code: 'SIGNING_KEY_INVALID' });
    expect(vault.requests).toEqual([]);
  });

  it.each([
    ['of another key', async (): Promise<string> => otherSignature('P-256')],
    ['of another algorithm', async (): Promise<string> => otherSignature('P-384')],
    ['of zeros', (): Promise<string> => Promise.resolve(Buffer.alloc(64).toString('base64url'))],
    ['of nothing', (): Promise<string> => Promise.resolve('')],
  ])('never passes on a signature %s', async (_name, signatureOf) => {
    const signer = await open();
    vault.replies.push({ body: { kid: vault.keyId, value: await signatureOf() } });
    await expect(signer.sign(MESSAGE)).rejects.toMatchObject({
      code: 'SIGNING_KEY_INVALID',
      message: expect.stringMatching(/does not fit the key/) as string,
    });
  });

  it.each(['not JSON', '{}', '{"key":null}'])('refuses the answer %s', async (body) => {
    vault.replies.push({ body }, { body }, { body });
    await expect(open()).rejects.toMatchObject({
      code: expect.stringMatching(/^SIGNING_KEY_/) as string,
    });
  });

  async function otherSignature(curve: string): Promise<string> {
    const other = await startKeyVault(curve);
    await other.stop();
    return sign('sha256', MESSAGE, {
      key: other.privateKey,
      dsaEncoding: 'ieee-p1363',
    }).toString('base64url');
  }
});

describe('a signature in DER', () => {
  it('is what OpenSSL makes of the same numbers, leading zeros and high bits included', () => {
    const publicKey = publicKeyOf(vault.privateKey);
    const seen = { zeros: 0, high: 0 };
    for (let i = 0; i < 2000 || seen.zeros < 4; i++) {
      const raw = sign('sha256', MESSAGE, { key: vault.privateKey, dsaEncoding: 'ieee-p1363' });
      if (raw[0] === 0 || raw[32] === 0) seen.zeros += 1;
      if (raw[0]! >= 0x80 && raw[32]! >= 0x80) seen.high += 1;
      if (!isSignedBy(publicKey, MESSAGE, derFromRaw(raw))) throw new Error(raw.toString('hex'));
    }
    expect(seen.high).toBeGreaterThan(100);
  });

  it.each([
    ['01', '01'],
    ['7f', '80'],
    ['ff', '0100'],
    ['8000', '7fff'],
    ['80'.padEnd(64, '0'), '7f'.padEnd(64, 'f')],
    ['f'.repeat(64), '1'.padEnd(62, '0')],
    ['00ff'.padEnd(64, 'a'), '0000000000000001'.padEnd(64, 'b')],
  ])('keeps r = %s and s = %s', (r, s) => {
    const raw = Buffer.from(r.padStart(64, '0') + s.padStart(64, '0'), 'hex');
    const { status, stdout } = spawnSync('openssl', ['asn1parse', '-inform', 'DER'], {
      input: derFromRaw(raw),
      encoding: 'utf8',
    });
    if (status === null) {
      console.warn('skipped: there is no openssl here');
      return;
    }
    const numbers = [...stdout.matchAll(/INTEGER +:([0-9A-F]+)/g)].map(([, hex = '']) =>
      BigInt(`0x${hex}`),
    );
    expect(numbers).toEqual([BigInt(`0x${r}`), BigInt(`0x${s}`)]);
    expect(stdout).not.toContain('-');
  });

  it.each([0, 63, 65, 96])('is not made of %i bytes', (length) => {
    expect(() => derFromRaw(Buffer.alloc(length, 1))).toThrow(RangeError);
  });
});
