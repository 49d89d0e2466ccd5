import { Slots } from './slots';

/** What Azure Monitor Logs lets one identity do, a little below its own limits. */
export interface QueryLimits {
  /** Queries under way at once; the service runs five and queues the rest. */
  readonly concurrent: number;
  /** Requests that may begin within `windowMs`; the service refuses the 201st within 30 seconds. */
  readonly perWindow: number;
  readonly windowMs: number;
}

/** The window is a second longer than the service's, because requests arrive later than they are sent. */
export const QUERY_LIMITS: QueryLimits = { concurrent: 4, perWindow: 200, windowMs: 31_000 };

/**
 * Keeps the queries of one identity in this process below the limits of Azure Monitor Logs. Other
 * processes with the same identity are not seen: the service queues up to 200 of their queries and
 * refuses the rest with 429, after which everybody here waits.
 */
export class QueryLimiter {
  private readonly slots: Slots;
  /** When the latest requests began, oldest first. */
  private begun: number[] = [];
  private pausedUntil = 0;

  constructor(private readonly limits: QueryLimits) {
    this.slots = new Slots(limits.concurrent);
  }

  /** Does the work of one query when it is its turn. */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.slots.run(work);
  }

  /** Settles when the next request may be sent. */
  async mayBegin(): Promise<void> {
    for (;;) {
      const now = performance.now();
      this.begun = this.begun.filter((time) => time > now - this.limits.windowMs);
      const oldest = this.begun[0];
      const isFull = oldest !== undefined && this.begun.length >= this.limits.perWindow;
      const until = Math.max(this.pausedUntil, isFull ? oldest + this.limits.windowMs : 0);
      if (until <= now) {
        this.begun.push(now);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.ceil(until - now)));
    }
  }

  /** Lets nobody begin for so long: the service said that this identity asks too much. */
  pause(milliseconds: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, performance.now() + milliseconds);
  }
}

const limiters = new WeakMap<object, QueryLimiter>();

/** The limiter of an identity: sources with the same credential share one. */
export function limiterOf(credential: object, limits: QueryLimits): QueryLimiter {
  const limiter = limiters.get(credential) ?? new QueryLimiter(limits);
  limiters.set(credential, limiter);
  return limiter;
}
