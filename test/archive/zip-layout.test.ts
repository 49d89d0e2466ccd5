import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { ZipFile } from 'yazl';
import { openZipStore } from '../../src/archive/zip-store';
import { CannotTell } from '../../src/web/browser/picked-files';
import { filesOfZip } from '../../src/web/browser/zip-files';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-layout-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const SEALED = 'a,b\n1,2\n';
const FORGED = 'a,b\n1,2\nforged,row\n';
const LOCAL = Buffer.from('504b0304', 'hex');
const DIRECTORY = Buffer.from('504b0102', 'hex');
const ELSEWHERE = 0xffffffff;
const END = Buffer.from('504b0506', 'hex');

/** A ZIP file of two stored files, with their sizes before them. */
async function zipOf(first: string, comment = ''): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(first), 'findings.csv', { compress: false });
  zip.addBuffer(Buffer.from('x'), 'other', { compress: false });
  zip.end({ comment, forceZip64Format: false });
  return buffer(zip.outputStream);
}

/** Whether the command, and then the browser, read it. */
async function isTaken(zip: Buffer): Promise<boolean[]> {
  const file = join(folder, 'archive.zip');
  writeFileSync(file, zip);
  const ours = await openZipStore(file).catch((error: unknown) => error);
  if (ours instanceof Error) expect(ours).toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
  const theirs = await filesOfZip(new Blob([new Uint8Array(zip)])).catch((error: unknown) => error);
  if (theirs instanceof Error) expect(theirs).toBeInstanceOf(CannotTell);
  return [ours, theirs].map((one) => !(one instanceof Error));
}

it('takes a ZIP file as it was written', async () => {
  expect(await isTaken(await zipOf(FORGED, 'A pack.'))).toEqual([true, true]);
});

it('refuses one whose directory says what was sealed, and which unzip makes longer', async () => {
  const zip = await zipOf(FORGED);
  const entry = zip.indexOf(DIRECTORY);
  zip.writeUInt32LE(crc32(SEALED), entry + 16);
  zip.writeUInt32LE(SEALED.length, entry + 20);
  zip.writeUInt32LE(SEALED.length, entry + 24);
  const file = join(folder, 'forged.zip');
  writeFileSync(file, zip);
  // Without a warning, and with success.
  execFileSync('unzip', ['-qo', file, '-d', folder]);
  expect(readFileSync(join(folder, 'findings.csv'), 'utf8')).toBe(FORGED);
  expect(await isTaken(zip)).toEqual([false, false]);
});

it.each([
  ['flags', 6, 0x0800],
  ['a method', 8, 8],
  ['a checksum', 14, 1],
  ['a packed size', 18, 1],
  ['a size', 22, 1],
])('refuses one that says %s otherwise before a file', async (_what, place, bit) => {
  const zip = await zipOf(SEALED);
  const at = zip.indexOf(LOCAL) + place;
  zip.writeUInt16LE(zip.readUInt16LE(at) ^ bit, at);
  expect(await isTaken(zip)).toEqual([false, false]);
});

it('refuses one with a file that its directory does not have', async () => {
  const [zip, more] = [await zipOf(SEALED), await zipOf(FORGED)];
  const hidden = more.subarray(0, more.indexOf(LOCAL, 1));
  const [directory, end] = [zip.indexOf(DIRECTORY), zip.indexOf(END)];
  const whole = Buffer.concat([zip.subarray(0, directory), hidden, zip.subarray(directory)]);
  whole.writeUInt32LE(directory + hidden.length, end + hidden.length + 16);
  expect(await isTaken(whole)).toEqual([false, false]);
});

it('refuses one whose directory has more files than it says', async () => {
  const zip = await zipOf(SEALED);
  const end = zip.indexOf(END);
  zip.writeUInt16LE(1, end + 8);
  zip.writeUInt16LE(1, end + 10);
  expect(await isTaken(zip)).toEqual([false, false]);
});

it('refuses one that ends twice', async () => {
  const other = await zipOf(FORGED);
  const last = other.subarray(other.indexOf(END));
  // The last end says that a comment follows, and none does; the one before it counts the last as its comment.
  last.writeUInt16LE(7, 20);
  const zip = Buffer.concat([await zipOf(SEALED), last]);
  zip.writeUInt16LE(last.length, zip.indexOf(END) + 20);
  expect(await isTaken(zip)).toEqual([false, false]);
});

it('refuses one that says in its end for large files something else than in its end', async () => {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(SEALED), 'findings.csv');
  zip.end({ comment: '', forceZip64Format: true });
  const bytes = await buffer(zip.outputStream);
  expect(await isTaken(bytes)).toEqual([true, true]);
  const other = Buffer.from(bytes);
  other.writeUInt32LE(1, bytes.indexOf(END) + 16);
  expect(await isTaken(other)).toEqual([false, false]);
  // Where that end is said to be, no file has a place.
  bytes.writeUInt32LE(ELSEWHERE, bytes.indexOf(END) - 8);
  expect(await isTaken(bytes)).toEqual([false, false]);
});

it('takes a file that goes on after it was unpacked for a damaged one', async () => {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(SEALED.repeat(9)), 'findings.csv');
  zip.end({ comment: '', forceZip64Format: false });
  const bytes = await buffer(zip.outputStream);
  const [directory, end, more] = [
    bytes.indexOf(DIRECTORY),
    bytes.indexOf(END),
    Buffer.from('more'),
  ];
  const whole = Buffer.concat([bytes.subarray(0, directory), more, bytes.subarray(directory)]);
  for (const at of [18, directory + more.length + 20]) {
    whole.writeUInt32LE(whole.readUInt32LE(at) + more.length, at);
  }
  whole.writeUInt32LE(directory + more.length, end + more.length + 16);
  expect(await isTaken(whole)).toEqual([true, true]);
  // Browsers refuse it of themselves.
  const store = await openZipStore(join(folder, 'archive.zip'));
  expect(await store.read('findings.csv')).toBeUndefined();
});
