import { copyFile, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sha256 } from '../core/digest';
import { TallymanError } from '../core/errors';
import type { Interval } from '../core/period';
import { mayHold, parseBlobPath } from './blob-paths';
import type { LogFile, LogTree } from './log-tree';

/** Segments between a category and the year: `resourceId=`, SUBSCRIPTIONS, … REGISTRIES, name. */
const MAX_RESOURCE_DEPTH = 12;

/** Raw logs in a folder of Azure's layout, a real directory named `resourceId=` included. */
export function createFolderTree(folder: string): LogTree {
  const root = resolve(folder);
  return {
    location: folder,
    readable: [root],
    categories: async () => {
      // A mistyped folder must not pass for one in which nothing was logged.
      await reaching(folder, () => stat(root));
      const names = (await folders(root)).map((name) => name.toLowerCase());
      return [...new Set(names.filter(isCategory))];
    },
    resources: async (category) => {
      const found: string[] = [];
      for (const name of await categoryFolders(root, category)) {
        await findResources(join(root, name), [], found);
      }
      return [...new Set(found)];
    },
    list: (category, resource, received) => listFiles(root, category, resource, received),
    materialize: async (file, scratch) => {
      const path = join(root, ...file.path.split('/'));
      // DuckDB would take these characters for a pattern.
      if (!/[*?[\]{}]/.test(path)) return path;
      const copy = join(scratch, `${sha256(file.path)}.json`);
      await reaching(path, () => copyFile(path, copy));
      return copy;
    },
  };
}

function isCategory(name: string): boolean {
  return name.startsWith('insights-');
}

async function categoryFolders(root: string, category: string): Promise<string[]> {
  return (await folders(root)).filter((name) => name.toLowerCase() === category);
}

async function findResources(folder: string, segments: string[], found: string[]): Promise<void> {
  if (segments.length > MAX_RESOURCE_DEPTH) return;
  for (const name of await folders(folder)) {
    if (/^y=\d{4}$/i.test(name)) found.push(segments.join('/'));
    else await findResources(join(folder, name), [...segments, name], found);
  }
}

/** Goes down only into the years, months, days and hours that may hold what is wanted. */
async function* listFiles(
  root: string,
  category: string,
  resource: string,
  received: Interval,
): AsyncGenerator<LogFile> {
  for (const name of await categoryFolders(root, category)) {
    const top = join(root, name, ...resource.split('/'));
    for (const path of await timeFolders(top, received)) {
      for (const minute of await folders(join(top, path))) {
        yield* filesIn(root, [name, resource, ...path.split('/'), minute].join('/'));
      }
    }
  }
}

/** The `y=/m=/d=/h=` folders of an interval. */
async function timeFolders(top: string, received: Interval): Promise<string[]> {
  let level: { path: string; digits: string }[] = [{ path: '', digits: '' }];
  for (const pattern of [/^y=(\d{4})$/i, /^m=(\d\d)$/i, /^d=(\d\d)$/i, /^h=(\d\d)$/i]) {
    const next: typeof level = [];
    for (const { path, digits } of level) {
      for (const name of await folders(join(top, path))) {
        const longer = digits + (pattern.exec(name)?.[1] ?? '');
        if (longer !== digits && mayHold(received, longer)) {
          next.push({ path: path === '' ? name : `${path}/${name}`, digits: longer });
        }
      }
    }
    level = next;
  }
  return level.map(({ path }) => path);
}

async function* filesIn(root: string, folder: string): AsyncGenerator<LogFile> {
  const full = join(root, ...folder.split('/'));
  const entries = await reaching(full, () => readdir(full, { withFileTypes: true }));
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (!entry.isFile() || parseBlobPath(path) === undefined) continue;
    const { size, mtimeMs } = await reaching(path, () => stat(join(full, entry.name)));
    yield { path, size, version: `${mtimeMs}-${size}` };
  }
}

/** The names of the folders in a folder, in order; none when it does not exist. Links are not followed. */
async function folders(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unreachable(path, error);
  }
}

async function reaching<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unreachable(path, error);
  }
}

function unreachable(path: string, cause: unknown): TallymanError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new TallymanError(
    'LOGS_UNREACHABLE',
    `The log folder ${path} could not be read: ${code}.`,
    {
      hint: 'Check that the folder exists and that this process may read it.',
      cause,
    },
  );
}
