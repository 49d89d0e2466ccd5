import fc from 'fast-check';
import { addDays, firstDate, idOfFirstDate, isDate } from '../../src/core/dates';
import { PERIOD_KINDS, parsePeriod } from '../../src/core/period';

describe('dates as text', () => {
  it('are cut into periods as the calendar with time zones cuts them', () => {
    const dates = fc
      .date({ min: new Date('1999-12-25'), max: new Date('2101-01-10'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(fc.constantFrom(...PERIOD_KINDS), dates, (kind, date) => {
        const period = parsePeriod(kind, 'UTC', date);
        const first = firstDate(kind, date);
        expect([first, idOfFirstDate(kind, first)]).toEqual([
          period?.start.slice(0, 10),
          period?.id,
        ]);
      }),
      { numRuns: 400 },
    );
  });

  it('are days that the calendar has', () => {
    for (const date of ['2026-03-02', '2028-02-29', '2026-12-31']) expect(isDate(date)).toBe(true);
    for (const text of [
      '2026-02-31',
      '2026-02-29',
      '2026-13-01',
      '2026-3-2',
      '2026-03-02T00',
      '',
    ]) {
      expect(isDate(text)).toBe(false);
    }
  });

  it('are added to across months and leap days', () => {
    expect(addDays('2028-02-28', 2)).toBe('2028-03-01');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
  });
});
