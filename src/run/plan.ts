import { DateTime } from 'luxon';
import type { ChainEntry } from '../archive/chain';
import { coveredPeriods, promisesOf } from '../archive/chain';
import type { Schedule as SealedSchedule, SealedPeriod } from '../archive/manifest';
import type { ScheduleSegment } from '../archive/schedule';
import { firstPeriodAfter, promisedPeriods, segmentAt } from '../archive/schedule';
import type { ReportDefinition } from '../core/definitions';
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

/** Whether a period begins after the last one that the report is made for. */
export function isAfterEnd({ ends }: ReportDefinition, { timeZone, start }: Period): boolean {
  if (ends === undefined) return false;
  return (DateTime.fromISO(start, { zone: timeZone }).toISODate() ?? '') > ends;
}

/** True when the run comes so late that the next period's run is due as well. */
export function isMadeUp(report: Schedule, period: Period, startedAt: Instant): boolean {
  return startedAt >= dueAt(report, nextPeriod(period));
}

/** The newest period whose run is due; the last one, when the report has an end. */
export function newestDuePeriod(report: ReportDefinition, now: Instant): Period {
  let period = periodContaining(report.period, report.timeZone, now);
  while (dueAt(report, period) > now || isAfterEnd(report, period)) period = previousPeriod(period);
  return period;
}

/**
 * The periods of one stream that its chain promises, that are due and that no entry speaks for, oldest
 * first, up to the report's end. A stream without a chain begins with the first period that begins on the date `since` or later,
 * or else with the newest due one.
 */
export function missingPeriods(
  report: ReportDefinition,
  entries: readonly ChainEntry[],
  now: Instant,
  since?: string,
): Period[] {
  const history = promisesOf(entries);
  if (history.length === 0) return firstPeriods(report, now, since);
  const covered = coveredPeriods(entries);
  const missing: Period[] = [];
  for (const period of promisedPeriods(history, startsOf(covered))) {
    if (period.end > now) break;
    if (covered.has(period.id)) continue;
    const promise = segmentAt(history, period.start);
    const isDue = promise !== undefined && dueAt(scheduleOf(promise), period) <= now;
    if (isDue && !isAfterEnd(report, period)) missing.push(corePeriod(period));
  }
  return missing;
}

/** When a period's run was due: by what the chain promised for it, or else by the report. */
export function runDueAt(
  report: Schedule,
  entries: readonly ChainEntry[],
  period: Period,
): Instant {
  return promisedDueAt(entries, period) ?? dueAt(report, period);
}

/** When a period's run was due by what the chain promised for it; undefined when it promised nothing. */
export function promisedDueAt(entries: readonly ChainEntry[], period: Period): Instant | undefined {
  const promise = segmentAt(promisesOf(entries), period.start);
  return promise === undefined ? undefined : dueAt(scheduleOf(promise), period);
}

/**
 * The period that the chain promises under the id of another, which differs where the calendar was changed;
 * undefined when it promises none.
 */
export function promisedUnder(
  entries: readonly ChainEntry[],
  { id, end }: Period,
): Period | undefined {
  const known = startsOf(coveredPeriods(entries));
  for (const promised of promisedPeriods(promisesOf(entries), known)) {
    if (promised.id === id) return corePeriod(promised);
    if (promised.start > end) return undefined;
  }
  return undefined;
}

/** The period as the chain promises it, with its dates; undefined when it promises no such period. */
export function promisedPeriod(
  entries: readonly ChainEntry[],
  period: Period,
): SealedPeriod | undefined {
  const known = startsOf(coveredPeriods(entries));
  for (const promised of promisedPeriods(promisesOf(entries), known)) {
    if (promised.start > period.start) return undefined;
    if (promised.id === period.id && promised.start === period.start) return promised;
  }
  return undefined;
}

/**
 * What a definition change must promise before the next run: undefined when the chain promises what the
 * report says. A change of the kind or time zone of periods waits until every older period is accounted
 * for, because those were promised by the old calendar.
 */
export function scheduleChange(
  report: ReportDefinition,
  definitionSha256: string,
  entries: readonly ChainEntry[],
): SealedSchedule | undefined {
  const history = promisesOf(entries);
  const covered = coveredPeriods(entries);
  const open = firstUncovered(history, covered);
  if (open === undefined) return undefined;
  const last = newestPeriod(covered);
  const isHole = last !== undefined && open.start < last.start;
  const keepsCalendar =
    isHole || (open.kind === report.period && open.timeZone === report.timeZone);
  const firstPeriod = keepsCalendar
    ? open
    : firstPeriodAfter(last ?? nothingBefore(open), report.period, report.timeZone);
  const inForce = segmentAt(history, firstPeriod.start);
  const { deliverAt, settleHours } = report;
  const isPromised =
    keepsCalendar &&
    inForce?.definitionSha256 === definitionSha256 &&
    inForce.deliverAt === deliverAt &&
    inForce.settleHours === settleHours;
  return isPromised ? undefined : { firstPeriod, deliverAt, settleHours };
}

function firstUncovered(
  history: readonly ScheduleSegment[],
  covered: ReadonlyMap<string, ChainEntry>,
): SealedPeriod | undefined {
  for (const period of promisedPeriods(history, startsOf(covered))) {
    if (!covered.has(period.id)) return period;
  }
  return undefined;
}

/** The periods that entries speak for, by their start. */
function startsOf(covered: ReadonlyMap<string, ChainEntry>): Map<Instant, SealedPeriod> {
  const starts = new Map<Instant, SealedPeriod>();
  for (const { manifest } of covered.values()) {
    const { predicate } = manifest;
    if ('period' in predicate) starts.set(predicate.period.start, predicate.period);
  }
  return starts;
}

function newestPeriod(covered: ReadonlyMap<string, ChainEntry>): SealedPeriod | undefined {
  let newest: SealedPeriod | undefined;
  for (const { manifest } of covered.values()) {
    const { predicate } = manifest;
    if (!('period' in predicate)) continue;
    if (newest === undefined || predicate.period.start > newest.start) newest = predicate.period;
  }
  return newest;
}

/** Stands for what came before a period when nothing did. */
function nothingBefore(period: SealedPeriod): SealedPeriod {
  return { ...period, end: period.start, to: period.from };
}

function firstPeriods(report: ReportDefinition, now: Instant, since: string | undefined): Period[] {
  const newest = newestDuePeriod(report, now);
  const periods: Period[] = [];
  let period = beginning(report, newest, since);
  for (; period.end <= newest.end; period = nextPeriod(period)) periods.push(period);
  return periods;
}

function scheduleOf({ firstPeriod, deliverAt, settleHours }: SealedSchedule): Schedule {
  return { period: firstPeriod.kind, timeZone: firstPeriod.timeZone, deliverAt, settleHours };
}

function corePeriod({ kind, id, timeZone, start, end }: SealedPeriod): Period {
  return { kind, id, timeZone, start, end };
}

function beginning(report: ReportDefinition, newest: Period, since: string | undefined): Period {
  if (since === undefined) return newest;
  const day = parsePeriod('day', report.timeZone, since);
  if (day === undefined) throw new RangeError(`not a date: ${since}`);
  const holding = periodContaining(report.period, report.timeZone, day.start);
  // A week or month that began before the logs do would be reported on half its records.
  return holding.start < day.start ? nextPeriod(holding) : holding;
}
