import type { Period } from '../core/period';
import { PERIOD_KINDS, parsePeriod, periodContaining } from '../core/period';
import type { ReportDiscrepancy } from './discrepancies';
import { chainPath } from './layout';
import type { GenesisPredicate, SealedPeriod } from './manifest';

/** A run’s or gap’s period and the entry that speaks for it. */
export interface CoveredPeriod {
  readonly period: SealedPeriod;
  readonly sequence: number;
}

/** Dates in the stream’s time zone, half-open; an end that was not asked for is undefined. */
export interface DateRange {
  readonly from?: string;
  readonly to?: string;
}

/** The first date of what a user names: a date, or the id of a week, month or quarter. */
export function firstDateOf(text: string): string | undefined {
  for (const kind of PERIOD_KINDS) {
    const period = parsePeriod(kind, 'UTC', text);
    if (period !== undefined) return period.start.slice(0, 10);
  }
  return undefined;
}

/**
 * Checks that the periods tile the stream’s schedule from its first period to the newest, and cover the
 * range. Dates and instants are compared as sealed, so that no time zone database can change the answer.
 */
export function checkPeriods(
  genesis: GenesisPredicate,
  covered: readonly CoveredPeriod[],
  range: DateRange,
  report: ReportDiscrepancy,
): void {
  const { stream, schedule } = genesis;
  const first = schedule.firstPeriod;
  const inOrder = covered.toSorted(
    (a, b) => compare(a.period, b.period) || a.sequence - b.sequence,
  );
  let next = { start: first.start, date: first.from };
  let last: SealedPeriod | undefined;
  for (const { period, sequence } of inOrder) {
    const path = chainPath(stream, sequence);
    const problem = periodProblem(period, first);
    if (problem !== undefined) report('period-wrong', path, problem);
    if (period.id === last?.id) {
      report('period-repeated', path, `Another entry speaks for ${period.id} too.`);
    } else if (period.start > next.start && period.from > next.date) {
      report('period-missing', path, `Nothing speaks for ${next.date} up to ${period.from}.`);
    } else if (period.start !== next.start || period.from !== next.date) {
      report(
        'period-wrong',
        path,
        `${period.id} does not begin at ${next.start}, on ${next.date}.`,
      );
    }
    last = period;
    next = { start: period.end, date: period.to };
  }
  const problem = rangeProblem(range, last && { from: inOrder[0]?.period.from ?? '', to: last.to });
  if (problem !== undefined) report('range-uncovered', stream, problem);
}

function periodProblem(period: SealedPeriod, first: SealedPeriod): string | undefined {
  if (period.kind !== first.kind || period.timeZone !== first.timeZone) {
    return `It is a ${period.kind} of ${period.timeZone}, and the stream has every ${first.kind} of ${first.timeZone}.`;
  }
  const calendar = calendarPeriod(period);
  const agrees =
    calendar?.id === period.id &&
    calendar.start.startsWith(period.from) &&
    calendar.end.startsWith(period.to) &&
    period.start < period.end;
  return agrees ? undefined : `${period.id} is not ${period.from} up to ${period.to}.`;
}

function calendarPeriod({ kind, from }: SealedPeriod): Period | undefined {
  try {
    return periodContaining(kind, 'UTC', `${from}T00:00:00.000Z`);
  } catch {
    return undefined;
  }
}

function rangeProblem(
  { from, to }: DateRange,
  covered: { readonly from: string; readonly to: string } | undefined,
): string | undefined {
  if (from === undefined && to === undefined) return undefined;
  if (covered === undefined) return 'No period is covered.';
  const isInside =
    (from === undefined || (covered.from <= from && from < covered.to)) &&
    (to === undefined || (covered.from < to && to <= covered.to));
  const asked = `${from ?? 'the first period'} up to ${to ?? 'the newest'}`;
  return isInside
    ? undefined
    : `Asked for ${asked}, and entries speak for ${covered.from} up to ${covered.to}.`;
}

function compare(a: SealedPeriod, b: SealedPeriod): number {
  if (a.start === b.start) return 0;
  return a.start < b.start ? -1 : 1;
}
