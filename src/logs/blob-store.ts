import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { UnreadableLine } from '../core/logs';
import { makeFolder } from '../core/make-folder';
import type { StoreOptions } from '../kql/store';
import type { QueryStore } from '../kql/store-process';
import { StoreProcess } from '../kql/store-process';
import type { Line } from './lines';
import { refusedLines } from './refused-lines';
import { salvage } from './salvage';
import { Slots } from './slots';
import type { FileToRead, RecordLayout, TableShape } from './table-shape';
import { fieldNamesSql, readsAll } from './field-names';
import { RecordFiles, type BlobCounts } from './record-files';
import { readLayout } from './record-layout';

/** A blob that is to be loaded. */
export interface BlobToLoad extends Omit<FileToRead, 'id'> {
  /** As listed. */
  readonly path: string;
  readonly size: number;
}

/** What loading a blob gave. */
export interface BlobIntake {
  readonly bytes: number;
  /** Records kept. */
  readonly records: number;
  /** Records of this blob that were there already, in this or another blob, and were left out. */
  readonly duplicates: number;
  readonly unreadable: readonly UnreadableLine[];
}

interface Numbered extends BlobToLoad {
  /** Another one when it is read again, because what was read the first time is still in its file. */
  id: number;
}

/** A blob that is read line by line: these lines, of which DuckDB made no records, or all. */
interface ToSalvage {
  readonly blob: Numbered;
  readonly lines?: readonly Line[];
}

/** Opens an empty store for the records. */
export type OpenTables = (options: StoreOptions) => Promise<QueryStore>;

const READ_AT_ONCE = 2;

/** Raw logs in tables: the view `raw.<Table>` has all that was loaded, and queries see views of it. */
export class BlobStore {
  private nextId = 1;
  private readonly intakes = new Map<number, BlobIntake>();
  private readonly records = new Map<TableShape, RecordFiles>();
  /** The numbers of what was salvaged of a blob whose other lines DuckDB has read, by the blob's number. */
  private readonly apart = new Map<number, number>();
  /** Each reads with one thread of its own, and so they share the processors without waiting for each other. */
  private readonly reading = new Slots(READ_AT_ONCE);
  /** Blobs of which nobody has looked for duplicates yet. */
  private readonly unchecked = new Map<TableShape, number[]>();

  private constructor(
    readonly tables: QueryStore,
    private readonly scratch: string,
  ) {}

  /** Opens an empty store in a private scratch folder. */
  static async open(
    options: StoreOptions,
    openTables: OpenTables = (asked) => StoreProcess.open(asked),
  ): Promise<BlobStore> {
    const tables = await openTables(options);
    await tables.execute('CREATE SCHEMA raw');
    return new BlobStore(tables, options.directory);
  }

  /** Creates the table of a shape, empty, unless it is there. */
  async createTable(shape: TableShape): Promise<void> {
    if (this.records.has(shape)) return;
    this.records.set(shape, await RecordFiles.open(this.tables, this.scratch, shape));
  }

  /**
   * Loads blobs of one table and gives their numbers. Every line becomes a record or an unreadable line. Several
   * may be loaded at once; their records show after `finishLoading`, which comes after the last of them.
   */
  async load(shape: TableShape, blobs: readonly BlobToLoad[]): Promise<readonly number[]> {
    const numbered = blobs.map((blob) => ({ ...blob, id: this.nextId++ }));
    try {
      await this.loadNumbered(shape, numbered);
    } catch (error) {
      // Records of a blob that counts as not loaded would be there twice after the next attempt.
      await this.drop(
        shape,
        numbered.map(({ id }) => id),
      );
      throw error;
    }
    return numbered.map(({ id }) => id);
  }

