import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { systemClock } from '../../machine';
import { TallymanError } from '../../core/errors';
import type { KnownTables } from '../../core/known-tables';
import type { Table } from '../../core/table';
import type { CompiledQuery } from '../../kql/compile';
import { formatKqlError, KqlError } from '../../kql/errors';
import { startAhead } from '../../kql/store-process';
import { wireJsonLines } from '../../kql/wire';
import { compileOffline, knownTables, openOffline } from '../offline';
import { instantText, jsonOption, logsOption, templatesOption } from '../options';
import type { ExitCode } from '../output';
import { note, print, printTableWhenTaken, printWhenTaken, tameJson } from '../output';
import { batchLine, prepare, readBatch } from '../query-batch';

interface QueryOptions {
  readonly logs?: string;
  readonly file?: string;
  readonly batch?: string;
  readonly templates?: string;
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
      'Runs a query over raw log files through the embedded engine. What it can’t answer as Azure ' +
        'would, it refuses by name and place.\n' +
        'Exit code: 0 good, 2 could not run, 64 the query is not usable.\n' +
        'A batch answers {"id", "kql"} per line with {"id", "columns", "rows", "flags"} or {"id", ' +
        '"error"}; its exit code is 2 when any line got an error.',
    )
    .argument('[kql]', 'the query; or use --file or --batch')
    .addOption(logsOption)
    .option('--file <path>', 'read the query from a file')
    .option('--batch <path>', 'answer every line of a .jsonl file')
    .addOption(templatesOption)
    .option('--now <time>', 'what ago() and now() mean by now, with its zone', instantText)
    .option('--explain', 'print the SQL instead of running it')
    .addOption(jsonOption)
    .action(async (kql: string | undefined, options: QueryOptions) => {
      if ([kql, options.file, options.batch].filter((given) => given !== undefined).length !== 1) {
        throw new TallymanError(
          'ARGUMENT_INVALID',
          'Expected a query, --file or --batch: one of them.',
          {
            hint: "For example: tallyman query 'ContainerRegistryLoginEvents | count' --logs samples/logs",
          },
        );
      }
      if (options.batch !== undefined) done(await batchCommand(options.batch, options));
      else done(await queryCommand(kql ?? (await textOf(options.file ?? '')), options));
    });
}

async function textOf(file: string): Promise<string> {
  if (!existsSync(file)) throw new TallymanError('ARGUMENT_INVALID', `There is no file ${file}.`);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TallymanError('ARGUMENT_INVALID', `${file} can’t be read: ${why}.`, { cause });
  }
}

async function batchCommand(file: string, options: QueryOptions): Promise<ExitCode> {
  startAhead();
  const now = options.now ?? systemClock();
  const known = await knownTables(options.templates);
  const prepared = await prepare(readBatch(await textOf(file), file), now, known);
  note(`now() means ${now}`);
  const tables = prepared.flatMap(({ compiled }) =>
    compiled instanceof KqlError ? [] : compiled.tables,
  );
  const offline = await openOffline({
    logs: options.logs,
    tables: [...new Set(tables)],
    now,
    known,
    eachForItself: true,
  });
  try {
    let all = true;
    for (const query of prepared) {
      const { text, answered } = await batchLine(offline, query);
      await printWhenTaken(text);
      all &&= answered;
    }
    return all ? 0 : 2;
  } finally {
    await offline.close();
  }
}

async function queryCommand(kql: string, options: QueryOptions): Promise<ExitCode> {
  if (options.explain !== true) startAhead();
  const now = options.now ?? systemClock();
  const known = await knownTables(options.templates);
  const compiled = await compileOrExplain(kql, now, known);
  if (options.explain === true) {
    print(compiled.sql);
    return 0;
  }
  const offline = await openOffline({ logs: options.logs, tables: compiled.tables, now, known });
  try {
    const { table } = await offline.ask(kql);
    if (options.json === true) {
      for (const line of wireJsonLines(table)) await printWhenTaken(tameJson(line));
    } else await printRows(table);
    const unreadable = offline.unreadableLines();
    if (unreadable > 0) {
      note(`${String(unreadable)} log lines could not be read and are not in the answer.`);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
    const code = error.code === 'KQL_UNSUPPORTED' ? 'QUERY_UNSUPPORTED' : 'QUERY_FAILED';
    throw new TallymanError(code, formatKqlError(error), { cause: error });
  } finally {
    await offline.close();
  }
}

async function compileOrExplain(
  kql: string,
  now: string,
  known: KnownTables,
): Promise<CompiledQuery> {
  try {
    return await compileOffline(kql, now, known);
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
    throw new TallymanError(refusalCode(error), formatKqlError(error), { cause: error });
  }
}

function refusalCode(error: KqlError): 'QUERY_UNSUPPORTED' | 'QUERY_FAILED' | 'QUERY_INVALID' {
  if (error.code === 'KQL_UNSUPPORTED') return 'QUERY_UNSUPPORTED';
  return error.code === 'KQL_INTERNAL' ? 'QUERY_FAILED' : 'QUERY_INVALID';
}

async function printRows(table: Table): Promise<void> {
  await printTableWhenTaken(
    table.columns.map(({ name }) => name),
    {
      *[Symbol.iterator]() {
        for (const row of table.rows) yield row.map((cell) => (cell === null ? '' : String(cell)));
      },
    },
  );
  note(table.rows.length === 1 ? '1 row' : `${table.rows.length.toLocaleString('en-US')} rows`);
}
