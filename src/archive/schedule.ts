import type { Instant, Period, PeriodKind } from '../core/period';
import { nextPeriod, periodContaining } from '../core/period';
import type { SealedPeriod, Schedule } from './manifest';
import { sealedPeriod } from './manifest';
import type { Outline } from './outline';

/** A schedule and definition, and the entry that put them in force. */
export interface ScheduleSegment extends Schedule {
  readonly sequence: number;
  readonly definitionSha256: string;
}

type Entries = readonly { readonly sequence: number; readonly outline: Outline }[];

/**
 * What a chain promises, oldest first: its genesis and its definition changes. Each holds from its first
 * period on, up to the next one's. A change takes the place of everything that was promised from there on.
 */
export function scheduleHistory(entries: Entries): ScheduleSegment[] {
  return entries.reduce<ScheduleSegment[]>(historyWith, []);
}

/** A history and what the next entry changes about it. */
export function historyWith(
  history: ScheduleSegment[],
  { sequence, outline }: Entries[number],
): ScheduleSegment[] {
  if (outline.kind !== 'genesis' && outline.kind !== 'definition-change') return history;
  const { schedule, definitionSha256 } = outline;
  const { start } = schedule.firstPeriod;
  const kept = history.filter(({ firstPeriod }) => firstPeriod.start < start);
  return [...kept, { sequence, definitionSha256, ...schedule }];
}

/** The segment that a time falls into; undefined before the first. */
export function segmentAt(
  history: readonly ScheduleSegment[],
  time: Instant,
): ScheduleSegment | undefined {
  return history.findLast(({ firstPeriod }) => firstPeriod.start <= time);
}

/**
 * Every period that a history promises, oldest first, without end. `known` are periods by their start that
 * need not be found in the calendar again, which takes most of the time of a long history.
 */
export function* promisedPeriods(
  history: readonly ScheduleSegment[],
  known: ReadonlyMap<Instant, SealedPeriod> = new Map(),
): Generator<SealedPeriod> {
  const [first, ...changes] = history;
  let period = first?.firstPeriod;
  while (period !== undefined) {
    yield period;
    const { end } = period;
    const change = changes[0];
    if (change !== undefined && change.firstPeriod.start <= end) {
      period = change.firstPeriod;
      changes.shift();
    } else {
      period = known.get(end) ?? sealedPeriod(nextPeriod(period));
    }
  }
}

/**
 * The first period of a changed schedule, right after the last one of the schedule before. With another kind
 * or time zone the old periods end where no new one begins: the first whole new period that begins there or
 * later is then made longer at its beginning, so that nothing is left out and nothing is counted twice.
 */
export function firstPeriodAfter(
  last: SealedPeriod,
  kind: PeriodKind,
  timeZone: string,
): SealedPeriod {
  const holding = periodContaining(kind, timeZone, last.end);
  if (holding.start === last.end && kind === last.kind && timeZone === last.timeZone) {
    return sealedPeriod(holding);
  }
  const whole: Period = holding.start === last.end ? holding : nextPeriod(holding);
  return { ...sealedPeriod(whole), start: last.end, from: last.to };
}
