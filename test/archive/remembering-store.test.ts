import { createFolderStore } from '../../src/archive/folder-store';
import { createRememberingStore } from '../../src/archive/remembering-store';
import { readChain } from '../../src/archive/chain';
import type { Archive } from '../../src/core/archive';
import { buildArchive, type TestArchive } from '../support/archives';

let sealed: TestArchive;

beforeAll(async () => {
  sealed = await buildArchive();
});
afterAll(() => sealed.remove());

function counting(): { archive: Archive; reads: string[] } {
  const store = createFolderStore(sealed.folder);
  const reads: string[] = [];
  return {
    reads,
    archive: {
      ...store,
      read: (path) => {
        reads.push(path);
        return store.read(path);
      },
    },
  };
}

it('reads each file of a chain once, and gives the same entries', async () => {
  const { archive, reads } = counting();
  const remembering = createRememberingStore(archive);
  const first = await readChain(remembering, sealed.stream);
  const asked = reads.length;
  expect(await readChain(remembering, sealed.stream)).toEqual(first);
  expect(first).toHaveLength(sealed.entries.length);
  // Public keys are few and are read again.
  expect(reads.slice(asked).filter((path) => !path.startsWith('keys/'))).toEqual([]);
});

it('asks again for a file that was not there, and for every other kind of file', async () => {
  const { archive, reads } = counting();
  const remembering = createRememberingStore(archive);
  for (let time = 0; time < 2; time++) {
    expect(await remembering.read('x/chain/00000001.sigstore.json')).toBeUndefined();
    await remembering.read('README.txt');
  }
  expect(reads).toHaveLength(4);
});

it('forgets what was used longest ago when there is too much', async () => {
  const { archive, reads } = counting();
  const paths = sealed.entries.map(
    ({ manifestSha256 }) => `${sealed.stream}/manifests/${manifestSha256}.json`,
  );
  const [first = '', second = ''] = paths;
  const size = (await archive.read(first))?.byteLength ?? 0;
  const other = (await archive.read(second))?.byteLength ?? 0;
  const remembering = createRememberingStore(archive, size + other - 1);
  reads.length = 0;
  for (const path of [first, second, second, first]) await remembering.read(path);
  expect(reads).toEqual([first, second, first]);
});

it('counts a file once that is asked for twice at once', async () => {
  const { archive, reads } = counting();
  const paths = sealed.entries.map(
    ({ manifestSha256 }) => `${sealed.stream}/manifests/${manifestSha256}.json`,
  );
  const [first = '', second = ''] = paths;
  const size = (await archive.read(first))?.byteLength ?? 0;
  const other = (await archive.read(second))?.byteLength ?? 0;
  const remembering = createRememberingStore(archive, size + other);
  reads.length = 0;
  await Promise.all([remembering.read(first), remembering.read(first)]);
  for (const path of [second, first]) await remembering.read(path);
  expect(reads).toEqual([first, first, second]);
});
