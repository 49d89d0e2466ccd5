import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { isSignedBy, parsePublicKey } from '../../../src/archive/public-key';
import { parseKey } from '../../../src/web/browser/web-crypto';
import { seededSigner } from '../../support/seeded-signer';

const MESSAGE = Buffer.from('what was sealed');
const signer = seededSigner('browser');
const PEM = Buffer.from(signer.publicKeyPem);

it('says of a signature and of every bit of it what Node says', async () => {
  const key = (await parseKey(PEM))!;
  const byNode = parsePublicKey(PEM)!;
  expect(key.fingerprint).toBe(signer.fingerprint);
  for (let round = 0; round < 8; round += 1) {
    const message = Buffer.concat([MESSAGE, Buffer.from([round])]);
    const signature = Buffer.from(await signer.sign(message));
    expect(await key.isSignedBy(message, signature)).toBe(true);
    expect(await key.isSignedBy(MESSAGE, signature)).toBe(false);
    for (let bit = 0; bit < signature.length * 8; bit += 1) {
      const flipped = Buffer.from(signature);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect([bit, await key.isSignedBy(message, flipped)]).toEqual([
        bit,
        isSignedBy(byNode, message, flipped),
      ]);
    }
  }
});

it('takes no other way to write a signature', async () => {
  const key = (await parseKey(PEM))!;
  const signature = Buffer.from(await signer.sign(MESSAGE));
  const [, length = 0, , size = 0] = signature;
  const longer = Buffer.concat([
    Buffer.from([0x30, length + 1, 0x02, size + 1, 0]),
    signature.subarray(4),
  ]);
  const others = [
    Buffer.concat([signature, Buffer.from([0])]),
    signature.subarray(0, -1),
    Buffer.concat([Buffer.from([0x30, 0x81, length]), signature.subarray(2)]),
    longer,
    Buffer.alloc(0),
    Buffer.from('3006020100020100', 'hex'),
    sign('sha256', MESSAGE, {
      key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
      dsaEncoding: 'ieee-p1363',
    }),
  ];
  for (const other of others) {
    expect(isSignedBy(parsePublicKey(PEM)!, MESSAGE, other)).toBe(false);
    expect(await key.isSignedBy(MESSAGE, other)).toBe(false);
  }
});

it('takes a key’s file as it is written and no other', async () => {
  for (let bit = 0; bit < PEM.length * 8; bit += 1) {
    const flipped = Buffer.from(PEM);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    const key = await parseKey(flipped);
    expect([bit, key?.fingerprint]).toEqual([bit, parsePublicKey(flipped)?.fingerprint]);
  }
  const pemOf = (type: 'ec' | 'rsa'): string => {
    const { publicKey } =
      type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 1024 })
        : generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    return createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }))
      .export({ type: 'spki', format: 'pem' })
      .toString();
  };
  const text = PEM.toString();
  const texts = [
    ...[pemOf('ec'), pemOf('rsa'), '', `${text}\n`, `\ufeff${text}`, ` ${text}`],
    ...[text.trimEnd(), text.replaceAll('\n', '\r\n'), text.replace(/\n(?=.{40,}\n)/, '\n\n')],
  ];
  for (const other of texts) expect(await parseKey(Buffer.from(other))).toBeUndefined();
});
