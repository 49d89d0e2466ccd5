import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createFolderTree } from '../../src/logs/folder-tree';
import { mayHold, parseBlobPath, receivedFor, registryOf } from '../../src/logs/blob-paths';
import { archiveOf, ask, closeArchives } from './support/archive';
import {
  blobPath,
  LOGIN,
  newFolder,
  REPOSITORY,
  repositoryEvent,
  resourceOf,
  writeBlobs,
} from './support/raw-logs';

const CONTOSO = resourceOf('contoso');
const ALL = { start: '2026-01-01T00:00:00.000Z', end: '2027-01-01T00:00:00.000Z' };

async function pathsOf(folder: string, category: string, received = ALL): Promise<string[]> {
  const tree = createFolderTree(folder);
  const paths: string[] = [];
  for (const resource of await tree.resources(category)) {
    for await (const { path } of tree.list(category, resource, received)) paths.push(path);
  }
  return paths.sort();
}

describe('a path in Azure’s layout', () => {
  it('tells category, resource and hour, in either case', () => {
    const path = blobPath(LOGIN, CONTOSO, '2026-03-02T07');
    expect(parseBlobPath(path)).toEqual({
      category: LOGIN,
      resource: `resourceId=${CONTOSO}`,
      hour: '2026-03-02T07:00:00.000Z',
    });
    expect(parseBlobPath(path.toLowerCase())?.hour).toBe('2026-03-02T07:00:00.000Z');
    expect(parseBlobPath(path.replace('PT1H', 'PT1H_2'))).toBeDefined();
  });

  it.each(['PT1H.json.gz', 'PT1M.json', 'PT1H_.json', 'xPT1H.json'])(
    'is no log file: %s',
    (name) => {
      const path = blobPath(LOGIN, CONTOSO, '2026-03-02T07').replace('PT1H.json', name);
      expect(parseBlobPath(path)).toBeUndefined();
    },
  );

  it('names the registry in lower case, and none for another resource', () => {
    expect(registryOf(`resourceId=${CONTOSO}`)).toBe('contoso');
    expect(registryOf(`resourceId=${CONTOSO}/TASKS/T1`)).toBeUndefined();
    expect(registryOf('resourceId=/SUBSCRIPTIONS/S1')).toBeUndefined();
  });

  it('is read from an hour before the window until 49 hours after it', () => {
    const received = receivedFor({
      start: '2026-03-01T00:00:00.000Z',
      end: '2026-03-02T00:00:00.000Z',
    });
    expect(received).toEqual({
      start: '2026-02-28T23:00:00.000Z',
      end: '2026-03-04T01:00:00.000Z',
    });
    expect(
      ['2026022822', '2026022823', '2026030400', '2026030401'].map((hour) =>
        mayHold(received, hour),
      ),
    ).toEqual([false, true, true, false]);
    expect(
      ['202601', '202602', '202603', '202604'].map((month) => mayHold(received, month)),
    ).toEqual([false, true, true, false]);
  });
});

describe('a folder of raw logs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(async () => {
    await closeArchives();
    await rm(folder, { recursive: true, force: true });
  });

  it('lists only log files, in only the hours that are asked for', async () => {
    await writeBlobs(folder, {
      [blobPath(LOGIN, CONTOSO, '2026-03-01T23')]: '',
      [blobPath(LOGIN, CONTOSO, '2026-03-02T00')]: '',
      [blobPath(LOGIN, CONTOSO, '2026-03-02T00', 'PT1H_1')]: '',
      [blobPath(LOGIN, CONTOSO, '2026-03-02T00', 'notes')]: '',
      [blobPath(LOGIN, CONTOSO.toLowerCase(), '2026-03-02T05')]: '',
      [blobPath(LOGIN, CONTOSO, '2026-03-02T06')]: '',
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T05')]: '',
      'insights-logs-other/readme.txt': '',
      'unrelated/x.json': '',
    });
    const received = { start: '2026-03-02T00:00:00.000Z', end: '2026-03-02T06:00:00.000Z' };
    expect(await pathsOf(folder, LOGIN, received)).toEqual([
      blobPath(LOGIN, CONTOSO, '2026-03-02T00'),
      blobPath(LOGIN, CONTOSO, '2026-03-02T00', 'PT1H_1'),
      blobPath(LOGIN, CONTOSO.toLowerCase(), '2026-03-02T05'),
    ]);
    expect(await createFolderTree(folder).categories()).toEqual([
      LOGIN,
      REPOSITORY,
      'insights-logs-other',
    ]);
  });

  it('goes down into no folder of another time', async () => {
    await writeBlobs(folder, { [blobPath(LOGIN, CONTOSO, '2026-03-02T05')]: '' });
    // A file where a folder would be read fails the listing, if it were read.
    const other = blobPath(LOGIN, CONTOSO, '2025-03-02T05').replace(/\/m=03.*/, '/m=03');
    await writeBlobs(folder, { [other]: 'no folder' });
    expect(await pathsOf(folder, LOGIN)).toHaveLength(1);
  });

  it('reads category folders in capitals', async () => {
    await writeBlobs(folder, { [blobPath(LOGIN.toUpperCase(), CONTOSO, '2026-03-02T05')]: '' });
    expect(await createFolderTree(folder).categories()).toEqual([LOGIN]);
    expect(await pathsOf(folder, LOGIN)).toHaveLength(1);
  });

  it('follows no links out of the folder', async () => {
    const outside = await newFolder();
    await writeBlobs(outside, { [blobPath(LOGIN, CONTOSO, '2026-03-02T05')]: '' });
    await mkdir(join(folder, LOGIN));
    await symlink(join(outside, LOGIN, 'resourceId='), join(folder, LOGIN, 'resourceId='));
    expect(await pathsOf(folder, LOGIN)).toEqual([]);
  });

  it('holds nothing when it is empty, and cannot be reached when it is missing or a file', async () => {
    expect(await createFolderTree(folder).categories()).toEqual([]);
    await writeBlobs(folder, { file: 'x' });
    for (const name of ['none', 'file']) {
      await expect(createFolderTree(join(folder, name)).categories()).rejects.toMatchObject({
        code: 'LOGS_UNREACHABLE',
      });
    }
  });

  it('is read although its name looks like a pattern or a piece of SQL', async () => {
    const odd = join(folder, `lo[gs]*?'x`);
    await writeBlobs(odd, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T05')]: [
        repositoryEvent({ time: '2026-03-02T05:00:00Z' }),
      ],
    });
    const source = await archiveOf(odd);
    expect(await ask(source, 'ContainerRegistryRepositoryEvents | count')).toEqual([{ Count: 1 }]);
  });

  it('keeps blobs apart whose paths differ at their beginning only', async () => {
    const odd = join(folder, 'lo[gs]');
    const before = resourceOf('r'.repeat(50));
    const moved = before.replace('/SUBSCRIPTIONS/0', '/SUBSCRIPTIONS/1');
    const blob = (resource: string, minute: string): Record<string, string[]> => ({
      [blobPath(REPOSITORY, resource, '2026-03-02T05')]: [
        repositoryEvent({ time: `2026-03-02T05:${minute}:00Z`, repository: minute }),
      ],
    });
    await writeBlobs(odd, { ...blob(before, '10'), ...blob(moved, '20') });
    const source = await archiveOf(odd);
    expect(
      await ask(
        source,
        'ContainerRegistryRepositoryEvents | project Repository | order by Repository asc',
      ),
    ).toEqual([{ Repository: '10' }, { Repository: '20' }]);
  });
});
