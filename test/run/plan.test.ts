import fc from 'fast-check';
import type { ChainEntry } from '../../src/archive/chain';
import { sealedPeriod } from '../../src/archive/manifest';
import type { ReportDefinition } from '../../src/core/definitions';
import { nextPeriod, parsePeriod } from '../../src/core/period';
import { dueAt, isMadeUp, missingPeriods, newestDuePeriod } from '../../src/run/plan';
import { reportOf } from '../support/empty-reports';

const daily: ReportDefinition = { ...reportOf('daily', 'day'), askAgainDays: [1, 7, 30] };

const day = (id: string) => parsePeriod('day', 'Asia/Seoul', id)!;
const ids = (periods: readonly { id: string }[]): string[] => periods.map(({ id }) => id);

/** Entries as the planner sees them: a genesis that promises from `first` on, and one entry for each id. */
function chain(first: string, ...sealed: string[]): ChainEntry[] {
  const predicates = [
    {
      kind: 'genesis',
      definitionSha256: 'one',
      schedule: { firstPeriod: sealedPeriod(day(first)), deliverAt: '07:00', settleHours: 6 },
    },
    ...sealed.map((id) => ({ kind: 'run', period: sealedPeriod(day(id)) })),
  ];
  return predicates.map((predicate, index) => ({
    sequence: index + 1,
    manifestSha256: String(index),
    manifest: { predicate } as unknown as ChainEntry['manifest'],
  }));
}

describe('dueAt', () => {
  it('is the delivery time on the day on which the period ends', () => {
    expect(dueAt(daily, day('2026-03-01'))).toBe('2026-03-01T22:00:00.000Z');
  });

  it('is never before the logs have settled', () => {
    expect(dueAt({ ...daily, deliverAt: '01:00' }, day('2026-03-01'))).toBe(
      '2026-03-01T21:00:00.000Z',
    );
  });

  it('keeps local time across a change of the clock', () => {
    const berlin = { ...daily, timeZone: 'Europe/Berlin' };
    const before = parsePeriod('day', 'Europe/Berlin', '2026-03-27')!;
    const change = parsePeriod('day', 'Europe/Berlin', '2026-03-28')!;
    expect(dueAt(berlin, before)).toBe('2026-03-28T06:00:00.000Z');
    expect(dueAt(berlin, change)).toBe('2026-03-29T05:00:00.000Z');
  });
});

describe('missingPeriods', () => {
  const now = '2026-03-04T22:30:00.000Z';

  it('begins a new stream with the newest due period', () => {
    expect(ids(missingPeriods(daily, [], now))).toEqual(['2026-03-04']);
    expect(ids(missingPeriods(daily, [], '2026-03-04T21:59:59.000Z'))).toEqual(['2026-03-03']);
  });

  it('begins a new stream on the date that is asked for', () => {
    expect(ids(missingPeriods(daily, [], now, '2026-03-02'))).toEqual([
      '2026-03-02',
      '2026-03-03',
      '2026-03-04',
    ]);
  });

  it('begins a weekly stream with the first whole week', () => {
    const weekly = { ...daily, period: 'week' } as const;
    expect(ids(missingPeriods(weekly, [], '2026-03-30T00:00:00.000Z', '2026-03-11'))).toEqual([
      '2026-W12',
      '2026-W13',
    ]);
  });

  it('makes up what the chain does not account for, oldest first', () => {
    const entries = chain('2026-02-27', '2026-02-27', '2026-03-02');
    expect(ids(missingPeriods(daily, entries, now))).toEqual([
      '2026-02-28',
      '2026-03-01',
      '2026-03-03',
      '2026-03-04',
    ]);
  });

  it('ends with the period that holds the report’s last date', () => {
    const ending = { ...daily, ends: '2026-03-02' };
    const entries = chain('2026-02-28', '2026-02-28');
    expect(ids(missingPeriods(ending, entries, now))).toEqual(['2026-03-01', '2026-03-02']);
    expect(newestDuePeriod(ending, now).id).toBe('2026-03-02');
    expect(ids(missingPeriods(ending, [], now))).toEqual(['2026-03-02']);
    const weekly = { ...ending, period: 'week' } as const;
    expect(newestDuePeriod(weekly, '2026-04-01T00:00:00.000Z').id).toBe('2026-W10');
  });

  it('finds nothing when all is sealed', () => {
    expect(missingPeriods(daily, chain('2026-03-04', '2026-03-04'), now)).toEqual([]);
  });

  it('never plans a period twice nor before it is due, whenever it wakes up', () => {
    const wakeUps = fc.date({
      min: new Date('2026-03-01T00:00:00Z'),
      max: new Date('2026-05-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(fc.array(wakeUps, { minLength: 1, maxLength: 8 }), (dates) => {
        const sealed: string[] = [];
        for (const date of dates.toSorted((a, b) => a.getTime() - b.getTime())) {
          const at = date.toISOString();
          for (const period of missingPeriods(daily, chain('2026-02-27', ...sealed), at)) {
            expect(dueAt(daily, period) <= at).toBe(true);
            expect(sealed).not.toContain(period.id);
            sealed.push(period.id);
          }
        }
        expect(sealed).toEqual(sealed.toSorted());
      }),
      { numRuns: 12 },
    );
  });
});

describe('a made-up run', () => {
  it('is one that starts when the next period is due as well', () => {
    const period = day('2026-03-01');
    expect(isMadeUp(daily, period, dueAt(daily, period))).toBe(false);
    expect(isMadeUp(daily, period, dueAt(daily, nextPeriod(period)))).toBe(true);
  });

  it('is never the newest due period', () => {
    const at = '2026-03-04T22:30:00.000Z';
    expect(isMadeUp(daily, newestDuePeriod(daily, at), at)).toBe(false);
  });
});
