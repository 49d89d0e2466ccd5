import { retryAfterMs } from '../core/retry-after';
import type { KnownTables } from '../core/known-tables';
import type { QueryCost } from '../core/logs';
import type { Instant, Interval } from '../core/period';
import { failure, readResponse, type Reading, type ResponseLimits } from './log-analytics-response';
import type { Exchange, QueryApi } from './query-api';
import type { QueryLimiter } from './query-limiter';

export interface QueryAskerOptions {
  readonly api: QueryApi;
  readonly limiter: QueryLimiter;
  readonly limits: ResponseLimits;
  /** Those that a workspace may have, by their names. */
  readonly tables: KnownTables['schemas'];
  readonly now: () => Instant;
  /** In [0, 1): spreads the pauses, so that instances that were refused together do not come back together. */
  readonly random: () => number;
  /** The pause before the first repetition, doubled each time. */
  readonly retryDelayMs: number;
}

/** What one query came to, and what was spent on it. */
export interface Asked {
  readonly reading: Reading;
  readonly cost: QueryCost;
}

const MAX_PAUSE_MS = 60_000;

/** The longest that a Retry-After is waited for; a service that wants more is not to be had in this run. */
const MAX_RETRY_AFTER_MS = 600_000;

/** Throttling passes and harms nothing but time; other trouble is given less patience. */
const MAX_ATTEMPTS_THROTTLED = 12;
const MAX_ATTEMPTS = 5;

/** Answers that may be different a moment later. A 504 is not among them: the query ran for ten minutes. */
const REPEATABLE_STATUS: readonly number[] = [429, 500, 502, 503];

/** Asks one query when it is its turn, and again where that can help. */
export class QueryAsker {
  constructor(private readonly options: QueryAskerOptions) {}

  ask(kql: string, window: Interval): Promise<Asked> {
    return this.options.limiter.run(() => this.askUntilAnswered(kql, window));
  }

  private async askUntilAnswered(kql: string, window: Interval): Promise<Asked> {
    const { api, limiter, limits, tables } = this.options;
    let bytes = 0;
    for (let requests = 1; ; requests += 1) {
      await limiter.mayBegin();
      const exchange = await api.send(kql, window);
      if (exchange.kind === 'response') bytes += exchange.body.size;
      const pause = this.pauseBeforeNext(exchange, requests);
      if (pause === undefined) {
        const reading =
          exchange.kind === 'response'
            ? readResponse(exchange, limits, tables)
            : readTrouble(exchange);
        const own = 'statistics' in reading ? reading.statistics : {};
        const rows = 'table' in reading ? reading.table.rows.length : 0;
        return { reading, cost: { requests, rows, bytes, ...own } };
      }
      if (exchange.kind === 'response' && exchange.status === 429) limiter.pause(pause);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Milliseconds until the request is worth repeating; undefined when it is not. */
  private pauseBeforeNext(exchange: Exchange, requests: number): number | undefined {
    const isThrottled = exchange.kind === 'response' && exchange.status === 429;
    if (requests >= (isThrottled ? MAX_ATTEMPTS_THROTTLED : MAX_ATTEMPTS)) return undefined;
    const { retryDelayMs, random } = this.options;
    const doubled = Math.min(retryDelayMs * 2 ** (requests - 1), MAX_PAUSE_MS);
    const spread = doubled * (0.5 + random() / 2);
    if (exchange.kind !== 'response') return exchange.kind === 'unreachable' ? spread : undefined;
    if (!REPEATABLE_STATUS.includes(exchange.status)) return undefined;
    const told = retryAfterMs(exchange.retryAfter, Date.parse(this.options.now()));
    if (told === undefined) return spread;
    return told > MAX_RETRY_AFTER_MS ? undefined : told + random() * retryDelayMs;
  }
}

function readTrouble({ kind, text }: Exclude<Exchange, { kind: 'response' }>): Reading {
  switch (kind) {
    case 'no-token':
      return failure('access-denied', `No token could be had for Azure Monitor Logs: ${text}`);
    case 'stalled':
      return failure('timeout', 'Azure Monitor Logs took the query and did not finish answering.');
    case 'unreachable':
      return failure(
        'unreachable',
        `Azure Monitor Logs could not be reached: ${text.replace(/\.$/, '')}.`,
      );
  }
}
