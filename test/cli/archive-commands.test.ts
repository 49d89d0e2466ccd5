import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';

import type { ChainEntry } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { openSigningKey } from '../../src/archive/signing-key';
import { verifyArchive } from '../../src/archive/verify';
import { fillArchive } from '../support/archives';
import { startAzurite } from '../support/azurite';

const ROOT = join(__dirname, '../..');
const CASES = join(ROOT, 'testdata/archives');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-commands-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Not spawnSync: Azurite’s output must be read meanwhile. */
async function tallyman(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(
    process.execPath,
    [
      ...['--require', join(ROOT, 'test/support/register-typescript.cjs')],
      join(ROOT, 'src/cli/main.ts'),
      ...args,
    ],
    { cwd: folder, env: { PATH: process.env['PATH'], ...env } },
  );
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

describe('tallyman verify with a container’s address', () => {
  it('verifies it as a folder, and says how the storage keeps it', async () => {
    const azurite = await startAzurite();
    const env = { TALLYMAN_STORAGE_CONNECTION: azurite.connectionString };
    const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
    const upload = async (name: string, which: string): Promise<string> => {
      const container = new ContainerClient(`${azurite.blobUrl}/${name}`, credential);
      await container.create();
      const root = join(CASES, which, 'archive');
      const archive = createFolderStore(root);
      for await (const { path } of archive.list('')) {
        await container.getBlockBlobClient(path).uploadData(readFileSync(join(root, path)));
      }
      return container.url;
    };
    const good = await tallyman(
      ['verify', await upload('good', 'every-kind-of-entry-is-there')],
      env,
    );
    expect(good).toMatchObject({ code: 0, err: '' });
    expect(good.out).toContain('retention absent: The container has no immutability policy.');
    expect(good.out).toContain('note destroyed-under-retention');
    expect(good.out).not.toContain('missing');
    const bad = await upload('bad', 'a-sealed-file-was-changed_fail');
    const { code, out } = await tallyman(['verify', bad, '--json'], env);
    expect([code, JSON.parse(out)]).toMatchObject([
      1,
      { retention: { status: 'absent' }, discrepancies: [{ code: 'file-altered' }] },
    ]);
    await azurite.stop();
  }, 60_000);
});

describe('tallyman rotate-key', () => {
  it('hands a stream over, names the setting to change, and verification counts in words', async () => {
    const signer = await openSigningKey({ file: join(folder, 'archive.private/signing-key.pem') });
    await fillArchive(createFolderStore(join(folder, 'archive')), signer, { periods: 1, gaps: [] });
    const { code, out } = await tallyman([
      ...['rotate-key', '--archive', 'archive'],
      ...['--new-key', 'key-2.pem', '--reason', 'A test.'],
    ]);
    expect(code).toBe(0);
    expect(out).toContain('Set TALLYMAN_SIGNING_KEY_FILE to key-2.pem');
    const verified = await tallyman(['verify', 'archive']);
    expect(verified.code).toBe(0);
    expect(verified.out).toMatch(/: 3 entries, 1 run, 0 gaps,/);
  }, 60_000);
});

it.each([
  ['rotate-key', '--archive', 'mistyped', '--new-key', 'key-2.pem', '--reason', 'A test.'],
  ...[
    ['destroy', 'mistyped', '--stream', 'a.b', '--before', '2026-06-01', '--reason', 'x', '--yes'],
  ],
])('%s changes no archive that is not there, and makes no key for it', async (...args) => {
  const { code, out, err } = await tallyman(args);
  expect([code, out, err]).toEqual([2, '', expect.stringContaining('no folder mistyped')]);
  expect(readdirSync(folder)).toEqual([]);
});

describe('tallyman destroy', () => {
  it('tells what would go, destroys it with --yes, and verification says so', async () => {
    const archive = createFolderStore(join(folder, 'archive'));
    const signer = await openSigningKey({ file: join(folder, 'archive.private/signing-key.pem') });
    const { stream } = await fillArchive(archive, signer, { periods: 3 });
    cpSync(join(folder, 'archive'), join(folder, 'copy'), { recursive: true });
    const asked = ['--stream', stream, '--before', '2026-06-01', '--reason', 'A month is enough.'];
    const dry = await tallyman(['destroy', 'copy', ...asked]);
    expect(dry).toMatchObject({ code: 0, err: '' });
    expect(dry.out).toContain('Nothing was changed');
    expect(readdirSync(folder).sort()).toEqual(['archive', 'archive.private', 'copy']);
    const none = await tallyman(['destroy', 'copy', ...asked, '--before', '2020-01-01']);
    expect(none.out).toContain(`Nothing of ${stream} that was sealed before 2020-01-01 is left`);
    const { code, out } = await tallyman(['destroy', 'archive', ...asked, '--yes']);
    expect([code, out]).toEqual([0, expect.stringContaining('Sealed as entry 5')]);
    const { good, streams, notes } = await verifyArchive(archive);
    expect([good, streams[0]?.destroyed]).toEqual([true, 2]);
    expect(new Set(notes.map((note) => note.code))).toEqual(new Set(['destroyed-under-retention']));
    const again = await tallyman(['reperform', 'archive', '--run', '2']);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('destroyed')]);
  }, 60_000);
});

