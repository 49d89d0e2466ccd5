import type { ChainEntry } from '../../archive/chain';
import { TallymanError } from '../../core/errors';
import type { Instant } from '../../core/period';
import { toInstant } from '../../core/period';
import type { Parts } from '../../run/parts';
import { abandonedStreams } from '../../run/begun-streams';
import { missingPeriods, newestDuePeriod, runDueAt } from '../../run/plan';
import type { StreamDefinition } from '../../run/streams';
import { streamsOf } from '../../run/streams';
import type { ChainReader } from '../../web/chain-reader';

/** What a monitor gets. It holds nothing that comes from a log, and no person. */
export interface HealthReport {
  /** `trouble` when a stream can't be judged, `overdue` when a run is later than it may be. */
  readonly status: 'good' | 'overdue' | 'trouble';
  readonly checkedAt: Instant;
  readonly streams: readonly StreamHealth[];
  /** Mails that wait for their next attempt, and those that failed for good in the last seven days. */
  readonly mail: { readonly waiting: number; readonly failed: number };
}

export interface StreamHealth {
  readonly stream: string;
  readonly status: HealthReport['status'];
  readonly lastSealed: { readonly period: string; readonly sealedAt: Instant } | null;
  readonly newestDue: string | null;
  readonly missing: number;
  /** When the oldest missing run was due. */
  readonly missingSince: Instant | null;
  /** Codes of what is wrong with the chain, or why it can't be judged. */
  readonly trouble: readonly string[];
}

const HOUR_MS = 3_600_000;

/** A run may be this much later than it was due: a few wake-ups have tried. A source that is down is told of while it is. */
const PATIENCE_MS = 4 * HOUR_MS;
const MAIL_DAYS_MS = 7 * 24 * HOUR_MS;

/** Looks at every stream. Trouble with one is told in its place. */
export async function healthReport(
  parts: Pick<Parts, 'catalog' | 'privateStore' | 'mail' | 'now'>,
  chains: ChainReader,
  since?: string,
): Promise<HealthReport> {
  const now = parts.now();
  const streams: StreamHealth[] = (await abandonedStreams(parts)).map(abandonedHealth);
  for (const definition of streamsOf(parts.catalog)) {
    streams.push(await streamHealth(definition, chains, now, since));
  }
  const outbox = parts.mail?.outbox;
  const has = (status: StreamHealth['status']): boolean =>
    streams.some((stream) => stream.status === status);
  return {
    status: has('trouble') ? 'trouble' : has('overdue') ? 'overdue' : 'good',
    checkedAt: now,
    streams,
    mail: {
      waiting: (await outbox?.pending())?.length ?? 0,
      failed: (await outbox?.failures(before(now, MAIL_DAYS_MS)))?.length ?? 0,
    },
  };
}

const NOTHING_KNOWN = { lastSealed: null, newestDue: null, missing: 0, missingSince: null };

/** Of a stream that was begun and that no report makes any more. */
function abandonedHealth(stream: string): StreamHealth {
  return { stream, status: 'trouble', ...NOTHING_KNOWN, trouble: ['report-missing'] };
}

async function streamHealth(
  { stream, report }: StreamDefinition,
  chains: ChainReader,
  now: Instant,
  since: string | undefined,
): Promise<StreamHealth> {
  try {
    const reading = await chains.read(stream);
    const entries = reading?.entries ?? [];
    const [oldest, ...others] = missingPeriods(report, entries, now, since);
    const missingSince = oldest === undefined ? null : runDueAt(report, entries, oldest);
    const overdue = missingSince !== null && missingSince < before(now, PATIENCE_MS);
    const trouble = [...new Set(reading?.defects.map(({ code }) => code))];
    return {
      stream,
      status: trouble.length > 0 ? 'trouble' : overdue ? 'overdue' : 'good',
      lastSealed: lastRun(entries),
      newestDue: newestDuePeriod(report, now).id,
      missing: oldest === undefined ? 0 : 1 + others.length,
      missingSince,
      trouble,
    };
  } catch (error) {
    if (!(error instanceof TallymanError)) throw error;
    return { stream, status: 'trouble', ...NOTHING_KNOWN, trouble: [error.code] };
  }
}

function lastRun(entries: readonly ChainEntry[]): StreamHealth['lastSealed'] {
  for (const { manifest } of [...entries].reverse()) {
    const { predicate } = manifest;
    if (predicate.kind === 'run') {
      return { period: predicate.period.id, sealedAt: predicate.sealedAt };
    }
  }
  return null;
}

function before(now: Instant, milliseconds: number): Instant {
  return toInstant(new Date(Date.parse(now) - milliseconds));
}
