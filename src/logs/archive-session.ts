import type { KnownTables } from '../core/known-tables';
import type { Answer, FailedAnswer, LogRequest, LogSession } from '../core/logs';
import type { Instant, Interval } from '../core/period';
import type { Pieces } from '../core/pieces';
import type { Table } from '../core/table';
import { compileKql, type CompiledQuery } from '../kql/compile';
import { formatKqlError, KqlError } from '../kql/errors';
import { withKnownColumns } from '../kql/known-columns';
import { schemaText, type Schema } from '../kql/schema';
import { sqlName, sqlText } from '../kql/sql-text';
import { isoToTicks } from '../kql/ticks';
import { readWireAnswer } from '../kql/wire-answer';
import type { ArchiveCache } from './archive-cache';
import type { LogListing } from './list-logs';
import { columnsOf, rawTable, type TableShape } from './table-shape';
import type { TurnQueue } from './turn-queue';

/** Most questions are about few rows, and planning them takes one core. */
const QUERIES_AT_ONCE = 2;

export interface ArchiveSessionOptions {
  readonly request: LogRequest;
  readonly listing: LogListing;
  readonly now: () => Instant;
  readonly missingTables: 'fail' | 'empty';
  /** What queries may name. */
  readonly known: KnownTables;
}

/**
 * Loads what a request needs and answers its queries. All sessions of a cache share its tables; while a
 * query runs, the views that it sees hold the records of its session's window and registries only.
 */
export async function openArchiveSession(
  cache: ArchiveCache,
  queue: TurnQueue,
  options: ArchiveSessionOptions,
): Promise<LogSession> {
  const { request, listing, known } = options;
  const { present, intake } = await cache.load(request, listing);
  const asked = cache.shapes.filter(({ table }) => request.tables.includes(table));
  const there = asked.filter(
    ({ table }) => options.missingTables === 'empty' || present.includes(table),
  );
  const schema = schemaOf(
    there.map(({ table }) => table),
    known,
  );
  const answer = async (kql: string): Promise<Answer> => {
    const executedAt = options.now();
    const elapsed = (): number => Date.parse(options.now()) - Date.parse(executedAt);
    const failed = (code: FailedAnswer['code'], reason: string): FailedAnswer => ({
      status: 'failed',
      code,
      reason,
      executedAt,
      durationMs: elapsed(),
    });
    try {
      const text = await withKnownColumns(kql, schema, { now: executedAt }, async (probe) => {
        await showTables();
        return readWireAnswer(await cache.store.tables.answer(probe)).table;
      });
      const { versions } = known;
      const compiled = await compileKql(text, schema, { now: executedAt, versions });
      await showTables();
      const body = await cache.store.tables.answer(compiled);
      return completeAnswer(body, compiled.approximate, executedAt, elapsed());
    } catch (error) {
      if (!(error instanceof KqlError)) throw error;
      const absent = await missingTables(kql, schema, known, executedAt);
      if (absent.length > 0) {
        return failed('table-missing', missingReason(absent, cache, request));
      }
      return failed(failureCode(error), formatKqlError(error));
    }
  };
  const showTables = (): Promise<void> =>
    cache.show(request, async () => {
      for (const shape of there) await cache.store.tables.execute(viewSql(shape, request));
    });
  return {
    query: (kql) => queue.run(request, () => answer(kql)),
    maxConcurrent: QUERIES_AT_ONCE,
    intake,
    close: () => Promise.resolve(),
  };
}

/** A run reads an answer back from its evidence, so that most often nobody asks for this table. */
function completeAnswer(
  body: Pieces,
  approximate: boolean,
  executedAt: Instant,
  durationMs: number,
): Answer {
  let table: Table | undefined;
  return {
    status: 'complete',
    body,
    approximate,
    executedAt,
    durationMs,
    get table() {
      return (table ??= readWireAnswer(body).table);
    },
  };
}

const schemas = new Map<string, Schema>();

/** The same object for the same tables, because the engine remembers queries by it. */
function schemaOf(tables: readonly string[], known: KnownTables): Schema {
  const all = Object.entries(known.schemas);
  const schema = Object.fromEntries(all.filter(([table]) => tables.includes(table)));
  const key = schemaText(schema);
  const same = schemas.get(key);
  if (same !== undefined) return same;
  schemas.set(key, schema);
  return schema;
}

/** The tables that a refused query needs and that are not there: with them it would have been accepted. */
async function missingTables(
  kql: string,
  schema: Schema,
  known: KnownTables,
  now: Instant,
): Promise<readonly string[]> {
  let compiled: CompiledQuery;
  try {
    compiled = await compileKql(kql, known.schemas, { now });
  } catch {
    return [];
  }
  return compiled.tables.filter((table) => !Object.hasOwn(schema, table));
}

function missingReason(
  absent: readonly string[],
  cache: ArchiveCache,
  request: LogRequest,
): string {
  const reasons = absent.map((table) => {
    const shape = cache.shapes.find((candidate) => candidate.table === table);
    if (shape === undefined) return `${table} is not a table that a log archive can hold.`;
    if (!request.tables.includes(table)) {
      return `${table} is not among the tables that the audit declares.`;
    }
    return `The log archive ${cache.location} has no ${shape.category}: no record of ${table} has ever arrived.`;
  });
  return reasons.join(' ');
}

function failureCode(error: KqlError): FailedAnswer['code'] {
  if (error.code === 'KQL_EXECUTION' || error.code === 'KQL_INTERNAL') return 'other';
  if (error.code === 'KQL_LIMIT') return /took longer/.test(error.message) ? 'timeout' : 'other';
  return 'query-refused';
}

/** A table as one session sees it. */
function viewSql(shape: TableShape, request: LogRequest): string {
  const columns = columnsOf(shape).map(({ name }) => sqlName(name));
  const conditions = [inWindow(request.window)];
  const { registries } = request.scope;
  if (shape.byRegistry && registries !== 'all') conditions.push(ofRegistries(registries));
  return `CREATE OR REPLACE VIEW ${sqlName(shape.table)} AS SELECT ${columns.join(', ')}
    FROM ${rawTable(shape.table)} WHERE ${conditions.join(' AND ')}`;
}

function inWindow(window: Interval): string {
  const [start, end] = [isoToTicks(window.start) ?? 0n, isoToTicks(window.end) ?? 0n];
  return `"TimeGenerated" >= ${start} AND "TimeGenerated" < ${end}`;
}

function ofRegistries(registries: readonly string[]): string {
  const names = registries.map((name) => sqlText(name.toLowerCase()));
  return `split_part("_ResourceId", '/', -1) IN (${names.join(', ')})`;
}
