import { open } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createInflateRaw } from 'node:zlib';

import type { Entry, ZipFile } from 'yauzl';
import { openPromise } from 'yauzl';

import type { Archive } from '../core/archive';
import { TallymanError } from '../core/errors';
import { sha256Later } from '../core/digest';
import { spooledLater } from '../core/spool';
import { folderOfArchive } from './archive-folder';
import { isRegular, zipLayout } from './zip-layout';
import { leadsElsewhere, namesOf } from './zip-names';

/** No file that has to be in memory as a whole is larger; in bytes. One that claims to be is not unpacked there. */
const LARGEST_IN_MEMORY = 512 * 1024 * 1024;

/**
 * An archive in a ZIP file, read where it lies: nothing is unpacked to the disk, so names that would lead
 * elsewhere harm nothing and are listed as they are, and so is every other name that a program may unpack a file
 * under. A name that comes twice is listed twice. A file that is damaged, encrypted, a symbolic link or device, or larger
 * than it says reads as if it were not there. The folder around everything, or
 * that of a pack, is left out. Throws ARCHIVE_UNREACHABLE when the file is no ZIP file, or one that programs unpack to
 * different bytes: see `zipLayout`.
 */
export async function openZipStore(
  file: string,
  largestInMemory = LARGEST_IN_MEMORY,
): Promise<Archive> {
  let zip: ZipFile | undefined;
  try {
    // First, because yauzl ends the process over a place that no file has.
    await checkLayout(file);
    // Names stay bytes, because a hostile one must not end the reading of all.
    zip = await openPromise(file, { lazyEntries: true, autoClose: false, decodeStrings: false });
    return storeOf(file, zip, await readNames(zip), largestInMemory);
  } catch (cause) {
    zip?.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TallymanError(
      'ARCHIVE_UNREACHABLE',
      `The ZIP file ${file} can’t be read: ${reason}.`,
      {
        hint: 'Copy it again from where it came from, or unzip it and verify the folder.',
        cause,
      },
    );
  }
}

type Names = readonly { readonly path: string; readonly entry: Entry }[];

async function readNames(zip: ZipFile): Promise<Names> {
  const names: { path: string; entry: Entry }[] = [];
  for await (const entry of zip.eachEntry()) {
    for (const path of await namesOf(zip, entry)) {
      const isFolder = path.endsWith('/') && entry.uncompressedSize === 0;
      if (isFolder && !leadsElsewhere(path)) continue;
      names.push({ path, entry });
    }
  }
  const around = folderOfArchive(names.map(({ path }) => path));
  return names
    .filter(({ path }) => path.startsWith(around))
    .map(({ path, entry }) => ({ path: path.slice(around.length), entry }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function checkLayout(file: string): Promise<void> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    await zipLayout(async (from, to) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(to, size) - from));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
      return bytes.subarray(0, bytesRead);
    }, size);
  } finally {
    await handle.close();
  }
}

function storeOf(file: string, zip: ZipFile, names: Names, largestInMemory: number): Archive {
  const entries = new Map(names.map(({ path, entry }) => [path, entry]));
  return {
    location: file,
    create: () => {
      throw new TypeError('a ZIP file is only read');
    },
    read: async (path) => {
      const entry = entries.get(path);
      if (entry === undefined || entry.uncompressedSize > largestInMemory) return undefined;
      return takeEntry(zip, entry, buffer);
    },
    open: async (path) => takeEntry(zip, entries.get(path), spooledLater),
    digest: async (path) => (await takeEntry(zip, entries.get(path), sha256Later))?.sha256,
    list: (prefix) =>
      Readable.from(
        names
          .filter(({ path }) => path.startsWith(prefix))
          .map(({ path, entry }) => ({ path, size: entry.uncompressedSize })),
      ),
  };
}

/** What `take` makes of a file’s bytes as they come; undefined when something is wrong with them. */
async function takeEntry<T>(
  zip: ZipFile,
  entry: Entry | undefined,
  take: (bytes: Readable) => Promise<T>,
): Promise<T | undefined> {
  if (entry?.canDecodeFileData() !== true || !isRegular(entry.externalFileAttributes)) {
    return undefined;
  }
  const bytes = Readable.from(unpacked(zip, entry));
  const seen = { broken: false };
  bytes.once('error', () => {
    seen.broken = true;
  });
  try {
    return await take(bytes);
  } catch (error) {
    // Whatever is wrong with it, it is not what was sealed; a full disk here is another matter.
    if (seen.broken) return undefined;
    throw error;
  }
}

/**
 * An entry’s bytes as they come. Throws when they are damaged, not as many as it says, or not packed in all that is
 * there: what is left over would be one more file to programs that go through a ZIP file from its beginning.
 */
async function* unpacked(zip: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  const packed = await zip.openReadStreamPromise(entry, { decodeFileData: false });
  const inflate = entry.compressionMethod === 0 ? undefined : createInflateRaw();
  // Whatever is wrong with the packed bytes ends the others too.
  if (inflate !== undefined) pipeline(packed, inflate, () => undefined);
  let taken = 0;
  for await (const piece of (inflate ?? packed) as AsyncIterable<Uint8Array>) {
    taken += piece.length;
    if (taken > entry.uncompressedSize) break;
    yield piece;
  }
  const isAll = inflate === undefined || inflate.bytesWritten === entry.compressedSize;
  if (taken !== entry.uncompressedSize || !isAll) throw new Error('it is damaged');
}
