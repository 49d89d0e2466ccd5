import { bindParameters } from '../../src/catalog/parameters';
import { parsePeriod } from '../../src/core/period';

const DAY = { start: '2026-03-01T15:00:00.000Z', end: '2026-03-02T15:00:00.000Z' };

test('the parameters stand before the text, each as a typed literal on a line of its own', () => {
  const bound = bindParameters(
    { query: 'T\n| where x', lookBackDays: 14 },
    { timeZone: 'Asia/Seoul' },
    DAY,
  );
  expect(bound.kql).toBe(
    [
      'let PeriodStart = datetime(2026-03-01T15:00:00.0000000Z);',
      'let PeriodEnd = datetime(2026-03-02T15:00:00.0000000Z);',
      'let LookBackStart = datetime(2026-02-15T15:00:00.0000000Z);',
      "let PeriodTimeZone = 'Asia/Seoul';",
      'T',
      '| where x',
    ].join('\n'),
  );
  expect(bound.window).toEqual({ start: '2026-02-15T15:00:00.000Z', end: DAY.end });
});

test('without a look-back the window is the period', () => {
  expect(bindParameters({ query: '', lookBackDays: 0 }, { timeZone: 'UTC' }, DAY).window).toEqual(
    DAY,
  );
});

test('the look-back is a number of times 24 hours, also across a change of clocks', () => {
  const monday = parsePeriod('day', 'Europe/Berlin', '2026-03-30');
  const { window } = bindParameters(
    { query: '', lookBackDays: 1 },
    { timeZone: 'Europe/Berlin' },
    monday!,
  );
  expect(window.start).toBe('2026-03-28T22:00:00.000Z');
});

test.each([
  ["Asia/Seoul'; T //", DAY],
  ['Nowhere/Land', DAY],
  ['UTC', { start: 'yesterday', end: DAY.end }],
  ['UTC', { start: DAY.start, end: '2026-13-01T00:00:00Z' }],
])('what is not a time zone or an instant never gets into a query: %s', (timeZone, period) => {
  expect(() => bindParameters({ query: 'T', lookBackDays: 0 }, { timeZone }, period)).toThrow(
    RangeError,
  );
});
