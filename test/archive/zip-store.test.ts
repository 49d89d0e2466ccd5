import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

import { verifyArchive } from '../../src/archive/verify';
import { openZipStore } from '../../src/archive/zip-store';
import { sha256, sha256In } from '../../src/core/digest';
import type { TestArchive } from '../support/archives';
import { buildArchive } from '../support/archives';
import { filesIn } from './forge';
import { codesOf } from './support';

let intact: TestArchive;
let folder: string;

beforeAll(async () => {
  intact = await buildArchive({ periods: 2, gaps: [] });
  folder = mkdtempSync(join(tmpdir(), 'tallyman-zip-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await intact.remove();
});

/** A ZIP file of the archive, with more in it. */
async function zipWith(more: (zip: ZipFile) => void, around = ''): Promise<string> {
  const file = join(folder, 'archive.zip');
  const zip = new ZipFile();
  for (const path of filesIn(intact.folder)) zip.addFile(join(intact.folder, path), around + path);
  more(zip);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
  return file;
}

async function codesIn(file: string): Promise<string[]> {
  return codesOf((await verifyArchive(await openZipStore(file))).discrepancies);
}

it.each(['', 'archive of 2026/'])(
  'verifies an archive in a ZIP file, inside the folder "%s"',
  async (around) => {
    expect(await codesIn(await zipWith(() => undefined, around))).toEqual([]);
  },
);

it('reports a name that comes twice', async () => {
  const file = await zipWith((zip) => {
    zip.addBuffer(Buffer.from('other'), 'README.txt');
  });
  expect(await codesIn(file)).toContain('file-repeated');
});

it('reports names that lead elsewhere, and writes nothing', async () => {
  const file = await zipWith((zip) => {
    zip.addBuffer(Buffer.from('x'), 'aa/escaped');
  });
  // Names of the same length, in both places where a ZIP file has them.
  const bytes = readFileSync(file);
  for (let at = bytes.indexOf('aa/escaped'); at !== -1; at = bytes.indexOf('aa/escaped', at)) {
    bytes.write('../escaped', at);
  }
  writeFileSync(file, bytes);
  expect(await codesIn(file)).toEqual(['file-unlisted']);
});

/** The bytes with a text replaced, of the same length, where it comes for the `which`-th time. */
function replaced(bytes: Buffer, from: string, to: string, which: 'first' | 'last'): Buffer {
  const changed = Buffer.from(bytes);
  const at = which === 'first' ? bytes.indexOf(from) : bytes.lastIndexOf(from);
  changed.write(to, at);
  return changed;
}

it('reports a file that its own header names otherwise', async () => {
  const file = await zipWith((zip) => {
    zip.addBuffer(Buffer.from('x'), 'daily.all/runs/2026-03-09/report.html');
  });
  const [from, to] = ['daily.all/runs/2026-03-09/', 'daily.all/runs/2026-03-02/'];
  writeFileSync(file, replaced(readFileSync(file), from, to, 'first'));
  expect(await codesIn(file)).toContain('file-repeated');
});

it('reports a file that an extra field names otherwise', async () => {
  const path = Buffer.from('daily.all/runs/2026-03-02/report.html');
  const file = await zipWith((zip) => {
    zip.addBuffer(Buffer.from('x'), `daily.all/runs/2026-03-09/${'x'.repeat(80)}`);
  });
  // The end of the name becomes the extra field, in the directory alone.
  const bytes = readFileSync(file);
  const name = bytes.lastIndexOf('daily.all/runs/2026-03-09/');
  const length = bytes.readUInt16LE(name - 18);
  const field = Buffer.concat([Buffer.from([0x75, 0x70, path.length + 5, 0, 1, 0, 0, 0, 0]), path]);
  field.copy(bytes, name + length - field.length);
  bytes.writeUInt16LE(length - field.length, name - 18);
  bytes.writeUInt16LE(field.length + bytes.readUInt16LE(name - 16), name - 16);
  writeFileSync(file, bytes);
  expect(await codesIn(file)).toContain('file-repeated');
});

it.each([
  ['a link', 0o120777],
  ['a device', 0o020777],
])('reads a sealed file that is marked as %s as missing', async (_what, mode) => {
  const file = await zipWith(() => undefined);
  const bytes = readFileSync(file);
  bytes.writeUInt32LE((mode << 16) >>> 0, bytes.indexOf('PK\u0001\u0002') + 38);
  writeFileSync(file, bytes);
  expect(await codesIn(file)).toContain('file-missing');
});

it('reports a folder that leads elsewhere', async () => {
  const file = await zipWith((zip) => {
    zip.addEmptyDirectory('aa/evil');
    zip.addEmptyDirectory('an empty folder');
  });
  const bytes = readFileSync(file);
  const there = replaced(
    replaced(bytes, 'aa/evil', '../evil', 'first'),
    'aa/evil',
    '../evil',
    'last',
  );
  writeFileSync(file, there);
  expect(await codesIn(file)).toEqual(['file-unlisted']);
});

it('reads a bomb and a file that claims 4 GiB as missing', async () => {
  const file = await zipWith(() => undefined);
  const bytes = readFileSync(file);
  const entry = bytes.indexOf('PK\u0001\u0002');
  bytes.writeUInt32LE(0xffff_fff0, entry + 24);
  writeFileSync(file, bytes);
  expect(await codesIn(file)).toContain('file-missing');
});

it('gives piece by piece what is too large for memory, and none of what is damaged', async () => {
  const content = randomBytes(100_000);
  const file = await zipWith((zip) => {
    zip.addBuffer(content, 'large');
  });
  const store = await openZipStore(file, content.byteLength - 1);
  expect(await store.read('large')).toBeUndefined();
  expect(sha256((await store.open('large'))!)).toBe(sha256(content));
  expect(await sha256In(store, 'large')).toBe(sha256(content));
  expect(await sha256In(store, 'none')).toBeUndefined();

  const bytes = readFileSync(file);
  const [own, entry] = [bytes.lastIndexOf('PK\u0003\u0004'), bytes.lastIndexOf('PK\u0001\u0002')];
  for (const at of [own + 6, entry + 8]) bytes.writeUInt16LE(bytes.readUInt16LE(at) | 1, at);
  writeFileSync(file, bytes);
  const encrypted = await openZipStore(file);
  expect(await encrypted.open('large')).toBeUndefined();
  expect(await sha256In(encrypted, 'large')).toBeUndefined();
});

it('never fails over a ZIP file that is cut or changed', async () => {
  const bytes = readFileSync(await zipWith(() => undefined));
  const file = join(folder, 'changed.zip');
  for (let i = 0; i < 60; i += 1) {
    const changed = Buffer.from(bytes);
    const at = Math.floor((i * bytes.length) / 60);
    changed[at]! ^= 0xff;
    writeFileSync(file, i % 2 === 0 ? changed : changed.subarray(0, at));
    const result = await codesIn(file).catch((error: unknown) => error);
    if (result instanceof Error) expect(result).toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
  }
});

it('says that a file is no ZIP file', async () => {
  writeFileSync(join(folder, 'none.zip'), 'none');
  await expect(openZipStore(join(folder, 'none.zip'))).rejects.toMatchObject({
    code: 'ARCHIVE_UNREACHABLE',
  });
});
