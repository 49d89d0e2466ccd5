import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { UnreadableLine } from '../core/logs';
import type { Instant } from '../core/period';
import { sqlName, sqlText } from '../kql/sql-text';
import type { StoreOptions } from '../kql/store';
import type { QueryStore } from '../kql/store-process';
import { StoreProcess } from '../kql/store-process';
import { isoToTicks } from '../kql/ticks';
import { salvage } from './salvage';
import { columnsOf, loadSql, rawTable, type Reading, type TableShape } from './table-shape';
import { fieldNamesSql, readsAll } from './field-names';

/** A blob that is to be loaded. */
export interface BlobToLoad {
  /** As listed. */
  readonly path: string;
  readonly size: number;
  /** `/SUBSCRIPTIONS/…` */
  readonly resource: string;
  /** The hour in its path. */
  readonly received: Instant;
  /** Its local copy. */
  readonly file: string;
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
  readonly id: number;
}

/** Opens an empty store for the records. */
export type OpenTables = (options: StoreOptions) => Promise<QueryStore>;

/** Raw logs in tables: `raw.<Table>` holds all that was loaded, and queries see views of it. */
export class BlobStore {
  private nextId = 1;
  private readonly intakes = new Map<number, BlobIntake>();

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
    await tables.execute(
      'CREATE TABLE raw._blobs (file VARCHAR, id INTEGER, received BIGINT, resource VARCHAR)',
    );
    return new BlobStore(tables, options.directory);
  }

  /** Creates the table of a shape, empty. */
  async createTable(shape: TableShape): Promise<void> {
    // The same physical form as StoreProcess.createTable, in another schema and with the blob's number.
    await this.tables.createTable(shape.table, columnsOf(shape));
    const name = sqlName(shape.table);
    await this.tables.execute(
      `CREATE TABLE ${rawTable(shape.table)} AS SELECT *, 0 AS _blob, false AS _incomplete FROM ${name} LIMIT 0`,
    );
    await this.tables.execute(`DROP TABLE ${name}`);
  }

  /**
   * Loads blobs of one table and gives their numbers. Every line becomes a record or an unreadable line;
   * of records that are equal in all columns, the one that was received first is kept.
   */
  async load(shape: TableShape, blobs: readonly BlobToLoad[]): Promise<readonly number[]> {
    const numbered = blobs.map((blob) => ({ ...blob, id: this.nextId++ }));
    const ids = numbered.map(({ id }) => id);
    try {
      await this.loadNumbered(shape, numbered);
    } catch (error) {
      // Records of a blob that counts as not loaded would be there twice after the next attempt.
      await this.drop(shape, ids);
      throw error;
    }
    return ids;
  }

  private async loadNumbered(shape: TableShape, numbered: readonly Numbered[]): Promise<void> {
    const damaged = shape.direct ? await this.loadRaw(shape, numbered) : numbered;
    const unreadable = await this.loadSalvaged(shape, damaged);
    const records = await this.countRecords(shape, numbered);
    for (const { id, size } of numbered) {
      this.intakes.set(id, {
        bytes: size,
        records: records.get(id) ?? 0,
        duplicates: 0,
        unreadable: unreadable.get(id) ?? [],
      });
    }
    await this.removeDuplicates(shape, numbered);
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
    await this.tables.execute(
      `DELETE FROM ${rawTable(shape.table)} WHERE _blob IN (${ids.join(', ')})`,
    );
    for (const id of ids) this.intakes.delete(id);
  }

  async close(): Promise<void> {
    await this.tables.close();
  }

  /** Lets DuckDB read the blobs; gives back those that must be read line by line, without their records. */
  private async loadRaw(
    shape: TableShape,
    blobs: readonly Numbered[],
  ): Promise<readonly Numbered[]> {
    const damaged = await this.insertOrHalve(shape, blobs);
    const suspect = await this.findSuspect(shape, blobs);
    const slow = blobs.filter((blob) => damaged.includes(blob) || suspect.has(blob.id));
    await this.drop(
      shape,
      slow.map(({ id }) => id),
    );
    return slow;
  }

  /** Inserts blobs; those that DuckDB refuses altogether, as with a line beyond its limit, are given back. */
  private async insertOrHalve(
    shape: TableShape,
    blobs: readonly Numbered[],
  ): Promise<readonly Numbered[]> {
    if (blobs.length === 0) return [];
    try {
      await this.insert(shape, blobs, 'raw');
      return [];
    } catch (error) {
      if (blobs.length === 1) return blobs;
      if (/Out of Memory|No space left/i.test(String(error))) throw error;
      const middle = Math.ceil(blobs.length / 2);
      const first = await this.insertOrHalve(shape, blobs.slice(0, middle));
      return [...first, ...(await this.insertOrHalve(shape, blobs.slice(middle)))];
    }
  }

  private async insert(
    shape: TableShape,
    blobs: readonly Numbered[],
    reading: Reading,
  ): Promise<void> {
    const rows = blobs.map(
      ({ file, id, received, resource }) =>
        `(${sqlText(file)}, ${id}, ${isoToTicks(received) ?? 0n}, ${sqlText(resource)})`,
    );
    await this.tables.execute('DELETE FROM raw._blobs');
    await this.tables.execute(`INSERT INTO raw._blobs VALUES ${rows.join(', ')}`);
    const files = blobs.map(({ file }) => file);
    await this.tables.execute(loadSql(shape, files, reading));
  }

  /** Blobs with lines that are no records, or with fields under names that DuckDB does not look for. */
  private async findSuspect(
    shape: TableShape,
    blobs: readonly Numbered[],
  ): Promise<ReadonlySet<number>> {
    const rows = await this.tables.select(
      `SELECT _blob, count(*) FILTER ("TimeGenerated" IS NULL) AS bad
       FROM ${rawTable(shape.table)} WHERE ${among(blobs)} AND ("TimeGenerated" IS NULL OR _incomplete)
       GROUP BY _blob`,
    );
    const suspect = new Set(rows.filter(([, bad]) => bad !== 0n).map(([id]) => Number(id)));
    const incomplete = new Set(rows.map(([id]) => Number(id)).filter((id) => !suspect.has(id)));
    for (const id of await this.findOtherNames(
      shape,
      blobs.filter((blob) => incomplete.has(blob.id)),
    )) {
      suspect.add(id);
    }
    return suspect;
  }

  /** Those of the blobs that have a field under another name than DuckDB looks for. */
  private async findOtherNames(
    shape: TableShape,
    blobs: readonly Numbered[],
  ): Promise<readonly number[]> {
    if (blobs.length === 0) return [];
    const rows = await this.tables.select(fieldNamesSql(blobs.map(({ file }) => file)));
    const files = new Set(
      rows.filter(([, ...names]) => !readsAll(shape.fields, names)).map(([file]) => file),
    );
    return blobs.filter(({ file }) => files.has(file)).map(({ id }) => id);
  }

  /** Reads blobs line by line and loads what they hold; gives their unreadable lines. */
  private async loadSalvaged(
    shape: TableShape,
    blobs: readonly Numbered[],
  ): Promise<ReadonlyMap<number, readonly UnreadableLine[]>> {
    const unreadable = new Map<number, readonly UnreadableLine[]>();
    if (blobs.length === 0) return unreadable;
    const folder = join(this.scratch, 'salvaged');
    await mkdir(folder, { recursive: true });
    const flat: Numbered[] = [];
    const written = new Map<number, number>();
    for (const blob of blobs) {
      const target = join(folder, `${blob.id}.json`);
      const { path, size, file } = blob;
      const salvaged = await salvage({ shape, source: file, size, blob: path, target });
      unreadable.set(blob.id, salvaged.unreadable);
      written.set(blob.id, salvaged.records);
      flat.push({ ...blob, file: target });
    }
    await this.insert(shape, flat, 'flat');
    await rm(folder, { recursive: true, force: true });
    const loaded = await this.countRecords(shape, blobs);
    for (const { id, path } of blobs) {
      const [expected, came] = [written.get(id) ?? 0, loaded.get(id) ?? 0];
      if (expected !== came) {
        throw new Error(`${path}: ${expected} records were read, but ${came} were loaded`);
      }
    }
    return unreadable;
  }

  private async countRecords(
    shape: TableShape,
    blobs: readonly Numbered[],
  ): Promise<ReadonlyMap<number, number>> {
    const rows = await this.tables.select(
      `SELECT _blob, count("TimeGenerated") FROM ${rawTable(shape.table)} WHERE ${among(blobs)} GROUP BY _blob`,
    );
    return new Map(rows.map(([id, count]) => [Number(id), Number(count)]));
  }

  /** Removes records that are equal in every column but the time of receipt, and counts them. */
  private async removeDuplicates(shape: TableShape, blobs: readonly Numbered[]): Promise<void> {
    const table = rawTable(shape.table);
    const key = shape.key.map(sqlName).join(', ');
    const columns = columnsOf(shape).map(({ name }) => name);
    const equal = columns.filter((name) => name !== '_TimeReceived').map(sqlName);
    const inReach = `"TimeGenerated" BETWEEN
      (SELECT min("TimeGenerated") FROM ${table} WHERE ${among(blobs)}) AND
      (SELECT max("TimeGenerated") FROM ${table} WHERE ${among(blobs)})`;
    await this.tables.execute(
      `CREATE OR REPLACE TEMP TABLE duplicates AS SELECT rowid AS id, _blob FROM ${table}
       WHERE (${key}) IN (SELECT (${key}) FROM ${table} WHERE ${inReach} GROUP BY ${key} HAVING count(*) > 1)
       QUALIFY row_number() OVER (PARTITION BY ${equal.join(', ')} ORDER BY "_TimeReceived", _blob) > 1`,
    );
    const rows = await this.tables.select('SELECT _blob, count(*) FROM duplicates GROUP BY _blob');
    if (rows.length === 0) return;
    await this.tables.execute(`DELETE FROM ${table} WHERE rowid IN (SELECT id FROM duplicates)`);
    for (const [blob, count] of rows) {
      const id = Number(blob);
      const intake = this.intakeOf(id);
      this.intakes.set(id, {
        ...intake,
        records: intake.records - Number(count),
        duplicates: intake.duplicates + Number(count),
      });
    }
  }
}

function among(blobs: readonly { readonly id: number }[]): string {
  return `_blob IN (${blobs.map(({ id }) => id).join(', ')})`;
}
