import fc from 'fast-check';
import {
  nextPeriod,
  parsePeriod,
  PERIOD_KINDS,
  periodContaining,
  previousPeriod,
} from '../../src/core/period';

const ZONES = [
  'UTC',
  'Asia/Seoul',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'America/St_Johns',
  'Atlantic/Azores',
  'America/Havana',
];

describe('periods', () => {
  it('tile the time line without gap or overlap in every zone', () => {
    const instants = fc.date({
      min: new Date('2020-01-01T00:00:00Z'),
      max: new Date('2035-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...PERIOD_KINDS),
        fc.constantFrom(...ZONES),
        instants,
        (kind, zone, date) => {
          const instant = date.toISOString();
          const period = periodContaining(kind, zone, instant);
          expect(period.start <= instant && instant < period.end).toBe(true);
          const next = nextPeriod(period);
          expect(next.start).toBe(period.end);
          expect(previousPeriod(next)).toEqual(period);
          expect(parsePeriod(kind, zone, period.id)).toEqual(period);
        },
      ),
    );
  });

  it('give a day of 23 or 25 hours where the clock changes', () => {
    const hours = (id: string): number => {
      const day = parsePeriod('day', 'Europe/Berlin', id)!;
      return (Date.parse(day.end) - Date.parse(day.start)) / 3_600_000;
    };
    expect(hours('2026-03-29')).toBe(23);
    expect(hours('2026-10-25')).toBe(25);
  });

  // Their clocks are set back from one o’clock to midnight.
  it.each([
    ['Atlantic/Azores', '2026-10-25', '2026-10-25T00:00:00.000Z', '2026-10-26T01:00:00.000Z'],
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
  ])('in %s the day %s begins at the first of its two midnights', (zone, id, start, end) => {
    const day = parsePeriod('day', zone, id)!;
    expect(day).toMatchObject({ start, end });
    expect(nextPeriod(previousPeriod(day))).toEqual(day);
    expect(previousPeriod(nextPeriod(day))).toEqual(day);
    for (let time = Date.parse(start); time < Date.parse(end); time += 900_000) {
      expect(periodContaining('day', zone, new Date(time).toISOString())).toEqual(day);
    }
  });

  it.each([
    ['day', '2026-03-02', '2026-03-02'],
    ['week', '2026-03-04', '2026-W10'],
    ['week', '2026-W10', '2026-W10'],
    ['month', '2026-02-28', '2026-02'],
    ['month', '2026-02', '2026-02'],
    ['quarter', '2026-Q1', '2026-Q1'],
    ['quarter', '2026-02-01', '2026-Q1'],
  ] as const)('a %s is named by %s', (kind, text, id) => {
    expect(parsePeriod(kind, 'Asia/Seoul', text)?.id).toBe(id);
  });

  it.each([
    ['day', '2026-02-30'],
    ['day', '2026-03'],
    ['week', '2026-W60'],
    ['week', '2026-03'],
    ['month', '2026-13'],
    ['quarter', '2026-Q5'],
    ['day', 'yesterday'],
    ['day', ''],
  ] as const)('a %s is not named by “%s”', (kind, text) => {
    expect(parsePeriod(kind, 'Asia/Seoul', text)).toBeUndefined();
  });
});
