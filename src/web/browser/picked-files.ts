import type { ArchiveFile } from '../../core/archive';
import { folderOfArchive } from '../../archive/archive-folder';
import type { VerifySource } from '../../archive/verify-source';
import { parseManifest } from './manifest-shape';
import { parseKey, sha256 } from './web-crypto';

/** A file of a folder that somebody picked, or of a ZIP file. */
export interface PickedFile extends ArchiveFile {
  /** Undefined when what is there can’t be read as a file of this size. */
  read(): Promise<Uint8Array | undefined>;
}

/** Why it can’t be told whether an archive is whole; for people. */
export class CannotTell extends Error {}

/** WebCrypto takes a file whole; no larger one is put into a browser’s memory. */
const LARGEST = 512 * 1024 * 1024;
/** Of files above this size, in bytes, one at a time is in memory. */
const LARGE = 32 * 1024 * 1024;

/** Files by their paths in the archive, in order. */
export function archiveOf(files: readonly PickedFile[]): PickedFile[] {
  const folder = folderOfArchive(files.map(({ path }) => path));
  return files
    .filter(({ path }) => path.startsWith(folder))
    .map((file) => ({ ...file, path: file.path.slice(folder.length) }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/**
 * Files as the verification rules read them. `onRead` is told of the bytes of each file that was digested, and may
 * throw to end it all.
 */
export function sourceOf(
  files: readonly PickedFile[],
  onRead: (bytes: number) => void,
): VerifySource {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const file = byPath.get(path);
    if (file !== undefined && file.size > LARGEST) {
      throw new CannotTell(`${path} is too large for a browser.`);
    }
    return file?.read();
  };
  const digest = async (path: string): Promise<string | undefined> => {
    const content = await read(path);
    onRead(content?.length ?? 0);
    return content && sha256(content);
  };
  let turn: Promise<unknown> = Promise.resolve();
  return {
    read,
    // eslint-disable-next-line @typescript-eslint/require-await -- there is nothing to wait for
    list: async function* (prefix) {
      yield* files.filter(({ path }) => path.startsWith(prefix));
    },
    sha256,
    sha256In: (path) => {
      if ((byPath.get(path)?.size ?? 0) <= LARGE) return digest(path);
      const mine = turn.then(() => digest(path));
      turn = mine.catch(() => undefined);
      return mine;
    },
    parseManifest,
    parseKey,
  };
}
