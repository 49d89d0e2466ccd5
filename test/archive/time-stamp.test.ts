import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { createTimeAuthority } from '../../src/archive/time-stamp';
import type { LocalAuthority } from '../support/time-authority';
import { startTimeAuthority } from '../support/time-authority';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.warn('SKIPPED: the time stamps need openssl.');
const withOpenssl = hasOpenssl ? describe : describe.skip;

withOpenssl('a time-stamping authority', () => {
  let authority: LocalAuthority;
  let folder: string;
  const content = Buffer.from('a signature');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tallyman-stamp-'));
    authority = await startTimeAuthority();
  });

  afterAll(async () => {
    await authority.close();
    rmSync(folder, { recursive: true });
  });

  it('gives a token that openssl verifies', async () => {
    const result = await createTimeAuthority(authority.url).stamp(content);
    if (result.status !== 'stamped') throw new Error(result.reason);
    writeFileSync(join(folder, 'data'), content);
    writeFileSync(join(folder, 'token.tsr'), result.response);
    const said = execFileSync(
      'openssl',
      ['ts', '-verify', '-data', 'data', '-in', 'token.tsr', '-CAfile', authority.caFile],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    expect(said.toString()).toContain('Verification: OK');
  });

  it.each([
    ['garbage', /is no time stamp: /],
    ['refusal', /refused, with status 2/],
    ['replay', /not to this request/],
    ['error', /HTTP status 503/],
    ['reset', /did not answer/],
    ['silence', /did not answer: .*timeout/],
  ] as const)('is refused for %s', async (mode, reason) => {
    authority.mode = mode;
    const result = await createTimeAuthority(authority.url, 300).stamp(content);
    expect(result).toEqual({
      status: 'refused',
      reason: expect.stringMatching(reason) as string,
    });
  });

  it('is refused for an authority that is not there, and its password is not shown', async () => {
    const absent = createTimeAuthority('http://user:secret@127.0.0.1:9/tsa?key=secret');
    expect(absent.location).toBe('http://127.0.0.1:9/tsa');
    const result = await absent.stamp(content);
    expect(result.status).toBe('refused');
    expect(JSON.stringify(result)).not.toContain('secret');
  });
});
