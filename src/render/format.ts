import { IANAZone } from 'luxon';
import { formatNumber } from '../core/language';
import type { Instant } from '../core/period';
import type { Cell, KustoType } from '../core/table';
import { visible } from './visible';

/** In English: `1 finding`, `2,000 findings`; `plural` where adding an s is wrong. What reports count is a phrase. */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(count)} ${count === 1 ? noun : plural}`;
}

/** `7c1e02aa…09af`: enough of a digest to recognise it, never to prove anything. */
export function shortDigest(digest: string): string {
  const shown = visible(digest, 128);
  return shown.length <= 16 ? shown : `${shown.slice(0, 8)}…${shown.slice(-4)}`;
}

/** A digest in hexadecimal, of which ends are enough for people to tell it from others. */
const DIGEST = /\b([0-9a-f]{12})[0-9a-f]{44}([0-9a-f]{8})\b/g;

/** Whether `shortDigests` would leave anything out. */
export function hasDigest(cell: Cell): boolean {
  return typeof cell === 'string' && cell.length >= 64 && cell.search(DIGEST) >= 0;
}

/** A text without the middle of each digest: `sha256:919a378ee0a0…3bc0cee93`. */
export function shortDigests(text: string): string {
  return text.length < 64 ? text : text.replace(DIGEST, '$1…$2');
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

/**
 * A time as `localTime` writes it, without the fraction of its second; a line may end between date and time, and not
 * between time and offset.
 */
export function wholeSeconds(time: string): string {
  return time.replace(/(:\d\d)(?:\.\d+)? /, '$1\u00A0');
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

/** `+09:00`, or `UTC`, for minutes ahead of UTC. */
export function offsetText(offset: number): string {
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
