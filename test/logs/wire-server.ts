import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TokenCredential } from '@azure/identity';
import type { LogsQueryClientOptions } from '@azure/monitor-query';
import type { Answer, LogSource } from '../../src/core/logs';
import { TABLE_SCHEMAS } from '../../src/core/table-schemas';
import { fromWireJson, toWireJson } from '../../src/kql/wire';
import { textOf } from '../../src/core/pieces';

/** What the server does instead of answering as it should. */
export interface Fault {
  /** A response of this status and nothing of the server's own. */
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Closes the connection instead. */
  readonly hangUp?: boolean;
  /** Takes the query and says nothing more. */
  readonly stall?: boolean;
  /** Gives half of its own answer, and then closes the connection or says nothing more. */
  readonly half?: 'hang-up' | 'stall';
  /** Leaves the last row out of its own answer, and does not say so. */
  readonly loseRow?: boolean;
  /** Gives its own answer, without the last row, with a partial error of these words. */
  readonly partial?: string;
}

/** What the service allows; far more than a test needs unless it sets less. */
export interface ServiceLimits {
  rows: number;
  bytes: number;
  /** Queries under way at once; more of them are refused with 429. */
  concurrent: number;
  /** Requests within `windowMs`; more of them are refused with 429. */
  perWindow: number;
  windowMs: number;
  /** What a 429 says; nothing when undefined. */
  retryAfter: string | undefined;
}

/** What a client sent. */
export interface ReceivedQuery {
  readonly query: string;
  readonly timespan: string;
  readonly workspaces?: readonly string[];
  readonly headers: IncomingMessage['headers'];
}

/** A workspace of Azure Monitor Logs on this machine, answered by a log source. */
export interface WireServer {
  /** What the LogsQueryClient needs to find it. */
  readonly client: {
    readonly workspaces: readonly string[];
    readonly credential: TokenCredential;
    readonly endpoint: string;
    readonly clientOptions: LogsQueryClientOptions;
  };
  readonly received: ReceivedQuery[];
  /** Responses for the next queries that match, in order. */
  readonly faults: { readonly when: RegExp; readonly fault: Fault }[];
  readonly load: {
    /** The most queries that were in work at the same time. */
    readonly most: number;
    /** Milliseconds that every answer takes at least; may be changed. */
    delayMs: number;
    /** Queries that were refused because of the limits. */
    readonly refused: number;
  };
  readonly limits: ServiceLimits;
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  stop(): Promise<void>;
}

export const WORKSPACE_ID = '00000000-0000-0000-0000-0000000000aa';
const TOKEN = 'a-token';

/**
 * Starts the server. It speaks the query API's wire format: POST /v1/workspaces/{id}/query with a
 * bearer token, `{query, timespan, workspaces?}` in, `{tables:[…]}` or `{error:{…}}` out. It answers as
 * the service does at its limits: too many rows or bytes come as a partial answer, too many queries as 429.
 */
