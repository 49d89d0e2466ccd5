import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogRequest, LogSession, LogSource } from '../core/logs';
import { withOwnTables, type OwnTable } from '../core/known-tables';
import { makeFolder } from '../core/make-folder';
import type { Instant } from '../core/period';
import { ACTIVITY } from './activity-table';
import { ArchiveCache } from './archive-cache';
import { openArchiveSession } from './archive-session';
import { receivedFor } from './blob-paths';
import type { OpenTables } from './blob-store';
import { createHeldTree } from './held-tree';
import { listLogs } from './list-logs';
import type { LogTree } from './log-tree';
import { ownShape } from './own-table';
import { LOGIN_EVENTS, METRICS, REPOSITORY_EVENTS } from './registry-tables';
import { TurnQueue } from './turn-queue';

/** The tables that a log archive can hold. */
export const ARCHIVE_SHAPES = [LOGIN_EVENTS, REPOSITORY_EVENTS, METRICS, ACTIVITY] as const;

export interface LogArchiveOptions {
  readonly tree: LogTree;
  /** A folder in which a private folder is made for the database and downloads. */
  readonly scratch: string;
  readonly now: () => Instant;
  /** What a query on a table gets whose container does not exist; default `fail`. */
  readonly missingTables?: 'fail' | 'empty';
  /** DuckDB's limit; the process takes some 200 MB more. Default 320. */
  readonly memoryLimitMb?: number;
  /** Raw bytes of which the records are kept for later sessions. Default 20 GB, about 2.5 GB on disk. */
  readonly keepBytes?: number;
  /** Tables that users describe themselves, besides those that are built in. */
  readonly ownTables?: readonly OwnTable[];
  /** Where the records are kept; by default a process of its own. */
  readonly openTables?: OpenTables;
  /** Called as blobs are loaded, with numbers for the session that is being opened. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** How far the loading of one table is, in raw bytes. */
export interface LoadProgress {
  readonly table: string;
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

const DEFAULT_KEEP_BYTES = 20_000_000_000;

/**
 * Raw logs, as diagnostic settings write them to a storage account or as the same layout in a folder,
 * answered by the embedded engine. A blob is read once per process, however many sessions ask for it.
 */
export function createLogArchive(options: LogArchiveOptions): LogSource {
  const queue = new TurnQueue();
  const known = withOwnTables(options.ownTables ?? []);
  const shapes = [...ARCHIVE_SHAPES, ...known.own.map(ownShape)];
  const tree = createHeldTree(options.tree);
  let cache: ArchiveCache | undefined;
  let folder: string | undefined;
  const openCache = async (): Promise<ArchiveCache> => {
    await makeFolder(options.scratch);
    folder ??= await mkdtemp(join(options.scratch, 'logs-'));
    cache ??= await ArchiveCache.open({
      tree,
      folder,
      shapes,
      keepBytes: options.keepBytes ?? DEFAULT_KEEP_BYTES,
      openTables: options.openTables,
      ...(options.memoryLimitMb === undefined ? {} : { memoryLimitMb: options.memoryLimitMb }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    return cache;
  };
  const open = (request: LogRequest): Promise<LogSession> =>
    queue.runAlone(async () => {
      const { now, missingTables = 'fail' } = options;
      // The engine starts in the meantime.
      const listed = listLogs(tree, shapes, request);
      listed.catch(() => undefined);
      const opened = await openCache();
      const session = { request, listing: await listed, now, missingTables, known };
      return openArchiveSession(opened, queue, session);
    });
  return {
    description: { kind: 'log-archive', location: options.tree.location },
    open,
    // What a session reads stays for the next one, and many blobs at once are read much faster than few.
    preload: async (request) => {
      const release = (): void => {
        tree.release();
      };
      tree.hold(receivedFor(request.window));
      try {
        await (await open(request)).close();
      } catch (error) {
        release();
        throw error;
      }
      return release;
    },
    close: () =>
      queue.runAlone(async () => {
        await cache?.close();
        cache = undefined;
        if (folder !== undefined) await rm(folder, { recursive: true, force: true });
        folder = undefined;
      }),
  };
}
