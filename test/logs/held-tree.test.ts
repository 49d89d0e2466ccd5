import { rm } from 'node:fs/promises';
import type { Interval } from '../../src/core/period';
import { createFolderTree } from '../../src/logs/folder-tree';
import { createHeldTree } from '../../src/logs/held-tree';
import {
  blobPath,
  newFolder,
  REPOSITORY,
  repositoryEvent,
  resourceOf,
  writeBlobs,
} from './support/raw-logs';
import type { LogTree } from '../../src/logs/log-tree';

const CONTOSO = resourceOf('contoso');

function hours(from: string, until: string): Interval {
  return { start: `2026-03-02T${from}:00.000Z`, end: `2026-03-02T${until}:00.000Z` };
}

async function listed(tree: LogTree, received: Interval): Promise<string[]> {
  const found: string[] = [];
  for (const category of await tree.categories()) {
    for (const resource of await tree.resources(category)) {
      for await (const { path } of tree.list(category, resource, received)) found.push(path);
    }
  }
  return found.map((path) => /h=(\d\d)/.exec(path)?.[1] ?? '').sort();
}

describe('a tree that is held still', () => {
  let folder: string;
  const write = (hour: string) =>
    writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, `2026-03-02T${hour}`)]: [
        repositoryEvent({ time: `2026-03-02T${hour}:00:00Z` }),
      ],
    });
  beforeEach(async () => {
    folder = await newFolder();
    for (const hour of ['01', '02', '03']) await write(hour);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['00:00', '05:00'],
    ['01:30', '02:30'],
    ['02:00', '03:00'],
    ['03:59', '04:00'],
    ['04:00', '05:00'],
  ])('lists from %s to %s what the tree itself lists', async (from, until) => {
    const tree = createFolderTree(folder);
    const held = createHeldTree(tree);
    held.hold(hours('00:00', '06:00'));
    expect(await listed(held, hours(from, until))).toEqual(await listed(tree, hours(from, until)));
  });

  it('lists again what could not be listed', async () => {
    const tree = createFolderTree(folder);
    let asked = 0;
    const held = createHeldTree({
      ...tree,
      categories: () => {
        asked += 1;
        return asked === 1 ? Promise.reject(new Error('broken')) : tree.categories();
      },
    });
    held.hold(hours('00:00', '06:00'));
    await expect(held.categories()).rejects.toThrow('broken');
    expect(await listed(held, hours('00:00', '06:00'))).toEqual(['01', '02', '03']);
    await held.categories();
    expect(asked).toBe(2);
  });

  it('shows what came since only after it is released, or outside what is held', async () => {
    const held = createHeldTree(createFolderTree(folder));
    held.hold(hours('00:00', '06:00'));
    expect(await listed(held, hours('00:00', '06:00'))).toEqual(['01', '02', '03']);
    await write('04');
    expect(await listed(held, hours('00:00', '06:00'))).toEqual(['01', '02', '03']);
    expect(await listed(held, hours('00:00', '07:00'))).toEqual(['01', '02', '03', '04']);
    held.release();
    expect(await listed(held, hours('00:00', '06:00'))).toEqual(['01', '02', '03', '04']);
  });
});
