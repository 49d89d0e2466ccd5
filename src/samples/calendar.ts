import { DateTime } from 'luxon';

/** Times are counted in ticks of 100 ns since the calendar's base, exact in a double for centuries. */
export const MILLISECOND = 1e4;
export const SECOND = 1e7;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** One calendar day of the time zone. */
export interface LocalDay {
  readonly index: number;
  /** `2026-03-09` */
  readonly date: string;
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
  /** In ticks; half-open. */
  readonly from: number;
  readonly to: number;
}

export interface Calendar {
  /** The start, in Unix milliseconds, of the UTC hour in which the first day begins: tick 0. */
  readonly base: number;
  readonly timeZone: string;
  readonly days: readonly LocalDay[];
}

/** The calendar of `count` days from a date (`2026-03-09`) in a time zone. Both must be valid. */
export function makeCalendar(firstDay: string, count: number, timeZone: string): Calendar {
  const first = DateTime.fromISO(firstDay, { zone: timeZone }).startOf('day');
  const base = Math.floor(first.toMillis() / 3_600_000) * 3_600_000;
  const ticks = (day: DateTime): number => (day.toMillis() - base) * MILLISECOND;
  const days = Array.from({ length: count }, (_, index): LocalDay => {
    const day = first.plus({ days: index }).startOf('day');
    return {
      index,
      date: day.toFormat('yyyy-MM-dd'),
      weekday: day.weekday,
      from: ticks(day),
      to: ticks(day.plus({ days: 1 }).startOf('day')),
    };
  });
  return { base, timeZone, days };
}

/** Whether a day is a Saturday or Sunday. */
export function isWeekend(day: LocalDay): boolean {
  return day.weekday >= 6;
}

/** The tick at a local time of day, given in minutes since midnight. */
export function atLocal(calendar: Calendar, day: LocalDay, minutes: number): number {
  // Only a day on which the clocks change needs the time zone's rules; they are slow to ask.
  if (day.to - day.from === 24 * HOUR) return day.from + minutes * MINUTE;
  const hour = Math.floor(minutes / 60);
  const time = DateTime.fromISO(day.date, { zone: calendar.timeZone }).set({
    hour,
    minute: minutes - hour * 60,
  });
  return (time.toMillis() - calendar.base) * MILLISECOND;
}

/** The local hour of the day, 0..23, at a tick. */
export function localHour(calendar: Calendar, at: number): number {
  return DateTime.fromMillis(calendar.base + at / MILLISECOND, { zone: calendar.timeZone }).hour;
}

/** ISO 8601 UTC with milliseconds and `Z`. */
export function instantAt(calendar: Calendar, at: number): string {
  return new Date(calendar.base + Math.floor(at / MILLISECOND)).toISOString();
}
