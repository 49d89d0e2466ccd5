import type { PeriodKind } from './period';

// Dates as text (`2026-03-02`) and arithmetic in UTC: no time zone database can change an answer.

/** Whether a text is a day that the calendar has, as `2026-03-02`: the 31st of February is none. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(text);
  // JavaScript takes the 31st of February for a day in March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The date so many days after another. Throws a RangeError for a year that no calendar has. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The first date of the day, ISO week, month or quarter that holds a date. */
export function firstDate(kind: PeriodKind, date: string): string {
  switch (kind) {
    case 'day':
      return date;
    case 'week':
      return addDays(date, -((new Date(date).getUTCDay() + 6) % 7));
    case 'month':
      return `${date.slice(0, 7)}-01`;
    case 'quarter': {
      const month = Math.floor((Number(date.slice(5, 7)) - 1) / 3) * 3 + 1;
      return `${date.slice(0, 4)}-${String(month).padStart(2, '0')}-01`;
    }
  }
}

/** The id of the period that begins on a date: `2026-03-02`, `2026-W10`, `2026-03` or `2026-Q1`. */
export function idOfFirstDate(kind: PeriodKind, first: string): string {
  const year = first.slice(0, 4);
  switch (kind) {
    case 'day':
      return first;
    case 'week': {
      // A week belongs to the year of its Thursday.
      const thursday = addDays(first, 3);
      const newYear = `${thursday.slice(0, 4)}-01-01`;
      const week = Math.floor((Date.parse(thursday) - Date.parse(newYear)) / (7 * 86_400_000)) + 1;
      return `${thursday.slice(0, 4)}-W${String(week).padStart(2, '0')}`;
    }
    case 'month':
      return first.slice(0, 7);
    case 'quarter':
      return `${year}-Q${String(Math.floor((Number(first.slice(5, 7)) + 2) / 3))}`;
  }
}
