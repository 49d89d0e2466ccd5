import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { newScratch } from '../machine';
import { openLogSource } from '../open-logs';
import { shippedTemplates } from '../shipped';
import type { ScratchFolder } from '../core/clean-up';
import { TallymanError } from '../core/errors';
import { AZURE_TABLES, withOwnTables, type KnownTables } from '../core/known-tables';
import type { FailedAnswer } from '../core/logs';
import type { Table } from '../core/table';
import { analyzeKql } from '../kql/analyze';
import { compileKql, type CompiledQuery } from '../kql/compile';
import { KqlError, parseKqlError } from '../kql/errors';
import { mayDependOnData, withKnownColumns } from '../kql/known-columns';
import { environmentSettings } from '../settings';
import { placeOf } from './options';
import { ProgressLine } from './progress';

/** All that an archive can hold: a query at the prompt has no period of its own. */
const EVERYTHING = { start: '2000-01-01T00:00:00.000Z', end: '2100-01-01T00:00:00.000Z' };

/** What came of a query. */
export interface OfflineAnswer {
  readonly table: Table;
  /** Whether Kusto itself may give another answer. */
  readonly approximate: boolean;
}

/** Answers queries at the prompt. */
export interface Offline {
  /** Throws KqlError. */
  ask(kql: string): Promise<OfflineAnswer>;
  /** Log lines that could not be read, and so are in no answer. */
  unreadableLines(): number;
  close(): Promise<void>;
}

export interface OfflineOptions {
  /** A folder or an address; the setting when absent. */
  readonly logs: string | undefined;
  /** What the queries read; without any, no logs are needed. */
  readonly tables: readonly string[];
  /** Without logs every table is missing, and only the queries that read one are refused. */
  readonly eachForItself?: true;
  /** What `now()` means. */
  readonly now: string;
  /** What queries may name. */
  readonly known: KnownTables;
}

/** What queries may name: Azure Monitor’s tables, and those that the templates folder describes. Throws ARGUMENT_INVALID and CATALOG_INVALID. */
export async function knownTables(templates: string | undefined): Promise<KnownTables> {
  const folder = templates ?? environmentSettings().TALLYMAN_TEMPLATES ?? shippedTemplates();
  if (!existsSync(folder)) {
    throw new TallymanError('ARGUMENT_INVALID', `--templates: there is no folder ${folder}.`, {
      hint: 'Give a folder like the one that ships, or leave --templates out.',
    });
  }
  const described = join(folder, 'tables');
  if (!existsSync(described)) return AZURE_TABLES;
  const { loadTableFiles } = await import('../catalog/table-files.js');
  return withOwnTables(await loadTableFiles(described));
}

/** Translates a query over every table that is known. Throws KqlError. */
export async function compileOffline(
  kql: string,
  now: string,
  { schemas, versions }: KnownTables,
): Promise<CompiledQuery> {
  try {
    return await compileKql(kql, schemas, { now, versions });
  } catch (error) {
    if (!(error instanceof KqlError) || !mayDependOnData(kql)) throw error;
    const { tables, orderDefined } = await analyzeKql(kql, schemas, versions);
    // The columns, and so the translation, are known when the data is: until then it counts as approximate.
    return { sql: '', columns: [], tables, orderDefined, approximate: true };
  }
}

/** Opens the logs that queries need. Unless each query is for itself, throws ARGUMENT_INVALID when they read tables and no logs are named. */
export async function openOffline(options: OfflineOptions): Promise<Offline> {
  const { logs, tables, now, known } = options;
  const folder = logs ?? environmentSettings().TALLYMAN_LOG_ARCHIVE;
  const scratch = newScratch();
  if (folder === undefined) {
    if (tables.length === 0 || options.eachForItself) return openWithoutLogs(scratch, now);
    throw new TallymanError('ARGUMENT_INVALID', '--logs: expected a log archive, got none.', {
      hint: 'Give a folder such as samples/logs, or set TALLYMAN_LOG_ARCHIVE.',
    });
  }
  const progress = new ProgressLine();
  const source = await openLogSource(
    { storageConnection: environmentSettings().TALLYMAN_STORAGE_CONNECTION },
    { kind: 'log-archive', place: placeOf(folder) },
    scratch.path,
    () => now,
    {
      onProgress: (text) => {
        progress.show(text);
      },
      missingTables: 'empty',
      ownTables: known.own,
    },
  );
  const close = async (): Promise<void> => {
    progress.clear();
    await source.close();
    await scratch.remove();
  };
  try {
    const scope = { id: 'all', registries: 'all' } as const;
    const session = await source.open({ scope, window: EVERYTHING, tables });
    progress.clear();
    return {
      ask: async (kql) => {
        const answer = await session.query(kql);
        if (answer.status === 'failed') throw failure(answer);
        return { table: answer.table, approximate: answer.approximate ?? true };
      },
      unreadableLines: () => session.intake().unreadable.length,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openWithoutLogs(scratch: ScratchFolder, now: string): Promise<Offline> {
  const { StoreProcess } = await import('../kql/store-process.js');
  const { readWireAnswer } = await import('../kql/wire-answer.js');
  const store = await StoreProcess.open({ directory: scratch.path, readable: [] });
  return {
    ask: async (kql) => {
      const known = await withKnownColumns(
        kql,
        {},
        { now },
        async (probe) => readWireAnswer(await store.answer(probe)).table,
      );
      const compiled = await compileKql(known, {}, { now });
      const { table } = readWireAnswer(await store.answer(compiled));
      return { table, approximate: compiled.approximate };
    },
    unreadableLines: () => 0,
    close: async () => {
      await store.close();
      await scratch.remove();
    },
  };
}

/** A session tells in words what the engine told it by a code. */
function failure({ reason }: FailedAnswer): KqlError {
  return parseKqlError(reason) ?? new KqlError('KQL_EXECUTION', reason.replace(/\.$/, ''));
}
