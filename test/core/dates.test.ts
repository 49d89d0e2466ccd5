import fc from 'fast-check';
import { addDays, firstDate, idOfFirstDate } from '../../src/core/dates';
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

  it('are added to across months and leap days', () => {
    expect(addDays('2028-02-28', 2)).toBe('2028-03-01');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
  });
});
