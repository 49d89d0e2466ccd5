import { DateTime } from 'luxon';
import type { Language, Text } from '../core/language';
import { formatNumber, phrase, say } from '../core/language';
import { SEVERITIES } from '../core/outcome';
import type { Past, PastPeriod } from '../core/past';
import type { Period } from '../core/period';
import type { Report } from '../core/report';
import { waitsForReviewer } from '../core/review';
import { formsOf } from './forms';
import { labelOfPeriodId } from './spans';
import { visible } from './visible';
import type { Badge } from './words';
import {
  daysSentence,
  incompleteBadge,
  namesAndMore,
  outcomeBadge,
  pastBadge,
  reviewText,
  severityCounts,
  severityCountsText,
} from './words';

export interface CalendarCell {
  /** Of the month: `23`; with its month on the first and on every first of a month. Empty outside the period. */
  readonly day: string;
  /** `Mon` */
  readonly weekday: string;
  readonly mark: string;
  /** The mark's class; `none` where there is no report. */
  readonly style: string;
  readonly text: string;
}

export interface PastRow {
  readonly period: string;
  readonly badge: Badge;
  readonly findings: string;
  readonly untold: string;
  readonly records: string;
}

export interface OpenDay {
  readonly day: string;
  readonly badge: Badge;
  readonly text: string;
  readonly entry: string;
  readonly review: string;
}

/** How a week, month or quarter went, and how the ones before it did. */
export interface PastModel {
  /** The days in a sentence; empty for a report of one day. */
  readonly sentence: string;
  /** How many days wait for a reviewer, and the worst that their reports found; empty when none does. */
  readonly waiting: string;
  readonly dailyStream: string;
  /** Names of the seven, Monday first. */
  readonly weekdays: readonly string[];
  /** Weeks of seven cells, Monday first; empty without a daily report. */
  readonly weeks: readonly { readonly cells: readonly CalendarCell[] }[];
  /** Days that need somebody and that nobody has accepted. */
  readonly open: readonly OpenDay[];
  /** Earlier periods and this one, oldest first; empty when there is no earlier one. */
  readonly trend: readonly PastRow[];
}

/** Days of the worst findings that page one names. */
const WORST_DAYS_NAMED = 4;

const NOTHING: PastModel = {
  sentence: '',
  waiting: '',
  dailyStream: '',
  weekdays: [],
  weeks: [],
  open: [],
  trend: [],
};

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const MARKS: Readonly<Record<string, { mark: string; style: string }>> = {
  pass: { mark: '', style: 'collected' },
  info: { mark: '', style: 'collected' },
  fail: { mark: '!', style: 'gap' },
  error: { mark: '?', style: 'unknown' },
  gap: { mark: '?', style: 'unknown' },
};

/** The days of a report's period, and the periods before it. */
export function pastModel(report: Report, language: Language): PastModel {
  const { past, period } = report;
  if (past === undefined) return NOTHING;
  const dates = datesOf(period);
  const days = new Map(past.days.map((day) => [day.period.id, day]));
  const calendar = past.dailyStream === undefined ? [] : weeksOf(dates, days, language);
  return {
    sentence:
      past.dailyStream === undefined ? '' : say(daysSentence(dates.length, past.days), language),
    waiting: say(waitingText(dates.length, past.days.filter(isOpen), report, language), language),
    dailyStream: visible(past.dailyStream ?? '', 200),
    weekdays: WEEKDAYS.map((_, index) => weekdayName(index, language)),
    weeks: calendar,
    open: past.days.filter(isOpen).map((day) => openDay(day, period.timeZone, language)),
    trend: trendOf(past, report, language),
  };
}

/** It needs somebody, and nobody said that it is handled. */
function isOpen({ outcome, review }: PastPeriod): boolean {
  return waitsForReviewer(outcome, review);
}

/** `23 of 28 days wait for a reviewer; the worst: 2 critical (5 and 20 February).` */
function waitingText(
  days: number,
  open: readonly PastPeriod[],
  { period }: Report,
  language: Language,
): Text {
  const count = open.length;
  if (count === 0) return '';
  const worst = SEVERITIES.find((severity) => open.some(({ findings }) => findings[severity] > 0));
  const waiting = phrase('past.waiting', { count, days: phrase('count.days', { count: days }) });
  if (worst === undefined) return phrase('past.waitingOnly', { waiting });
  const found = open.filter(({ findings }) => findings[worst] > 0);
  const forms = formsOf(language.id);
  const dates = found
    .slice(0, WORST_DAYS_NAMED)
    .map((day) => forms.dayOfYear(DateTime.fromISO(day.period.start, { zone: period.timeZone })));
  return phrase('past.waitingWorst', {
    waiting,
    worst:
      severityCounts([[worst, found.reduce((sum, day) => sum + day.findings[worst], 0)]])[0] ?? '',
    dates: namesAndMore(dates, found.length - dates.length),
  });
}

