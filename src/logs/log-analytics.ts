import { TallymanError } from '../core/errors';
import { withOwnTables, type KnownTables, type OwnTable } from '../core/known-tables';
import type { Answer, Intake, LogRequest, LogSession, LogSource } from '../core/logs';
import type { Instant } from '../core/period';
import type { RowWise } from '../kql/analyze';
import { KqlError } from '../kql/errors';
import { registryOf } from './blob-paths';
import { RESPONSE_LIMITS, type Reading, type ResponseLimits } from './log-analytics-response';
import { QueryApi, type QueryApiOptions } from './query-api';
import { QueryAsker, type Asked } from './query-asker';
import { limiterOf, QUERY_LIMITS, type QueryLimits } from './query-limiter';
import { registriesQuery, scopedQuery } from './scoped-query';

export interface LogAnalyticsOptions extends QueryApiOptions {
  readonly now: () => Instant;
  /** In [0, 1). */
  readonly random: () => number;
  readonly queryLimits?: QueryLimits;
  readonly responseLimits?: ResponseLimits;
  /** An answer that was too much is asked again in parts of at most so many rows. Default 100,000. */
  readonly rowsPerSlice?: number;
  /** The pause before the first repetition, doubled each time; a Retry-After counts more. Default 2,000. */
  readonly retryDelayMs?: number;
  /** Tables that users describe themselves, beside Azure Monitor's. */
  readonly ownTables?: readonly OwnTable[];
}

/** Workspaces of Azure Monitor Logs, asked together. The answer's bytes are kept as they came. */
export function createLogAnalytics(options: LogAnalyticsOptions): LogSource {
  const queryLimits = options.queryLimits ?? QUERY_LIMITS;
  const { schemas } = withOwnTables(options.ownTables ?? []);
  const asker = new QueryAsker({
    api: new QueryApi(options),
    limiter: limiterOf(options.credential, queryLimits),
    limits: options.responseLimits ?? RESPONSE_LIMITS,
    tables: schemas,
    now: options.now,
    random: options.random,
    retryDelayMs: options.retryDelayMs ?? 2000,
  });
  const location = options.workspaces.join(', ');
  return {
    description: { kind: 'log-analytics', location },
    open: async (request) => {
      const session = new Session(asker, { ...options, schemas }, request);
      const registries = await session.registries(location);
      return {
        query: (kql) => session.query(kql),
        maxConcurrent: queryLimits.concurrent,
        intake: () => intakeOf(registries),
        close: () => Promise.resolve(),
      } satisfies LogSession;
    },
    close: () => Promise.resolve(),
  };
}

class Session {
  constructor(
    private readonly asker: QueryAsker,
    private readonly options: LogAnalyticsOptions & Pick<KnownTables, 'schemas'>,
    private readonly request: LogRequest,
  ) {}

  /** The names of the registries that the workspaces hold logs of. Throws when nothing can be asked at all. */
  async registries(location: string): Promise<string[]> {
    const { scope, window } = this.request;
    const { reading } = await this.asker.ask(registriesQuery(scope), window);
    if (reading.status !== 'failed') return registryNames(reading);
    if (['unreachable', 'access-denied', 'throttled'].includes(reading.code)) {
      throw new TallymanError(
        'LOGS_UNREACHABLE',
        `The workspace ${location} could not be asked. ${reading.reason}`,
        { hint: 'Check the workspace id, the network, and the role Log Analytics Reader.' },
      );
    }
    return [];
  }

  async query(kql: string): Promise<Answer> {
    const executedAt = this.options.now();
    const { reading, cost } = await this.asked(kql);
    const durationMs = Date.parse(this.options.now()) - Date.parse(executedAt);
    return answerOf(reading, { executedAt, durationMs, cost });
  }

  private async asked(kql: string): Promise<Asked> {
    const { scope, window } = this.request;
    const whole = await this.asker.ask(scopedQuery(kql, scope), window);
    if (whole.reading.status === 'complete' || !whole.reading.tooMuch) return whole;
    const rowWise = await rowWiseOf(kql, this.options.schemas);
    if (rowWise === undefined) return whole;
    const { askInSlices } = await import('./sliced-query.js');
    const { table } = rowWise;
    const counting = `${kql.trimEnd().replace(/;$/, '')}\n| count`;
    const sliced = await askInSlices({
      rowWise,
      window,
      rowsPerSlice: this.options.rowsPerSlice ?? 100_000,
      ask: (part) => this.asker.ask(scopedQuery(kql, scope, { table, window: part }), window),
      count: (part) =>
        this.asker.ask(scopedQuery(counting, scope, { table, window: part }), window),
    });
    return { ...sliced, cost: { ...sliced.cost, requests: sliced.cost.requests + 1 } };
  }
}

/** Undefined too when the parser gives up: then the answer stays partial. */
async function rowWiseOf(
  kql: string,
  schemas: KnownTables['schemas'],
): Promise<RowWise | undefined> {
  // Loaded only here: few answers are too much.
  const { analyzeKql } = await import('../kql/analyze.js');
  try {
    return (await analyzeKql(kql, schemas)).rowWise;
  } catch (error) {
    if (error instanceof KqlError) return undefined;
    throw error;
  }
}

function answerOf(
  reading: Reading,
  when: Pick<Answer, 'executedAt' | 'durationMs' | 'cost'>,
): Answer {
  switch (reading.status) {
    case 'failed':
      return { status: 'failed', code: reading.code, reason: reading.reason, ...when };
    case 'partial':
      return { status: 'partial', reason: reading.reason, ...contentOf(reading), ...when };
    case 'complete':
      return { status: 'complete', ...contentOf(reading), ...when };
  }
}

function contentOf({
  table,
  body,
}: Exclude<Reading, { status: 'failed' }>): Pick<
  Extract<Answer, { status: 'complete' }>,
  'table' | 'body'
> {
  return { table, body };
}

function registryNames({ table }: Exclude<Reading, { status: 'failed' }>): string[] {
  const names = new Set<string>();
  for (const [id] of table.rows) {
    const name = registryOf(typeof id === 'string' ? id : '');
    if (name !== undefined) names.add(name);
  }
  return [...names].sort();
}

/** The workspace holds the records itself: nothing is taken in. */
function intakeOf(registries: readonly string[]): Intake {
  return { blobs: 0, bytes: 0, records: 0, duplicates: 0, unreadable: [], registries };
}
