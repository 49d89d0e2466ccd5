import { DateTime } from 'luxon';
import type { Language, Text } from '../core/language';
import { formatNumber, listed, phrase, say } from '../core/language';
import type { Period } from '../core/period';
import type {
  Coverage,
  CoverageHour,
  CoverageState,
  RegistryCoverage,
  Report,
} from '../core/report';
import { bothTimes } from './format';
import { formsOf } from './forms';
import { hourRange } from './spans';
import { unheardText } from './unheard-registries';
import { visible } from './visible';
import { coverageWords, proofWords, tableStateText } from './words';

/** Registries whose strips fit on page one. */
const STRIPS_ON_PAGE_ONE = 2;

/** Cells side by side in one line of a strip; a quarter's days take a line for each month. */
const CELLS_IN_A_LINE = 31;

/** What page one says of the coverage: about five lines, or three where it is crowded. */
const VERDICT_CHARACTERS = 450;
export const SHORT_VERDICT_CHARACTERS = 260;

/** As many as Azure allows for a registry’s name. */
export const REGISTRY_CHARACTERS = 50;

/** A registry's name may have hidden characters, which take more room. */
const ROOM_FOR_HIDDEN = 60;

/** Ranges named in one strip's caption before the rest is counted. */
const RANGES_NAMED = 3;

const WORST_STATE_FIRST = ['gap', 'unknown', 'quiet', 'collected'] as const;

export interface StripCell {
  readonly style: CoverageState;
  readonly letter: string;
  /** `03:00–04:00: unknown, 0 records` */
  readonly title: string;
  /** The hour or day, on every sixth hour or every day; empty on the others. */
  readonly tick: string;
}

export interface StripModel {
  readonly registry: string;
  /** The whole strip in words. */
  readonly caption: string;
  /** The same in each line: a label for readers who do not see the cells. */
  readonly lines: readonly { readonly label: string; readonly cells: readonly StripCell[] }[];
}

export interface CoverageModel {
  readonly verdict: string;
  /** The same, cut where it is longer than page one has room for. */
  readonly verdictOnPageOne: string;
  readonly complete: boolean;
  /** Registries that were created and that no record came of; empty when there is none. */
  readonly unheard: string;
  /** What one cell stands for: `an hour` or `a day`. */
  readonly cell: string;
  readonly strips: readonly StripModel[];
  readonly stripsOnPageOne: readonly StripModel[];
  readonly moreStrips: string;
  readonly tables: readonly {
    readonly table: string;
    readonly state: string;
    readonly style: string;
    readonly records: string;
    readonly earliest: string;
    readonly reason: string;
  }[];
  readonly proofs: readonly {
    /** What was looked at. */
    readonly name: string;
    readonly state: string;
    readonly style: string;
    readonly text: string;
  }[];
}

