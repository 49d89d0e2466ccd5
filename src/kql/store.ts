import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DuckDBInstance, type DuckDBConnection, type DuckDBDataChunk } from '@duckdb/node-api';
import { makeFolder } from '../core/make-folder';
import type { Column, Row, TableInMemory } from '../core/table';
import { writeAnswerFile, type AnswerFile } from './answer-file';
import { rowTextSql } from './answer-text';
import { toCell } from './cells';
import type { CompiledQuery } from './compile';
import { databaseFile, removeDatabase } from './database-file';
import { KqlError } from './errors';
import { inFixedOrder } from './fixed-order';
import { registerNativeFunctions } from './native-functions';
import { PHYSICAL_TYPES } from './physical-types';
import { endedAtRunTime, sqlName, sqlText } from './sql-text';

/** How a store is opened. */
export interface StoreOptions {
  /** A private scratch folder: it gets the database file and spilled data. */
  readonly directory: string;
  /** Folders that loading may read; nothing else can be read, and nothing written outside `directory`. */
  readonly readable: readonly string[];
  /** Default 320. */
  readonly memoryLimitMb?: number;
  /** Default 1. With more, who asked for one of several questions at once would be busy waiting for the others. */
  readonly threads?: number;
}

/** What a query may take. */
export interface QueryLimits {
  /** More rows than this end in KQL_LIMIT. Default 500,000, as Azure Monitor Logs. */
  readonly rows?: number;
  /** Default 600. */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
}

/** As Azure Monitor Logs. */
const MOST_ROWS = 500_000;

