/* eslint-disable @typescript-eslint/no-deprecated -- its successor ignores abortSignal and audience, and fails on 204 */
import type { TokenCredential } from '@azure/identity';
import { LogsQueryClient, type LogsQueryClientOptions } from '@azure/monitor-query';
import { TallymanError } from '../core/errors';
import type { Answer, Intake, LogRequest, LogSession, LogSource } from '../core/logs';
import type { Instant, Interval } from '../core/period';
import { registryOf } from './blob-paths';
import { failure, readResponse, type Reading } from './log-analytics-response';
import { registriesQuery, scopedQuery } from './scoped-query';
import { Slots } from './slots';

export interface LogAnalyticsOptions {
  readonly workspaceId: string;
  readonly credential: TokenCredential;
  /** Default: the public cloud. */
  readonly endpoint?: string;
  /** For sovereign clouds, whose tokens are for another audience, and for tests. */
  readonly clientOptions?: LogsQueryClientOptions;
  readonly now: () => Instant;
  /** Azure Monitor Logs runs five queries of one identity at once. Default 4. */
  readonly maxConcurrent?: number;
  /** The pause before the first repetition, doubled each time; a Retry-After counts more. Default 2,000. */
  readonly retryDelayMs?: number;
}

/** The longest that Azure Monitor Logs lets a query run. */
const SERVER_TIMEOUT_S = 600;

const MAX_ATTEMPTS = 5;
const MAX_PAUSE_MS = 120_000;

/** Answers that may be different a moment later. A 504 is not among them: the query ran for ten minutes. */
const REPEATABLE_STATUS: readonly number[] = [429, 500, 502, 503];

/** A workspace of Azure Monitor Logs. The answer's bytes are kept as they came, before the SDK rounds them. */
export function createLogAnalytics(options: LogAnalyticsOptions): LogSource {
  const asker = new Asker(options);
  const { workspaceId } = options;
  return {
    description: { kind: 'log-analytics', location: workspaceId },
    open: async (request) => openSession(asker, request, workspaceId),
    close: () => Promise.resolve(),
  };
}

async function openSession(
  asker: Asker,
  request: LogRequest,
  workspaceId: string,
): Promise<LogSession> {
  const { scope, window } = request;
  const registries = await asker.ask(registriesQuery(scope), window);
  if (
    registries.status === 'failed' &&
    ['unreachable', 'access-denied'].includes(registries.code)
  ) {
    throw new TallymanError(
      'LOGS_UNREACHABLE',
      `The workspace ${workspaceId} could not be asked. ${registries.reason}`,
      { hint: 'Check the workspace id, the network, and the role Log Analytics Reader.' },
    );
  }
  const intake: Intake = {
    blobs: 0,
    bytes: 0,
    records: 0,
    duplicates: 0,
    unreadable: [],
    registries: registries.status === 'failed' ? [] : registryNames(registries),
  };
  return {
    query: (kql) => asker.ask(scopedQuery(kql, scope), window),
    intake: () => intake,
    close: () => Promise.resolve(),
  };
}

function registryNames({ table }: Exclude<Answer, { status: 'failed' }>): string[] {
  const names = table.rows.map(([id]) => registryOf(typeof id === 'string' ? id : ''));
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** Asks one query after its turn, and again where that can help. */
class Asker {
  private readonly client: LogsQueryClient;
  private readonly slots: Slots;
  private readonly answers = new AnswerKeeper();

  constructor(private readonly options: LogAnalyticsOptions) {
    this.slots = new Slots(options.maxConcurrent ?? 4);
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

  async ask(kql: string, window: Interval): Promise<Answer> {
    return this.slots.run(async () => {
      const executedAt = this.options.now();
      const reading = await this.askUntilAnswered(kql, window);
      const durationMs = Date.parse(this.options.now()) - Date.parse(executedAt);
      return { ...reading, executedAt, durationMs };
    });
  }

  private async askUntilAnswered(kql: string, window: Interval): Promise<Reading> {
    let pause = this.options.retryDelayMs ?? 2000;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.askOnce(kql, window);
      if (!outcome.repeatable || attempt === MAX_ATTEMPTS) return outcome.reading;
      const wait = Math.min(outcome.retryAfterMs ?? pause, MAX_PAUSE_MS);
      await new Promise((resolve) => setTimeout(resolve, wait));
      pause *= 2;
    }
  }

  private async askOnce(kql: string, window: Interval): Promise<Outcome> {
    const { workspaceId } = this.options;
    const timespan = { startTime: new Date(window.start), endTime: new Date(window.end) };
    let response: RawResponse | undefined;
    try {
      await this.client.queryWorkspace(workspaceId, kql, timespan, {
        serverTimeoutInSeconds: SERVER_TIMEOUT_S,
        includeQueryStatistics: true,
        // Answers are otherwise two minutes old: the service keeps them.
        requestOptions: { customHeaders: { 'Cache-Control': 'no-cache' } },
        onResponse: (raw) => {
          response = raw;
        },
      });
    } catch (error) {
      // The SDK throws for every status but 200, and for a 200 that it cannot read; the bytes tell more.
      response ??= (error as { response?: RawResponse }).response;
      if (response === undefined) return withoutResponse(error);
    }
    if (response === undefined) throw new Error('the SDK gave no response');
    const { status, headers } = response;
    return {
      reading: readResponse({ status, body: this.answers.bodyOf(response) }),
      repeatable: REPEATABLE_STATUS.includes(status),
      ...retryAfter(headers.get('retry-after')),
    };
  }
}

type Policy = NonNullable<LogsQueryClientOptions['additionalPolicies']>[number]['policy'];

/**
 * Keeps the text of each good answer and gives the SDK an empty one: it would turn every cell into an
 * object of its own, cutting times and numbers, at four times the cost of reading the text once.
 */
class AnswerKeeper {
  private readonly bodies = new WeakMap<object, string>();

  readonly policy: Policy = {
    name: 'keepAnswer',
    sendRequest: async (request, next) => {
      const response = await next(request);
      if (response.status !== 200) return response;
      this.bodies.set(response.request, response.bodyAsText ?? '');
      return { ...response, bodyAsText: '{"tables":[]}' };
    },
  };

  /** The text as it came. */
  bodyOf(response: RawResponse): string {
    return this.bodies.get(response.request) ?? response.bodyAsText ?? '';
  }
}

/** What came of one attempt. */
interface Outcome {
  readonly reading: Reading;
  readonly repeatable: boolean;
  readonly retryAfterMs?: number;
}

/** The part of the SDK's response that is used. */
interface RawResponse {
  readonly status: number;
  readonly request: object;
  readonly bodyAsText?: string | null;
  readonly headers: { get(name: string): string | undefined };
}

function withoutResponse(error: unknown): Outcome {
  const { name, message, code } = error as Error & { code?: string };
  const text = message.split('\n', 1)[0] ?? '';
  const isCredential = /Authentication|Credential/.test(name);
  const reading = isCredential
    ? failure('access-denied', `No token could be had for Azure Monitor Logs: ${text}`)
    : failure('unreachable', `Azure Monitor Logs could not be reached: ${code ?? text}.`);
  return { reading, repeatable: !isCredential };
}

/** Seconds, as the service sends them; a date is not understood and counts as none. */
function retryAfter(header: string | undefined): { retryAfterMs?: number } {
  const seconds = Number(header ?? '');
  return header === undefined || Number.isNaN(seconds) ? {} : { retryAfterMs: seconds * 1000 };
}
