import type { Interval } from '../core/period';
import { parseBlobPath } from './blob-paths';
import type { LogFile, LogTree } from './log-tree';

/** A tree that can be held still: what was listed once is not listed again. */
export interface HeldTree extends LogTree {
  /** From now on shows the files of an interval as they are listed the first time. */
  hold(received: Interval): void;
  /** From now on lists afresh. */
  release(): void;
}

/** Listing a year of hours takes longer than most questions; several runs in a row need it only once. */
export function createHeldTree(tree: LogTree): HeldTree {
  let held: Interval | undefined;
  const known = new Map<string, unknown>();
  const once = <T>(key: string, work: () => Promise<T>): Promise<T> => {
    if (held === undefined) return work();
    const before = known.get(key) as Promise<T> | undefined;
    if (before !== undefined) return before;
    const found = work();
    known.set(key, found);
    // What failed once may well succeed when it is asked again.
    found.catch(() => {
      if (known.get(key) === found) known.delete(key);
    });
    return found;
  };
  const filesOf = (category: string, resource: string, received: Interval): Promise<LogFile[]> =>
    once(`files ${category} ${resource}`, async () => {
      const files: LogFile[] = [];
      for await (const file of tree.list(category, resource, received)) files.push(file);
      return files;
    });
  return {
    location: tree.location,
    readable: tree.readable,
    categories: () => once('categories', () => tree.categories()),
    resources: (category) => once(`resources ${category}`, () => tree.resources(category)),
    list: async function* (category, resource, received) {
      if (held === undefined || !contains(held, received)) {
        yield* tree.list(category, resource, received);
        return;
      }
      for (const file of await filesOf(category, resource, held)) {
        if (wasReceivedIn(received, file)) yield file;
      }
    },
    materialize: (file, scratch) => tree.materialize(file, scratch),
    hold: (received) => {
      known.clear();
      held = received;
    },
    release: () => {
      known.clear();
      held = undefined;
    },
  };
}

function contains(outer: Interval, inner: Interval): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** As a tree's own `list`: the whole of each hour that the interval touches. */
function wasReceivedIn(received: Interval, file: LogFile): boolean {
  const hour = parseBlobPath(file.path)?.hour ?? '';
  return hour >= `${received.start.slice(0, 13)}:00:00.000Z` && hour < received.end;
}
