import { DateTime } from 'luxon';
import type { ChartDefinition } from '../../core/definitions';
import { wordFor } from '../../core/definitions';
import type { Language } from '../../core/language';
import { phrase, say } from '../../core/language';
import { holds, type Period } from '../../core/period';
import type { AuditResult, Report } from '../../core/report';
import type { Cell, Row, Rows } from '../../core/table';
import { formsOf } from '../forms';
import { visible } from '../visible';
import { plainName } from '../words';
import type { Category, ChartData, Series } from './chart';

/** Bars of a ranking; what is less is summed in words. */
const BARS = 10;

/** Colours there are. When they are too few, the last is of all that is left. */
const COLOURS = 7;

/** Columns of a timeline whose values are no times. */
const COLUMNS = 60;

const HOUR_MS = 3_600_000;
/** A longer period is shown by days. */
const HOURS_SHOWN = 72;

interface Keyed {
  readonly key: string;
  readonly category: Category;
}

/** The numbers that one of an audit's charts draws. */
export function chartData(
  chart: ChartDefinition,
  audit: AuditResult,
  report: Report,
  language: Language,
): ChartData {
  const { columns, rows } = audit.table;
  const at = (name: string): number => columns.findIndex((column) => column.name === name);
  const along = at(chart.along);
  const isTime = columns[along]?.type === 'datetime';
  const step = isTime && hoursOf(report.period) <= HOURS_SHOWN ? 'hour' : 'day';
  const keyOf = (row: Row): string =>
    isTime ? timeKey(row[along], step, report.period.timeZone) : String(row[along] ?? '');
  const sums = sumBySeries(chart, rows, keyOf, at);
  const named = namesIn(chart, audit, language);
  const base = { kind: chart.kind, title: visible(chart.title, 120) };
  if (chart.kind === 'ranking') {
    const { keys, left } = greatest(sums);
    const series = seriesOf(sums, keys, named);
    const categories = keys.map((key) => ({
      label: key === '' ? named.without : visible(key, 60),
      tick: '',
      doubtful: false,
    }));
    return { ...base, step: 'other', stacked: true, categories, series, left };
  }
  const keys = [...keysOf(rows, keyOf)];
  const times = timeline(keys, isTime ? step : undefined, report, language);
  return {
    ...base,
    step: times.step,
    stacked: chart.split !== undefined,
    categories: times.keyed.map(({ category }) => category),
    series: seriesOf(
      sums,
      times.keyed.map(({ key }) => key),
      named,
    ),
    left: { count: 0, sum: 0 },
  };
}

/** Whether a timeline's numbers are an audit's rows: each in a column of its own, and nothing in them that it leaves out. */
export function isDrawnWhole(
  { kind, along, split, values }: ChartDefinition,
  { table: { columns, rows } }: AuditResult,
  { period }: Report,
): boolean {
  const drawn = [along, ...values];
  const isOfHours = columns.some(({ name, type }) => name === along && type === 'datetime');
  if (kind !== 'timeline' || split !== undefined || !isOfHours) return false;
  if (hoursOf(period) > HOURS_SHOWN || columns.some(({ name }) => !drawn.includes(name)))
    return false;
  const column = columns.findIndex(({ name }) => name === along);
  const hours = keysOf(rows, (row) => timeKey(row[column], 'hour', period.timeZone));
  const isInPeriod = [...hours].every((hour) => hour !== '' && holds(period, hour));
  return hours.size === rows.length && isInPeriod;
}

function keysOf(rows: Rows, keyOf: (row: Row) => string): Set<string> {
  const keys = new Set<string>();
  for (const row of rows) keys.add(keyOf(row));
  return keys;
}

/** Sums by series and by key. */
type Sums = Map<string, Map<string, number>>;

function sumBySeries(
  chart: ChartDefinition,
  rows: Rows,
  keyOf: (row: Row) => string,
  at: (name: string) => number,
): Sums {
  const sums: Sums = new Map();
  const split = chart.split === undefined ? -1 : at(chart.split);
  const values = chart.values.map((name) => [name, at(name)] as const);
  for (const row of rows) {
    const key = keyOf(row);
    for (const [name, column] of values) {
      const series = split < 0 ? name : String(row[split] ?? '');
      const sum = sums.get(series) ?? new Map<string, number>();
      sum.set(key, (sum.get(key) ?? 0) + numberOf(row[column]));
      sums.set(series, sum);
    }
  }
  return sums;
}

function numberOf(cell: Cell | undefined): number {
  const value = Number(cell ?? 0);
  return Number.isFinite(value) ? value : 0;
}

/** What series are called. */
interface SeriesNames {
  readonly of: (raw: string) => string;
  readonly without: string;
  readonly others: string;
}

function namesIn(
  { split }: ChartDefinition,
  { headings, words }: AuditResult,
  language: Language,
): SeriesNames {
  const heading = (column: string): string =>
    headings !== undefined && Object.hasOwn(headings, column)
      ? (headings[column] ?? column)
      : plainName(column);
  return {
    of: (raw) => (split === undefined ? heading(raw) : plainName(wordFor(words, split, raw))),
    without: say(phrase('names.none'), language),
    others: say(phrase('chart.others'), language),
  };
}

