import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TokenCredential } from '@azure/identity';
import type { LogsQueryClientOptions } from '@azure/monitor-query';
import type { Answer, LogSource } from '../../src/core/logs';
import { TABLE_SCHEMAS } from '../../src/core/table-schemas';

/** A response that the server gives instead of its own. */
export interface Fault {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Closes the connection instead. */
  readonly hangUp?: boolean;
}

/** What a client sent. */
export interface ReceivedQuery {
  readonly query: string;
  readonly timespan: string;
  readonly headers: IncomingMessage['headers'];
}

/** A workspace of Azure Monitor Logs on this machine, answered by a log source. */
export interface WireServer {
  /** What the LogsQueryClient needs to find it. */
  readonly client: {
    readonly workspaceId: string;
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
  };
  stop(): Promise<void>;
}

export const WORKSPACE_ID = '00000000-0000-0000-0000-0000000000aa';
const TOKEN = 'a-token';

/**
 * Starts the server. It speaks the query API's wire format: POST /v1/workspaces/{id}/query with a
 * bearer token, `{query, timespan}` in, `{tables:[…]}` or `{error:{…}}` out.
 */
export async function startWireServer(source: LogSource): Promise<WireServer> {
  const state = { received: [] as ReceivedQuery[], faults: [] as WireServer['faults'] };
  const load = { now: 0, most: 0, delayMs: 0 };
  const server = createServer((request, response) => {
    load.now += 1;
    load.most = Math.max(load.most, load.now);
    respond(source, state, request, response, load.delayMs)
      .catch((error: unknown) => response.writeHead(500).end(String(error)))
      .finally(() => {
        load.now -= 1;
      });
  });
  const port = await listen(server);
  return {
    ...state,
    load,
    client: {
      workspaceId: WORKSPACE_ID,
      credential: {
        getToken: () =>
          Promise.resolve({ token: TOKEN, expiresOnTimestamp: Date.now() + 3_600_000 }),
      },
      endpoint: 'https://workspace.invalid/v1',
      clientOptions: { additionalPolicies: [{ policy: toPort(port), position: 'perRetry' }] },
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
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
  source: LogSource,
  state: Pick<WireServer, 'received' | 'faults'>,
  request: IncomingMessage,
  response: ServerResponse,
  delayMs: number,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { query, timespan } = JSON.parse(Buffer.concat(chunks).toString()) as ReceivedQuery;
  state.received.push({ query, timespan, headers: request.headers });
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  const scripted = state.faults.findIndex(({ when }) => when.test(query));
  if (scripted !== -1) {
    const [entry] = state.faults.splice(scripted, 1);
    const { status, body, headers, hangUp } = entry!.fault;
    if (hangUp === true) request.socket.destroy();
    else response.writeHead(status, headers).end(body);
    return;
  }
  const { status, body } = await answerTo(source, request, query, timespan);
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
}

async function answerTo(
  source: LogSource,
  request: IncomingMessage,
  query: string,
  timespan: string,
): Promise<{ status: number; body: string }> {
  const { method, url, headers } = request;
  if (method !== 'POST' || url !== `/v1/workspaces/${WORKSPACE_ID}/query`) {
    return errorBody(404, 'PathNotFoundError', 'The requested path does not exist');
  }
  if (headers.authorization !== `Bearer ${TOKEN}`) {
    return errorBody(401, 'InvalidTokenError', 'The provided authentication is not valid');
  }
  const [start = '', end = ''] = timespan.split('/');
  const session = await source.open({
    scope: { id: 'all', registries: 'all' },
    window: { start, end },
    tables: Object.keys(TABLE_SCHEMAS),
  });
  return bodyOf(await session.query(query));
}

function bodyOf(answer: Answer): { status: number; body: string } {
  if (answer.status !== 'failed') return { status: 200, body: answer.body };
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
