import { TallymanError, type Problem } from '../core/errors';
import type { KnownTables } from '../core/known-tables';
import type { Cell, KustoType } from '../core/table';
import type { CompiledQuery } from '../kql/compile';
import { KqlError } from '../kql/errors';
import { fromTrouble, toTrouble } from '../kql/parser-messages';
import { compileOffline, type Offline, type OfflineAnswer } from './offline';

/** A line's name, which comes back with its answer as it was written. */
export type BatchId = string | number;

/** One line of a batch. */
export interface BatchQuery {
  readonly id: BatchId;
  readonly kql: string;
}

/** A batch's line as translated, or why it can't be. */
export interface Prepared {
  readonly id: BatchId;
  readonly kql: string;
  readonly compiled: CompiledQuery | KqlError;
}

/** The lines of a `.jsonl` file: `{"id": …, "kql": …}`. Throws ARGUMENT_INVALID that names every bad line. */
export function readBatch(text: string, file: string): BatchQuery[] {
  const problems: Problem[] = [];
  const queries: BatchQuery[] = [];
  const lines = new Map<BatchId, number>();
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((written, index) => {
      if (written.trim() === '') return;
      const line = index + 1;
      const query = readLine(written);
      const before = query === undefined ? undefined : lines.get(query.id);
      if (query === undefined) {
        problems.push({
          where: file,
          line,
          message:
            'Expected a JSON object with an "id", a text or whole number, and the text "kql".',
          remedy: 'Write it like {"id":"1","kql":"print 1"}, on one line.',
        });
      } else if (before !== undefined) {
        problems.push({
          where: file,
          line,
          message: `Expected an id of its own, came ${JSON.stringify(query.id)} of line ${before} again.`,
          remedy: 'Give each line another id, because its answer is known by it.',
        });
      } else {
        lines.set(query.id, line);
        queries.push(query);
      }
    });
  if (problems.length > 0) {
    throw new TallymanError('ARGUMENT_INVALID', 'The batch can’t be read; nothing was asked.', {
      problems,
    });
  }
  return queries;
}

function readLine(line: string): BatchQuery | undefined {
  try {
    const value = JSON.parse(line) as Partial<Record<'id' | 'kql', unknown>> | null;
    const { id, kql } = value ?? {};
    return isId(id) && typeof kql === 'string' ? { id, kql } : undefined;
  } catch {
    return undefined;
  }
}

/** Numbers that JSON rounds would come back as others. */
function isId(value: unknown): value is BatchId {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

/** Translates every query, so that it is known which tables they read. */
export function prepare(
  queries: readonly BatchQuery[],
  now: string,
  known: KnownTables,
): Promise<Prepared[]> {
  return Promise.all(
    queries.map(async ({ id, kql }) => {
      try {
        return { id, kql, compiled: await compileOffline(kql, now, known) };
      } catch (error) {
        if (!(error instanceof KqlError)) throw error;
        return { id, kql, compiled: error };
      }
    }),
  );
}

/** One line of what a batch gives. */
export interface BatchLine {
  readonly text: string;
  readonly answered: boolean;
}

/** The line that answers one query: its columns, rows and flags, or its error. */
export async function batchLine(
  offline: Offline,
  { id, kql, compiled }: Prepared,
): Promise<BatchLine> {
  if (compiled instanceof KqlError) return { text: errorLine(id, compiled), answered: false };
  try {
    const answer = await offline.ask(kql);
    return { text: answerLine(id, answer, compiled.orderDefined), answered: true };
  } catch (error) {
    return { text: errorLine(id, asKqlError(error)), answered: false };
  }
}

/** A mistake of the engine's is told of its own line; trouble with the logs ends the batch. */
function asKqlError(error: unknown): KqlError {
  if (error instanceof KqlError) return error;
  if (error instanceof SyntaxError) return fromTrouble(toTrouble(error));
  throw error;
}

function errorLine(id: BatchId, { code, message, line, column, hint }: KqlError): string {
  return JSON.stringify({ id, error: { code, message, line, column, hint } });
}

function answerLine(
  id: BatchId,
  { table, approximate }: OfflineAnswer,
  orderDefined: boolean,
): string {
  const flags = [
    approximate ? 'approximate' : 'exact',
    ...(orderDefined ? [] : ['order not defined']),
  ];
  const types = table.columns.map(({ type }) => type);
  const rows = Array.from(
    table.rows,
    (row) => `[${row.map((cell, i) => cellJson(cell, types[i] ?? 'string')).join(',')}]`,
  );
  const columns = table.columns.map(({ name, type }) => ({ name, type }));
  return `{"id":${JSON.stringify(id)},"columns":${JSON.stringify(columns)},"rows":[${rows.join(',')}],"flags":${JSON.stringify(flags)}}`;
}

/** A dynamic is JSON already; a time is written with all its seven digits. */
function cellJson(cell: Cell, type: KustoType): string {
  if (typeof cell !== 'string') return JSON.stringify(cell);
  // Line feeds between JSON's values would end the line.
  if (type === 'dynamic') return cell.replace(/[\r\n]+/g, ' ');
  return JSON.stringify(type === 'datetime' ? withSevenDigits(cell) : cell);
}

function withSevenDigits(time: string): string {
  const [seconds = '', fraction = ''] = time.replace(/Z$/, '').split('.');
  return `${seconds}.${fraction.padEnd(7, '0')}Z`;
}
