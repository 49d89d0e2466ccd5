import { DateTime } from 'luxon';
import type { LanguageId } from '../core/language';
import type { Instant, Interval, Period, PeriodKind } from '../core/period';
import { parsePeriod } from '../core/period';
import { offsetText } from './format';
import { formsOf } from './forms';
import { visible } from './visible';

/** `Saturday 21 November 2026`, `Week 10, 2–8 March 2026`, `March 2026`, `Q1 2026, January–March`. */
export function periodLabel(period: Period, language: LanguageId): string {
  const forms = formsOf(language);
  const first = inZone(period.start, period.timeZone);
  const last = inZone(period.end, period.timeZone).minus({ milliseconds: 1 });
  switch (period.kind) {
    case 'day':
      return forms.longDate(first);
    case 'week':
      return forms.week(first.weekNumber, first.weekYear, first, last);
    case 'month':
      return forms.month(first);
    case 'quarter':
      return forms.quarter(first.quarter, first, last);
  }
}

/** For a mail's subject: `Sat 21 Nov`, `Week 10`, `March 2026`, `Q1 2026`. */
export function shortPeriodLabel(period: Period, language: LanguageId): string {
  const forms = formsOf(language);
  const first = inZone(period.start, period.timeZone);
  switch (period.kind) {
    case 'day':
      return forms.shortDate(first);
    case 'week':
      return forms.shortWeek(first.weekNumber);
    case 'month':
      return forms.month(first);
    case 'quarter':
      return forms.shortQuarter(first.quarter, first.year);
  }
}

/** The label of a period that is known by its id alone; the id itself when it is none. */
export function labelOfPeriodId(
  kind: PeriodKind,
  timeZone: string,
  id: string,
  language: LanguageId,
): string {
  const period = parsePeriod(kind, timeZone, id);
  return period === undefined ? visible(id, 40) : periodLabel(period, language);
}

/** `2026-11-21 00:00 to 2026-11-22 00:00 +09:00`, with both offsets where they differ. */
export function localInterval(interval: Interval, timeZone: string, language: LanguageId): string {
  const [start, end] = [inZone(interval.start, timeZone), inZone(interval.end, timeZone)];
  const offset = start.offset === end.offset ? '' : ` ${offsetText(start.offset)}`;
  const from = `${toTheMinute(start)}${offset}`;
  return formsOf(language).span(from, `${toTheMinute(end)} ${offsetText(end.offset)}`);
}

/** `00:00–24:00 Asia/Seoul (UTC+09:00), 24 hours` for a day, dates for longer periods. */
export function periodWindow(period: Period, language: LanguageId): string {
  const forms = formsOf(language);
  const [start, end] = [inZone(period.start, period.timeZone), inZone(period.end, period.timeZone)];
  const [before, after] = [start, end].map((time) => `UTC${time.toFormat('ZZ')}`);
  const offset =
    start.offset === end.offset ? before : forms.clockChange(before ?? '', after ?? '');
  const hours = forms.hours((Date.parse(period.end) - Date.parse(period.start)) / 3_600_000);
  const last = end.minus({ milliseconds: 1 });
  const span =
    period.kind === 'day'
      ? '00:00–24:00'
      : forms.span(`${forms.date(start)} 00:00`, `${forms.date(last)} 24:00`);
  return `${span} ${period.timeZone} (${offset ?? ''}), ${hours}`;
}

/** `03:00–05:00`, with the day in front of it when the period is longer than one. */
export function hourRange(range: Interval, period: Period, language: LanguageId): string {
  const forms = formsOf(language);
  const [start, end] = [inZone(range.start, period.timeZone), inZone(range.end, period.timeZone)];
  const endOfDay = end.hour === 0 && end.minute === 0;
  const until = endOfDay ? '24:00' : end.toFormat('HH:mm');
  const from = start.toFormat('HH:mm');
  if (period.kind === 'day') return `${from}–${until}`;
  const day = forms.dayOfYear(start);
  const last = end.minus({ milliseconds: 1 });
  if (!last.hasSame(start, 'day')) {
    return forms.span(`${day} ${from}`, `${forms.dayOfYear(last)} ${until}`);
  }
  return start.hour === 0 && endOfDay ? day : `${day} ${from}–${until}`;
}

/** `340 ms`, `1.2 s`, `2 min 5 s`. */
export function formatDuration(milliseconds: number, language: LanguageId): string {
  const forms = formsOf(language);
  if (milliseconds < 1_000) return `${String(Math.round(milliseconds))} ms`;
  if (milliseconds < 59_950) return forms.seconds((milliseconds / 1_000).toFixed(1));
  const seconds = Math.round(milliseconds / 1_000);
  return forms.minutes(Math.floor(seconds / 60), seconds % 60);
}

/** `512 bytes`, `1.4 MB`; decimal units. */
export function formatBytes(bytes: number, language: LanguageId): string {
  if (bytes < 1_000) return formsOf(language).bytes(bytes);
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1_000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1_000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit] ?? ''}`;
}

function inZone(instant: Instant, timeZone: string): DateTime {
  return DateTime.fromISO(instant, { zone: 'utc' }).setZone(timeZone);
}

function toTheMinute(time: DateTime): string {
  const isWhole = time.second === 0 && time.millisecond === 0;
  return time.toFormat(isWhole ? 'yyyy-MM-dd HH:mm' : 'yyyy-MM-dd HH:mm:ss');
}
