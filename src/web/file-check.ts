import { mapInParallel } from '../core/in-parallel';
import { runFolder } from '../archive/layout';
import type { Archive } from '../core/archive';
import { sha256, sha256In } from '../core/digest';
import type { Pieces } from '../core/pieces';
import type { StreamReading } from './chain-reader';

/** One file of a run's folder, or one that should be there. */
export interface CheckedFile {
  readonly path: string;
  /** Below the run's folder. */
  readonly name: string;
  /** In bytes; undefined when it is missing. */
  readonly size: number | undefined;
  /** What the manifest says; undefined when nothing speaks for the file. */
  readonly sha256: string | undefined;
  readonly state:
    | 'as-sealed'
    | 'altered'
    | 'missing'
    | 'unlisted'
    | 'not-checked'
    /** Under retention, as an entry says. */
    | 'destroyed';
}

/** Above this, files are checked when they are opened, so that a page stays quick to make. */
const MOST_BYTES = 50_000_000;

const READS_AT_ONCE = 8;

/** Compares every file of a sealed run with its digest. Altered, missing and unlisted files come first. */
export async function checkRunFiles(
  archive: Archive,
  reading: StreamReading,
  runId: string,
): Promise<CheckedFile[]> {
  const folder = runFolder(reading.stream, runId);
  const sizes = new Map<string, number>();
  for await (const { path, size } of archive.list(folder)) sizes.set(path, size);
  const sealed = [...reading.files.keys()].filter((path) => path.startsWith(folder));
  const paths = [...new Set([...sealed, ...sizes.keys()])].sort();
  const bytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const files = await mapInParallel(paths, READS_AT_ONCE, async (path) => {
    const digest = reading.files.get(path);
    const size = sizes.get(path);
    const state =
      size === undefined && reading.destroyed.has(path)
        ? 'destroyed'
        : await stateOf(archive, path, digest, bytes > MOST_BYTES);
    return { path, name: path.slice(folder.length), size, sha256: digest, state };
  });
  return [...files.filter(isWrong), ...files.filter((file) => !isWrong(file))];
}

/** Whether a file is not what it must be. */
export function isWrong({ state }: CheckedFile): boolean {
  return state === 'altered' || state === 'missing' || state === 'unlisted';
}

/** A sealed file's bytes, or why they are not what was sealed. */
export async function readSealed(
  archive: Archive,
  path: string,
  digest: string | undefined,
): Promise<Pieces | 'missing' | 'altered'> {
  const content = await archive.open(path);
  if (content === undefined) return 'missing';
  return digest === undefined || sha256(content) === digest ? content : 'altered';
}

async function stateOf(
  archive: Archive,
  path: string,
  digest: string | undefined,
  tooMuch: boolean,
): Promise<CheckedFile['state']> {
  if (digest === undefined) return 'unlisted';
  if (tooMuch) return 'not-checked';
  const found = await sha256In(archive, path);
  if (found === undefined) return 'missing';
  return found === digest ? 'as-sealed' : 'altered';
}