describe('tallyman review', () => {
  const HOSTILE = '\u001b[31mred\u202e\nsecond line';

  async function begin(): Promise<readonly ChainEntry[]> {
    const archive = createFolderStore(join(folder, 'archive'));
    const signer = await openSigningKey({ file: join(folder, 'archive.private/signing-key.pem') });
    const { entries } = await fillArchive(archive, signer, { periods: 2, gaps: [1] });
    return entries;
  }

  it('shows what waits, signs it off once, and shows who said what without obeying it', async () => {
    const [, , gap] = await begin();
    const shown = await tallyman(['review', 'archive', '--run', '2026-03-03']);
    expect(shown).toMatchObject({ code: 1, err: '' });
    expect(shown.out).toContain('daily.all entry 3, gap of 2026-03-03: The log source');
    expect(shown.out).toContain(`sha256 ${gap!.manifestSha256}`);
    expect(shown.out).toContain('It waits for a reviewer.');
    const say = [
      ...['review', 'archive', '--run', '2026-03-03', '--sha256', gap!.manifestSha256],
      ...['--decision', 'accepted', '--comment', HOSTILE, '--reviewer', HOSTILE],
    ];
    expect(await tallyman(say)).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('Sealed as entry 4, sha256 '),
    });
    expect(await tallyman([...say, '--json'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('"status": "said-already"'),
    });
    const after = await tallyman(['review', 'archive', '--run', '3']);
    expect(after).toMatchObject({ code: 0, out: expect.stringContaining('Nobody is waited for.') });
    expect(after.out).toContain(
      'by <U+001B>[31mred<U+202E><U+000A>second line (as stated), entry 4',
    );
    expect(after.out).toContain('    <U+001B>[31mred<U+202E>\n    second line\n');
    const { out } = await tallyman(['review', 'archive', '--run', '3', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      ...{ sequence: 3, kind: 'gap', outcome: 'gap', waits: false },
      reviews: [{ decision: 'accepted', reviewer: { name: HOSTILE }, comment: HOSTILE }],
    });
    // eslint-disable-next-line no-control-regex
    expect(`${after.out}${out}`).not.toMatch(/[\u001b\u202e]/);
    const verified = await tallyman(['verify', 'archive']);
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('1 review') });
  }, 60_000);

  it('signs with the name of who is logged in, and refuses what was not read, with a remedy', async () => {
    const [, run] = await begin();
    const say = ['review', 'archive', '--run', '2', '--decision', 'accepted'];
    const blind = await tallyman(say);
    expect([blind.code, blind.err]).toEqual([64, expect.stringContaining('Say it without')]);
    const other = await tallyman([...say, '--sha256', '0'.repeat(64)]);
    expect([other.code, other.err]).toEqual([64, expect.stringContaining('[REVIEW_OUTDATED]')]);
    const unknown = await tallyman(['review', 'archive', '--run', '2', '--decision', 'fine']);
    expect([unknown.code, unknown.err]).toEqual([64, expect.stringContaining('accepted, noted')]);
    expect((await tallyman([...say, '--sha256', run!.manifestSha256])).code).toBe(0);
    const { out } = await tallyman(['review', 'archive', '--run', '2']);
    expect(out).toContain(`accepted at`);
    expect(out).toContain(`by ${userInfo().username} (as stated)`);
  }, 60_000);

  it('makes no key where there is none', async () => {
    await begin();
    cpSync(join(folder, 'archive'), join(folder, 'copy'), { recursive: true });
    await tallyman(['review', 'copy', '--run', '3']);
    await tallyman(['review', 'copy', '--run', '9', '--decision', 'accepted', '--sha256', 'x']);
    expect(readdirSync(folder).sort()).toEqual(['archive', 'archive.private', 'copy']);
  }, 60_000);
});

describe('tallyman serve --reviewer', () => {
  it('takes a review in that name, and without it shows no form', async () => {
    const archive = createFolderStore(join(folder, 'archive'));
    const signer = await openSigningKey({ file: join(folder, 'archive.private/signing-key.pem') });
    await fillArchive(archive, signer, { periods: 1, gaps: [0] });
    const page = async (url: string): Promise<string> =>
      (await fetch(`${url}daily.all/2026-03-02`)).text();
    const closed = await serving([]);
    expect(await page(closed.url)).toMatch(/It waits for a reviewer[^]*Read only\./);
    expect(await page(closed.url)).not.toContain('<form');
    await closed.stop();
    const open = await serving(['--reviewer', 'Kim']);
    const text = await page(open.url);
    const hidden = [...text.matchAll(/type="hidden"\s+name="(\w+)"\s+value="([^"]*)"/g)];
    const form = new URLSearchParams(
      Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value])),
    );
    form.set('decision', 'accepted');
    form.set('comment', 'Known outage.');
    const headers = { 'sec-fetch-site': 'same-origin' };
    const body = form.toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const reply = await fetch(`${open.url}review`, {
      ...{ method: 'POST', headers: { ...headers, ...type }, body, redirect: 'follow' },
    });
    expect([reply.status, await reply.text()]).toEqual([
      200,
      expect.stringMatching(/by <strong>Kim<\/strong> \(as stated[^]*Known outage\./),
    ]);
    await open.stop();
    expect(await verifyArchive(archive)).toMatchObject({ good: true, streams: [{ reviews: 1 }] });
  }, 60_000);

  /** Starts the command and waits until it says where the page is. */
  async function serving(
    args: readonly string[],
  ): Promise<{ url: string; stop: () => Promise<unknown> }> {
    const child = spawn(
      process.execPath,
      [
        ...['--require', join(ROOT, 'test/support/register-typescript.cjs')],
        ...[join(ROOT, 'src/cli/main.ts'), 'serve', '--archive', 'archive', '--port', '0', ...args],
      ],
      { cwd: folder, env: { PATH: process.env['PATH'] } },
    );
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        const [found] = /http:\S+/.exec(chunk.toString()) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.stderr.on('data', (chunk: Buffer) => {
        reject(new Error(chunk.toString()));
      });
    });
    const stop = (): Promise<unknown> => {
      child.kill('SIGTERM');
      return new Promise((resolve) => child.once('close', resolve));
    };
    return { url, stop };
  }
});
