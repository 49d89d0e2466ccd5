import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { createBlobTree } from '../../src/logs/blob-tree';
import { createFolderTree } from '../../src/logs/folder-tree';
import type { LogTree } from '../../src/logs/log-tree';
import { startAzurite, type Azurite } from '../support/azurite';
import { archiveOf, ask, closeArchives, DAY } from './support/archive';
import {
  blobPath,
  LOGIN,
  loginEvent,
  newFolder,
  REPOSITORY,
  repositoryEvent,
  resourceOf,
  writeBlobs,
} from './support/raw-logs';

const CONTOSO = resourceOf('contoso');
const EVENTS = 'ContainerRegistryRepositoryEvents';

const BLOBS = {
  [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
    repositoryEvent({ time: '2026-03-02T07:00:00Z', tag: 'a' }),
    'no JSON',
  ],
  [blobPath(REPOSITORY, CONTOSO.toLowerCase(), '2026-03-02T08')]: [
    repositoryEvent({ time: '2026-03-02T08:00:00Z', tag: 'b' }),
  ],
  [blobPath(REPOSITORY, CONTOSO, '2026-03-04T08', 'PT1H_2')]: [
    repositoryEvent({ time: '2026-03-02T09:00:00Z', tag: 'late' }),
  ],
  [blobPath(REPOSITORY, CONTOSO, '2026-03-06T08')]: [
    repositoryEvent({ time: '2026-03-02T09:00:00Z', tag: 'much too late' }),
  ],
  [blobPath(LOGIN, resourceOf('fabrikam'), '2026-02-28T08')]: [
    loginEvent({ time: '2026-02-28T08:00:00Z' }),
  ],
};

let azurite: Azurite;
let service: BlobServiceClient;
let credential: StorageSharedKeyCredential;
let folder: string;

beforeAll(async () => {
  azurite = await startAzurite();
  credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
  service = new BlobServiceClient(azurite.blobUrl, credential);
  folder = await newFolder();
  await writeBlobs(folder, BLOBS);
  await service.createContainer('all-logs');
  await service.createContainer('unrelated');
  for (const [path, lines] of Object.entries(BLOBS)) {
    const [category = '', ...rest] = path.split('/');
    const container = service.getContainerClient(category);
    await container.createIfNotExists();
    const text = lines.map((line) => `${line}\n`).join('');
    await append(container.getAppendBlobClient(rest.join('/')), text);
    await append(service.getContainerClient('all-logs').getAppendBlobClient(path), text);
  }
});
afterAll(async () => {
  await azurite.stop();
  await rm(folder, { recursive: true, force: true });
});
afterEach(closeArchives);

async function append(
  blob: ReturnType<ReturnType<BlobServiceClient['getContainerClient']>['getAppendBlobClient']>,
  text: string,
): Promise<void> {
  await blob.createIfNotExists();
  await blob.appendBlock(text, Buffer.byteLength(text));
}

const TREES: [string, () => LogTree][] = [
  ['a folder', () => createFolderTree(folder)],
  ['a storage account', () => createBlobTree({ url: azurite.blobUrl, credential })],
  ['a container', () => createBlobTree({ url: `${azurite.blobUrl}/all-logs`, credential })],
];

describe.each(TREES)('%s of raw logs', (_name, treeOf) => {
  it('has its categories and resources', async () => {
    const tree = treeOf();
    expect(await tree.categories()).toEqual([LOGIN, REPOSITORY]);
    expect([...(await tree.resources(REPOSITORY))].sort()).toEqual(
      [`resourceId=${CONTOSO}`, `resourceId=${CONTOSO.toLowerCase()}`].sort(),
    );
    expect(await tree.resources('insights-logs-none')).toEqual([]);
  });

  it('lists the files of the hours that are asked for, with their sizes', async () => {
    const tree = treeOf();
    const received = { start: '2026-03-02T07:00:00.000Z', end: '2026-03-04T09:00:00.000Z' };
    const files: [string, number][] = [];
    for (const resource of await tree.resources(REPOSITORY)) {
      for await (const { path, size } of tree.list(REPOSITORY, resource, received)) {
        files.push([path, size]);
      }
    }
    const expected = Object.entries(BLOBS).slice(0, 3);
    expect(files.sort()).toEqual(
      expected.map(([path, lines]) => [path, Buffer.byteLength(`${lines.join('\n')}\n`)]).sort(),
    );
  });

  it('answers queries', async () => {
    const source = await archiveOf('', { tree: treeOf() });
    const session = await source.open(DAY);
    expect(await ask(source, `${EVENTS} | project Tag | order by Tag asc`)).toEqual([
      { Tag: 'a' },
      { Tag: 'b' },
      { Tag: 'late' },
    ]);
    expect(session.intake()).toMatchObject({
      blobs: 3,
      records: 3,
      unreadable: [{ reason: 'not JSON', offset: expect.any(Number) }],
      registries: ['contoso', 'fabrikam'],
    });
  });
});

describe('a storage account', () => {
  it('is read as far as it was listed, while the blob grows', async () => {
    const path = blobPath(LOGIN, CONTOSO, '2026-03-02T10');
    const blob = service
      .getContainerClient(LOGIN)
      .getAppendBlobClient(path.slice(path.indexOf('/') + 1));
    const first = `${loginEvent({ time: '2026-03-02T10:00:00Z' })}\n`;
    await append(blob, first);
    const tree = createBlobTree({ url: azurite.blobUrl, credential });
    const list = async (): Promise<{ path: string; size: number; version: string }[]> => {
      const files = [];
      const received = { start: '2026-03-02T10:00:00.000Z', end: '2026-03-02T11:00:00.000Z' };
      for await (const file of tree.list(LOGIN, `resourceId=${CONTOSO}`, received))
        files.push(file);
      return files;
    };
    const [before] = await list();
    await append(blob, loginEvent({ time: '2026-03-02T10:01:00Z' }).slice(0, 30));
    const scratch = join(await newFolder(), 'downloads');
    await mkdir(scratch);
    const copy = await tree.materialize(before!, scratch);
    expect(await readFile(copy, 'utf8')).toBe(first);
    const [after] = await list();
    expect(after?.version).not.toBe(before?.version);
    await blob.delete();
  });

  it('leaves no downloads behind', async () => {
    const scratch = await newFolder();
    const tree = createBlobTree({ url: azurite.blobUrl, credential });
    const source = await archiveOf('', { tree, scratch });
    await ask(source, `${EVENTS} | count`);
    const [own = ''] = await readdir(scratch);
    expect(await readdir(join(scratch, own))).not.toContain('downloads');
    await source.close();
    expect(await readdir(scratch)).toEqual([]);
  });

  it('shows no signature of its address', () => {
    const url = `${azurite.blobUrl}/all-logs/?sv=2026&sig=secret`;
    expect(createBlobTree({ url }).location).toBe(`${azurite.blobUrl}/all-logs`);
  });

  it('cannot be reached with a wrong key or in a wrong place', async () => {
    const wrong = new StorageSharedKeyCredential(azurite.accountName, 'd3Jvbmc=');
    const cases = [
      createBlobTree({ url: azurite.blobUrl, credential: wrong }),
      createBlobTree({ url: `${azurite.blobUrl}/none`, credential }),
    ];
    for (const tree of cases) {
      await expect(tree.categories()).rejects.toMatchObject({
        code: 'LOGS_UNREACHABLE',
        hint: expect.stringContaining('Storage Blob Data Reader'),
      });
    }
  });
});