/** The answer to "were we looking?" as page one, in so many characters, and the coverage chapter show it. */
export function coverageModel(
  report: Report,
  language: Language,
  verdictCharacters = VERDICT_CHARACTERS,
): CoverageModel {
  const { coverage, period } = report;
  const strips = coverage.registries.map((registry) => stripModel(registry, period, language));
  const order = worstFirst(coverage);
  const onPageOne = order.slice(0, STRIPS_ON_PAGE_ONE).flatMap((index) => strips[index] ?? []);
  const more = strips.length - onPageOne.length;
  return {
    verdict: visible(say(coverage.verdict, language)),
    verdictOnPageOne: visible(
      say(
        {
          text: coverage.verdict,
          longest: verdictCharacters,
          rest: phrase('coverage.inFull'),
        },
        language,
      ),
      verdictCharacters + ROOM_FOR_HIDDEN,
    ),
    complete: coverage.complete,
    unheard: say(unheardText(report) ?? '', language),
    cell: say(phrase(period.kind === 'day' ? 'coverage.cell.hour' : 'coverage.cell.day'), language),
    strips,
    stripsOnPageOne: onPageOne,
    moreStrips: more === 0 ? '' : say(phrase('coverage.moreStrips', { count: more }), language),
    tables: coverage.tables.map((table) => ({
      table: visible(table.table, 120),
      state: say(tableStateText(table.state), language),
      style: table.state === 'collected' || table.state === 'quiet' ? 'pass' : 'error',
      records: formatNumber(table.records),
      earliest: table.earliest === undefined ? '' : bothTimes(table.earliest, period.timeZone),
      reason: visible(say(table.reason, language)),
    })),
    proofs: coverage.proofs.map(({ source, status, text }) => ({
      name: visible(capitalised(say(phrase(`proof.name.${source}`), language)), 120),
      ...proofWords(status, language),
      text: visible(say(text, language)),
    })),
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function worstFirst(coverage: Coverage): number[] {
  const uncovered = coverage.registries.map(
    (registry) => registry.hours.filter((hour) => !isCovered(hour.state)).length,
  );
  return coverage.registries
    .map((_, index) => index)
    .sort((a, b) => (uncovered[b] ?? 0) - (uncovered[a] ?? 0) || a - b);
}

function stripModel(registry: RegistryCoverage, period: Period, language: Language): StripModel {
  const cells =
    period.kind === 'day'
      ? hourCells(registry.hours, period, language)
      : dayCells(registry.hours, period, language);
  const name = visible(registry.registry, REGISTRY_CHARACTERS);
  const words = caption(registry, period, language);
  const label = `${name}: ${words}`;
  return {
    registry: name,
    caption: words,
    lines: linesOf(cells, period).map((line) => ({ label, cells: line })),
  };
}

/** A quarter's days are broken into months, anything else after as many cells as fit. */
function linesOf(cells: readonly StripCell[], period: Period): StripCell[][] {
  const lines: StripCell[][] = [];
  for (const cell of cells) {
    const line = lines.at(-1);
    const full = period.kind === 'quarter' ? cell.tick === '1' : line?.length === CELLS_IN_A_LINE;
    if (line === undefined || full) lines.push([cell]);
    else line.push(cell);
  }
  return lines;
}

function hourCells(
  hours: readonly CoverageHour[],
  period: Period,
  language: Language,
): StripCell[] {
  return hours.map((hour) => {
    const { word, letter } = coverageWords(hour.state, language);
    const local = DateTime.fromISO(hour.start, { zone: period.timeZone });
    const range = hourRange(hourInterval(hour), period, language.id);
    const told = { range, word, records: phrase('count.records', { count: hour.records }) };
    const { metricCount } = hour;
    return {
      style: hour.state,
      letter,
      title: say(
        metricCount === undefined
          ? phrase('coverage.hour', told)
          : phrase('coverage.hourCounted', { ...told, counted: metricCount }),
        language,
      ),
      tick: local.hour % 6 === 0 ? local.toFormat('HH') : '',
    };
  });
}

function dayCells(hours: readonly CoverageHour[], period: Period, language: Language): StripCell[] {
  const forms = formsOf(language.id);
  const days = new Map<string, CoverageHour[]>();
  for (const hour of hours) {
    const day = DateTime.fromISO(hour.start, { zone: period.timeZone }).toFormat('yyyy-MM-dd');
    const known = days.get(day);
    if (known === undefined) days.set(day, [hour]);
    else known.push(hour);
  }
  return [...days].map(([day, hoursOfDay]) => {
    const state = worstState(hoursOfDay.map((hour) => hour.state));
    const covered = hoursOfDay.filter((hour) => isCovered(hour.state)).length;
    const date = DateTime.fromISO(day, { zone: 'utc' });
    const tick = period.kind === 'week' ? forms.dayOfWeek(date) : String(date.day);
    const { word, letter } = coverageWords(state, language);
    return {
      style: state,
      letter,
      title: say(
        phrase('coverage.day', {
          day: forms.dayOfYear(date),
          word,
          covered,
          hours: phrase('count.hours', { count: hoursOfDay.length }),
        }),
        language,
      ),
      tick,
    };
  });
}

/** A day is shown as collected or quiet only when each of its hours is. */
function worstState(states: readonly CoverageState[]): CoverageState {
  const worst = WORST_STATE_FIRST.find((state) => states.includes(state)) ?? 'unknown';
  return worst === 'quiet' && states.includes('collected') ? 'collected' : worst;
}

function caption(registry: RegistryCoverage, period: Period, language: Language): string {
  const covered = registry.hours.filter((hour) => isCovered(hour.state)).length;
  const quiet = registry.hours.filter((hour) => hour.state === 'quiet').length;
  const hours = phrase('count.hours', { count: registry.hours.length });
  const parts: Text[] = [phrase('coverage.covered', { covered, hours })];
  if (quiet > 0) parts.push(phrase('coverage.ofThemQuiet', { quiet }));
  for (const state of ['gap', 'unknown'] as const) {
    const ranges = rangesOf(registry.hours, state).map((range) =>
      hourRange(range, period, language.id),
    );
    if (ranges.length === 0) continue;
    const named = listed(ranges.slice(0, RANGES_NAMED));
    const { word } = coverageWords(state, language);
    const more = ranges.length - RANGES_NAMED;
    parts.push(
      more > 0
        ? phrase('coverage.rangesAndMore', { word, ranges: named, count: more })
        : phrase('coverage.ranges', { word, ranges: named }),
    );
  }
  return say({ texts: parts, between: say(phrase('names.between'), language) }, language);
}

function rangesOf(
  hours: readonly CoverageHour[],
  state: CoverageState,
): { start: string; end: string }[] {
  const ranges: { start: string; end: string }[] = [];
  for (const hour of hours) {
    if (hour.state !== state) continue;
    const interval = hourInterval(hour);
    const last = ranges.at(-1);
    if (last?.end === interval.start) last.end = interval.end;
    else ranges.push({ ...interval });
  }
  return ranges;
}

function hourInterval(hour: CoverageHour): { start: string; end: string } {
  const end = new Date(Date.parse(hour.start) + 3_600_000).toISOString();
  return { start: new Date(hour.start).toISOString(), end };
}

function isCovered(state: CoverageState): boolean {
  return state === 'collected' || state === 'quiet';
}
