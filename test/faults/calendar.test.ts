import fc from 'fast-check';
import { manifestOf, sealedPeriod } from '../../src/archive/manifest';
import type { SealedPeriod } from '../../src/archive/manifest';
import type { OutlinedEntry } from '../../src/archive/outline';
import { firstPeriodAfter, promisedPeriods, scheduleHistory } from '../../src/archive/schedule';
import { checkDefinitions } from '../../src/archive/verify-definitions';
import { checkPeriods } from '../../src/archive/verify-periods';
import type { PeriodKind } from '../../src/core/period';
import { nextPeriod, parsePeriod, PERIOD_KINDS, periodContaining } from '../../src/core/period';
import { record } from './support/figures';

/** Offsets of 30 and 45 minutes, clocks that change by half an hour or at midnight, and rules that changed. */
const ZONES = [
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Tehran',
  'Asia/Pyongyang',
  'Australia/Lord_Howe',
  'Australia/Eucla',
  'Pacific/Chatham',
  'Pacific/Marquesas',
  'America/St_Johns',
  'America/Caracas',
  'America/Sao_Paulo',
  'America/Havana',
  'Atlantic/Azores',
  'Africa/Cairo',
];

const kinds = fc.constantFrom(...PERIOD_KINDS);
const zones = fc.constantFrom(...ZONES);
const between = (from: string, to: string): fc.Arbitrary<string> =>
  fc
    .date({ min: new Date(from), max: new Date(to), noInvalidDate: true })
    .map((date) => date.toISOString());

describe('ten years of a calendar', () => {
  it.each(ZONES)('have every day once in %s', (zone) => {
    let day = periodContaining('day', zone, '2015-12-31T12:00:00.000Z');
    const hours = new Set<number>();
    let days = 0;
    while (day.end < '2026-01-02T00:00:00.000Z') {
      const next = nextPeriod(day);
      expect([next.start, next.id > day.id]).toEqual([day.end, true]);
      // The day after it by the calendar, whatever the clocks did.
      expect(next.id).toBe(new Date(Date.parse(day.id) + 86_400_000).toISOString().slice(0, 10));
      hours.add((Date.parse(day.end) - Date.parse(day.start)) / 3_600_000);
      day = next;
      days += 1;
    }
    for (const length of hours) expect([23, 23.5, 24, 24.5, 25]).toContain(length);
    record({
      test: `every day of ten years in ${zone}`,
      cases: days,
      bar: 'each once, with its own midnight',
      result: `days of ${[...hours].sort((a, b) => a - b).join(', ')} hours`,
    });
  });

  it('are tiled by days, weeks, months and quarters, and each is found by its name', () => {
    fc.assert(
      fc.property(kinds, zones, between('2016-01-01', '2035-12-31'), (kind, zone, instant) => {
        let period = periodContaining(kind, zone, instant);
        for (let n = 0; n < 16; n += 1) {
          const next = nextPeriod(period);
          expect(next.start).toBe(period.end);
          expect(periodContaining(kind, zone, period.start)).toEqual(period);
          const last = new Date(Date.parse(period.end) - 1).toISOString();
          expect(periodContaining(kind, zone, last)).toEqual(period);
          expect(parsePeriod(kind, zone, period.id)).toEqual(period);
          const { from, to } = sealedPeriod(period);
          expect([from, to]).toEqual([sealedPeriod(period).from, sealedPeriod(next).from]);
          period = next;
        }
      }),
      { numRuns: 60 },
    );
  });
});

/** A chain’s entries as the rules about periods see them. */
class Outlines {
  readonly entries: OutlinedEntry[] = [];

  add(fields: object): void {
    const sequence = this.entries.length + 1;
    // The rules read nothing else.
    const { predicate } = manifestOf([], { sequence, ...fields } as never);
    this.entries.push({ sequence, manifestSha256: String(sequence), outline: predicate });
  }

  promise(kind: 'genesis' | 'definition-change', firstPeriod: SealedPeriod): void {
    const schedule = { firstPeriod, deliverAt: '07:00', settleHours: 6 };
    this.add({ kind, definitionSha256: 'd', schedule });
  }
}

describe('a schedule that is changed again and again', () => {
  it('promises every moment once, as verification sees it', () => {
    let schedules = 0;
    const cuts = fc.array(
      fc.record({ kind: kinds, zone: zones, runs: fc.integer({ min: 1, max: 5 }) }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(between('2016-01-01', '2032-01-01'), cuts, (instant, all) => {
        const chain = new Outlines();
        let last: SealedPeriod | undefined;
        const sealed: SealedPeriod[] = [];
        const firstOf = (kind: PeriodKind, zone: string): SealedPeriod =>
          last === undefined
            ? sealedPeriod(periodContaining(kind, zone, instant))
            : firstPeriodAfter(last, kind, zone);
        for (const { kind, zone, runs } of all) {
          chain.promise(last === undefined ? 'genesis' : 'definition-change', firstOf(kind, zone));
          for (let n = 0; n < runs; n += 1) {
            const promised = promisedPeriods(scheduleHistory(chain.entries));
            const period = [...take(promised, sealed.length + 1)].at(-1);
            if (period === undefined) throw new Error('the schedule has an end');
            expect(period.start).toBe(last?.end ?? period.start);
            sealed.push(period);
            chain.add({ kind: 'run', period, definitionSha256: 'd' });
            last = period;
          }
        }
        const found: string[] = [];
        const report = (code: string, path: string, message: string): void =>
          void found.push(`${code} ${path} ${message}`);
        checkPeriods('s.all', chain.entries, {}, report);
        checkDefinitions('s.all', chain.entries, report);
        expect(found).toEqual([]);
        schedules += 1;
      }),
      { numRuns: 60 },
    );
    record({
      test: 'schedules that are changed again and again, in twelve zones',
      cases: schedules,
      bar: 'periods tile the time line, and verification agrees',
      result: 'no gap, no overlap',
    });
  });
});

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const item of items) {
    if (taken === count) return;
    taken += 1;
    yield item;
  }
}
