import type { Instant } from '../core/period';
import type { AuditResult, Finding } from '../core/report';
import type { Cell } from '../core/table';
import { localTime, wholeSeconds } from './format';

/** When something happened: its first and its last moment, which may be the same. */
export interface Times {
  readonly first: Instant;
  readonly last: Instant;
}

/**
 * When a finding's row happened, by the columns that its audit names for it; without them the first value that is
 * written like a Kusto datetime, TimeGenerated before all others. Undefined when the row has no such value.
 */
export function timesOf(finding: Finding, audit: AuditResult | undefined): Times | undefined {
  const { values } = finding;
  const [at, end] = audit?.when ?? [];
  const named = [at, end].flatMap((column) => {
    const cell = column === undefined ? undefined : values[column];
    return isTime(cell) ? [cell] : [];
  });
  const first = named[0] ?? [values['TimeGenerated'], ...Object.values(values)].find(isTime);
  return first === undefined ? undefined : { first, last: named[1] ?? first };
}

function isTime(cell: Cell | undefined): cell is string {
  return typeof cell === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/.test(cell);
}

/** `2026-11-21 14:02:11 +09:00`, or `2026-11-21 14:02:11 – 14:40:00 +09:00`; what both ends share is said once. */
export function timesText({ first, last }: Times, timeZone: string): string {
  const [from, to] = [first, last].map((time) => wholeSeconds(localTime(time, timeZone)));
  if (from === undefined || to === undefined || from === to) return from ?? '';
  const offset = to.slice(19);
  const start = from.endsWith(offset) ? from.slice(0, 19) : from;
  return `${start}\u00A0– ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`;
}

/** In the report's zone, and in UTC where that differs; the UTC date only where it is another one. */
export function timesInBothZones(times: Times, timeZone: string): string {
  const [local, utc] = [timeZone, 'UTC'].map((zone) => timesText(times, zone));
  if (local === undefined || utc === undefined || local === utc) return local ?? '';
  return `${local} (${withoutDate(utc, local.slice(0, 10))})`;
}

/** The same without the date that it begins with, where that is the given one. */
export function withoutDate(times: string, date: string): string {
  return times.startsWith(`${date} `) ? times.slice(date.length + 1) : times;
}
