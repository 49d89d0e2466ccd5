import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { makeFolder, makeFolderSync } from '../../src/core/make-folder';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'make-folder-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

it('makes those above it, and gives the uppermost that it made', async () => {
  expect(await makeFolder(join(root, 'a/b/c'))).toBe(join(root, 'a'));
  expect(statSync(join(root, 'a/b/c')).isDirectory()).toBe(true);
  expect(await makeFolder(join(root, 'a/b/d'))).toBe(join(root, 'a/b/d'));
});

it('gives nothing for a folder that is there', async () => {
  mkdirSync(join(root, 'a'));
  expect(await makeFolder(join(root, 'a'))).toBeUndefined();
});

it('gives each folder that it makes the mode', async () => {
  await makeFolder(join(root, 'a/b'), 0o700);
  expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
  expect(statSync(join(root, 'a/b')).mode & 0o777).toBe(0o700);
});

it('makes one folder for all who ask at the same time', async () => {
  const asked = Array.from({ length: 20 }, (_, i) => makeFolder(join(root, 'a/b', String(i % 4))));
  await Promise.all(asked);
  expect(statSync(join(root, 'a/b/3')).isDirectory()).toBe(true);
});

it.each(['file', 'file/below'])('refuses %s, where a file is in the way', async (path) => {
  writeFileSync(join(root, 'file'), '');
  await expect(makeFolder(join(root, path))).rejects.toThrow(/EEXIST|ENOTDIR/);
});

(process.platform === 'linux' ? it : it.skip)(
  'ends under a folder that is there and lets nobody make another',
  async () => {
    await expect(makeFolder('/proc/nope/below')).rejects.toThrow('ENOENT');
    expect(() => {
      makeFolderSync('/proc/nope/below');
    }).toThrow('ENOENT');
  },
);

it('makes them at once, too, and leaves those that are there', () => {
  for (const path of ['a/b', 'a/b/c', 'a/b/c']) makeFolderSync(join(root, path), 0o700);
  expect(statSync(join(root, 'a/b/c')).mode & 0o777).toBe(0o700);
});
