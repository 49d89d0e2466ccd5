import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { parseBundle } from '../../src/archive/bundle';
import { chainPath, witnessPath } from '../../src/archive/layout';
import { parseTimeStamp } from '../../src/archive/time-stamp-token';
import type { VerifyResult } from '../../src/archive/verify';
import { verifyArchive } from '../../src/archive/verify';
import type { TestArchive } from '../support/archives';
import { buildArchive } from '../support/archives';
import { AUTHORITY_CONFIG } from '../support/time-authority';
import { put } from './forge';
import type { ScriptResult } from './support';
import { codesOf, verifyWithScript } from './support';

let intact: TestArchive;
let work: string;

/** A root, and an authority under it whose key is of a kind, made by openssl. */
function makeAuthority(name: string, key: readonly string[]): void {
  const folder = join(work, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'openssl.cnf'), AUTHORITY_CONFIG);
  writeFileSync(join(folder, 'serial'), '01\n');
  const openssl = (...args: string[]): unknown =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const config = ['-config', 'openssl.cnf'];
  openssl(
    ...['req', '-x509', ...key, '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '9'],
    ...config,
    ...['-extensions', 'ca', '-subj', `/CN=${name} root`],
  );
  openssl(
    ...['req', ...key, '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', `/CN=${name}`],
    ...config,
  );
  openssl(
    ...[
      'x509',
      '-req',
      '-in',
      'tsa.csr',
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-out',
      'tsa.pem',
      '-days',
      '9',
      '-extfile',
      'openssl.cnf',
      '-extensions',
      'tsa',
    ],
  );
}

/** A time stamp over bytes. */
function stamp(name: string, content: Uint8Array): Buffer {
  const folder = join(work, name);
  writeFileSync(join(folder, 'data'), content);
  const openssl = (...args: string[]): unknown =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  openssl('ts', '-query', '-data', 'data', '-sha256', '-cert', '-out', 'query.tsq');
  openssl(
    ...[
      'ts',
      '-reply',
      '-config',
      'openssl.cnf',
      '-section',
      'tsa_config',
      '-queryfile',
      'query.tsq',
      '-signer',
      'tsa.pem',
      '-inkey',
      'tsa.key',
      '-out',
      'reply.tsr',
    ],
  );
  return readFileSync(join(folder, 'reply.tsr'));
}

function signatureOf(sequence: number): Uint8Array {
  const bundle = readFileSync(join(intact.folder, chainPath(intact.stream, sequence)));
  return parseBundle(bundle)!.signature;
}

async function both(ca?: string): Promise<{ ours: VerifyResult; script: ScriptResult }> {
  const file = ca === undefined ? undefined : join(work, ca, 'ca.pem');
  const [ours, script] = await Promise.all([
    verifyArchive(intact.archive, file === undefined ? {} : { tsaCa: readFileSync(file, 'utf8') }),
    verifyWithScript(intact.folder, file === undefined ? {} : { 'tsa-ca': file }),
  ]);
  expect(script.codes).toEqual(codesOf(ours.discrepancies));
  return { ours, script };
}

const place = (sequence: number): string => witnessPath(intact.stream, sequence);

beforeAll(async () => {
  intact = await buildArchive({ periods: 2, gaps: [] });
  work = join(dirname(intact.folder), 'authorities');
  makeAuthority('true', ['-newkey', 'rsa:2048']);
  makeAuthority('elliptic', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
});
afterAll(() => intact.remove());

it.each(['true', 'elliptic'])(
  'takes the stamp of an authority whose root is given: %s',
  async (name) => {
    put(intact.folder, place(2), stamp(name, signatureOf(2)));
    const { ours, script } = await both(name);
    expect(ours.discrepancies).toEqual([]);
    expect(ours.streams[0]!.witnesses).toMatchObject({ count: 1, newest: { sequence: 2 } });
    expect(ours.notChecked.join()).not.toContain('time stamps');
    expect(script.output).not.toContain('--tsa-ca');
  },
);

it('says that the authority was not checked when no certificates are given', async () => {
  put(intact.folder, place(2), stamp('true', signatureOf(2)));
  const { ours, script } = await both();
  expect(ours.good).toBe(true);
  expect(ours.verdict).toContain('the time stamps’ authority');
  expect(script.output).toContain('no --tsa-ca was given');
});

it('refuses the stamp of another authority', async () => {
  put(intact.folder, place(2), stamp('elliptic', signatureOf(2)));
  const { ours } = await both('true');
  expect(codesOf(ours.discrepancies)).toEqual(['witness-untrusted']);
});

it('refuses a stamp over something else, for another entry, and what is none', async () => {
  put(intact.folder, place(2), stamp('true', signatureOf(3)));
  put(intact.folder, place(9), stamp('true', signatureOf(3)));
  put(intact.folder, place(3), 'none');
  put(intact.folder, place(1), Buffer.concat([stamp('true', signatureOf(1)), Buffer.from('\n')]));
  const { ours, script } = await both('true');
  expect(ours.discrepancies.map(({ code, path }) => `${code} ${path}`)).toEqual([
    `witness-malformed ${place(1)}`,
    `witness-wrong ${place(2)}`,
    `witness-malformed ${place(3)}`,
    `witness-wrong ${place(9)}`,
  ]);
  for (const sequence of [1, 2, 3, 9]) expect(script.output).toContain(` ${place(sequence)}\n`);
});

it('sees any byte of a stamp changed, and never fails over one', async () => {
  const content = stamp('true', signatureOf(2));
  put(intact.folder, place(3), stamp('true', signatureOf(3)));
  put(intact.folder, place(9), 'x');
  const ca = { tsaCa: readFileSync(join(work, 'true/ca.pem'), 'utf8') };
  for (let at = 0; at < content.length; at += 61) {
    const changed = Buffer.from(content);
    changed[at]! ^= 1;
    put(intact.folder, place(2), changed);
    const { streams } = await verifyArchive(intact.archive, ca);
    // The certificates of a token are not signed by it; a byte there changes who is trusted, or nothing.
    const isTaken = streams[0]!.witnesses.count === 2;
    if (isTaken)
      expect(parseTimeStamp(changed)).toMatchObject({ imprint: expect.any(String) as string });
  }
  for (let length = 0; length < content.length; length += 37) {
    expect(typeof parseTimeStamp(content.subarray(0, length))).toBe('string');
  }
});
