import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';

import { createBlobStore } from '../../src/archive/blob-store';
import { createFolderStore } from '../../src/archive/folder-store';
import type { Archive } from '../../src/core/archive';
import { sha256, sha256In } from '../../src/core/digest';
import type { Pieces } from '../../src/core/pieces';
import { spooled } from '../../src/core/spool';
import type { Azurite } from '../support/azurite';
import { startAzurite } from '../support/azurite';

let azurite: Azurite;
let folder: string;
let containers = 0;

beforeAll(async () => {
  azurite = await startAzurite();
  folder = mkdtempSync(join(tmpdir(), 'tallyman-stores-'));
});

afterAll(async () => {
  await azurite.stop();
  rmSync(folder, { recursive: true, force: true });
});

function containerClient(name: string, url = azurite.blobUrl): ContainerClient {
  const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
  return new ContainerClient(`${url}/${name}`, credential, { retryOptions: { maxTries: 1 } });
}

async function newContainer(): Promise<ContainerClient> {
  containers += 1;
  const client = containerClient(`archive-${containers}`);
  await client.create();
  return client;
}

const STORES: Record<string, () => Promise<Archive>> = {
  folder: () => Promise.resolve(createFolderStore(mkdtempSync(join(folder, 'archive-')))),
  blob: async () => createBlobStore(await newContainer()),
};

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (content: Uint8Array | undefined): string | undefined =>
  content === undefined ? undefined : Buffer.from(content).toString();

async function listed(archive: Archive, prefix = ''): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of archive.list(prefix)) paths.push(path);
  return paths;
}

describe.each(Object.keys(STORES))('a %s store', (kind) => {
  let archive: Archive;
  beforeEach(async () => {
    archive = await STORES[kind]!();
  });

  it('gives back the bytes it was given', async () => {
    const content = Buffer.from(Array.from({ length: 70_000 }, (_, i) => i % 256));
    expect(await archive.create('a/b=1/c_d-e.json', content)).toBe('created');
    expect(Buffer.from((await archive.read('a/b=1/c_d-e.json'))!).equals(content)).toBe(true);
  });

  it('gives back a file that is too large for memory piece by piece, and writes it once', async () => {
    const lines = Array.from({ length: 300_000 }, (_, i) => `line ${i} of a large file, ${kind}\n`);
    const content = spooled(lines);
    const [first, second] = await Promise.all([
      archive.create('large', content),
      archive.create('large', spooled(['another', ...lines])),
    ]);
    expect([first, second].sort()).toEqual(['created', 'exists']);
    const wanted = first === 'created' ? content : spooled(['another', ...lines]);
    const stored = await archive.open('large');
    expect(stored?.size).toBe(wanted.size);
    expect(sha256(stored!)).toBe(sha256(wanted));
    expect(await sha256In(archive, 'large')).toBe(sha256(wanted));
    expect(await archive.open('nothing-there')).toBeUndefined();
    expect(await sha256In(archive, 'nothing-there')).toBeUndefined();
  });

  it('holds an empty file', async () => {
    await archive.create('empty', new Uint8Array());
    expect((await archive.read('empty'))?.length).toBe(0);
  });

  it('never changes a file', async () => {
    await archive.create('a/file', bytes('first'));
    expect(await archive.create('a/file', bytes('second'))).toBe('exists');
    expect(await archive.create('a/file', bytes('first'))).toBe('exists');
    expect(text(await archive.read('a/file'))).toBe('first');
  });

  it('has exactly one winner when many create the same file at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, i) => archive.create('race', bytes(`writer ${i}`))),
    );
    expect(results.filter((result) => result === 'created')).toHaveLength(1);
    expect(text(await archive.read('race'))).toBe(`writer ${results.indexOf('created')}`);
  });

  it('reads undefined where there is no file', async () => {
    await archive.create('a/b', bytes('x'));
    for (const path of ['nothing', 'a', 'a/b/c', 'a/c']) {
      expect(await archive.read(path)).toBeUndefined();
    }
  });

  it('lists files below a prefix, with sizes, in the order of their paths', async () => {
    const paths = ['a', 'a-b/x', 'a.b', 'a=/z', 'aa/x', 'b/1', 'b/1.0/y', 'b/10', 'B/x'];
    for (const path of paths) await archive.create(path, bytes(path));
    expect(await listed(archive)).toEqual([...paths].sort());
    expect(await listed(archive, 'b/')).toEqual(['b/1', 'b/1.0/y', 'b/10']);
    expect(await listed(archive, 'b/1')).toEqual(['b/1', 'b/1.0/y', 'b/10']);
    expect(await listed(archive, 'b/1.')).toEqual(['b/1.0/y']);
    expect(await listed(archive, 'a-')).toEqual(['a-b/x']);
    expect(await listed(archive, 'c/')).toEqual([]);
    expect(await listed(archive, 'a/')).toEqual([]);
    for await (const { path, size } of archive.list('')) expect(size).toBe(path.length);
  });

  it('refuses every path that could lead elsewhere', async () => {
    const paths = [
      '',
      '/a',
      'a//b',
      'a/',
      '.',
      '..',
      '../a',
      'a/../../b',
      'a/./b',
      'a\\b',
      'a b',
      'ä',
      'a\0',
      'a%2e',
      '%2e%2e/a',
      'x'.repeat(256),
      'a?b',
      'C:',
      '...',
    ];
    for (const path of paths) {
      await expect(archive.create(path, bytes('x'))).rejects.toThrow(RangeError);
      await expect(archive.read(path)).rejects.toThrow(RangeError);
    }
    expect(await listed(archive)).toEqual([]);
  });
});