function openDay(day: PastPeriod, timeZone: string, language: Language): OpenDay {
  return {
    day: labelOfPeriodId('day', timeZone, day.period.id, language.id),
    badge: pastBadge(day.outcome, language),
    text: countsOf(day, language),
    entry: formatNumber(day.entry.sequence),
    review: say(reviewText(day.review), language),
  };
}

function countsOf({ findings, untold, outcome }: Figures, language: Language): string {
  const counts = severityCountsText(
    SEVERITIES.map((severity) => [severity, findings[severity]]),
    untold,
    outcome,
  );
  return say(counts, language);
}

function datesOf({ start, end, timeZone }: Period): DateTime[] {
  const dates: DateTime[] = [];
  let day = DateTime.fromISO(start, { zone: timeZone });
  for (; day.toMillis() < Date.parse(end); day = day.plus({ days: 1 })) dates.push(day);
  return dates;
}

function weeksOf(
  dates: readonly DateTime[],
  days: ReadonlyMap<string, PastPeriod>,
  language: Language,
): { cells: CalendarCell[] }[] {
  const empty = (): CalendarCell => ({ day: '', weekday: '', mark: '', style: 'none', text: '' });
  const cells = Array.from({ length: (dates[0]?.weekday ?? 1) - 1 }, empty);
  dates.forEach((date, index) => {
    cells.push(cellOf(date, index === 0, days.get(date.toISODate() ?? ''), language));
  });
  while (cells.length % 7 !== 0) cells.push(empty());
  return Array.from({ length: cells.length / 7 }, (_, week) => ({
    cells: cells.slice(week * 7, week * 7 + 7),
  }));
}

function cellOf(
  date: DateTime,
  isFirst: boolean,
  day: PastPeriod | undefined,
  language: Language,
): CalendarCell {
  const hasMonth = isFirst || date.day === 1;
  const label = hasMonth ? formsOf(language.id).dayOfYear(date) : String(date.day);
  const weekday = weekdayName(date.weekday - 1, language);
  if (day === undefined) {
    const text = say(phrase('past.notYet'), language);
    return { day: label, weekday, mark: '', style: 'none', text };
  }
  const { mark, style } = MARKS[day.outcome] ?? { mark: '?', style: 'unknown' };
  // In a narrow cell a number stays beside its word.
  const text = countsOf(day, language).replace(/(?<=\d) /g, '\u00A0');
  return { day: label, weekday, mark, style, text };
}

/** Of a day counted from 0, a Monday. */
function weekdayName(index: number, language: Language): string {
  return say(phrase(`weekday.${WEEKDAYS[index] ?? 'mon'}`), language);
}

function trendOf(past: Past, report: Report, language: Language): PastRow[] {
  if (past.before.length === 0) return [];
  const { timeZone, kind } = report.period;
  const rows = past.before.map((before): PastRow => ({
    period: labelOfPeriodId(kind, timeZone, before.period.id, language.id),
    badge: pastBadge(before.outcome, language),
    findings: foundText(before, language),
    untold: untoldText(before, language),
    records: formatNumber(before.records),
  }));
  const now = {
    outcome: report.outcome,
    findings: report.findingCounts,
    untold: report.auditCounts.error,
  };
  const current: PastRow = {
    period: labelOfPeriodId(kind, timeZone, report.period.id, language.id),
    badge: outcomeBadge(report.outcome, language),
    findings: foundText(now, language),
    untold: untoldText(now, language),
    records: formatNumber(report.intake.records),
  };
  return [...rows, current];
}

type Figures = Pick<PastPeriod, 'outcome' | 'findings' | 'untold'>;

/** Findings alone: what could not be told has a column of its own. */
function foundText({ findings, outcome }: Figures, language: Language): string {
  return countsOf({ findings, untold: 0, outcome: outcome === 'gap' ? 'gap' : 'pass' }, language);
}

function untoldText({ untold, outcome }: Figures, language: Language): string {
  return outcome === 'error' && untold === 0
    ? incompleteBadge(language).word
    : formatNumber(untold);
}
