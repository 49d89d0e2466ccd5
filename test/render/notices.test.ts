import type { UnreadableLine } from '../../src/core/logs';
import { noticesOf } from '../../src/render/notices';
import { said } from '../support/languages';
import { periodOf, sampleReport } from '../support/reports';

const PERIOD = periodOf('day', '2026-11-21');

/** A line whose record is of this time; of a version that did not keep the time without one. */
function lineOf(time?: string): UnreadableLine {
  const line = { blob: 'PT1H.json', offset: 0, length: 3, reason: 'not JSON', text: '{"a' };
  const table = 'ContainerRegistryLoginEvents';
  return time === undefined ? line : { ...line, about: { table, registry: 'contoso', time } };
}

/** What page one says when these lines could not be read. */
function noticesWith(...unreadable: UnreadableLine[]): string[] {
  const report = sampleReport({ period: PERIOD });
  return said(noticesOf({ ...report, audits: [], intake: { ...report.intake, unreadable } }));
}

describe('the notice of lines that could not be read', () => {
  it.each([
    ['the period’s first instant', PERIOD.start, 1],
    ['its last millisecond', '2026-11-21T14:59:59.999Z', 1],
    ['the millisecond before it', '2026-11-20T14:59:59.999Z', 0],
    ['the end, which is the next period’s', PERIOD.end, 0],
    ['a time that nobody knows', undefined, 1],
  ])('counts a line of %s: %s', (_, time, count) => {
    expect(noticesWith(lineOf(time))).toHaveLength(count);
  });

  it('counts the period’s own lines and not those of the days around it', () => {
    const days = ['2026-11-19', '2026-11-21', '2026-11-21', '2026-11-23'];
    const [notice, ...others] = noticesWith(...days.map((day) => lineOf(`${day}T03:00:00.000Z`)));
    expect(others).toEqual([]);
    expect(notice).toMatch(/^2 /);
  });
});
