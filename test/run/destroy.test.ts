import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';

import { blobEraser } from '../../src/archive/blob-eraser';
import { createBlobStore } from '../../src/archive/blob-store';
import { folderEraser } from '../../src/archive/folder-eraser';
import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import type { Archive, EraseFile } from '../../src/core/archive';
import type { DestructionRequest } from '../../src/run/destroy';
import { destroyFiles, planDestruction } from '../../src/run/destroy';
import { codesOf, verifyWithScript } from '../archive/support';
import { SOFTWARE, TIME } from '../support/archives';
import { buildLong } from '../archive/cases/intact';
import { seededSigner } from '../support/seeded-signer';
import { startAzurite } from '../support/azurite';

const NOW = '2027-06-01T12:00:00.000Z';
let root: string;
let folder: string;
let stream: string;
let archive: Archive;
let copies = 0;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'tallyman-destroy-'));
  ({ stream } = await buildLong(join(root, 'intact')));
});
beforeEach(() => {
  copies += 1;
  folder = join(root, `archive-${String(copies)}`);
  cpSync(join(root, 'intact'), folder, { recursive: true });
  archive = createFolderStore(folder);
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const request = (): DestructionRequest => ({
  stream,
  before: '2027-01-01',
  reason: 'Reports are kept for a year.',
});

const parts = () => ({
  archive,
  signer: seededSigner('second'),
  software: SOFTWARE,
  now: () => NOW,
});

async function paths(of: Archive = archive, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of of.list(prefix)) found.push(path);
  return found;
}

/** What both verifiers say; they must agree. */
async function verified(): Promise<{ codes: string[]; notes: string[] }> {
  const ours = await verifyArchive(archive);
  const script = await verifyWithScript(folder);
  expect([script.codes, script.notes]).toEqual([codesOf(ours.discrepancies), codesOf(ours.notes)]);
  return { codes: codesOf(ours.discrepancies), notes: codesOf(ours.notes) };
}

describe('destroying what has been kept long enough', () => {
  it('says what would go and changes nothing', async () => {
    const before = await paths();
    const plan = await planDestruction(parts(), request());
    expect(plan.files.length).toBeGreaterThan(0);
    expect(await paths()).toEqual(before);
  });

  it('leaves no run file, a chain that verifies, and a signed entry that says so', async () => {
    const { sealed, kept } = await destroyFiles(parts(), folderEraser(folder), request());
    expect([sealed.length, kept]).toEqual([1, []]);
    expect(await paths(archive, `${stream}/runs/`)).toEqual([]);
    expect(await paths(archive, `${stream}/reviews/`)).toEqual([]);
    expect(await verified()).toEqual({ codes: [], notes: ['destroyed-under-retention'] });
    const { streams, verdict } = await verifyArchive(archive);
    expect(streams[0]?.destroyed).toBeGreaterThan(1);
    expect(verdict).toContain('destroyed under retention');
  });

  it('does nothing the second time', async () => {
    await destroyFiles(parts(), folderEraser(folder), request());
    const before = await paths();
    const again = await destroyFiles(parts(), folderEraser(folder), request());
    expect(again).toEqual({ entries: [], sealed: [], erased: 0, kept: [] });
    expect(await paths()).toEqual(before);
  });

  it('is finished by the next call wherever it was killed, and nothing is ever missing', async () => {
    const { files } = await planDestruction(parts(), request());
    let left = files.length;
    for (const survives of [0, 1, Math.floor(files.length / 2)]) {
      let erased = 0;
      const dies: EraseFile = async (path) => {
        if (erased === survives) throw new Error('killed');
        erased += 1;
        await folderEraser(folder)(path);
      };
      const { kept } = await destroyFiles(parts(), dies, request());
      left -= survives;
      expect(kept).toHaveLength(left);
      const { discrepancies, notes } = await verifyArchive(archive);
      expect(discrepancies).toEqual([]);
      expect(codesOf(notes)).toContain('destruction-unfinished');
    }
    await destroyFiles(parts(), folderEraser(folder), request());
    expect(await verified()).toEqual({ codes: [], notes: ['destroyed-under-retention'] });
  });

  it('takes up files of which only an earlier version is left, which no list of the archive shows', async () => {
    const { files } = await planDestruction(parts(), request());
    const left = new Set(files);
    const remains = (): Promise<string[]> => Promise.resolve([...left]);
    const refused: EraseFile = async (path) => {
      await folderEraser(folder)(path);
      throw new Error('this role may not delete versions');
    };
    const first = await destroyFiles(parts(), Object.assign(refused, { remains }), request());
    expect(first.kept).toHaveLength(files.length);
    const allowed: EraseFile = (path) => Promise.resolve(void left.delete(path));
    const second = await destroyFiles(parts(), Object.assign(allowed, { remains }), request());
    expect(second).toMatchObject({ erased: files.length, kept: [] });
    expect(left.size).toBe(0);
  });

  it('keeps what was sealed on the day or later, and refuses a day that is not over', async () => {
    const sealedOn = TIME.slice(0, 10);
    const plan = await planDestruction(parts(), { ...request(), before: sealedOn });
    expect([plan.entries, plan.files]).toEqual([[], []]);
    await expect(
      planDestruction(parts(), { ...request(), before: '2027-06-01' }),
    ).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
    await expect(
      planDestruction(parts(), { ...request(), stream: 'other.all' }),
    ).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' });
  });

  it('destroys nothing when the entry can’t be sealed', async () => {
    const before = await paths();
    const stranger = { ...parts(), signer: seededSigner('stranger') };
    await expect(destroyFiles(stranger, folderEraser(folder), request())).rejects.toMatchObject({
      code: 'SIGNING_KEY_INVALID',
    });
    expect(await paths()).toEqual(before);
  });

  it('works in a container', async () => {
    const azurite = await startAzurite();
    const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
    const container = new ContainerClient(`${azurite.blobUrl}/evidence`, credential);
    await container.create();
    const blobs = createBlobStore(container);
    for (const path of await paths()) {
      await blobs.create(path, (await archive.read(path)) ?? new Uint8Array());
    }
    archive = blobs;
    const { kept } = await destroyFiles(parts(), blobEraser(container), request());
    expect(kept).toEqual([]);
    expect(await paths(blobs, `${stream}/runs/`)).toEqual([]);
    const { discrepancies, notes } = await verifyArchive(blobs);
    expect([codesOf(discrepancies), codesOf(notes)]).toEqual([[], ['destroyed-under-retention']]);
    await azurite.stop();
  }, 60_000);
});
