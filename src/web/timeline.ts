import type { ChainEntry } from '../archive/chain';
import { coveredPeriods, promisesOf } from '../archive/chain';
import type { AmendmentPredicate, GapPredicate, RunPredicate } from '../archive/manifest';
import { reviewsByEntry } from '../archive/reviews';
import type { ReviewEntry } from '../archive/reviews';
import { promisedPeriods, segmentAt } from '../archive/schedule';
import type { Outcome } from '../core/outcome';
import { nextPeriod, type Instant, type Period } from '../core/period';
import { waitsForReviewer } from '../core/review';
import { outcomeBadge } from './words';
import type { Schedule } from '../run/plan';
import { dueAt, isMadeUp } from '../run/plan';
import type { StreamReading } from './chain-reader';

/** What the archive holds for one period. */
export interface Slot {
  readonly period: Period;
  readonly entry?: ChainEntry;
  readonly predicate?: RunPredicate | GapPredicate;
  readonly madeUp: boolean;
  /** What was sealed beside it later, oldest first. */
  readonly amendments: readonly AmendmentEntry[];
  /** What people said of the entry that speaks for the period now, oldest first. */
  readonly reviews: readonly ReviewEntry[];
  /** Whether it needs somebody, and nobody has accepted it. */
  readonly waits: boolean;
  /** An outcome, `gap` or `missing`; also the style class. */
  readonly state: string;
  /** The state in words. */
  readonly word: string;
}

/** An amendment with its entry. */
export interface AmendmentEntry {
  readonly entry: ChainEntry;
  readonly predicate: AmendmentPredicate;
}

/** An entry that speaks for a period. */
export interface Speaking {
  readonly entry: ChainEntry;
  readonly predicate: RunPredicate | GapPredicate | AmendmentPredicate;
}

/** A slot that an entry speaks for. */
export type SealedSlot = Slot & Required<Pick<Slot, 'entry' | 'predicate'>>;

export interface Timeline {
  readonly schedule: Schedule;
  /** Every period from the promised first one to the newest that an entry speaks for, oldest first. */
  readonly slots: readonly Slot[];
  /** The period after the newest, when its run is due, and how many runs from it on are late. */
  readonly next: { readonly period: Period; readonly dueAt: Instant; readonly overdue: number };
}

/** A forged first period must not make a page of centuries. */
const MOST_SLOTS = 20_000;

/** What a stream holds for each period that it promised; undefined when its genesis cannot be read. */
export function timelineOf(reading: StreamReading, now: Instant): Timeline | undefined {
  const { promise } = reading;
  if (promise === undefined) return undefined;
  const history = promisesOf(reading.entries);
  const scheduleOf = (period: Period): Schedule => {
    const { firstPeriod, deliverAt, settleHours } =
      segmentAt(history, period.start) ?? promise.schedule;
    return { period: firstPeriod.kind, timeZone: firstPeriod.timeZone, deliverAt, settleHours };
  };
  const covered = coveredPeriods(reading.entries);
  const amendments = amendmentsByPeriod(reading.entries);
  const reviews = reviewsByEntry(reading.entries);
  const ends = [...covered.values()].map((entry) => periodOf(entry)?.end ?? '');
  const until = ends.reduce((newest, end) => (end > newest ? end : newest), '');
  const slots: Slot[] = [];
  let next: Period = promise.schedule.firstPeriod;
  for (next of promisedPeriods(history)) {
    if (next.end > until || slots.length === MOST_SLOTS) break;
    const amended = amendments.get(next.id) ?? [];
    slots.push(slotOf(next, covered.get(next.id), amended, reviews, scheduleOf(next)));
  }
  const schedule = scheduleOf(next);
  // Late by the same measure as a run that counts as made up.
  let overdue = 0;
  for (let late = next; overdue < MOST_SLOTS && isMadeUp(schedule, late, now); overdue += 1) {
    late = nextPeriod(late);
  }
  return { schedule, slots, next: { period: next, dueAt: dueAt(schedule, next), overdue } };
}

function amendmentsByPeriod(entries: readonly ChainEntry[]): Map<string, AmendmentEntry[]> {
  const byPeriod = new Map<string, AmendmentEntry[]>();
  for (const entry of entries) {
    const { predicate } = entry.manifest;
    if (predicate.kind !== 'amendment') continue;
    const { id } = predicate.period;
    byPeriod.set(id, [...(byPeriod.get(id) ?? []), { entry, predicate }]);
  }
  return byPeriod;
}

/** The slot of a period's id, when an entry speaks for it. */
export function sealedSlot({ slots }: Timeline, periodId: string): SealedSlot | undefined {
  const slot = slots.find(({ period }) => period.id === periodId);
  if (slot?.entry === undefined || slot.predicate === undefined) return undefined;
  return { ...slot, entry: slot.entry, predicate: slot.predicate };
}

/** The entry that speaks for a period now: its last amendment, or its run or gap. */
export function speakingNow(
  slot: Pick<SealedSlot, 'entry' | 'predicate' | 'amendments'>,
): Speaking {
  return slot.amendments.at(-1) ?? slot;
}

/** What an entry of a period came to. */
export function outcomeOf({ predicate }: Speaking): Outcome | 'gap' {
  return predicate.kind === 'gap' ? 'gap' : predicate.outcome;
}

/** How many of a timeline's slots have each of some states, and how many were made up. */
export function countSlots(slots: readonly Slot[]): {
  readonly runs: number;
  readonly madeUp: number;
  readonly gaps: number;
  readonly missing: number;
  readonly waiting: number;
} {
  const waiting = slots.filter(({ waits }) => waits).length;
  const gaps = slots.filter(({ state }) => state === 'gap').length;
  const missing = slots.filter(({ state }) => state === 'missing').length;
  const madeUp = slots.filter((slot) => slot.madeUp).length;
  return { runs: slots.length - gaps - missing, madeUp, gaps, missing, waiting };
}

function periodOf(entry: ChainEntry): { readonly end: Instant } | undefined {
  const { predicate } = entry.manifest;
  return 'period' in predicate ? predicate.period : undefined;
}

function slotOf(
  period: Period,
  entry: ChainEntry | undefined,
  amendments: readonly AmendmentEntry[],
  reviewsOf: ReadonlyMap<number, readonly ReviewEntry[]>,
  schedule: Schedule,
): Slot {
  const predicate = entry?.manifest.predicate;
  if (entry === undefined || (predicate?.kind !== 'run' && predicate?.kind !== 'gap')) {
    const nothing = { reviews: [], waits: false, madeUp: false } as const;
    return { period, amendments, ...nothing, state: 'missing', word: 'missing' };
  }
  const speaking = speakingNow({ entry, predicate, amendments });
  const reviews = reviewsOf.get(speaking.entry.sequence) ?? [];
  const waits = waitsForReviewer(outcomeOf(speaking), reviews.at(-1)?.predicate.decision);
  const shared = { period, entry, predicate, amendments, reviews, waits };
  if (predicate.kind === 'gap')
    return { ...shared, madeUp: false, state: 'gap', word: 'no report' };
  return {
    ...shared,
    madeUp: isMadeUp(schedule, period, predicate.startedAt),
    state: predicate.outcome,
    word: outcomeBadge(predicate.outcome).word,
  };
}
