import { toInstant, type Instant, type Interval } from '../core/period';

/** In milliseconds. */
export const HOUR_MS = 3_600_000;

/** How many hours a period has, counted from its start; the last one may be a part. */
export function hourCount({ start, end }: Interval): number {
  return Math.ceil((Date.parse(end) - Date.parse(start)) / HOUR_MS);
}

/** The hour of a period, counted from 0, in which an ISO 8601 time is; negative before its start. */
export function hourOf({ start }: Interval, time: string): number {
  return Math.floor((Date.parse(time) - Date.parse(start)) / HOUR_MS);
}

/** When an hour of a period begins. */
export function startOfHour({ start }: Interval, hour: number): Instant {
  return toInstant(new Date(Date.parse(start) + hour * HOUR_MS));
}
