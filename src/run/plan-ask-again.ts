import type { ChainEntry } from '../archive/chain';
import { coveredPeriods, destroyedEntries } from '../archive/chain';
import type { Instant, Period } from '../core/period';
import { toInstant } from '../core/period';
import { promisedDueAt } from './plan';
import type { StreamDefinition } from './streams';

const DAY_MS = 86_400_000;

/** What was not asked for so long after it was due says little more, and the source has long let go of it. */
const LATEST_DAYS = 92;

/** A closed period that is to be asked again. */
export interface PlannedAskAgain {
  readonly definition: StreamDefinition;
  readonly period: Period;
  /** Days after the period's run was due. */
  readonly after: number;
  /** When asking again was due. */
  readonly dueAt: Instant;
}

/**
 * The closed periods that are to be asked again, the oldest first. Of several days that have passed, only
 * the last is asked: asking three times at once proves no more. `asked` has for each period the greatest
 * number of days after which it was asked already.
 */
export function planAskAgain(
  definition: StreamDefinition,
  entries: readonly ChainEntry[],
  asked: ReadonlyMap<string, number>,
  now: Instant,
): PlannedAskAgain[] {
  const days = definition.report.askAgainDays;
  const last = days.at(-1);
  if (last === undefined) return [];
  const gone = destroyedEntries(entries);
  const planned: PlannedAskAgain[] = [];
  for (const [id, entry] of coveredPeriods(entries)) {
    const { predicate } = entry.manifest;
    if (!('period' in predicate) || (asked.get(id) ?? 0) >= last || gone.has(entry.sequence)) {
      continue;
    }
    // Cheaper than finding out when the run was due, which is never before the period's end.
    if (after(predicate.period.end, last + 2 * LATEST_DAYS) < now) continue;
    const dueAt = promisedDueAt(entries, predicate.period) ?? predicate.period.end;
    const since = predicate.kind === 'gap' ? predicate.sealedAt : predicate.startedAt;
    const day = days.findLast((candidate) => after(dueAt, candidate) <= now);
    if (day === undefined || (asked.get(id) ?? 0) >= day) continue;
    const due = after(dueAt, day);
    if (due <= since || after(due, LATEST_DAYS) < now) continue;
    const { kind, timeZone, start, end } = predicate.period;
    planned.push({
      definition,
      period: { kind, id, timeZone, start, end },
      after: day,
      dueAt: due,
    });
  }
  return planned.sort((a, b) => (a.period.start < b.period.start ? -1 : 1));
}

/** When the first of the closed periods that is not to be asked again now is to be; undefined when none is. */
export function nextAskAgain(
  definition: StreamDefinition,
  entries: readonly ChainEntry[],
  asked: ReadonlyMap<string, number>,
  now: Instant,
): Instant | undefined {
  const days = definition.report.askAgainDays;
  const last = days.at(-1) ?? 0;
  let next: Instant | undefined;
  for (const [id, { manifest }] of coveredPeriods(entries)) {
    const { predicate } = manifest;
    if (!('period' in predicate) || after(predicate.period.end, last + 2 * LATEST_DAYS) < now) {
      continue;
    }
    const dueAt = promisedDueAt(entries, predicate.period) ?? predicate.period.end;
    const due = days
      .filter((day) => day > (asked.get(id) ?? 0))
      .map((day) => after(dueAt, day))
      .find((time) => time > now);
    if (due !== undefined && (next === undefined || due < next)) next = due;
  }
  return next;
}

function after(time: Instant, days: number): Instant {
  return toInstant(new Date(Date.parse(time) + days * DAY_MS));
}
