import type { LanguageId } from '../core/language';
import { formatNumber } from '../core/language';

/** A day in the report's zone. */
export interface CalendarDay {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  /** From 1, a Monday. */
  readonly weekday: number;
}

/**
 * How a language writes dates, spans and amounts. Written out here, because Node's own data (ICU) differs between
 * its versions, and equal reports are equal bytes.
 */
export interface Forms {
  /** `Saturday 21 November 2026` */
  readonly longDate: (day: CalendarDay) => string;
  /** `21 November 2026` */
  readonly date: (day: CalendarDay) => string;
  /** `Sat 21 Nov` */
  readonly shortDate: (day: CalendarDay) => string;
  /** `21 Nov` */
  readonly dayOfYear: (day: CalendarDay) => string;
  /** `Sat 21` */
  readonly dayOfWeek: (day: CalendarDay) => string;
  /** `November 2026` */
  readonly month: (day: CalendarDay) => string;
  /** `Week 10, 2–8 March 2026`; `week` is the ISO number, in the year of its Thursday. */
  readonly week: (week: number, year: number, first: CalendarDay, last: CalendarDay) => string;
  /** `Week 10` */
  readonly shortWeek: (week: number) => string;
  /** `Q1 2026, January–March` */
  readonly quarter: (quarter: number, first: CalendarDay, last: CalendarDay) => string;
  /** `Q1 2026` */
  readonly shortQuarter: (quarter: number, year: number) => string;
  /** `2026-11-21 00:00 to 2026-11-22 00:00` */
  readonly span: (from: string, to: string) => string;
  /** `UTC+01:00, from the clock change UTC+02:00` */
  readonly clockChange: (before: string, after: string) => string;
  /** `24 hours` */
  readonly hours: (count: number) => string;
  /** `1.2 s` */
  readonly seconds: (seconds: string) => string;
  /** `2 min 5 s` */
  readonly minutes: (minutes: number, seconds: number) => string;
  /** `512 bytes` */
  readonly bytes: (count: number) => string;
}

const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );
const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

const monthName = ({ month }: CalendarDay): string => MONTHS[month - 1] ?? '';
const monthShort = (day: CalendarDay): string => monthName(day).slice(0, 3);
const weekdayName = ({ weekday }: CalendarDay): string => WEEKDAYS[weekday - 1] ?? '';

const ENGLISH: Forms = {
  longDate: (day) => `${weekdayName(day)} ${ENGLISH.date(day)}`,
  date: (day) => `${day.day} ${monthName(day)} ${day.year}`,
  shortDate: (day) => `${weekdayName(day).slice(0, 3)} ${day.day} ${monthShort(day)}`,
  dayOfYear: (day) => `${day.day} ${monthShort(day)}`,
  dayOfWeek: (day) => `${weekdayName(day).slice(0, 3)} ${day.day}`,
  month: (day) => `${monthName(day)} ${day.year}`,
  week: (week, _, first, last) => `Week ${week}, ${englishRange(first, last)}`,
  shortWeek: (week) => `Week ${week}`,
  quarter: (quarter, first, last) =>
    `Q${quarter} ${first.year}, ${monthName(first)}–${monthName(last)}`,
  shortQuarter: (quarter, year) => `Q${quarter} ${year}`,
  span: (from, to) => `${from} to ${to}`,
  clockChange: (before, after) => `${before}, from the clock change ${after}`,
  hours: (count) => `${formatNumber(count)} ${count === 1 ? 'hour' : 'hours'}`,
  seconds: (seconds) => `${seconds} s`,
  minutes: (minutes, seconds) => `${formatNumber(minutes)} min ${seconds} s`,
  bytes: (count) => `${formatNumber(count)} ${count === 1 ? 'byte' : 'bytes'}`,
};

function englishRange(first: CalendarDay, last: CalendarDay): string {
  const to = ENGLISH.date(last);
  if (first.year !== last.year) return `${ENGLISH.date(first)} – ${to}`;
  return first.month === last.month
    ? `${first.day}–${to}`
    : `${first.day} ${monthName(first)} – ${to}`;
}

const KOREAN_WEEKDAYS = '월화수목금토일';
const koreanWeekday = ({ weekday }: CalendarDay): string => KOREAN_WEEKDAYS[weekday - 1] ?? '';
const koreanMonthDay = ({ month, day }: CalendarDay): string => `${month}월 ${day}일`;

const KOREAN: Forms = {
  longDate: (day) => `${KOREAN.date(day)}(${koreanWeekday(day)})`,
  date: (day) => `${day.year}년 ${koreanMonthDay(day)}`,
  shortDate: (day) => `${koreanMonthDay(day)}(${koreanWeekday(day)})`,
  dayOfYear: koreanMonthDay,
  dayOfWeek: (day) => `${day.day}일(${koreanWeekday(day)})`,
  month: ({ year, month }) => `${year}년 ${month}월`,
  week: (week, year, first, last) => `${year}년 ${week}주차(${koreanRange(first, last)})`,
  shortWeek: (week) => `${week}주차`,
  quarter: (quarter, first, last) =>
    `${first.year}년 ${quarter}분기(${first.month}월~${last.month}월)`,
  shortQuarter: (quarter, year) => `${year}년 ${quarter}분기`,
  span: (from, to) => `${from} ~ ${to}`,
  clockChange: (before, after) => `${before}, 시각 변경 이후 ${after}`,
  hours: (count) => `${formatNumber(count)}시간`,
  seconds: (seconds) => `${seconds}초`,
  minutes: (minutes, seconds) => `${formatNumber(minutes)}분 ${seconds}초`,
  bytes: (count) => `${formatNumber(count)}바이트`,
};

function koreanRange(first: CalendarDay, last: CalendarDay): string {
  if (first.year !== last.year) return `${KOREAN.date(first)}~${KOREAN.date(last)}`;
  const to = first.month === last.month ? `${last.day}일` : koreanMonthDay(last);
  return `${koreanMonthDay(first)}~${to}`;
}

const FORMS: Readonly<Record<LanguageId, Forms>> = { en: ENGLISH, ko: KOREAN };

/** How a language writes dates, spans and amounts. */
export function formsOf(language: LanguageId): Forms {
  return FORMS[language];
}
