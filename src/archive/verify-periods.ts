import { addDays, firstDate, idOfFirstDate, isDate } from '../core/dates';
import type { ReportDiscrepancy } from './discrepancies';
import { chainPath } from './layout';
import type { SealedPeriod } from './manifest';
import type { OutlinedEntry } from './outline';
import type { ScheduleSegment } from './schedule';
import { scheduleHistory, segmentAt } from './schedule';

/** Dates in the stream’s time zone, half-open; an end that was not asked for is undefined. */
export interface DateRange {
  readonly from?: string;
  readonly to?: string;
}

/** A run’s or gap’s period and the entry that speaks for it. */
interface CoveredPeriod {
  readonly period: SealedPeriod;
  readonly sequence: number;
}

/** The first date of what a user names: a date, or the id of a week, month or quarter. */
export function firstDateOf(text: string): string | undefined {
  const [, year = '', kind, number = ''] = /^(\d{4})-([WQ]?)(\d\d?)$/.exec(text) ?? [];
  switch (kind) {
    case 'W': {
      // The 4th of January is always in the first week.
      const first = addDays(firstDate('week', `${year}-01-04`), (Number(number) - 1) * 7);
      return idOfFirstDate('week', first) === text ? first : undefined;
    }
    case 'Q': {
      const first = `${year}-${String(Number(number) * 3 - 2).padStart(2, '0')}-01`;
      return isDate(first) && idOfFirstDate('quarter', first) === text ? first : undefined;
    }
    case '':
      return isDate(`${text}-01`) ? `${text}-01` : undefined;
    default:
      return isDate(text) ? text : undefined;
  }
}

/** The periods that runs and gaps speak for. */
export function coveredBy(entries: readonly OutlinedEntry[]): CoveredPeriod[] {
  return entries.flatMap(({ sequence, outline }) =>
    outline.kind === 'run' || outline.kind === 'gap' ? [{ sequence, period: outline.period }] : [],
  );
}

/**
 * Checks that the periods tile what the chain promises, from its first period to the newest, and cover the
 * range. Dates and instants are compared as sealed, so that no time zone database can change the answer.
 */
export function checkPeriods(
  stream: string,
  entries: readonly OutlinedEntry[],
  range: DateRange,
  report: ReportDiscrepancy,
): void {
  const history = scheduleHistory(entries);
  const promised = history[0]?.firstPeriod;
  // Without a genesis nothing is promised; that there is none was reported.
  if (promised === undefined) return;
  const inOrder = coveredBy(entries).sort(
    (a, b) => compare(a.period.start, b.period.start) || a.sequence - b.sequence,
  );
  let next = { start: promised.start, date: promised.from };
  let last: SealedPeriod | undefined;
  for (const { period, sequence } of inOrder) {
    const path = chainPath(stream, sequence);
    const problem = periodProblem(period, segmentAt(history, period.start) ?? history[0]);
    if (problem !== undefined) report('period-wrong', path, problem);
    if (period.id === last?.id) {
      report('period-repeated', path, `Another entry speaks for ${period.id} too.`);
    } else if (period.start > next.start && period.from > next.date) {
      report('period-missing', path, `Nothing speaks for ${next.date} up to ${period.from}.`);
    } else if (period.start !== next.start || period.from !== next.date) {
      const message = `${period.id} does not begin at ${next.start}, on ${next.date}.`;
      report('period-wrong', path, message);
    }
    last = period;
    next = { start: period.end, date: period.to };
  }
  const covered = last && { from: inOrder[0]?.period.from ?? '', to: last.to };
  const problem = rangeProblem(range, covered);
  if (problem !== undefined) report('range-uncovered', stream, problem);
}

/** Why a period is not one that a schedule has. */
function periodProblem(
  period: SealedPeriod,
  segment: ScheduleSegment | undefined,
): string | undefined {
  if (segment === undefined) return undefined;
  const first = segment.firstPeriod;
  if (period.kind !== first.kind || period.timeZone !== first.timeZone) {
    return `It is a ${period.kind} of ${period.timeZone}, and the stream has every ${first.kind} of ${first.timeZone} then.`;
  }
  if (period.start === first.start) {
    const isFirst = period.end === first.end && isSameCalendar(period, first);
    return isFirst ? undefined : `It is not the ${first.id} that was promised.`;
  }
  const dates = calendarDates(period);
  return dates?.first === period.from ? undefined : wrongDates(period);
}

/**
 * The first date of the whole calendar period that a period ends with; a bridge begins earlier. Undefined
 * when the period’s parts contradict each other.
 */
export function calendarDates(
  period: SealedPeriod,
): { readonly first: string; readonly firstBefore: string } | undefined {
  const { kind, id, from, to, start, end } = period;
  try {
    const first = firstDate(kind, addDays(to, -1));
    const agrees =
      firstDate(kind, to) === to &&
      idOfFirstDate(kind, first) === id &&
      from <= first &&
      start < end;
    return agrees ? { first, firstBefore: firstDate(kind, addDays(first, -1)) } : undefined;
  } catch {
    // A year that no calendar has.
    return undefined;
  }
}

export function wrongDates({ id, from, to }: SealedPeriod): string {
  return `${id} is not ${from} up to ${to}.`;
}

function isSameCalendar(a: SealedPeriod, b: SealedPeriod): boolean {
  return a.id === b.id && a.from === b.from && a.to === b.to;
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

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