/** `unknown` first, then the greatest; what has no colour left is one series. */
function seriesOf(sums: Sums, keys: readonly string[], named: SeriesNames): Series[] {
  const summed = [...sums].map(([name, sum]) => ({
    raw: name,
    name: name === '' ? named.without : visible(named.of(name), 40),
    values: keys.map((key) => sum.get(key) ?? 0),
    total: [...sum.values()].reduce((a, b) => a + b, 0),
  }));
  // A kind that did nothing needs no colour.
  const all = summed.filter(({ total }, index) => total > 0 || index === 0);
  const order = all.some(({ raw }) => raw === 'unknown')
    ? all.sort((a, b) => rank(a.raw) - rank(b.raw) || b.total - a.total)
    : all;
  const own = order.length <= COLOURS ? COLOURS : COLOURS - 1;
  const shown = order.slice(0, own).map(({ name, values }) => ({ name, values }));
  const rest = order.slice(own);
  if (rest.length === 0) return shown;
  const values = keys.map((_, i) => rest.reduce((sum, series) => sum + (series.values[i] ?? 0), 0));
  return [...shown, { name: named.others, values }];
}

function rank(name: string): number {
  return name === 'unknown' ? 0 : 1;
}

function greatest(sums: Sums): { keys: string[]; left: ChartData['left'] } {
  const totals = new Map<string, number>();
  for (const sum of sums.values()) {
    for (const [key, value] of sum) totals.set(key, (totals.get(key) ?? 0) + value);
  }
  const order = [...totals]
    .filter(([, total]) => total > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const left = order.slice(BARS);
  return {
    keys: order.slice(0, BARS).map(([key]) => key),
    left: { count: left.length, sum: left.reduce((sum, [, total]) => sum + total, 0) },
  };
}

function hoursOf(period: Period): number {
  return (Date.parse(period.end) - Date.parse(period.start)) / HOUR_MS;
}

function timeKey(cell: Cell | undefined, step: 'hour' | 'day', timeZone: string): string {
  const time = Date.parse(String(cell ?? ''));
  if (Number.isNaN(time)) return '';
  return step === 'hour'
    ? new Date(Math.floor(time / HOUR_MS) * HOUR_MS).toISOString()
    : (DateTime.fromMillis(time, { zone: timeZone }).toISODate() ?? '');
}

/** Every hour or day of the period, also those without a row. */
function timeline(
  keys: readonly string[],
  step: 'hour' | 'day' | undefined,
  report: Report,
  language: Language,
): { step: ChartData['step']; keyed: Keyed[] } {
  if (step === 'hour') return { step, keyed: hoursIn(report) };
  if (step === 'day' || keys.every((key) => /^\d{4}-\d\d-\d\d$/.test(key))) {
    return { step: 'day', keyed: daysIn(report, language) };
  }
  const keyed = keys.slice(0, COLUMNS).map((key): Keyed => {
    const label = visible(key, 80);
    return { key, category: { label, tick: '', doubtful: false } };
  });
  return { step: 'other', keyed };
}

/** Starts of the hours in which some registry's records may be missing. */
function doubtfulHours(report: Report): string[] {
  return report.coverage.registries.flatMap(({ hours }) =>
    hours
      .filter(({ state }) => state === 'gap' || state === 'unknown')
      .map(({ start }) => new Date(start).toISOString()),
  );
}

function hoursIn(report: Report): Keyed[] {
  const { start, end, timeZone } = report.period;
  const doubtful = new Set(doubtfulHours(report));
  const keyed: Keyed[] = [];
  for (let time = Date.parse(start); time < Date.parse(end); time += HOUR_MS) {
    const key = new Date(time).toISOString();
    const local = DateTime.fromMillis(time, { zone: timeZone });
    const tick = local.hour % 3 === 0 ? local.toFormat('HH') : '';
    keyed.push({
      key,
      category: { label: local.toFormat('HH:mm'), tick, doubtful: doubtful.has(key) },
    });
  }
  return keyed;
}

function daysIn(report: Report, language: Language): Keyed[] {
  const forms = formsOf(language.id);
  const { start, end, timeZone } = report.period;
  const doubtful = new Set(
    doubtfulHours(report).map((hour) => DateTime.fromISO(hour, { zone: timeZone }).toISODate()),
  );
  const keyed: Keyed[] = [];
  const last = Date.parse(end);
  let day = DateTime.fromISO(start, { zone: timeZone });
  const long = hoursOf(report.period) > 24 * 14;
  for (; day.toMillis() < last; day = day.plus({ days: 1 })) {
    const key = day.toISODate() ?? '';
    const tick = long ? (day.weekday === 1 ? forms.dayOfYear(day) : '') : forms.dayOfWeek(day);
    keyed.push({
      key,
      category: { label: forms.shortDate(day), tick, doubtful: doubtful.has(key) },
    });
  }
  return keyed;
}
