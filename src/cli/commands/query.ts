import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { openLogSource, systemClock } from '../../compose';
import { TallymanError } from '../../core/errors';
import { TABLE_SCHEMAS } from '../../core/table-schemas';
import type { Table } from '../../core/table';
import { compileKql } from '../../kql/compile';
import type { CompiledQuery } from '../../kql/compile';
import { formatKqlError, KqlError } from '../../kql/errors';
import { toWireJson } from '../../kql/wire';
import { environmentSettings } from '../../settings';
import { instantText, jsonOption, logsOption, placeOf } from '../options';
import type { ExitCode } from '../output';
import { note, print, printTable } from '../output';
import { ProgressLine } from '../progress';

/** All that an archive can hold: a query at the prompt has no period of its own. */
const EVERYTHING = { start: '2000-01-01T00:00:00.000Z', end: '2100-01-01T00:00:00.000Z' };

interface QueryOptions {
  readonly logs?: string;
  readonly file?: string;
  readonly now?: string;
  readonly explain?: true;
  readonly json?: true;
}

/** `tallyman query KQL --logs DIR`: asks a log archive anything. */
export function addQueryCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('query')
    .summary('ask a log archive in KQL, offline')
    .description(
      'Runs a query over raw log files through the embedded engine. What it can’t answer as Azure would,\n' +
        'it refuses by name and place. Exit code: 0 good, 2 could not run, 64 the query is not usable.',
    )
    .argument('[kql]', 'the query; or use --file')
    .addOption(logsOption)
    .option('--file <path>', 'read the query from a file')
    .option('--now <time>', 'what ago() and now() mean by now, with its zone', instantText)
    .option('--explain', 'print the SQL instead of running it')
    .addOption(jsonOption)
    .action(async (kql: string | undefined, options: QueryOptions) => {
      done(await queryCommand(await queryText(kql, options.file), options));
    });
}

async function queryText(kql: string | undefined, file: string | undefined): Promise<string> {
  if ((kql === undefined) === (file === undefined)) {
    throw new TallymanError('ARGUMENT_INVALID', 'Expected a query or --file, one of the two.', {
      hint: "For example: tallyman query 'ContainerRegistryLoginEvents | count' --logs samples/logs",
    });
  }
  if (file === undefined) return kql ?? '';
  if (!existsSync(file)) throw new TallymanError('ARGUMENT_INVALID', `There is no file ${file}.`);
  return readFile(file, 'utf8');
}

async function queryCommand(kql: string, options: QueryOptions): Promise<ExitCode> {
  const now = options.now ?? systemClock();
  const compiled = compileOrExplain(kql, now);
  if (options.explain === true) {
    print(compiled.sql);
    return 0;
  }
  const folder = options.logs ?? environmentSettings().TALLYMAN_LOG_ARCHIVE;
  if (folder === undefined) {
    throw new TallymanError('ARGUMENT_INVALID', '--logs: expected a log archive, got none.', {
      hint: 'Give a folder such as samples/logs, or set TALLYMAN_LOG_ARCHIVE.',
    });
  }
  const place = placeOf(folder);
  const scratch = join(tmpdir(), `tallyman-${randomUUID()}`);
  const progress = new ProgressLine();
  const source = await openLogSource(
    { storageConnection: environmentSettings().TALLYMAN_STORAGE_CONNECTION },
    { kind: 'log-archive', place },
    scratch,
    () => now,
    (text) => {
      progress.show(text);
    },
    'empty',
  );
  try {
    const session = await source.open({
      scope: { id: 'all', registries: 'all' },
      window: EVERYTHING,
      tables: compiled.tables,
    });
    const answer = await session.query(kql);
    const { unreadable } = session.intake();
    await session.close();
    progress.clear();
    if (answer.status === 'failed') {
      throw new TallymanError('QUERY_UNSUPPORTED', answer.reason);
    }
    if (options.json === true) print(toWireJson(answer.table));
    else printRows(answer.table);
    if (unreadable.length > 0) {
      note(`${String(unreadable.length)} log lines could not be read and are not in the answer.`);
    }
    if (answer.status === 'partial') note(`The answer is partial. ${answer.reason}`);
    return answer.status === 'partial' ? 2 : 0;
  } finally {
    progress.clear();
    await source.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

function compileOrExplain(kql: string, now: string): CompiledQuery {
  try {
    return compileKql(kql, TABLE_SCHEMAS, { now });
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
    throw new TallymanError(
      error.code === 'KQL_UNSUPPORTED' ? 'QUERY_UNSUPPORTED' : 'QUERY_INVALID',
      formatKqlError(error),
      { cause: error },
    );
  }
}

function printRows(table: Table): void {
  printTable(
    table.columns.map(({ name }) => name),
    table.rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell)))),
  );
  note(table.rows.length === 1 ? '1 row' : `${table.rows.length.toLocaleString('en-US')} rows`);
}
