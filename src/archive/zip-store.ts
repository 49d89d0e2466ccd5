import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import type { Entry, ZipFile } from 'yauzl';
import { openPromise } from 'yauzl';

import type { Archive } from '../core/archive';
import { TallymanError } from '../core/errors';
import { piecesOf } from '../core/pieces';
import { isStreamName } from './layout';
import { isLink, leadsElsewhere, namesOf } from './zip-names';

/** No file of an archive is larger; in bytes. What claims to be is not unpacked. */
const LARGEST_FILE = 512 * 1024 * 1024;
/** More names than this are not taken into memory. */
const MOST_FILES = 2_000_000;

/**
 * An archive in a ZIP file, read where it lies: nothing is unpacked to the disk, so names that would lead
 * elsewhere harm nothing and are listed as they are, and so is every other name that a program may unpack a file
 * under. A name that comes twice is listed twice. A file that is damaged, encrypted, a symbolic link, or larger
 * than it says reads as if it were not there. A single folder around everything
 * is left out. Throws ARCHIVE_UNREACHABLE when the file is no ZIP file.
 */
export async function openZipStore(file: string): Promise<Archive> {
  let zip: ZipFile | undefined;
  try {
    // Names stay bytes, because a hostile one must not end the reading of all.
    zip = await openPromise(file, { lazyEntries: true, autoClose: false, decodeStrings: false });
    return storeOf(file, zip, await readNames(zip));
  } catch (cause) {
    zip?.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TallymanError(
      'ARCHIVE_UNREACHABLE',
      `The ZIP file ${file} can’t be read: ${reason}.`,
      {
        hint: 'Copy it again from where it came from.',
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
      if (names.length === MOST_FILES) throw new Error('it holds too many files');
      names.push({ path, entry });
    }
  }
  const around = folderAround(names.map(({ path }) => path));
  return names
    .map(({ path, entry }) => ({ path: path.slice(around.length), entry }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** The one folder, with a slash, that everything is in, unless an archive has a folder of that name. */
function folderAround(paths: readonly string[]): string {
  const [first = '', rest] = (paths[0] ?? '').split('/');
  const isAround = rest !== undefined && first !== 'keys' && !isStreamName(first);
  return isAround && paths.every((path) => path.startsWith(`${first}/`)) ? `${first}/` : '';
}

function storeOf(file: string, zip: ZipFile, names: Names): Archive {
  const entries = new Map(names.map(({ path, entry }) => [path, entry]));
  return {
    location: file,
    create: () => {
      throw new TypeError('a ZIP file is only read');
    },
    read: async (path) => {
      const entry = entries.get(path);
      return entry === undefined ? undefined : readEntry(zip, entry);
    },
    open: async (path) => {
      const entry = entries.get(path);
      const content = entry === undefined ? undefined : await readEntry(zip, entry);
      return content === undefined ? undefined : piecesOf(content);
    },
    list: (prefix) =>
      Readable.from(
        names
          .filter(({ path }) => path.startsWith(prefix))
          .map(({ path, entry }) => ({ path, size: entry.uncompressedSize })),
      ),
  };
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<Uint8Array | undefined> {
  if (isLink(entry) || entry.uncompressedSize > LARGEST_FILE || !entry.canDecodeFileData())
    return undefined;
  try {
    return await buffer(await zip.openReadStreamPromise(entry));
  } catch {
    // Whatever is wrong with it, it is not what was sealed.
    return undefined;
  }
}
