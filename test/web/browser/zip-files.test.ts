import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import type { PickedFile } from '../../../src/web/browser/picked-files';
import { CannotTell } from '../../../src/web/browser/picked-files';
import { filesOfZip } from '../../../src/web/browser/zip-files';

async function zipWith(add: (zip: ZipFile) => void, forceZip64Format = false): Promise<Buffer> {
  const zip = new ZipFile();
  add(zip);
  zip.end({ forceZip64Format, comment: 'A pack.' });
  return buffer(zip.outputStream);
}

const filesIn = (zip: Uint8Array): Promise<PickedFile[]> =>
  filesOfZip(new Blob([new Uint8Array(zip)]));

const CONTENT = Buffer.from('a file '.repeat(1000));
const two = (zip: ZipFile): void => {
  zip.addBuffer(CONTENT, 'packed.txt');
  zip.addEmptyDirectory('folder');
  zip.addBuffer(CONTENT, 'folder/stored.txt', { compress: false });
};

it.each([false, true])('reads packed and stored files; with large numbers: %s', async (large) => {
  const files = await filesIn(await zipWith(two, large));
  expect(files.map(({ path, size }) => [path, size])).toEqual([
    ['packed.txt', CONTENT.length],
    ['folder/stored.txt', CONTENT.length],
  ]);
  for (const file of files) expect(Buffer.from((await file.read())!)).toEqual(CONTENT);
});

it('never takes a cut ZIP file for a whole one', async () => {
  const zip = await zipWith(two);
  for (let length = 0; length < zip.length; length += 1) {
    await expect(filesIn(zip.subarray(0, length))).rejects.toThrow(CannotTell);
  }
  await expect(filesIn(Buffer.concat([Buffer.from('more'), zip]))).rejects.toThrow(CannotTell);
});

it('gives the bytes, none or a refusal, whichever bit is another', async () => {
  const zip = await zipWith(two);
  for (let bit = 0; bit < zip.length * 8; bit += 7) {
    const flipped = Buffer.from(zip);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    try {
      for (const file of await filesIn(flipped)) await file.read();
    } catch (error) {
      expect(error).toBeInstanceOf(CannotTell);
    }
  }
});

it('does not unpack to more than a file says', async () => {
  const zip = await zipWith((one) => {
    one.addBuffer(Buffer.alloc(1_000_000), 'bomb');
  });
  zip.writeUInt32LE(10, zip.lastIndexOf(Buffer.from('504b0102', 'hex')) + 24);
  zip.writeUInt32LE(10, 22);
  const [bomb] = await filesIn(zip);
  expect(bomb!.size).toBe(10);
  expect(await bomb!.read()).toBeUndefined();
});

it('refuses links, devices and files of several names', async () => {
  for (const mode of [0o120777, 0o020644, 0o160644]) {
    const link = await zipWith((zip) => {
      zip.addBuffer(CONTENT, 'link', { mode });
    });
    await expect(filesIn(link)).rejects.toThrow('a link');
  }
  const names = await zipWith(two);
  names.write('forged.txt', names.indexOf('packed.txt'));
  // Also when nobody reads it: it may be one of those that a note explains.
  await expect(filesIn(names)).rejects.toThrow('several names');
});

it('lists a name that comes twice twice', async () => {
  const zip = await zipWith((one) => {
    one.addBuffer(CONTENT, 'name');
    one.addBuffer(Buffer.from('other'), 'name');
  });
  expect((await filesIn(zip)).map(({ path }) => path)).toEqual(['name', 'name']);
});