  private async loadNumbered(shape: TableShape, numbered: readonly Numbered[]): Promise<void> {
    const files = this.filesOf(shape);
    const counts = new Map<number, BlobCounts>();
    const damaged = shape.direct
      ? await this.loadRaw(files, numbered, counts)
      : numbered.map((blob) => ({ blob }));
    const unreadable = await this.loadSalvaged(files, damaged, counts);
    for (const { id, size } of numbered) {
      this.intakes.set(id, {
        bytes: size,
        records: counts.get(id)?.records ?? 0,
        duplicates: 0,
        unreadable: unreadable.get(id) ?? [],
      });
    }
    const ids = numbered.map(({ id }) => id);
    this.unchecked.set(shape, [...(this.unchecked.get(shape) ?? []), ...ids]);
  }

  /** Shows what was loaded; of records of a table that are equal in all columns, the one that was received first. */
  async finishLoading(shape: TableShape): Promise<void> {
    const files = this.filesOf(shape);
    const ids = (this.unchecked.get(shape) ?? []).filter((id) => this.intakes.has(id));
    if (ids.length === 0) return;
    await files.show();
    const counts = await files.removeDuplicatesOf(this.withApart(ids));
    this.unchecked.delete(shape);
    if (counts.size === 0) return;
    await files.show();
    const blobs = new Map(Array.from(this.apart, ([id, apart]) => [apart, id]));
    for (const [number, count] of counts) {
      const id = blobs.get(number) ?? number;
      const intake = this.intakeOf(id);
      const records = intake.records - count;
      this.intakes.set(id, { ...intake, records, duplicates: intake.duplicates + count });
    }
  }

  /** What a loaded blob gave; it may change when another blob turns out to hold the same records. */
  intakeOf(id: number): BlobIntake {
    const intake = this.intakes.get(id);
    if (intake === undefined) throw new Error(`blob ${id} is not loaded`);
    return intake;
  }

  /** Removes the records of blobs. */
  async drop(shape: TableShape, ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await this.filesOf(shape).drop(this.withApart(ids));
    await this.filesOf(shape).show();
    for (const id of ids) {
      this.intakes.delete(id);
      this.apart.delete(id);
    }
  }

  async close(): Promise<void> {
    await this.tables.close();
  }

  private withApart(ids: readonly number[]): readonly number[] {
    const apart = ids.map((id) => this.apart.get(id)).filter((id) => id !== undefined);
    return [...ids, ...apart];
  }

  private filesOf(shape: TableShape): RecordFiles {
    const files = this.records.get(shape);
    if (files === undefined) throw new Error(`${shape.table} has not been created`);
    return files;
  }

  /** Lets DuckDB read the blobs; gives back those that must be read line by line, whole or in part. */
  private async loadRaw(
    files: RecordFiles,
    blobs: readonly Numbered[],
    counts: Map<number, BlobCounts>,
  ): Promise<readonly ToSalvage[]> {
    const layout = await readLayout(
      files.shape,
      blobs.map(({ file }) => file),
    );
    const refused = await this.addOrHalve(files, blobs, layout, counts);
    const partly = await findPartlyRead(blobs, counts);
    const suspect = await this.findSuspect(files.shape, blobs, layout, counts);
    const whole = blobs.filter(
      (blob) => refused.includes(blob) || (suspect.has(blob.id) && !partly.has(blob)),
    );
    await files.drop(whole.map(({ id }) => id));
    const parts = Array.from(partly, ([blob, lines]) => ({ blob, lines }));
    return [...whole.map((blob) => ({ blob })), ...parts];
  }

  /** Adds blobs; those that DuckDB refuses altogether, as with a line beyond its limit, are given back. */
  private async addOrHalve(
    files: RecordFiles,
    blobs: readonly Numbered[],
    layout: RecordLayout,
    counts: Map<number, BlobCounts>,
  ): Promise<readonly Numbered[]> {
    if (blobs.length === 0) return [];
    try {
      const added = await this.reading.run(() => files.add(blobs, layout));
      for (const [id, count] of added) counts.set(id, count);
      return [];
    } catch (error) {
      if (blobs.length === 1) return blobs;
      if (/Out of Memory|No space left/i.test(String(error))) throw error;
      const middle = Math.ceil(blobs.length / 2);
      const first = await this.addOrHalve(files, blobs.slice(0, middle), layout, counts);
      return [...first, ...(await this.addOrHalve(files, blobs.slice(middle), layout, counts))];
    }
  }

