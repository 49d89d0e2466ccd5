import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';

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
    const { code, out } = await tallyman(['destroy', 'archive', ...asked, '--yes']);
    expect([code, out]).toEqual([0, expect.stringContaining('Sealed as entry 5')]);
    const { good, streams, notes } = await verifyArchive(archive);
    expect([good, streams[0]?.destroyed]).toEqual([true, 2]);
    expect(new Set(notes.map((note) => note.code))).toEqual(new Set(['destroyed-under-retention']));
    const again = await tallyman(['reperform', 'archive', '--run', '2']);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('destroyed')]);
  }, 60_000);
});
