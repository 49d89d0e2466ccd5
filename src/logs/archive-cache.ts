import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Intake, LogRequest } from '../core/logs';
import { makeFolder } from '../core/make-folder';
import { parseBlobPath } from './blob-paths';
import { BlobStore, type BlobToLoad, type OpenTables } from './blob-store';
import type { LogListing } from './list-logs';
import type { LogFile, LogTree } from './log-tree';
import type { TableShape } from './table-shape';

/** Blobs are loaded in batches of about this many raw bytes, three of a table at a time: while one is mended, the database reads two. */
const BATCH_BYTES = 128 * 1024 * 1024;
const BATCHES_AT_ONCE = 3;
const BATCH_BLOBS = 4000;
const DOWNLOADS_AT_ONCE = 8;

export interface ArchiveCacheOptions {
  readonly tree: LogTree;
  /** Private to this cache. */
  readonly folder: string;
  readonly shapes: readonly TableShape[];
  readonly keepBytes: number;
  readonly memoryLimitMb?: number;
  readonly openTables?: OpenTables | undefined;
  readonly onProgress?: (progress: {
    table: string;
    loadedBytes: number;
    totalBytes: number;
  }) => void;
}

/** A blob whose records are in the store. */
interface CachedBlob {
  readonly id: number;
  readonly shape: TableShape;
  readonly version: string;
  readonly size: number;
  /** The number of the session that asked for it last. */
  lastUse: number;
}

/** What loading a request gave. */
export interface Loaded {
  /** Tables whose container exists. */
  readonly present: readonly string[];
  /** Asked when it is wanted, because a later session may still find duplicates. */
  readonly intake: () => Intake;
}

/** Remembers which blobs are in the store, and loads what a session needs besides. */
export class ArchiveCache {
  private readonly blobs = new Map<string, CachedBlob>();
  private sessions = 0;
  private batches = 0;
  private shown: { readonly request: LogRequest; readonly views: Promise<void> } | undefined;

  private constructor(
    private readonly options: ArchiveCacheOptions,
    readonly store: BlobStore,
  ) {}

  /** Opens an empty store in the folder. */
  static async open(options: ArchiveCacheOptions): Promise<ArchiveCache> {
    const { folder: directory, memoryLimitMb } = options;
    const store = await BlobStore.open(
      {
        directory,
        readable: options.tree.readable,
        ...(memoryLimitMb === undefined ? {} : { memoryLimitMb }),
      },
      options.openTables,
    );
    return new ArchiveCache(options, store);
  }

  get location(): string {
    return this.options.tree.location;
  }

  get shapes(): readonly TableShape[] {
    return this.options.shapes;
  }

  /** Loads the blobs listed for a request that are not loaded, or that have changed. */
  async load(request: LogRequest, listing: LogListing): Promise<Loaded> {
    this.sessions += 1;
    const asked = this.options.shapes.filter(({ table }) => request.tables.includes(table));
    for (const shape of asked) await this.store.createTable(shape);
    // While one table's blobs are listed, fetched or mended, the database reads another's.
    const loads = await Promise.allSettled(
      Array.from(listing.files, async ([shape, listed]) => {
        const files = await listed;
        await this.loadFiles(shape, files);
        return files.map(({ path }) => path);
      }),
    );
    const needed = loads.flatMap((load) => {
      if (load.status === 'rejected') throw load.reason;
      return load.value;
    });
    await this.evict();
    return {
      present: listing.present.map(({ table }) => table),
      intake: () => this.intakeOf(needed, listing.registries),
    };
  }

  /** Has the views made that show a request's records, unless they are the ones that stand. */
  show(request: LogRequest, makeViews: () => Promise<void>): Promise<void> {
    // Each view is flushed to the disk, which costs more than many a query.
    if (this.shown?.request === request) return this.shown.views;
    const views = makeViews().catch((error: unknown) => {
      this.shown = undefined;
      throw error;
    });
    this.shown = { request, views };
    return views;
  }

  async close(): Promise<void> {
    await this.store.close();
  }

