import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  lstatSync,
  openSync,
  readFile,
  readFileSync,
  realpathSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { chmod, link, lstat, open, readdir, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';

import type { Archive, ArchiveFile } from '../core/archive';
import type { Retention } from '../core/custody';
import { phrase } from '../core/language';
import { sha256, sha256Later } from '../core/digest';
import { TallymanError } from '../core/errors';
import { makeFolder } from '../core/make-folder';
import { piecesOf, type Content, type Pieces } from '../core/pieces';
import { spooledLater } from '../core/spool';
import { pathSegments } from './layout';

/** Larger files are read by a thread, so that nobody has to wait for them. */
const SMALL_BYTES = 1_000_000;
/** Larger ones are read in pieces or not at all. */
const LARGEST_BYTES = 2 ** 31 - 1;

const SLASH = Buffer.from('/');

const readWhole = promisify(readFile);

/** What a folder’s file system is known to do against deletion. */
export const FOLDER_RETENTION: Retention = {
  status: 'absent',
  detail: phrase('retention.folder'),
};

/** Names the next temporary file of this process. */
let filesWritten = 0;

const TEMPORARY_NAME = /^\d+-\d+$/;
/** No file takes so long to be written. */
const LEFT_MS = 24 * 3_600_000;

/** Follows no link, and does not wait for somebody to write into a pipe. */
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface FolderStoreOptions {
  /** Where files are written before they get their name; on the same file system as the archive. */
  readonly temporary?: string;
}

/**
 * An archive in a folder, which is made when the first file is. A file is written aside, flushed to the
 * disk and then linked to its name, so that it is there whole or not at all, even after a power cut.
 * Symbolic links are listed, so that verification sees them, and never followed.
 * Methods throw ARCHIVE_UNREACHABLE when the file system refuses, and a RangeError for a bad path.
 */
export function createFolderStore(folder: string, options: FolderStoreOptions = {}): Archive {
  const root = resolve(folder);
  const temporary = resolve(options.temporary ?? `${root}.private/tmp`);
  let swept: Promise<void> | undefined;
  return {
    location: root,
    create: async (path, content) => {
      const target = join(root, ...pathSegments(path));
      try {
        return await reaching(root, () => createFile(root, temporary, target, content));
      } finally {
        await (swept ??= sweep(temporary));
      }
    },
    read: async (path) => {
      const target = join(root, ...pathSegments(path));
      return reaching(root, () => readRegularFile(root, target));
    },
    open: async (path) => {
      const target = join(root, ...pathSegments(path));
      return reaching(root, () => openFile(root, target));
    },
    digest: async (path) => {
      const target = join(root, ...pathSegments(path));
      return reaching(root, () => digestFile(root, target));
    },
    list: (prefix) => listFiles(root, prefix),
  };
}

async function createFile(
  root: string,
  temporary: string,
  target: string,
  content: Content,
): Promise<'created' | 'exists'> {
  await makePrivately(temporary);
  const source = await writeAside(temporary, content);
  try {
    await makeLastingFolder(dirname(target));
    if (!isReallyAt(root, dirname(target))) throw new Error(`${target} is behind a link`);
    try {
      await link(source, target);
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return 'exists';
      throw error;
    }
    await flushFolder(dirname(target));
    return 'created';
  } finally {
    await rm(source, { force: true });
  }
}

/** Writes a new file that survives a power cut, and returns its path. */
async function writeAside(temporary: string, content: Content): Promise<string> {
  const { handle, file } = await openNew(temporary);
  try {
    try {
      for (const piece of piecesOf(content).read()) await handle.writeFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // On a full disk it would keep the place that the next try needs.
    await rm(file, { force: true });
    throw error;
  }
  return file;
}

/**
 * Removes what processes that died left a day ago or longer. Nobody is stopped by trouble with it. Call it when
 * something was written there, for the file system’s own clock.
 */
async function sweep(temporary: string): Promise<void> {
  try {
    const { mtimeMs: now } = await lstat(temporary);
    for (const name of (await readdir(temporary)).filter((one) => TEMPORARY_NAME.test(one))) {
      const file = join(temporary, name);
      const stats = await lstat(file).catch(() => undefined);
      // Another process may be quicker.
      if (stats?.isFile() === true && now - stats.mtimeMs > LEFT_MS)
        await rm(file, { force: true });
    }
  } catch {
    // There will be another time.
  }
}

async function openNew(folder: string): Promise<{ handle: FileHandle; file: string }> {
  for (;;) {
    filesWritten += 1;
    const file = join(folder, `${process.pid}-${filesWritten}`);
    try {
      return { handle: await open(file, 'wx', 0o444), file };
    } catch (error) {
      // Another host's process of the same number, or an earlier one that died, left it.
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
}

/** Lets nobody else into the folder around it, when that is not there yet: mails and downloads name people. */
async function makePrivately(temporary: string): Promise<void> {
  const first = await makeLastingFolder(temporary);
  const around = dirname(temporary);
  if (first !== undefined && first.length <= around.length) await chmod(around, 0o700);
}

/** Makes a folder and those above it, and gives the uppermost that it made; what was made survives a power cut. */
async function makeLastingFolder(folder: string): Promise<string | undefined> {
  const first = await makeFolder(folder);
  if (first === undefined) return undefined;
  for (let made = folder; made.length >= first.length; made = dirname(made)) {
    await flushFolder(dirname(made));
  }
  return first;
}

async function flushFolder(folder: string): Promise<void> {
  // Windows can't open a folder, and flushes its entries by itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readRegularFile(root: string, target: string): Promise<Uint8Array | undefined> {
  const file = openRegularFile(root, target);
  if (file === undefined) return undefined;
  try {
    const { isFile, size } = file;
    // What is larger than Node.js can hold was not written by this program to be read whole.
    if (!isFile || size > LARGEST_BYTES) return undefined;
    // Most files are small, and read sooner than a thread could be found for them.
    return size <= SMALL_BYTES ? readFileSync(file.descriptor) : await readWhole(file.descriptor);
  } finally {
    closeSync(file.descriptor);
  }
}

/** Copied where it is large, so that what was looked at stays what it was. */
async function openFile(root: string, target: string): Promise<Pieces | undefined> {
  const file = openRegularFile(root, target);
  if (file === undefined) return undefined;
  try {
    if (!file.isFile) return undefined;
    const { descriptor: fd } = file;
    return await spooledLater(createReadStream('', { fd, autoClose: false, start: 0 }));
  } finally {
    closeSync(file.descriptor);
  }
}

async function digestFile(root: string, target: string): Promise<string | undefined> {
  const file = openRegularFile(root, target);
  if (file === undefined) return undefined;
  try {
    const { isFile, size, descriptor: fd } = file;
    if (!isFile) return undefined;
    if (size <= SMALL_BYTES) return sha256(readFileSync(fd));
    return (await sha256Later(createReadStream('', { fd, autoClose: false, start: 0 }))).sha256;
  } finally {
    closeSync(file.descriptor);
  }
}

/** Undefined when there is none. Whoever opens it closes it. */
function openRegularFile(
  root: string,
  target: string,
): { descriptor: number; isFile: boolean; size: number } | undefined {
  try {
    if (!isReallyAt(root, dirname(target))) return undefined;
    const descriptor = openSync(target, READ_ONLY);
    const stats = fstatSync(descriptor);
    return { descriptor, isFile: stats.isFile(), size: stats.size };
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO')) return undefined;
    throw error;
  }
}

/** Whether no folder between the archive's root and this one is a link to somewhere else. */
export function isReallyAt(root: string, folder: string): boolean {
  // One short system call; waiting for a thread to make it takes many times as long.
  return realpathSync.native(folder) === join(realpathSync.native(root), relative(root, folder));
}

async function* listFiles(root: string, prefix: string): AsyncGenerator<ArchiveFile> {
  const wholeFolders = prefix.split('/').slice(0, -1);
  const start = wholeFolders.length === 0 ? '' : pathSegments(wholeFolders.join('/')).join('/');
  const folder = join(root, start);
  const isThere = await reaching(root, async () => {
    const stats = await lstat(folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw error;
    });
    if (stats === undefined) return false;
    return start === '' || (stats.isDirectory() && isReallyAt(root, folder));
  });
  if (!isThere) return;
  for await (const file of walk(root, start, Buffer.from(folder))) {
    if (file.path.startsWith(prefix)) yield file;
  }
}

/** `at` is where the folder is: a hostile name need not be UTF-8, and its text leads nowhere then. */
async function* walk(root: string, folder: string, at: Buffer): AsyncGenerator<ArchiveFile> {
  const entries = await reaching(root, () =>
    readdir(at, { withFileTypes: true, encoding: 'buffer' }),
  );
  // A folder sorts as its name and a slash do, which gives the order of whole paths.
  const names = entries
    .map((entry) => ({
      name: entry.name.toString(),
      bytes: entry.name,
      isFolder: entry.isDirectory(),
    }))
    .map((entry) => ({ key: entry.isFolder ? `${entry.name}/` : entry.name, entry }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ entry }) => ({ entry, path: folder === '' ? entry.name : `${folder}/${entry.name}` }));
  for (const { entry, path } of names) {
    if (entry.isFolder) yield* walk(root, path, Buffer.concat([at, SLASH, entry.bytes]));
    else yield fileAt(root, path);
  }
}

/** Most who list files want their names alone, so a size is looked up when it is asked for. */
function fileAt(root: string, path: string): ArchiveFile {
  return {
    path,
    get size() {
      const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
      return stats?.isFile() === true ? stats.size : 0;
    },
  };
}

/** Has a file system’s trouble told as ARCHIVE_UNREACHABLE. */
export async function reaching<T>(root: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TallymanError(
      'ARCHIVE_UNREACHABLE',
      `The archive ${root} can't be used: ${reason}.`,
      {
        hint: 'Check that the folder is there, that it may be read and written, and that its file system has hard links.',
        cause,
      },
    );
  }
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && codes.includes(code);
}
