import type { QueryCost } from '../core/logs';
import { toInstant, type Interval } from '../core/period';
import type { RowWise } from '../kql/analyze';
import { readWireAnswer } from '../kql/wire-answer';
import { failure, type Reading } from './log-analytics-response';
import type { Asked } from './query-asker';
import { SplicedAnswer } from './spliced-answer';

/** A query that may be asked in parts, and how each is asked. */
export interface SlicedQuery {
  readonly rowWise: RowWise;
  readonly window: Interval;
  /** More rows than this are not asked for at once. */
  readonly rowsPerSlice: number;
  /** The query over a part of the window. */
  readonly ask: (part: Interval) => Promise<Asked>;
  /** How many rows the query has over a part of the window. */
  readonly count: (part: Interval) => Promise<Asked>;
}

interface Part {
  readonly window: Interval;
  /** As counted, or as it follows from the counts around it. */
  readonly rows: number;
}

/** A query whose parts need more requests than this is given up. */
const MOST_REQUESTS = 4000;

/**
 * Asks a query part by part, halving the time until each part is safely below the limits. The rows of
 * every part, and those of all together, must be as many as the service counts: otherwise the answer is
 * partial, and says so.
 */
export async function askInSlices(query: SlicedQuery): Promise<Asked> {
  const slicing = new Slicing(query);
  const reading = await slicing.run();
  return { reading, cost: slicing.cost };
}

class Slicing {
  cost: QueryCost = { requests: 0, rows: 0, bytes: 0 };
  private readonly spliced = new SplicedAnswer();
  private rows = 0;
  /** Why the answer is not complete. */
  private doubt: string | undefined;

  constructor(private readonly query: SlicedQuery) {}

  async run(): Promise<Reading> {
    const counted = await this.count(this.query.window);
    if (typeof counted !== 'number') return counted;
    const parts: Part[] = [{ window: this.query.window, rows: counted }];
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const step = await this.take(part);
      if (step === 'taken') continue;
      if ('status' in step) return step;
      parts.unshift(...step);
    }
    const again = await this.count(this.query.window);
    if (typeof again !== 'number') return again;
    if (again !== this.rows) {
      this.doubt ??= `The parts of the answer have ${this.rows} rows, and the service counts ${again}.`;
    }
    return this.whole();
  }

  /** The part's rows are taken in, or it falls into two, or all is in vain. */
  private async take(part: Part): Promise<'taken' | readonly Part[] | Failed> {
    const isLarge = part.rows > this.query.rowsPerSlice;
    if (isLarge && isDivisible(part.window)) return this.halve(part);
    const reading = await this.ask(part.window);
    const tooMuch = reading.status !== 'complete' && reading.tooMuch;
    if (tooMuch && isDivisible(part.window)) return this.halve(part);
    if (reading.status === 'failed') return reading;
    if (reading.status === 'partial') this.doubt ??= reading.reason;
    return this.add(part, reading);
  }

  private async add(part: Part, reading: Answered): Promise<'taken' | Failed> {
    try {
      this.spliced.add(part.window, reading.body, reading.table);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return failure('other', `The parts of the answer do not fit together: ${error.message}`);
    }
    const rows = reading.table.rows.length;
    this.rows += rows;
    if (rows === part.rows) return 'taken';
    // Records may have arrived since they were counted.
    const recounted = await this.count(part.window);
    if (typeof recounted !== 'number') return recounted;
    if (recounted !== rows) {
      this.doubt ??= `The part of the answer from ${part.window.start} to ${part.window.end} has ${rows} rows, and the service counts ${recounted}.`;
    }
    return 'taken';
  }

  private async halve({ window, rows }: Part): Promise<readonly Part[] | Failed> {
    if (this.cost.requests > MOST_REQUESTS) {
      return failure('other', `The answer needs more than ${MOST_REQUESTS} requests.`);
    }
    const start = Date.parse(window.start);
    const middle = toInstant(new Date(Math.floor((start + Date.parse(window.end)) / 2)));
    const first = { start: window.start, end: middle };
    const counted = await this.count(first);
    if (typeof counted !== 'number') return counted;
    const second = { start: middle, end: window.end };
    return [
      { window: first, rows: counted },
      { window: second, rows: Math.max(0, rows - counted) },
    ];
  }

  private async ask(window: Interval): Promise<Reading> {
    return this.spend(await this.query.ask(window));
  }

  private async count(window: Interval): Promise<number | Failed> {
    const reading = this.spend(await this.query.count(window));
    if (reading.status === 'failed') return reading;
    const [row, ...others] = reading.table.rows;
    const count = Number(row?.[0] ?? Number.NaN);
    const isCount = others.length === 0 && row?.length === 1 && Number.isSafeInteger(count);
    if (reading.status === 'complete' && isCount && count >= 0) return count;
    return failure('other', 'The rows of the answer could not be counted.');
  }

  private spend({ reading, cost }: Asked): Reading {
    const { requests, bytes, cpuMs = 0 } = this.cost;
    this.cost = {
      requests: requests + cost.requests,
      rows: this.rows,
      bytes: bytes + cost.bytes,
      cpuMs: cpuMs + (cost.cpuMs ?? 0),
    };
    return reading;
  }

  private whole(): Reading {
    const body = this.spliced.body(this.query.rowWise.order);
    const answered = { table: readWireAnswer(body).table, body, statistics: {} };
    this.cost = { ...this.cost, rows: this.rows };
    return this.doubt === undefined
      ? { status: 'complete', ...answered }
      : { status: 'partial', ...answered, reason: this.doubt, tooMuch: false };
  }
}

type Answered = Exclude<Reading, { status: 'failed' }>;
type Failed = Extract<Reading, { status: 'failed' }>;

/** The service compares times to the tick; halving stops at a millisecond, far below what is needed. */
function isDivisible({ start, end }: Interval): boolean {
  return Date.parse(end) - Date.parse(start) >= 2;
}