  private async loadFiles(shape: TableShape, files: readonly LogFile[]): Promise<void> {
    const outdated: number[] = [];
    const missing: LogFile[] = [];
    for (const file of files) {
      const cached = this.blobs.get(file.path);
      if (cached?.version === file.version) {
        cached.lastUse = this.sessions;
        continue;
      }
      if (cached !== undefined) outdated.push(cached.id);
      missing.push(file);
    }
    await this.store.drop(shape, outdated);
    const totalBytes = missing.reduce((sum, { size }) => sum + size, 0);
    let loadedBytes = 0;
    const batches = batchesOf(missing);
    const loadSome = async (): Promise<void> => {
      for (const batch of batches) {
        await this.loadBatch(shape, batch);
        loadedBytes += batch.reduce((sum, { size }) => sum + size, 0);
        this.options.onProgress?.({ table: shape.table, loadedBytes, totalBytes });
      }
    };
    // Whatever fails, the others are not left alone: what they load would be there unknown to anybody.
    const loads = await Promise.allSettled(Array.from({ length: BATCHES_AT_ONCE }, loadSome));
    for (const load of loads) if (load.status === 'rejected') throw load.reason;
    await this.store.finishLoading(shape);
  }

  private async loadBatch(shape: TableShape, batch: readonly LogFile[]): Promise<void> {
    const scratch = join(this.options.folder, `downloads-${++this.batches}`);
    await makeFolder(scratch);
    const local = await materializeAll(this.options.tree, batch, scratch);
    const ids = await this.store.load(shape, local);
    batch.forEach((file, i) => {
      const { path, version, size } = file;
      this.blobs.set(path, { id: ids[i] ?? 0, shape, version, size, lastUse: this.sessions });
    });
    await rm(scratch, { recursive: true, force: true });
  }

  /** Lets go of the blobs that were not asked for the longest, when there are too many. */
  private async evict(): Promise<void> {
    const byUse = [...this.blobs].sort(([, a], [, b]) => a.lastUse - b.lastUse);
    let bytes = byUse.reduce((sum, [, { size }]) => sum + size, 0);
    for (const [path, blob] of byUse) {
      if (bytes <= this.options.keepBytes || blob.lastUse === this.sessions) return;
      await this.store.drop(blob.shape, [blob.id]);
      this.blobs.delete(path);
      bytes -= blob.size;
    }
  }

  private intakeOf(paths: readonly string[], registries: readonly string[]): Intake {
    const intakes = paths.flatMap((path) => {
      const blob = this.blobs.get(path);
      return blob === undefined ? [] : [this.store.intakeOf(blob.id)];
    });
    const sum = (value: (intake: (typeof intakes)[number]) => number): number =>
      intakes.reduce((total, intake) => total + value(intake), 0);
    return {
      blobs: intakes.length,
      bytes: sum(({ bytes }) => bytes),
      records: sum(({ records }) => records),
      duplicates: sum(({ duplicates }) => duplicates),
      unreadable: intakes.flatMap(({ unreadable }) => unreadable),
      registries,
    };
  }
}

/** Batches of about the same size, so that those that are loaded side by side end together. */
function* batchesOf(files: readonly LogFile[]): Generator<LogFile[]> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const most = total / Math.ceil(total / BATCH_BYTES);
  let batch: LogFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && (bytes + file.size / 2 > most || batch.length === BATCH_BLOBS)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.size;
  }
  if (batch.length > 0) yield batch;
}

async function materializeAll(
  tree: LogTree,
  files: readonly LogFile[],
  scratch: string,
): Promise<BlobToLoad[]> {
  const blobs: BlobToLoad[] = [];
  for (let start = 0; start < files.length; start += DOWNLOADS_AT_ONCE) {
    const some = files.slice(start, start + DOWNLOADS_AT_ONCE);
    blobs.push(
      ...(await Promise.all(
        some.map(async (file) => {
          const { resource = '', hour = '' } = parseBlobPath(file.path) ?? {};
          const { path, size } = file;
          const local = await tree.materialize(file, scratch);
          const id = resource.slice('resourceId='.length);
          return { path, size, file: local, received: hour, resource: id };
        }),
      )),
    );
  }
  return blobs;
}
