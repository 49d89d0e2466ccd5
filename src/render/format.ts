import { DateTime, IANAZone } from 'luxon';
import type { Instant, Interval, Period, PeriodKind } from '../core/period';
import { parsePeriod } from '../core/period';
import type { Cell, KustoType } from '../core/table';
import { visible } from './visible';

/** `1,234,567`; a fraction keeps its digits. */
export function formatNumber(value: number): string {
  const [whole = '', fraction] = String(value).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `1 finding`, `2,000 findings`; `plural` where adding an s is wrong. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(count)} ${count === 1 ? noun : plural}`;
}

/** `340 ms`, `1.2 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1_000) return `${String(Math.round(milliseconds))} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1_000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${formatNumber(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}

/** `512 bytes`, `1.4 MB`; decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return formatCount(bytes, 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1_000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** `7c1e02aa…09af`: enough of a digest to recognise it, never to prove anything. */
export function shortDigest(digest: string): string {
  const shown = visible(digest, 128);
  return shown.length <= 16 ? shown : `${shown.slice(0, 8)}…${shown.slice(-4)}`;
}

/** `Saturday 21 November 2026`, `Week 10, 2–8 March 2026`, `March 2026`, `Q1 2026, January–March`. */
export function periodLabel(period: Period): string {
  const first = inZone(period.start, period.timeZone);
  const last = inZone(period.end, period.timeZone).minus({ milliseconds: 1 });
  switch (period.kind) {
    case 'day':
      return text(first, 'cccc d LLLL yyyy');
    case 'week':
      return `Week ${String(first.weekNumber)}, ${dayRange(first, last)}`;
    case 'month':
      return text(first, 'LLLL yyyy');
    case 'quarter':
      return `Q${String(first.quarter)} ${String(first.year)}, ${text(first, 'LLLL')}–${text(last, 'LLLL')}`;
  }
}

/** For a mail's subject: `Sat 21 Nov`, `Week 10`, `March 2026`, `Q1 2026`. */
export function shortPeriodLabel(period: Period): string {
  const first = inZone(period.start, period.timeZone);
  switch (period.kind) {
    case 'day':
      return text(first, 'ccc d LLL');
    case 'week':
      return `Week ${String(first.weekNumber)}`;
    case 'month':
      return text(first, 'LLLL yyyy');
    case 'quarter':
      return `Q${String(first.quarter)} ${String(first.year)}`;
  }
}

/** The label of a period that is known by its id alone; the id itself when it is none. */
export function labelOfPeriodId(kind: PeriodKind, timeZone: string, id: string): string {
  const period = parsePeriod(kind, timeZone, id);
  return period === undefined ? visible(id, 40) : periodLabel(period);
}

/** `2026-11-21 14:02:11 +09:00`, or `… UTC`. Digits of the second that the value has are kept. */
export function localTime(instant: Instant, timeZone: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return visible(instant, 64);
  const offset = offsetAt(time, timeZone);
  const local = new Date(time + offset * 60_000).toISOString();
  const fraction = /\.(\d*?)0*Z$/.exec(instant)?.[1] ?? '';
  const digits = fraction === '' ? '' : `.${fraction}`;
  return `${local.slice(0, 10)} ${local.slice(11, 19)}${digits} ${offsetText(offset)}`;
}

/** For sentences: `2026-11-21 14:02:11 +09:00 (05:02:11 UTC)`, in whole seconds; the UTC date only where it differs. */
export function bothTimes(instant: Instant, timeZone: string): string {
  const [local, utc] = [timeZone, 'UTC'].map((zone) => wholeSeconds(localTime(instant, zone)));
  if (local === undefined || utc === undefined || local === utc) return local ?? '';
  return `${local} (${local.slice(0, 10) === utc.slice(0, 10) ? utc.slice(11) : utc})`;
}

/** A time as `localTime` writes it, without the fraction of its second. */
export function wholeSeconds(time: string): string {
  return time.replace(/(:\d\d)\.\d+ /, '$1 ');
}

/** `2026-11-21 00:00 to 2026-11-22 00:00 +09:00`, with both offsets where they differ. */
export function localInterval(interval: Interval, timeZone: string): string {
  const [start, end] = [inZone(interval.start, timeZone), inZone(interval.end, timeZone)];
  const [from, to] = [start, end].map((time) => time.toFormat(minutesFormat(time)));
  const offset = start.offset === end.offset ? '' : ` ${offsetText(start.offset)}`;
  return `${from ?? ''}${offset} to ${to ?? ''} ${offsetText(end.offset)}`;
}

/** `00:00–24:00 Asia/Seoul (UTC+09:00)` for a day, dates for longer periods. */
export function periodWindow(period: Period): string {
  const [start, end] = [inZone(period.start, period.timeZone), inZone(period.end, period.timeZone)];
  const changes = start.offset !== end.offset;
  const offset = changes
    ? `UTC${start.toFormat('ZZ')}, from the clock change UTC${end.toFormat('ZZ')}`
    : `UTC${start.toFormat('ZZ')}`;
  const hours = formatCount(
    (Date.parse(period.end) - Date.parse(period.start)) / 3_600_000,
    'hour',
  );
  const span =
    period.kind === 'day'
      ? '00:00–24:00'
      : `${text(start, 'd LLLL yyyy')} 00:00 to ${text(end.minus({ milliseconds: 1 }), 'd LLLL yyyy')} 24:00`;
  return `${span} ${period.timeZone} (${offset}), ${hours}`;
}

/** `03:00–05:00`, with the day in front of it when the period is longer than one. */
export function hourRange(range: Interval, period: Period): string {
  const [start, end] = [inZone(range.start, period.timeZone), inZone(range.end, period.timeZone)];
  const endOfDay = end.hour === 0 && end.minute === 0;
  const sameDay = end.minus({ milliseconds: 1 }).hasSame(start, 'day');
  const until = endOfDay ? '24:00' : end.toFormat('HH:mm');
  if (period.kind === 'day') return `${start.toFormat('HH:mm')}–${until}`;
  const day = text(start, 'd LLL');
  if (sameDay) {
    return start.hour === 0 && endOfDay ? day : `${day} ${start.toFormat('HH:mm')}–${until}`;
  }
  const lastDay = text(end.minus({ milliseconds: 1 }), 'd LLL');
  return `${day} ${start.toFormat('HH:mm')} to ${lastDay} ${until}`;
}

/** A longer value is cut in a table; the evidence has it whole. */
const CELL_CHARACTERS = 1_000;

/** A cell as people read it. Datetimes are in the report's zone; everything has been made visible. */
export function formatCell(cell: Cell, type: KustoType, timeZone: string): string {
  if (cell === null) return '';
  if (typeof cell === 'boolean') return cell ? 'true' : 'false';
  if (typeof cell === 'number') return String(cell);
  return type === 'datetime' ? localTime(cell, timeZone) : visible(cell, CELL_CHARACTERS);
}

/** Whether a column's values are aligned as numbers. */
export function isNumeric(type: KustoType): boolean {
  return type === 'int' || type === 'long' || type === 'real' || type === 'decimal';
}

function inZone(instant: Instant, timeZone: string): DateTime {
  return DateTime.fromISO(instant, { zone: 'utc' }).setZone(timeZone);
}

function text(time: DateTime, format: string): string {
  return time.toFormat(format, { locale: 'en' });
}

/** `+09:00`, or `UTC`, for minutes ahead of UTC. */
function offsetText(offset: number): string {
  if (offset === 0) return 'UTC';
  const minutes = Math.abs(offset);
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** Offsets by zone and quarter of an hour: no zone changes its clock within one, and a report asks thousands of times. */
const offsets = new Map<string, number>();
const OFFSETS_KEPT = 20_000;

function offsetAt(time: number, timeZone: string): number {
  const key = `${timeZone} ${String(Math.floor(time / 900_000))}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const offset = Math.round(IANAZone.create(timeZone).offset(time));
  if (offsets.size >= OFFSETS_KEPT) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

function minutesFormat(time: DateTime): string {
  return time.second === 0 && time.millisecond === 0 ? 'yyyy-MM-dd HH:mm' : 'yyyy-MM-dd HH:mm:ss';
}

function dayRange(first: DateTime, last: DateTime): string {
  const to = text(last, 'd LLLL yyyy');
  if (first.year !== last.year) return `${text(first, 'd LLLL yyyy')} – ${to}`;
  if (first.month !== last.month) return `${text(first, 'd LLLL')} – ${to}`;
  return `${String(first.day)}–${to}`;
}
