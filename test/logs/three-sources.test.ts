import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { bindParameters } from '../../src/catalog/parameters';
import type { LogRequest, LogSession, LogSource } from '../../src/core/logs';
import { createBlobTree } from '../../src/logs/blob-tree';
import { createFolderTree } from '../../src/logs/folder-tree';
import { createLogAnalytics } from '../../src/logs/log-analytics';
import { createLogArchive } from '../../src/logs/log-archive';
import type { LogTree } from '../../src/logs/log-tree';
import { shippedCatalog } from '../audits/ask-audit';
import { startAzurite, type Azurite } from '../support/azurite';
import { openStoreInProcess } from '../support/store-in-process';
import { startWireServer, type WireServer } from './wire-server';

const SAMPLES = join(__dirname, '../../samples/logs');
const PERIOD = {
  start: '2026-03-09T15:00:00.000Z',
  end: '2026-03-10T15:00:00.000Z',
};
const TABLES = [
  'ContainerRegistryLoginEvents',
  'ContainerRegistryRepositoryEvents',
  'AzureMetrics',
  'AzureActivity',
];
const REQUEST: LogRequest = {
  scope: { id: 'all', registries: 'all' },
  window: { start: '2026-02-01T00:00:00.000Z', end: PERIOD.end },
  tables: TABLES,
};
let scratch: string;
let azurite: Azurite;
let server: WireServer;
let sources: readonly LogSource[];
/** What the workspace answers from. */
let behindServer: LogSource;

/** A log archive with a store and a scratch folder of its own. */
async function archive(tree: LogTree): Promise<LogSource> {
  return createLogArchive({
    tree,
    scratch: await mkdtemp(join(scratch, 'archive-')),
    now: () => PERIOD.end,
    missingTables: 'empty',
    openTables: openStoreInProcess,
  });
}

/** The samples in the containers of a storage account, as diagnostic settings write them. */
async function upload(service: BlobServiceClient): Promise<void> {
  const entries = await readdir(SAMPLES, {
    recursive: true,
    withFileTypes: true,
  });
  const files = entries.filter((entry) => entry.isFile() && entry.name.startsWith('PT1H'));
  const waiting = files.map((entry) => join(entry.parentPath, entry.name));
  const containers = await readdir(SAMPLES, { withFileTypes: true });
  for (const { name } of containers.filter((entry) => entry.isDirectory())) {
    await service.getContainerClient(name).create();
  }
  const work = async (): Promise<void> => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      const [container = '', ...path] = relative(SAMPLES, file).split(sep);
      const blob = service.getContainerClient(container).getBlockBlobClient(path.join('/'));
      await blob.uploadFile(file);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tallyman-three-'));
  azurite = await startAzurite();
  const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
  await upload(new BlobServiceClient(azurite.blobUrl, credential));
  const folder = await archive(createFolderTree(SAMPLES));
  const blobs = await archive(createBlobTree({ url: azurite.blobUrl, credential }));
  behindServer = await archive(createFolderTree(SAMPLES));
  server = await startWireServer(behindServer);
  // The server stands for a service that answers as many as come.
  server.limits.perWindow = 10_000;
  const workspace = createLogAnalytics({
    ...server.client,
    now: () => PERIOD.end,
    random: () => 0.5,
  });
  sources = [folder, blobs, workspace];
});

afterAll(async () => {
  await server.stop();
  for (const source of [...sources, behindServer]) await source.close();
  await azurite.stop();
  await rm(scratch, { recursive: true, force: true });
});

async function rowsOf(session: LogSession, kql: string): Promise<unknown> {
  const answer = await session.query(kql);
  if (answer.status !== 'complete') throw new Error(answer.reason);
  return answer.table;
}

it('a folder, a storage account and a workspace give the same rows to every shipped audit', async () => {
  const sessions = await Promise.all(sources.map((source) => source.open(REQUEST)));
  const { audits } = await shippedCatalog();
  const able = audits.filter(({ tables }) => tables.every((table) => TABLES.includes(table)));
  expect(able.length).toBeGreaterThanOrEqual(30);
  let rows = 0;
  for (const audit of able) {
    const { id } = audit;
    const { kql } = bindParameters(audit, { timeZone: 'Asia/Seoul' }, PERIOD);
    const [folder, blobs, workspace] = await Promise.all(
      sessions.map((session) => rowsOf(session, kql)),
    );
    expect([id, blobs]).toEqual([id, folder]);
    expect([id, workspace]).toEqual([id, folder]);
    rows += (folder as { rows: unknown[] }).rows.length;
  }
  expect(rows).toBeGreaterThan(500);
}, 240_000);
