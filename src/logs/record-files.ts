import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sqlName, sqlText } from '../kql/sql-text';
import { PHYSICAL_TYPES } from '../kql/physical-types';
import type { QueryStore } from '../kql/store-process';
import {
  constantSql,
  columnsOf,
  rawTable,
  recordsSql,
  storedColumns,
  type FileToRead,
  type Reading,
  type TableShape,
} from './table-shape';
import { Slots } from './slots';

/** Groups of rows small enough that two threads, each holding some, stay far below the memory limit. */
const ROW_GROUP = 30_720;

/** A column with more values than this in a group is written as it is: a dictionary of all would cost more than it saves. */
const MOST_IN_DICTIONARY = 2000;

/** When there are more files than this with fewer records than that, they become one. */
const MOST_SMALL_FILES = 8;
const SMALL_FILE_ROWS = 4 * ROW_GROUP;

/** What reading a blob gave, before anything was made of it. */
export interface BlobCounts {
  readonly lines: number;
  /** Lines with a time, which makes them records. */
  readonly records: number;
  /** Records that lack a field. */
  readonly incomplete: number;
}

interface RecordFile {
  readonly path: string;
  readonly rows: number;
  /** The numbers of the blobs whose records count. */
  readonly blobs: Set<number>;
  /** The numbers of the blobs whose records are there but do not count any more. */
  readonly dropped: Set<number>;
}

/**
 * The records of one table, in Parquet files that are written once: DuckDB writes them in half the time
 * of a table of its own, and reads them as fast. What is removed is remembered beside them.
 */
export class RecordFiles {
  private files: RecordFile[] = [];
  private hasDuplicates = false;
  private nextFile = 1;
  /** What changes which records count; blobs are read side by side meanwhile. */
  private readonly turn = new Slots(1);

  private constructor(
    private readonly tables: QueryStore,
    private readonly directory: string,
    readonly shape: TableShape,
  ) {}

  static async open(
    tables: QueryStore,
    directory: string,
    shape: TableShape,
  ): Promise<RecordFiles> {
    const files = new RecordFiles(tables, directory, shape);
    await tables.execute(`CREATE TABLE ${files.duplicates} (row BIGINT, blob INTEGER)`);
    await files.show();
    return files;
  }

  /** Reads blobs into a file and gives what came of each. Their records do not show before `show`. */
  async add(
    blobs: readonly FileToRead[],
    reading: Reading,
  ): Promise<ReadonlyMap<number, BlobCounts>> {
    const path = await this.write(recordsSql(this.shape, blobs, reading));
    const counted = await this.tables.select(
      `SELECT _blob, count(*), count("TimeGenerated"), count(*) FILTER (_incomplete AND "TimeGenerated" IS NOT NULL)
       FROM read_parquet(${sqlText(path)}) GROUP BY _blob`,
    );
    const counts = new Map(
      counted.map(([id, lines, records, incomplete]) => [
        Number(id),
        { lines: Number(lines), records: Number(records), incomplete: Number(incomplete) },
      ]),
    );
    const rows = [...counts.values()].reduce((sum, { lines }) => sum + lines, 0);
    this.files.push({ path, rows, blobs: new Set(blobs.map(({ id }) => id)), dropped: new Set() });
    return counts;
  }

  /** Removes the records of blobs. They may still show before `show`. */
  drop(ids: readonly number[]): Promise<void> {
    return this.turn.run(() => this.dropNow(ids));
  }

  private async dropNow(ids: readonly number[]): Promise<void> {
    for (const file of this.files) {
      for (const id of ids) if (file.blobs.delete(id)) file.dropped.add(id);
    }
    const empty = this.files.filter(({ blobs }) => blobs.size === 0);
    if (empty.length === 0) return;
    this.files = this.files.filter(({ blobs }) => blobs.size > 0);
    await this.showNow();
    for (const { path } of empty) await rm(path, { force: true });
  }

  /**
   * Removes records that are equal in every column but the time of receipt, and gives their number per
   * blob. Of equal records the one that was received first stays.
   */
  removeDuplicatesOf(ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
    return this.turn.run(() => this.removeDuplicatesNow(ids));
  }