describe('a folder store', () => {
  it('leaves nothing beside its files', async () => {
    const root = join(mkdtempSync(join(folder, 'clean-')), 'archive');
    const archive = createFolderStore(root);
    await archive.create('a/file', bytes('x'));
    await archive.create('a/file', bytes('y'));
    expect(readdirSync(root, { recursive: true }).sort()).toEqual(['a', 'a/file']);
    expect(readdirSync(`${root}.private/tmp`)).toEqual([]);
  });

  it('lets nobody else into the private folder that it makes, and changes none that is there', async () => {
    const root = join(mkdtempSync(join(folder, 'private-')), 'archive');
    await createFolderStore(root).create('file', bytes('x'));
    expect(statSync(`${root}.private`).mode & 0o077).toBe(0);
    chmodSync(`${root}.private`, 0o750);
    await createFolderStore(root).create('other', bytes('x'));
    expect(statSync(`${root}.private`).mode & 0o077).toBe(0o050);
  });

  it('is not hindered by what a process of the same number left when it died', async () => {
    const root = join(mkdtempSync(join(folder, 'left-')), 'archive');
    const temporary = `${root}.private/tmp`;
    mkdirSync(temporary, { recursive: true });
    for (let i = 1; i <= 1000; i += 1)
      writeFileSync(join(temporary, `${process.pid}-${i}`), 'half');
    const archive = createFolderStore(root);
    await archive.create('file', bytes('x'));
    expect(text(await archive.read('file'))).toBe('x');
    expect(readdirSync(temporary)).toHaveLength(1000);
  });

  it('leaves no part of a file that could not be written whole', async () => {
    const root = join(mkdtempSync(join(folder, 'full-')), 'archive');
    const archive = createFolderStore(root);
    const breaking: Pieces = {
      size: 2,
      *read() {
        yield bytes('x');
        throw new Error('no space left');
      },
    };
    await expect(archive.create('file', breaking)).rejects.toThrow('no space left');
    expect(readdirSync(`${root}.private/tmp`)).toEqual([]);
    expect(await archive.create('file', bytes('xy'))).toBe('created');
  });

  it('removes what processes that died left more than a day ago, and nothing else', async () => {
    const root = join(mkdtempSync(join(folder, 'swept-')), 'archive');
    const temporary = `${root}.private/tmp`;
    const left = (name: string, hoursAgo: number): void => {
      const time = Date.now() / 1000 - hoursAgo * 3600;
      writeFileSync(join(temporary, name), 'half');
      utimesSync(join(temporary, name), time, time);
    };
    mkdirSync(temporary, { recursive: true });
    left('1-1', 25);
    left('1-2', 23);
    left('notes.txt', 25);
    mkdirSync(join(temporary, '1-3'));
    utimesSync(join(temporary, '1-3'), 0, 0);
    await createFolderStore(root).create('file', bytes('x'));
    expect(readdirSync(temporary).sort()).toEqual(['1-2', '1-3', 'notes.txt']);
  });

  it('writes files that nobody can change by accident', async () => {
    const root = mkdtempSync(join(folder, 'mode-'));
    await createFolderStore(root).create('file', bytes('x'));
    expect(statSync(join(root, 'file')).mode & 0o222).toBe(0);
  });

  it('lists symbolic links and follows none', async () => {
    const root = mkdtempSync(join(folder, 'links-'));
    const outside = mkdtempSync(join(folder, 'outside-'));
    writeFileSync(join(outside, 'secret'), 'secret');
    mkdirSync(join(root, 'real'));
    symlinkSync(join(outside, 'secret'), join(root, 'real/file'));
    symlinkSync(outside, join(root, 'folder'));
    const archive = createFolderStore(root);
    expect(await listed(archive)).toEqual(['folder', 'real/file']);
    expect(await listed(archive, 'folder/')).toEqual([]);
    expect(await archive.read('real/file')).toBeUndefined();
    expect(await archive.read('folder/secret')).toBeUndefined();
    await expect(archive.create('folder/new', bytes('x'))).rejects.toMatchObject({
      code: 'ARCHIVE_UNREACHABLE',
    });
    expect(readdirSync(outside)).toEqual(['secret']);
  });

  it('may itself be behind a symbolic link', async () => {
    const real = mkdtempSync(join(folder, 'real-'));
    symlinkSync(real, `${real}-link`);
    const archive = createFolderStore(`${real}-link`);
    await archive.create('a/file', bytes('x'));
    expect(text(await archive.read('a/file'))).toBe('x');
    expect(await listed(archive)).toEqual(['a/file']);
  });

  it('is empty until the first file is written', async () => {
    const archive = createFolderStore(join(folder, 'not-yet'));
    expect(await listed(archive)).toEqual([]);
    expect(await archive.read('a')).toBeUndefined();
  });

  it('says so when the file system refuses', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, 'x');
    const archive = createFolderStore(file);
    await expect(archive.create('a', bytes('x'))).rejects.toMatchObject({
      code: 'ARCHIVE_UNREACHABLE',
      hint: expect.stringContaining('folder') as string,
    });
    const locked = mkdtempSync(join(folder, 'locked-'));
    chmodSync(locked, 0o000);
    if (process.getuid?.() !== 0) {
      await expect(listed(createFolderStore(locked))).rejects.toMatchObject({
        code: 'ARCHIVE_UNREACHABLE',
      });
    }
    chmodSync(locked, 0o700);
  });
});

describe('a blob store', () => {
  it('says so when there is no such container, and makes none', async () => {
    const client = containerClient('missing');
    const archive = createBlobStore(client);
    const refusal = { code: 'ARCHIVE_UNREACHABLE' };
    await expect(archive.create('a', bytes('x'))).rejects.toMatchObject(refusal);
    await expect(archive.read('a')).rejects.toMatchObject(refusal);
    await expect(listed(archive)).rejects.toMatchObject(refusal);
    expect(await client.exists()).toBe(false);
  });

  it('says so when nobody answers', async () => {
    const archive = createBlobStore(containerClient('a', 'http://127.0.0.1:9/devstoreaccount1'));
    await expect(archive.read('a')).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
  });

  it('never tells the secret in its address', async () => {
    const client = new ContainerClient(`${azurite.blobUrl}/missing?sv=2021&sig=SECRET`);
    const archive = createBlobStore(client);
    expect(archive.location).toBe(`${azurite.blobUrl}/missing`);
    const error = await archive.read('a').catch((thrown: unknown) => thrown as Error);
    expect((error as Error).message).not.toContain('SECRET');
  });
});
