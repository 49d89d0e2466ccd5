import { DateTime, IANAZone, Settings } from 'luxon';

// Nothing is said in the machine's language here, and to find out which it is takes a process 20 ms.
Settings.defaultLocale = 'en';

/** How long a period is. */
export type PeriodKind = 'day' | 'week' | 'month' | 'quarter';

export const PERIOD_KINDS = [
  'day',
  'week',
  'month',
  'quarter',
] as const satisfies readonly PeriodKind[];

/** A UTC instant as ISO 8601 text with milliseconds and `Z`; such texts sort by time. */
export type Instant = string;

/** A half-open interval `[start, end)` of UTC instants. */
export interface Interval {
  readonly start: Instant;
  readonly end: Instant;
}

/** A calendar day, ISO week, month or quarter of a time zone, as a half-open UTC interval. */
export interface Period extends Interval {
  readonly kind: PeriodKind;
  /** `2026-03-02`, `2026-W10`, `2026-03` or `2026-Q1`. */
  readonly id: string;
  /** IANA name. */
  readonly timeZone: string;
}

const ID_FORMAT: Record<PeriodKind, string> = {
  day: 'yyyy-MM-dd',
  week: "kkkk-'W'WW",
  month: 'yyyy-MM',
  quarter: "yyyy-'Q'q",
};

/** Whether this machine knows an IANA time zone of that name, in any case. */
export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/** The UTC text of an instant. Throws a RangeError when it is not a valid time. */
export function toInstant(time: Date | DateTime): Instant {
  const date = time instanceof DateTime ? time.toJSDate() : time;
  return date.toISOString();
}

/** The period of a kind and time zone that holds an instant. */
export function periodContaining(kind: PeriodKind, timeZone: string, instant: Instant): Period {
  const local = DateTime.fromISO(instant, { zone: timeZone });
  if (!local.isValid) throw new RangeError(`not an instant or time zone: ${instant} ${timeZone}`);
  const start = firstOf(local.startOf(kind));
  return {
    kind,
    id: start.toFormat(ID_FORMAT[kind]),
    timeZone,
    start: toInstant(start),
    // Calendar arithmetic in the zone, so that a day of 23 or 25 hours ends at its own midnight.
    end: toInstant(firstOf(start.plus({ [`${kind}s`]: 1 }).startOf(kind))),
  };
}

/** Where clocks are set back to midnight, a day begins twice; what counts is the first time. */
function firstOf(midnight: DateTime): DateTime {
  const [first = midnight] = midnight.getPossibleOffsets();
  return first;
}

/** Whether an instant lies in an interval. */
export function holds({ start, end }: Interval, instant: Instant): boolean {
  return instant >= start && instant < end;
}

/** The period right after another. */
export function nextPeriod(period: Period): Period {
  return periodContaining(period.kind, period.timeZone, period.end);
}

/** The period right before another. */
export function previousPeriod(period: Period): Period {
  const before = toInstant(new Date(Date.parse(period.start) - 1));
  return periodContaining(period.kind, period.timeZone, before);
}

/**
 * The period that a user names: by its id, or by any date in it (`2026-03-02`).
 * Undefined when the text is neither.
 */
export function parsePeriod(kind: PeriodKind, timeZone: string, text: string): Period | undefined {
  const quarter = /^(\d{4})-Q([1-4])$/.exec(text);
  const asDate =
    quarter === null
      ? text
      : `${quarter[1] ?? ''}-${String(Number(quarter[2]) * 3 - 2).padStart(2, '0')}-01`;
  if (!/^\d{4}-(\d{2}(-\d{2})?|W\d{2})$/.test(asDate)) return undefined;
  const local = DateTime.fromISO(asDate, { zone: timeZone });
  if (!local.isValid) return undefined;
  const period = periodContaining(kind, timeZone, toInstant(local));
  const named = /^\d{4}-\d{2}-\d{2}$/.test(text);
  return named || period.id === text ? period : undefined;
}

/** The periods that lie wholly in `[from.start, until]`, oldest first, beginning with `from`. */
export function* periodsFrom(from: Period, until: Instant): Generator<Period> {
  for (let period = from; period.end <= until; period = nextPeriod(period)) yield period;
}
