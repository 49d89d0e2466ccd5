/* eslint-disable @typescript-eslint/no-deprecated -- its successor ignores abortSignal and audience, and fails on 204 */
import { Readable } from 'node:stream';
import type { TokenCredential } from '@azure/identity';
import { LogsQueryClient, type LogsQueryClientOptions } from '@azure/monitor-query';
import type { Interval } from '../core/period';
import { piecesOf, type Pieces } from '../core/pieces';
import { spooledLater } from '../core/spool';

export interface QueryApiOptions {
  /** At least one; the first is the one that is asked, the others are asked with it. */
  readonly workspaces: readonly string[];
  readonly credential: TokenCredential;
  /** Default: the public cloud. */
  readonly endpoint?: string;
  /** For sovereign clouds, whose tokens are for another audience, and for tests. */
  readonly clientOptions?: LogsQueryClientOptions;
  /** After so long without a whole answer a request is given up. Default 630,000. */
  readonly stallMs?: number;
}

/** What came of one request. */
export type Exchange =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly body: Pieces;
      /** As the header says: seconds or a date. */
      readonly retryAfter: string | undefined;
    }
  /** No answer; `text` says what the network or the identity said. */
  | { readonly kind: 'no-token' | 'unreachable' | 'stalled'; readonly text: string };

/** The longest that Azure Monitor Logs lets a query run. */
const SERVER_TIMEOUT_S = 600;
const STALL_MS = (SERVER_TIMEOUT_S + 30) * 1000;

/** Sends queries through the SDK, once each, and gives back the bytes as they came, before the SDK rounds them. */
export class QueryApi {
  private readonly client: LogsQueryClient;
  private readonly answers = new AnswerKeeper();

  constructor(private readonly options: QueryApiOptions) {
    this.client = new LogsQueryClient(options.credential, {
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      ...options.clientOptions,
      additionalPolicies: [
        ...(options.clientOptions?.additionalPolicies ?? []),
        { policy: this.answers.policy, position: 'perRetry' },
      ],
      // The SDK would repeat a 504 three times, and a 429 without Retry-After not at all.
      retryOptions: { maxRetries: 0 },
    });
  }

  async send(kql: string, window: Interval): Promise<Exchange> {
    const [workspace = '', ...others] = this.options.workspaces;
    const timespan = { startTime: new Date(window.start), endTime: new Date(window.end) };
    const patience = new AbortController();
    const timer = setTimeout(() => {
      patience.abort();
    }, this.options.stallMs ?? STALL_MS);
    let response: RawResponse | undefined;
    try {
      await this.client.queryWorkspace(workspace, kql, timespan, {
        serverTimeoutInSeconds: SERVER_TIMEOUT_S,
        includeQueryStatistics: true,
        ...(others.length === 0 ? {} : { additionalWorkspaces: others }),
        abortSignal: patience.signal,
        // Answers are otherwise up to two minutes old: the service keeps them.
        requestOptions: { customHeaders: { 'Cache-Control': 'no-cache' } },
        onResponse: (raw) => {
          response = raw;
        },
      });
    } catch (error) {
      // The SDK throws for every status but 200, and for a 200 that it cannot read; the bytes tell more.
      response ??= (error as { response?: RawResponse }).response;
      if (response === undefined) return withoutResponse(error, patience.signal.aborted);
    } finally {
      clearTimeout(timer);
    }
    if (response === undefined) throw new Error('the SDK gave no response');
    return {
      kind: 'response',
      status: response.status,
      body: this.answers.bodyOf(response),
      retryAfter: response.headers.get('retry-after'),
    };
  }
}

type Policy = NonNullable<LogsQueryClientOptions['additionalPolicies']>[number]['policy'];

/**
 * Keeps the bytes of each good answer while they come, and gives the SDK an empty one: it would have all of them in
 * memory and turn every cell into an object of its own, cutting times and numbers.
 */
class AnswerKeeper {
  private readonly bodies = new WeakMap<object, Pieces>();

  readonly policy: Policy = {
    name: 'keepAnswer',
    sendRequest: async (request, next) => {
      request.streamResponseStatusCodes = new Set([200]);
      const { readableStreamBody, ...response } = await next(request);
      delete request.streamResponseStatusCodes;
      if (response.status !== 200) return response;
      const body = readableStreamBody ?? Readable.from([]);
      this.bodies.set(response.request, await spooledLater(Readable.from(body)));
      return { ...response, bodyAsText: '{"tables":[]}' };
    },
  };

  /** The bytes as they came. */
  bodyOf(response: RawResponse): Pieces {
    return this.bodies.get(response.request) ?? piecesOf(response.bodyAsText ?? '');
  }
}

/** The part of the SDK's response that is used. */
interface RawResponse {
  readonly status: number;
  readonly request: object;
  readonly bodyAsText?: string | null;
  readonly headers: { get(name: string): string | undefined };
}

function withoutResponse(error: unknown, stalled: boolean): Exchange {
  const { name, message, code } = error as Error & { code?: string };
  const text = message.split('\n', 1)[0] ?? '';
  if (stalled) return { kind: 'stalled', text };
  if (/Authentication|Credential/.test(name)) return { kind: 'no-token', text };
  return { kind: 'unreachable', text: code ?? text };
}