/** Tables in a private DuckDB database file, locked down; the only user of DuckDB. */
export class TableStore {
  private lastAnswer = 0;

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
    private readonly directory: string,
  ) {}

  /**
   * Creates an empty store, or with `resume` opens the one that a process left behind when it died. The
   * folder is made when it does not exist.
   */
  static async open(options: StoreOptions, resume = false): Promise<TableStore> {
    await makeFolder(options.directory);
    const file = databaseFile(options.directory);
    if (!resume) await removeDatabase(options.directory);
    const instance = await DuckDBInstance.create(file, {
      memory_limit: `${options.memoryLimitMb ?? 320}MB`,
      threads: String(options.threads ?? 1),
      temp_directory: join(resolve(options.directory), 'spill'),
      preserve_insertion_order: 'false',
      // The file is removed in the end, and writing all of it again takes longer than reading it.
      checkpoint_threshold: '1TB',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    registerNativeFunctions(connection);
    const readable = [options.directory, ...options.readable]
      .map((folder) => sqlText(`${resolve(folder)}/`))
      .join(', ');
    await connection.run('PRAGMA disable_checkpoint_on_shutdown');
    await connection.run(`SET GLOBAL TimeZone = 'UTC'`);
    // Files of records are written once, and each query would read what they hold about themselves again.
    await connection.run('SET GLOBAL parquet_metadata_cache = true');
    await connection.run(`SET GLOBAL validate_external_file_cache = 'NO_VALIDATION'`);
    await connection.run(`SET GLOBAL allowed_directories = [${readable}]`);
    await connection.run('SET GLOBAL enable_external_access = false');
    await connection.run('SET GLOBAL lock_configuration = true');
    return new TableStore(instance, connection, options.directory);
  }

  /** Runs trusted SQL of our own, for loading. */
  async execute(sql: string): Promise<void> {
    await this.apart((connection) => connection.run(sql));
  }

  /** Runs trusted SQL of our own and gives its rows as DuckDB's values (BIGINT as bigint). */
  async select(sql: string): Promise<readonly (readonly unknown[])[]> {
    return this.apart(async (connection) => {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRows();
    });
  }

  /** On a connection of its own, because statements of one wait for each other. */
  private async apart<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.disconnectSync();
    }
  }

  /** Creates an empty table in the physical form described at PHYSICAL_TYPES. */
  async createTable(name: string, columns: readonly Column[]): Promise<void> {
    const list = columns.map((column) => {
      const constraint = column.type === 'string' ? ` NOT NULL DEFAULT ''` : '';
      return `${sqlName(column.name)} ${PHYSICAL_TYPES[column.type]}${constraint}`;
    });
    await this.execute(`CREATE TABLE ${sqlName(name)} (${list.join(', ')})`);
  }

  /**
   * Answers a compiled query. Throws KqlError: KQL_LIMIT when it gives too many rows or takes too long
   * or too much memory, KQL_EXECUTION when it fails or is aborted.
   */
  async query(compiled: CompiledQuery, limits: QueryLimits = {}): Promise<TableInMemory> {
    const { sql, columns } = compiled;
    const rows: Row[] = [];
    await this.read(sql, limits, (chunk) => {
      const values = columns.map(({ type }, i) =>
        chunk.getColumnValues(i).map((value) => toCell(value, type)),
      );
      for (let i = 0; i < chunk.rowCount; i += 1) {
        rows.push(values.map((column) => column[i] ?? null));
      }
    });
    return { columns, rows };
  }

  /**
   * Answers a compiled query with a file of rows; rows without an order of their own come in a fixed one.
   * Throws as `query` does.
   */
  async answer(compiled: CompiledQuery, limits: QueryLimits = {}): Promise<AnswerFile> {
    const { columns, orderDefined } = compiled;
    const path = join(resolve(this.directory), `answer-${++this.lastAnswer}.json`);
    const most = limits.rows ?? MOST_ROWS;
    const rows = rowTextSql(compiled, most + 1);
    if (rows === undefined) {
      const table = await this.query(compiled, limits);
      await writeAnswerFile(path, orderDefined ? table : inFixedOrder(table));
      return { columns, path };
    }
    // The rows are JSON, in which no control character stands as it is.
    const format = `FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIM '\x01'`;
    try {
      const written = await this.within(limits, async (connection) => {
        const copy = `COPY (SELECT row || ',' FROM (${rows})) TO ${sqlText(path)} (${format})`;
        const reader = await connection.runAndReadAll(copy);
        return Number(reader.getRows()[0]?.[0]);
      });
      if (written > most) throw tooManyRows(most);
      return { columns, path };
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Runs a query within limits and hands out its rows as they come. */
  private async read(
    sql: string,
    limits: QueryLimits,
    take: (chunk: DuckDBDataChunk) => void,
  ): Promise<void> {
    await this.within(limits, (connection) =>
      readChunks(connection, sql, limits.rows ?? MOST_ROWS, take),
    );
  }

  /** Gives work a connection of its own, which is interrupted when its time is over or it is aborted. */
  private async within<T>(
    limits: QueryLimits,
    work: (connection: DuckDBConnection) => Promise<T>,
  ): Promise<T> {
    const seconds = limits.seconds ?? 600;
    const connection = await this.instance.connect();
    const stop: { late: boolean; again?: NodeJS.Timeout } = { late: false };
    const interrupt = (): void => {
      connection.interrupt();
      // DuckDB forgets an interrupt that comes before the statement begins to run.
      stop.again ??= setInterval(() => {
        connection.interrupt();
      }, 20);
    };
    const timer = setTimeout(() => {
      stop.late = true;
      interrupt();
    }, seconds * 1000);
    limits.signal?.addEventListener('abort', interrupt);
    try {
      // Only now: an abort while connecting was heard by nobody.
      if (limits.signal?.aborted === true) {
        throw new KqlError('KQL_EXECUTION', 'the query was aborted');
      }
      return await work(connection);
    } catch (error) {
      if (stop.late) {
        throw new KqlError('KQL_LIMIT', `the query took longer than ${seconds} s`);
      }
      throw executionError(error);
    } finally {
      clearTimeout(timer);
      clearInterval(stop.again);
      limits.signal?.removeEventListener('abort', interrupt);
      connection.disconnectSync();
    }
  }

  /** Lets go of the database and removes its file. */
  async close(): Promise<void> {
    this.connection.disconnectSync();
    this.instance.closeSync();
    await removeDatabase(this.directory);
  }
}

async function readChunks(
  connection: DuckDBConnection,
  sql: string,
  most: number,
  take: (chunk: DuckDBDataChunk) => void,
): Promise<void> {
  const result = await connection.stream(sql);
  let rows = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    rows += chunk.rowCount;
    if (rows > most) throw tooManyRows(most);
    take(chunk);
  }
}

function tooManyRows(most: number): KqlError {
  const hint = 'Summarize, filter or take fewer rows.';
  return new KqlError('KQL_LIMIT', `the answer has more than ${most} rows`, undefined, hint);
}

function executionError(error: unknown): KqlError {
  if (error instanceof KqlError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const first = message.split('\n', 1)[0] ?? '';
  const ended = endedAtRunTime(first);
  if (ended !== undefined) return ended;
  if (/\bOut of Range Error: |\bConversion Error: .* out of range/.test(first)) {
    const hint = 'Compute with todouble(…), or with smaller values.';
    const what = 'a number or time beyond the range of its type is not supported offline';
    return new KqlError('KQL_UNSUPPORTED', what, undefined, hint);
  }
  const code = /^Out of Memory Error/.test(first) ? 'KQL_LIMIT' : 'KQL_EXECUTION';
  return new KqlError(code, `the query failed: ${first.slice(0, 300)}`);
}
