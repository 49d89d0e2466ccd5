import { phrase, say } from '../../src/core/language';
import {
  labelOfPeriodId,
  localInterval,
  periodWindow,
  shortPeriodLabel,
} from '../../src/render/spans';
import { formatBytes, formatDuration, hourRange } from '../../src/render/spans';
import { LANGUAGES } from '../support/languages';
import { periodOf } from '../support/reports';

describe('Korean dates and amounts', () => {
  it.each([
    ['day', '2026-11-25', '2026년 11월 25일(수)', '11월 25일(수)'],
    ['week', '2026-W10', '2026년 10주차(3월 2일~8일)', '10주차'],
    ['week', '2026-W14', '2026년 14주차(3월 30일~4월 5일)', '14주차'],
    ['week', '2026-W53', '2026년 53주차(2026년 12월 28일~2027년 1월 3일)', '53주차'],
    ['month', '2026-03', '2026년 3월', '2026년 3월'],
    ['quarter', '2026-Q1', '2026년 1분기(1월~3월)', '2026년 1분기'],
  ] as const)('names the %s %s', (kind, id, long, short) => {
    expect(labelOfPeriodId(kind, 'Asia/Seoul', id, 'ko')).toBe(long);
    expect(shortPeriodLabel(periodOf(kind, id), 'ko')).toBe(short);
  });

  it('writes windows and ranges of hours', () => {
    const day = periodOf('day', '2026-11-25');
    expect(periodWindow(day, 'ko')).toBe('00:00–24:00 Asia/Seoul (UTC+09:00), 24시간');
    expect(localInterval(day, 'UTC', 'ko')).toBe('2026-11-24 15:00 ~ 2026-11-25 15:00 UTC');
    const week = periodOf('week', '2026-W10');
    expect(periodWindow(week, 'ko')).toMatch(/^2026년 3월 2일 00:00 ~ 2026년 3월 8일 24:00 /);
    const range = { start: '2026-03-02T15:00:00.000Z', end: '2026-03-02T17:00:00.000Z' };
    expect(hourRange(range, week, 'ko')).toBe('3월 3일 00:00–02:00');
  });

  it('writes amounts', () => {
    expect(formatBytes(512, 'ko')).toBe('512바이트');
    expect(formatBytes(1_400_000, 'ko')).toBe('1.4 MB');
    expect([340, 1_200, 125_000].map((time) => formatDuration(time, 'ko'))).toEqual([
      '340 ms',
      '1.2초',
      '2분 5초',
    ]);
  });
});

it.each([
  phrase('judge.notAnswered', { reason: 'Timed out.' }),
  phrase('judge.partial', { reason: 'Timed out.' }),
  phrase('again.notAsked', { reason: 'Timed out.' }),
  phrase('again.tablePartial', { table: 'T', reason: 'Timed out.' }),
  phrase('proof.health.notHad', { reason: 'Timed out.' }),
  phrase('digest.noReport', { reason: 'Timed out.' }),
])('says in Korean whose words are not: %j', (text) => {
  expect(say(text, LANGUAGES.ko)).toMatch(/[가-힣]\(원문\): “Timed out\.”$/);
});