  /** Blobs with lines that are no records, or with fields under names that DuckDB does not look for. */
  private async findSuspect(
    shape: TableShape,
    blobs: readonly Numbered[],
    layout: RecordLayout,
    counts: ReadonlyMap<number, BlobCounts>,
  ): Promise<ReadonlySet<number>> {
    const suspect = new Set<number>();
    const incomplete: Numbered[] = [];
    for (const blob of blobs) {
      const count = counts.get(blob.id);
      if (count === undefined) continue;
      if (count.records < count.lines) suspect.add(blob.id);
      else if (count.incomplete > 0) incomplete.push(blob);
    }
    for (const id of await this.findOtherNames(shape, incomplete, layout)) suspect.add(id);
    return suspect;
  }

  /** Those of the blobs that have a field under another name, or elsewhere, than DuckDB looks for. */
  private async findOtherNames(
    shape: TableShape,
    blobs: readonly Numbered[],
    layout: RecordLayout,
  ): Promise<readonly number[]> {
    if (blobs.length === 0) return [];
    const rows = await this.tables.select(fieldNamesSql(blobs.map(({ file }) => file)));
    const files = new Set(
      rows.filter(([, ...names]) => !readsAll(shape.fields, layout, names)).map(([file]) => file),
    );
    return blobs.filter(({ file }) => files.has(file)).map(({ id }) => id);
  }

  /** Reads blobs line by line and loads what they hold; gives their unreadable lines. */
  private async loadSalvaged(
    files: RecordFiles,
    blobs: readonly ToSalvage[],
    counts: Map<number, BlobCounts>,
  ): Promise<ReadonlyMap<number, readonly UnreadableLine[]>> {
    const unreadable = new Map<number, readonly UnreadableLine[]>();
    if (blobs.length === 0) return unreadable;
    const { shape } = files;
    const folder = join(this.scratch, `salvaged-${this.nextId++}`);
    await makeFolder(folder);
    const flat: Numbered[] = [];
    const written = new Map<number, number>();
    for (const { blob, lines } of blobs) {
      const id = this.nextId++;
      if (lines === undefined) blob.id = id;
      else this.apart.set(blob.id, id);
      const target = join(folder, `${id}.json`);
      const { path, size, file } = blob;
      const salvaged = await salvage({ shape, source: file, size, blob: path, target, lines });
      unreadable.set(blob.id, salvaged.unreadable);
      written.set(id, salvaged.records);
      flat.push({ ...blob, id, file: target });
    }
    const loaded = await files.add(flat, 'flat');
    await rm(folder, { recursive: true, force: true });
    for (const { blob } of blobs) {
      const id = this.apart.get(blob.id) ?? blob.id;
      const count = loaded.get(id) ?? { lines: 0, records: 0, incomplete: 0 };
      const expected = written.get(id) ?? 0;
      if (expected !== count.records) {
        throw new Error(
          `${blob.path}: ${expected} records were read, but ${count.records} were loaded`,
        );
      }
      const before = id === blob.id ? 0 : (counts.get(blob.id)?.records ?? 0);
      counts.set(blob.id, { ...count, records: before + count.records });
    }
    return unreadable;
  }
}

/** Blobs of which DuckDB has read all records but those in lines that are known for sure; with these lines. */
async function findPartlyRead(
  blobs: readonly Numbered[],
  counts: ReadonlyMap<number, BlobCounts>,
): Promise<ReadonlyMap<Numbered, readonly Line[]>> {
  const partly = new Map<Numbered, readonly Line[]>();
  for (const blob of blobs) {
    const count = counts.get(blob.id);
    // A record that lacks a field may have it under another name, which DuckDB does not look for.
    if (count === undefined || count.records === count.lines || count.incomplete > 0) continue;
    const lines = await refusedLines(blob.file, blob.size);
    if (lines.length === count.lines - count.records) partly.set(blob, lines);
  }
  return partly;
}