  private async removeDuplicatesNow(ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const table = rawTable(this.shape.table);
    const new_ = `_blob IN (${ids.join(', ')})`;
    const key = `hash(${this.shape.key.map(sqlName).join(', ')})`;
    const equal = columnsOf(this.shape)
      .map(({ name }) => name)
      .filter((name) => name !== '_TimeReceived' && constantSql(this.shape, name) === undefined)
      .map(sqlName);
    const [reach] = await this.tables.select(
      `SELECT min("TimeGenerated"), max("TimeGenerated") FROM ${table} WHERE ${new_}`,
    );
    const [from, to] = reach ?? [];
    if (typeof from !== 'bigint' || typeof to !== 'bigint') return new Map();
    const twice = rawTable(`${this.shape.table} twice`);
    const inReach = `"TimeGenerated" BETWEEN ${from} AND ${to}`;
    await this.tables.execute(
      `CREATE OR REPLACE TABLE ${twice} AS SELECT k
       FROM (SELECT ${key} AS k FROM ${table} WHERE ${inReach}) GROUP BY k HAVING count(*) > 1`,
    );
    const [several] = await this.tables.select(`SELECT count(*) FROM ${twice}`);
    if (several?.[0] === 0n) return new Map();
    const found = await this.tables.select(
      `INSERT INTO ${this.duplicates} SELECT _row, _blob FROM (SELECT * FROM ${table} WHERE ${inReach})
       WHERE ${key} IN (SELECT k FROM ${twice})
       QUALIFY row_number() OVER (PARTITION BY ${equal.join(', ')} ORDER BY "_TimeReceived", _blob, _row) > 1
       RETURNING blob`,
    );
    const counts = new Map<number, number>();
    for (const [blob] of found) counts.set(Number(blob), (counts.get(Number(blob)) ?? 0) + 1);
    this.hasDuplicates ||= found.length > 0;
    return counts;
  }

  /** Makes the view of all records show what was added and dropped. */
  show(): Promise<void> {
    return this.turn.run(() => this.showNow());
  }

  private async showNow(): Promise<void> {
    const merged = await this.mergeSmall();
    const empty = this.files.length === 0;
    const columns = columnsOf(this.shape).map(({ name, type }) => {
      const value = empty ? `CAST(NULL AS ${PHYSICAL_TYPES[type]})` : constantSql(this.shape, name);
      return value === undefined ? sqlName(name) : `${value} AS ${sqlName(name)}`;
    });
    const source = empty
      ? '(SELECT 0 AS _blob, 0::BIGINT AS _row WHERE false)'
      : this.recordsOf(this.files);
    await this.tables.execute(
      `CREATE OR REPLACE VIEW ${rawTable(this.shape.table)} AS
       SELECT ${columns.join(', ')}, _blob, _row FROM ${source}`,
    );
    for (const { path } of merged) await rm(path, { force: true });
  }

  private get duplicates(): string {
    return rawTable(`${this.shape.table} duplicates`);
  }

  /**
   * Makes one file of many small ones, as blobs that come one at a time leave them: each query opens all
   * files. Gives those that are not needed any more once the view is made anew.
   */
  private async mergeSmall(): Promise<readonly RecordFile[]> {
    const small = this.files.filter(({ rows }) => rows < SMALL_FILE_ROWS);
    if (small.length <= MOST_SMALL_FILES) return [];
    const columns = storedColumns(this.shape).map(({ name }) => sqlName(name));
    const path = await this.write(
      `SELECT ${columns.join(', ')}, _blob, _incomplete FROM ${this.recordsOf(small)}`,
    );
    const [count] = await this.tables.select(`SELECT count(*) FROM read_parquet(${sqlText(path)})`);
    const blobs = new Set(small.flatMap((file) => [...file.blobs]));
    // Their duplicates are not in the new file, where the same numbers mean other records.
    await this.tables.execute(
      `DELETE FROM ${this.duplicates} WHERE blob IN (${[...blobs].join(', ')})`,
    );
    const merged = { path, rows: Number(count?.[0] ?? 0), blobs, dropped: new Set<number>() };
    this.files = [...this.files.filter((file) => !small.includes(file)), merged];
    return small;
  }

  private async write(select: string): Promise<string> {
    const path = join(this.directory, `${this.shape.table}-${this.nextFile++}.parquet`);
    try {
      await this.tables.execute(
        `COPY (${select}) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION uncompressed, ROW_GROUP_SIZE ${ROW_GROUP}, DICTIONARY_SIZE_LIMIT ${MOST_IN_DICTIONARY})`,
      );
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    return path;
  }

  /** SQL of the records of files that count; `_blob` and `_row` together are of one record only. */
  private recordsOf(files: readonly RecordFile[]): string {
    const paths = files.map(({ path }) => sqlText(path)).join(', ');
    const dropped = files.flatMap((file) => [...file.dropped]).join(', ');
    const all = `SELECT *, file_row_number AS _row
      FROM read_parquet([${paths}], file_row_number = true)`;
    const kept = dropped === '' ? `(${all})` : `(${all} WHERE _blob NOT IN (${dropped}))`;
    // Hashing one number for each record, and looking at the blob's only where that matches, takes half the time.
    return this.hasDuplicates
      ? `${kept} p ANTI JOIN ${this.duplicates} d ON p._row = d.row AND p._blob >= d.blob AND p._blob <= d.blob`
      : kept;
  }
}
