import { DateTime } from 'luxon';
import type { ChainEntry } from '../archive/chain';
import { coveredPeriods, promiseOf } from '../archive/chain';
import type { ReportDefinition } from '../core/definitions';
import { TallymanError } from '../core/errors';
import type { Instant, Period } from '../core/period';
import {
  nextPeriod,
  parsePeriod,
  periodContaining,
  previousPeriod,
  toInstant,
} from '../core/period';

/** The parts of a report definition that say when runs are made; a stream's genesis holds them too. */
export type Schedule = Pick<ReportDefinition, 'period' | 'timeZone' | 'deliverAt' | 'settleHours'>;

/**
 * When a period's run may be made: after the settling time, and not before `deliverAt` on the day on
 * which the period ends, in the report's zone.
 */
export function dueAt(report: Schedule, period: Period): Instant {
  const end = DateTime.fromISO(period.end, { zone: report.timeZone });
  const [hour = 0, minute = 0] = report.deliverAt.split(':').map(Number);
  const delivery = end.set({ hour, minute, second: 0, millisecond: 0 });
  const settled = end.plus({ hours: report.settleHours });
  return toInstant(DateTime.max(delivery, settled));
}

/** True when the run comes so late that the next period's run is due as well. */
export function isMadeUp(report: Schedule, period: Period, startedAt: Instant): boolean {
  return startedAt >= dueAt(report, nextPeriod(period));
}

/** The newest period whose run is due. */
export function newestDuePeriod(report: Schedule, now: Instant): Period {
  let period = periodContaining(report.period, report.timeZone, now);
  while (dueAt(report, period) > now) period = previousPeriod(period);
  return period;
}

/**
 * The periods of one stream that are due and that its chain does not account for, oldest first. A
 * stream without a chain begins with the first period that begins on the date `since` or later, or else
 * with the newest due one.
 */
export function missingPeriods(
  report: ReportDefinition,
  entries: readonly ChainEntry[],
  now: Instant,
  since?: string,
): Period[] {
  const newest = newestDuePeriod(report, now);
  const first = promisedFirstPeriod(report, entries) ?? beginning(report, newest, since);
  const covered = coveredPeriods(entries);
  const missing: Period[] = [];
  for (let period = first; period.end <= newest.end; period = nextPeriod(period)) {
    if (!covered.has(period.id)) missing.push(period);
  }
  return missing;
}

function beginning(report: ReportDefinition, newest: Period, since: string | undefined): Period {
  if (since === undefined) return newest;
  const day = parsePeriod('day', report.timeZone, since);
  if (day === undefined) throw new RangeError(`not a date: ${since}`);
  const holding = periodContaining(report.period, report.timeZone, day.start);
  // A week or month that began before the logs do would be reported on half its records.
  return holding.start < day.start ? nextPeriod(holding) : holding;
}

/** The stream's first period as its genesis has it. Throws SCHEDULE_CHANGED when the report's differs. */
function promisedFirstPeriod(
  report: ReportDefinition,
  entries: readonly ChainEntry[],
): Period | undefined {
  const promised = promiseOf(entries)?.schedule.firstPeriod;
  if (promised === undefined) return undefined;
  if (promised.kind !== report.period || promised.timeZone !== report.timeZone) {
    throw new TallymanError(
      'SCHEDULE_CHANGED',
      `The report “${report.id}” is now per ${report.period} in ${report.timeZone}, and its chain was begun per ${promised.kind} in ${promised.timeZone}.`,
      { hint: 'Give the changed report a new id, so that it begins a chain of its own.' },
    );
  }
  return promised;
}
