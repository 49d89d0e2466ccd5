import type { ChainEntry } from '../archive/chain';
import { coveredPeriods, readChain } from '../archive/chain';
import type { Period } from '../core/period';
import type { Parts } from './parts';
import { runDueAt } from './plan';
import { sealGap } from './seal';
import type { StreamDefinition } from './streams';
import { tellStream } from './tell';

/** A source may be down for so long. It ends before the next day's run is due, which would have to wait for this one. */
const PATIENCE_MS = 23 * 3_600_000;

/** What became of a period whose run could not be made. */
export type GapResult =
  | { readonly status: 'sealed'; readonly entry: ChainEntry }
  /** It stays missing, so that the next wake-up tries again. */
  | { readonly status: 'left' }
  /** Somebody has accounted for it in the meantime. */
  | { readonly status: 'accounted-for' };

/**
 * Seals the statement that a period could not be reported on, and tells its readers; less than a day after the run
 * was due the period is left to the next wake-up.
 */
export async function recordGap(
  parts: Parts,
  definition: StreamDefinition,
  period: Period,
  why: { readonly reason: string; readonly attempts: number; readonly since: string },
): Promise<GapResult> {
  const entries = await readChain(parts.archive, definition.stream);
  const due = runDueAt(definition.report, entries, period);
  const isPatient = Date.parse(parts.now()) < Date.parse(due) + PATIENCE_MS;
  if (isPatient && !coveredPeriods(entries).has(period.id)) return { status: 'left' };
  const entry = await sealGap(parts, definition, period, why);
  await tellStream(parts, definition);
  await parts.mail?.outbox.drain();
  return entry === undefined ? { status: 'accounted-for' } : { status: 'sealed', entry };
}
