import { formatNumber } from '../../src/core/language';
import {
  bothTimes,
  formatCell,
  formatCount,
  localTime,
  shortDigest,
} from '../../src/render/format';
import {
  formatBytes,
  formatDuration,
  hourRange,
  labelOfPeriodId,
  localInterval,
  periodLabel,
  periodWindow,
  shortPeriodLabel,
} from '../../src/render/spans';
import { periodOf } from '../support/reports';

describe('period labels', () => {
  it.each([
    ['day', '2026-11-21', 'Saturday 21 November 2026', 'Sat 21 Nov'],
    ['week', '2026-W10', 'Week 10, 2–8 March 2026', 'Week 10'],
    ['week', '2026-W09', 'Week 9, 23 February – 1 March 2026', 'Week 9'],
    ['week', '2026-W53', 'Week 53, 28 December 2026 – 3 January 2027', 'Week 53'],
    ['month', '2026-03', 'March 2026', 'March 2026'],
    ['quarter', '2026-Q1', 'Q1 2026, January–March', 'Q1 2026'],
  ] as const)('names the %s %s', (kind, id, label, short) => {
    const period = periodOf(kind, id);
    expect(periodLabel(period, 'en')).toBe(label);
    expect(shortPeriodLabel(period, 'en')).toBe(short);
    expect(labelOfPeriodId(kind, 'Asia/Seoul', id, 'en')).toBe(label);
  });

  it('shows an id that names no period as it is', () => {
    expect(labelOfPeriodId('day', 'UTC', 'x\u202E', 'en')).toBe('x<U+202E>');
  });
});

describe('times', () => {
  it('shows local time with offset and keeps every digit of the second', () => {
    expect(localTime('2026-11-21T05:02:11.4821937Z', 'Asia/Seoul')).toBe(
      '2026-11-21 14:02:11.4821937 +09:00',
    );
    expect(localTime('2026-11-21T05:02:11.5000000Z', 'UTC')).toBe('2026-11-21 05:02:11.5 UTC');
    expect(localTime('2026-11-21T05:02:11.0000000Z', 'UTC')).toBe('2026-11-21 05:02:11 UTC');
    expect(localTime('2026-11-21T05:02:11Z', 'America/St_Johns')).toBe(
      '2026-11-21 01:32:11 -03:30',
    );
  });

  it('shows what is no time as it came, made visible', () => {
    expect(localTime('never\u0000', 'UTC')).toBe('never<U+0000>');
  });

  it('changes offset at the clock change itself', () => {
    expect(localTime('2026-03-29T00:59:59Z', 'Europe/Berlin')).toBe('2026-03-29 01:59:59 +01:00');
    expect(localTime('2026-03-29T01:00:00Z', 'Europe/Berlin')).toBe('2026-03-29 03:00:00 +02:00');
  });

  it('adds UTC, with its date only where it is another day', () => {
    expect(bothTimes('2026-11-21T05:02:11.4Z', 'Asia/Seoul')).toBe(
      '2026-11-21 14:02:11\u00A0+09:00 (05:02:11\u00A0UTC)',
    );
    expect(bothTimes('2026-11-21T22:00:03Z', 'Asia/Seoul')).toBe(
      '2026-11-22 07:00:03\u00A0+09:00 (2026-11-21 22:00:03\u00A0UTC)',
    );
    expect(bothTimes('2026-11-21T22:00:03Z', 'UTC')).toBe('2026-11-21 22:00:03\u00A0UTC');
  });

  it('shows a window with one offset, or both where they differ', () => {
    expect(localInterval(periodOf('day', '2026-11-21'), 'Asia/Seoul', 'en')).toBe(
      '2026-11-21 00:00 to 2026-11-22 00:00 +09:00',
    );
    expect(
      localInterval(periodOf('day', '2026-03-29', 'Europe/Berlin'), 'Europe/Berlin', 'en'),
    ).toBe('2026-03-29 00:00 +01:00 to 2026-03-30 00:00 +02:00');
  });

  it('says how long a day of the clock change is', () => {
    expect(periodWindow(periodOf('day', '2026-11-21'), 'en')).toBe(
      '00:00–24:00 Asia/Seoul (UTC+09:00), 24 hours',
    );
    expect(periodWindow(periodOf('day', '2026-03-29', 'Europe/Berlin'), 'en')).toContain(
      '23 hours',
    );
  });

  it('names hours of a day and days of a longer period', () => {
    const day = periodOf('day', '2026-11-21', 'UTC');
    const month = periodOf('month', '2026-11', 'UTC');
    const hours = { start: '2026-11-21T03:00:00.000Z', end: '2026-11-21T05:00:00.000Z' };
    expect(hourRange(hours, day, 'en')).toBe('03:00–05:00');
    expect(hourRange(hours, month, 'en')).toBe('21 Nov 03:00–05:00');
    expect(
      hourRange(
        { start: '2026-11-21T00:00:00.000Z', end: '2026-11-22T00:00:00.000Z' },
        month,
        'en',
      ),
    ).toBe('21 Nov');
    expect(
      hourRange(
        { start: '2026-11-21T22:00:00.000Z', end: '2026-11-23T00:00:00.000Z' },
        month,
        'en',
      ),
    ).toBe('21 Nov 22:00 to 22 Nov 24:00');
  });
});

describe('numbers', () => {
  it('groups thousands', () => {
    expect([0, 999, 1_000, 1_234_567, -12_345, 1234.5].map(formatNumber)).toEqual([
      '0',
      '999',
      '1,000',
      '1,234,567',
      '-12,345',
      '1,234.5',
    ]);
  });

  it('agrees in number', () => {
    expect(formatCount(1, 'row')).toBe('1 row');
    expect(formatCount(0, 'row')).toBe('0 rows');
    expect(formatCount(2, 'registry', 'registries')).toBe('2 registries');
  });

  it('shows durations and sizes in fitting units', () => {
    expect(
      [412, 1_234, 59_949, 125_000].map((milliseconds) => formatDuration(milliseconds, 'en')),
    ).toEqual(['412 ms', '1.2 s', '59.9 s', '2 min 5 s']);
    expect([1, 999, 1_400_000, 999_960].map((bytes) => formatBytes(bytes, 'en'))).toEqual([
      '1 byte',
      '999 bytes',
      '1.4 MB',
      '1.0 MB',
    ]);
  });

  it('shortens a digest so that it can be recognised', () => {
    expect(shortDigest('7c1e02aa'.padEnd(60, '0') + '09af')).toBe('7c1e02aa…09af');
  });
});

describe('formatCell', () => {
  it('shows each kind of value without changing it', () => {
    expect(formatCell(null, 'string', 'UTC')).toBe('');
    expect(formatCell(true, 'bool', 'UTC')).toBe('true');
    expect(formatCell(20_401, 'int', 'UTC')).toBe('20401');
    expect(formatCell('9223372036854775807', 'long', 'UTC')).toBe('9223372036854775807');
    expect(formatCell('NaN', 'real', 'UTC')).toBe('NaN');
    expect(formatCell('{"a":1}', 'dynamic', 'UTC')).toBe('{"a":1}');
    expect(formatCell('2026-11-21T05:02:11.5Z', 'string', 'UTC')).toBe('2026-11-21T05:02:11.5Z');
  });
});