export async function startWireServer(source: LogSource): Promise<WireServer> {
  const state: State = {
    source,
    received: [],
    faults: [],
    load: { now: 0, most: 0, delayMs: 0, refused: 0 },
    limits: {
      rows: 500_000,
      bytes: 100 * 1024 * 1024,
      concurrent: 5,
      perWindow: 200,
      windowMs: 30_000,
      retryAfter: undefined,
    },
    times: [],
    answers: new Map(),
  };
  const server = createServer((request, response) => {
    state.load.now += 1;
    state.load.most = Math.max(state.load.most, state.load.now);
    respond(state, request, response)
      .catch((error: unknown) => response.writeHead(500).end(String(error)))
      .finally(() => {
        state.load.now -= 1;
      });
  });
  const port = await listen(server);
  return {
    ...state,
    client: {
      workspaces: [WORKSPACE_ID],
      credential: {
        getToken: () =>
          Promise.resolve({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }),
      },
      endpoint: 'https://workspace.invalid/v1',
      clientOptions: { additionalPolicies: [{ policy: toPort(port), position: 'perRetry' }] },
    },
    address: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

interface State {
  readonly source: LogSource;
  readonly received: ReceivedQuery[];
  readonly faults: WireServer['faults'];
  readonly load: { now: number; most: number; delayMs: number; refused: number };
  readonly limits: ServiceLimits;
  /** When the latest requests came. */
  readonly times: number[];
  /** The source's answers, which do not change. */
  readonly answers: Map<string, Promise<HttpAnswer>>;
}

type Policy = NonNullable<LogsQueryClientOptions['additionalPolicies']>[number]['policy'];

/** The SDK sends tokens over https only; behind its signing, requests go to a local port. */
function toPort(port: number): Policy {
  return {
    name: 'toWireServer',
    sendRequest: (request, next) => {
      request.url = request.url.replace(/^https:\/\/[^/]+/, `http://127.0.0.1:${port}`);
      request.allowInsecureConnection = true;
      return next(request);
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function respond(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const sent = JSON.parse(Buffer.concat(chunks).toString()) as ReceivedQuery;
  state.received.push({ ...sent, headers: request.headers });
  if (isRefused(state)) {
    const { retryAfter } = state.limits;
    const { status, body } = errorBody(429, 'ThrottledError', 'Rate limit exceeded');
    response.writeHead(status, retryAfter === undefined ? {} : { 'Retry-After': retryAfter });
    response.end(body);
    return;
  }
  await new Promise((resolve) => setTimeout(resolve, state.load.delayMs));
  const fault = takeFault(state.faults, sent.query);
  if (fault?.stall === true) return;
  if (fault?.hangUp === true) {
    request.socket.destroy();
    return;
  }
  if (fault !== undefined && fault.status !== OWN_ANSWER) {
    response.writeHead(fault.status, fault.headers).end(fault.body);
    return;
  }
  const own = await answerTo(state, request, sent);
  const { status, body } = withinLimits(spoiled(own, fault), state.limits);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(status, headers);
  if (fault?.half === undefined) {
    response.end(body);
    return;
  }
  response.write(Buffer.from(body).subarray(0, Buffer.byteLength(body) / 2), () => {
    if (fault.half === 'hang-up') request.socket.destroy();
  });
}

/** The status of a fault that spoils the server's own answer. */
export const OWN_ANSWER = 0;

function isRefused({ load, limits, times }: State): boolean {
  const now = performance.now();
  while (times[0] !== undefined && times[0] <= now - limits.windowMs) times.shift();
  const refused = load.now > limits.concurrent || times.length >= limits.perWindow;
  if (refused) load.refused += 1;
  else times.push(now);
  return refused;
}

function takeFault(faults: WireServer['faults'], query: string): Fault | undefined {
  const scripted = faults.findIndex(({ when }) => when.test(query));
  return scripted === -1 ? undefined : faults.splice(scripted, 1)[0]?.fault;
}

interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

function spoiled(answer: HttpAnswer, fault: Fault | undefined): HttpAnswer {
  if (answer.status !== 200 || fault === undefined) return answer;
  if (fault.partial !== undefined) return cut(answer, -1, fault.partial);
  return fault.loseRow === true ? cut(answer, -1, undefined) : answer;
}

function withinLimits(answer: HttpAnswer, limits: ServiceLimits): HttpAnswer {
  if (answer.status !== 200) return answer;
  const { table } = fromWireJson(answer.body);
  if (table.rows.length > limits.rows) {
    const words = `The results of this query exceed the set limit of ${limits.rows} records (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003)`;
    return cut(answer, limits.rows, words);
  }
  const share = limits.bytes / Buffer.byteLength(answer.body);
  if (share >= 1) return answer;
  const words =
    'The results of this query exceed the set limit of bytes (E_QUERY_RESULT_SET_TOO_LARGE, 0x80DA0003)';
  return cut(answer, Math.floor(table.rows.length * share), words);
}

/** The answer with only its first rows (or without its last), and what it says about that. */
function cut(answer: HttpAnswer, rows: number, words: string | undefined): HttpAnswer {
  const { table } = fromWireJson(answer.body);
  const body = JSON.parse(toWireJson({ ...table, rows: table.rows.slice(0, rows) })) as object;
  const error = {
    code: 'PartialError',
    message: 'There were some errors when processing your query.',
    details: [{ code: 'EngineError', message: words }],
  };
  return { status: 200, body: JSON.stringify(words === undefined ? body : { ...body, error }) };
}

async function answerTo(
  { source, answers }: State,
  { method, url, headers }: IncomingMessage,
  { query, timespan }: ReceivedQuery,
): Promise<HttpAnswer> {
  if (method !== 'POST' || url !== `/v1/workspaces/${WORKSPACE_ID}/query`) {
    return errorBody(404, 'PathNotFoundError', 'The requested path does not exist');
  }
  if (headers.authorization !== `Bearer ${TOKEN}`) {
    return errorBody(401, 'InvalidTokenError', 'The provided authentication is not valid');
  }
  const key = `${timespan} ${query}`;
  const answer = answers.get(key) ?? askSource(source, query, timespan);
  answers.set(key, answer);
  return answer;
}

async function askSource(source: LogSource, query: string, timespan: string): Promise<HttpAnswer> {
  const [start = '', end = ''] = timespan.split('/');
  const session = await source.open({
    scope: { id: 'all', registries: 'all' },
    window: { start, end },
    tables: Object.keys(TABLE_SCHEMAS),
  });
  return bodyOf(await session.query(query));
}

function bodyOf(answer: Answer): { status: number; body: string } {
  if (answer.status !== 'failed') return { status: 200, body: textOf(answer.body) };
  const table = /has no \S+: no record of (\w+)/.exec(answer.reason)?.[1];
  const inner =
    table === undefined
      ? { code: 'SyntaxError', message: answer.reason }
      : {
          code: 'SemanticError',
          message: 'A semantic error occurred.',
          innererror: {
            code: 'SEM0100',
            message: `'where' operator: Failed to resolve table or column expression named '${table}'`,
          },
        };
  return errorBody(400, 'BadArgumentError', 'The request had some invalid properties', inner);
}

/** An error in the query API's form. */
export function errorBody(
  status: number,
  code: string,
  message: string,
  innererror?: object,
): { status: number; body: string } {
  return { status, body: JSON.stringify({ error: { message, code, innererror } }) };
}
