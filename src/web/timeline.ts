import type { ChainEntry } from '../archive/chain';
import { coveredPeriods } from '../archive/chain';
import type { GapPredicate, RunPredicate } from '../archive/manifest';
import type { Instant, Period } from '../core/period';
import { nextPeriod, periodContaining } from '../core/period';
import { outcomeBadge } from '../render/words';
import type { Schedule } from '../run/plan';
import { dueAt, isMadeUp } from '../run/plan';
import type { StreamReading } from './chain-reader';

/** What the archive holds for one period. */
export interface Slot {
  readonly period: Period;
  readonly entry?: ChainEntry;
  readonly predicate?: RunPredicate | GapPredicate;
  readonly madeUp: boolean;
  /** An outcome, `gap` or `missing`; also the style class. */
  readonly state: string;
  /** The state in words. */
  readonly word: string;
}

/** A slot that an entry speaks for. */
export type SealedSlot = Slot & Required<Pick<Slot, 'entry' | 'predicate'>>;

export interface Timeline {
  readonly schedule: Schedule;
  /** Every period from the promised first one to the newest that an entry speaks for, oldest first. */
  readonly slots: readonly Slot[];
  /** The period after the newest, and when its run is due. */
  readonly next: { readonly period: Period; readonly dueAt: Instant; readonly overdue: boolean };
}

/** A forged first period must not make a page of centuries. */
const MOST_SLOTS = 20_000;

/** What a stream holds for each period that it promised; undefined when its genesis cannot be read. */
export function timelineOf(reading: StreamReading, now: Instant): Timeline | undefined {
  if (reading.promise === undefined) return undefined;
  const { firstPeriod, deliverAt, settleHours } = reading.promise.schedule;
  const { kind, timeZone } = firstPeriod;
  const schedule = { period: kind, timeZone, deliverAt, settleHours };
  const covered = coveredPeriods(reading.entries);
  const ends = [...covered.values()].map((entry) => periodOf(entry)?.end ?? '');
  const until = ends.reduce((newest, end) => (end > newest ? end : newest), '');
  const slots: Slot[] = [];
  let period = periodContaining(kind, timeZone, firstPeriod.start);
  while (period.end <= until && slots.length < MOST_SLOTS) {
    slots.push(slotOf(period, covered.get(period.id), schedule));
    period = nextPeriod(period);
  }
  // Late by the same measure as a run that counts as made up.
  const overdue = isMadeUp(schedule, period, now);
  return { schedule, slots, next: { period, dueAt: dueAt(schedule, period), overdue } };
}

/** The slot of a period's id, when an entry speaks for it. */
export function sealedSlot({ slots }: Timeline, periodId: string): SealedSlot | undefined {
  const slot = slots.find(({ period }) => period.id === periodId);
  if (slot?.entry === undefined || slot.predicate === undefined) return undefined;
  return { ...slot, entry: slot.entry, predicate: slot.predicate };
}

/** How many slots have each of some states, and how many were made up. */
export function countSlots(slots: readonly Slot[]): {
  readonly runs: number;
  readonly madeUp: number;
  readonly gaps: number;
  readonly missing: number;
} {
  const gaps = slots.filter(({ state }) => state === 'gap').length;
  const missing = slots.filter(({ state }) => state === 'missing').length;
  const madeUp = slots.filter((slot) => slot.madeUp).length;
  return { runs: slots.length - gaps - missing, madeUp, gaps, missing };
}

function periodOf(entry: ChainEntry): { readonly end: Instant } | undefined {
  const { predicate } = entry.manifest;
  return 'period' in predicate ? predicate.period : undefined;
}

function slotOf(period: Period, entry: ChainEntry | undefined, schedule: Schedule): Slot {
  const predicate = entry?.manifest.predicate;
  if (entry === undefined || (predicate?.kind !== 'run' && predicate?.kind !== 'gap')) {
    return { period, madeUp: false, state: 'missing', word: 'missing' };
  }
  const shared = { period, entry, predicate };
  if (predicate.kind === 'gap')
    return { ...shared, madeUp: false, state: 'gap', word: 'no report' };
  return {
    ...shared,
    madeUp: isMadeUp(schedule, period, predicate.startedAt),
    state: predicate.outcome,
    word: outcomeBadge(predicate.outcome).word,
  };
}
