import type { FailedAnswer } from '../core/logs';
import type { Table } from '../core/table';
import { TABLE_SCHEMAS } from '../core/table-schemas';
import { fromWireJson } from '../kql/wire';

/** One HTTP response of the query API. */
export interface QueryResponse {
  readonly status: number;
  readonly body: string;
}

/** What a response means, without the times. */
export type Reading =
  | { readonly status: 'complete'; readonly table: Table; readonly body: string }
  | {
      readonly status: 'partial';
      readonly table: Table;
      readonly body: string;
      readonly reason: string;
    }
  | Failure;

export type Failure = Pick<FailedAnswer, 'status' | 'code' | 'reason'>;

/** An answer never has more rows than this; one that has as many was cut. */
const MAX_ROWS = 500_000;

const EMPTY_BODY = '{"tables":[{"name":"PrimaryResult","columns":[],"rows":[]}]}';

/**
 * Reads a response of the query API: 200 is complete, or partial when it carries an error or as many
 * rows as an answer can have; 204 says that the workspace has no data; all else is a failure.
 */
export function readResponse(response: QueryResponse): Reading {
  if (response.status === 204) return readTable(EMPTY_BODY);
  if (response.status === 200) return readTable(response.body);
  return readFailure(response);
}

/** A failure, with a sentence for people. */
export function failure(code: FailedAnswer['code'], reason: string): Failure {
  return { status: 'failed', code, reason };
}

function readTable(body: string): Reading {
  try {
    const { table, error } = fromWireJson(body);
    if (error !== undefined) {
      const reason = `Azure Monitor Logs answered in part: ${error.code}: ${error.message}`;
      return { status: 'partial', table, body, reason };
    }
    if (table.rows.length >= MAX_ROWS) {
      const reason = `The answer has ${table.rows.length} rows, as many as Azure Monitor Logs gives; there may be more.`;
      return { status: 'partial', table, body, reason };
    }
    return { status: 'complete', table, body };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return failure(
      'other',
      `Azure Monitor Logs sent an answer that cannot be read: ${error.message}`,
    );
  }
}

function readFailure({ status, body }: QueryResponse): Failure {
  const said = errorChain(body);
  const text = said.map(({ code, message }) => `${code}: ${message}`).join(' ');
  const reason = `Azure Monitor Logs answered HTTP ${status}${text === '' ? '.' : `: ${text}`}`;
  if (status === 401 || status === 403) return failure('access-denied', reason);
  if (status === 408 || status === 504) return failure('timeout', reason);
  if (status === 400)
    return failure(isMissingTable(text) ? 'table-missing' : 'query-refused', reason);
  return failure('other', reason);
}

/** A workspace has a table from its first record on; before that, the table's name does not resolve. */
function isMissingTable(text: string): boolean {
  const name = /Failed to resolve table(?: or column)? expression named '([^']+)'/i.exec(text)?.[1];
  return name !== undefined && Object.hasOwn(TABLE_SCHEMAS, name);
}

/** The error and the ones inside it, outermost first. */
function errorChain(body: string): { code: string; message: string }[] {
  const chain: { code: string; message: string }[] = [];
  let error = propertyOf(parse(body), 'error');
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

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
