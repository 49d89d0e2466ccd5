import { parseJson, propertyOf } from '../core/json';
import type { KnownTables } from '../core/known-tables';
import type { FailedAnswer, QueryCost } from '../core/logs';
import { textOf, type Pieces } from '../core/pieces';
import type { Table } from '../core/table';
import { readWireAnswer } from '../kql/wire-answer';

/** One HTTP response of the query API. */
export interface QueryResponse {
  readonly status: number;
  readonly body: Pieces;
}

/** What a response means, without the times. */
export type Reading =
  | (Answered & { readonly status: 'complete' })
  | (Answered & { readonly status: 'partial'; readonly reason: string; readonly tooMuch: boolean })
  | Failure;

interface Answered {
  readonly table: Table;
  readonly body: Pieces;
  readonly statistics: Pick<QueryCost, 'cpuMs'>;
}

/** `tooMuch`: fewer rows might be answered. */
export type Failure = Pick<FailedAnswer, 'status' | 'code' | 'reason'> & {
  readonly tooMuch: boolean;
};

/** How much one answer can hold. */
export interface ResponseLimits {
  /** An answer never has more rows than this; one that has as many may have been cut. */
  readonly rows: number;
  /** An answer with a longer text may have been cut. The service's own limit is about 100 MiB. */
  readonly bytes: number;
}

/** Those of Azure Monitor Logs; of bytes a little less, because its own limit is not exact. */
export const RESPONSE_LIMITS: ResponseLimits = { rows: 500_000, bytes: 95 * 1024 * 1024 };

/** The engine's words for: this answer would be too large, or takes too much to make. */
const TOO_MUCH =
  /RESULT_SET_TOO_LARGE|RUNAWAY_QUERY|LOW_MEMORY|80DA000[1-7]|-2133196797|exceed(s|ed)? the (set )?limit|too large|ResponseSize/i;

/**
 * Reads a response of the query API: 200 is complete, or partial when it carries an error or as many
 * rows or bytes as an answer can have; 204 says that the workspace has no data; all else is a failure, which
 * one of `tables` that has no record yet is told by.
 */
export function readResponse(
  response: QueryResponse,
  limits: ResponseLimits,
  tables: KnownTables['schemas'],
): Reading {
  if (response.status === 204) {
    return failure('table-missing', 'The workspace has no data: no record has ever arrived there.');
  }
  if (response.status === 200) return readTable(response.body, limits);
  return readFailure(response, tables);
}

/** A failure, with a sentence for people. */
export function failure(code: FailedAnswer['code'], reason: string): Failure {
  return { status: 'failed', code, reason, tooMuch: code === 'timeout' || TOO_MUCH.test(reason) };
}

function readTable(body: Pieces, limits: ResponseLimits): Reading {
  try {
    const { table, error, statistics } = readWireAnswer(body);
    const answered = { table, body, statistics: { cpuMs: cpuOf(statistics) } };
    if (error !== undefined) {
      const reason = sentence(
        `Azure Monitor Logs answered in part: ${error.code}: ${error.message}`,
      );
      return { status: 'partial', ...answered, reason, tooMuch: TOO_MUCH.test(reason) };
    }
    const full = fullness(table.rows.length, body.size, limits);
    if (full === undefined) return { status: 'complete', ...answered };
    const reason = `The answer has ${full}, as many as Azure Monitor Logs gives; there may be more.`;
    return { status: 'partial', ...answered, reason, tooMuch: true };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const reason = `Azure Monitor Logs sent an answer that cannot be read: ${error.message}`;
    return failure('other', sentence(reason));
  }
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function fullness(rows: number, bytes: number, limits: ResponseLimits): string | undefined {
  if (rows >= limits.rows) return `${rows} rows`;
  return bytes >= limits.bytes ? `${bytes} bytes` : undefined;
}

/** The processor time in an answer's statistics, in milliseconds; 0 when they do not say. */
function cpuOf(statistics: unknown): number {
  const usage = propertyOf(propertyOf(statistics, 'query'), 'resourceUsage');
  const cpu = propertyOf(usage, 'cpu');
  const total = propertyOf(cpu, 'totalCpu') ?? propertyOf(cpu, 'total cpu');
  const parts = /^(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(
    typeof total === 'string' ? total : '',
  );
  if (parts === null) return 0;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part || 0));
  return Math.round(
    (((days ?? 0) * 24 + (hours ?? 0)) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000,
  );
}

function readFailure({ status, body }: QueryResponse, tables: KnownTables['schemas']): Failure {
  const said = errorChain(body);
  const text = said.map(({ code, message }) => `${code}: ${message}`).join(' ');
  const reason = sentence(
    `Azure Monitor Logs answered HTTP ${status}${text === '' ? '' : `: ${text}`}`,
  );
  if (status === 413) return { ...failure('other', reason), tooMuch: true };
  if (status === 429) return failure('throttled', reason);
  if (status === 401 || status === 403) return failure('access-denied', reason);
  if (status === 408 || status === 504) return failure('timeout', reason);
  if (status === 400)
    return failure(isMissingTable(text, tables) ? 'table-missing' : 'query-refused', reason);
  return failure('other', reason);
}

/** A workspace has a table from its first record on; before that, the table's name does not resolve. */
function isMissingTable(text: string, tables: KnownTables['schemas']): boolean {
  const name = /Failed to resolve table(?: or column)? expression named '([^']+)'/i.exec(text)?.[1];
  return name !== undefined && Object.hasOwn(tables, name);
}

/** The error and the ones inside it, outermost first. */
function errorChain(body: Pieces): { code: string; message: string }[] {
  const chain: { code: string; message: string }[] = [];
  let error = propertyOf(parseJson(textOf(body)), 'error');
  while (typeof error === 'object' && error !== null && chain.length < 10) {
    const code = propertyOf(error, 'code');
    const message = propertyOf(error, 'message');
    chain.push({
      code: typeof code === 'string' ? code : 'unknown',
      message: typeof message === 'string' ? message.slice(0, 1000) : '',
    });
    error = propertyOf(error, 'innererror');
  }
  return chain;
}
