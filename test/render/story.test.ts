import { waiverUses } from '../../src/assess/waivers';
import type { Waiver } from '../../src/core/definitions';
import type { Report } from '../../src/core/report';
import { renderHtml } from '../../src/render/html';
import { renderPdf } from '../../src/render/pdf';
import { reportModel } from '../../src/render/report-model';
import type { Views } from '../../src/render/views';
import type { ViewElement } from '../../src/render/vocabulary';
import { elementsOf, readView, textOf } from '../../src/render/vocabulary';
import { readPdf } from '../support/pdf-text';
import { brandedReport, coverageHours, HOSTILE, sampleReport } from '../support/reports';
import { weeklyReport } from '../support/weekly-report';
import { ENGLISH, shippedViews } from '../support/languages';

let views: Views;

beforeAll(async () => {
  views = await shippedViews();
});

function elements(report: Report): ViewElement[] {
  return [...elementsOf(readView(renderHtml(report, views)))];
}

function rowsOf(report: Report, id: string): string[][] {
  const table = elements(report).find((element) => element.attributes['id'] === id);
  const rows =
    table === undefined ? [] : [...elementsOf(table)].filter(({ name }) => name === 'tr');
  const cells = (row: ViewElement): string[] =>
    [...elementsOf(row)].filter(({ name }) => name === 'td').map((cell) => textOf(cell).trim());
  return rows.map(cells).filter((row) => row.length > 0);
}

function chapters(report: Report): string[] {
  return elements(report)
    .filter(({ name }) => name === 'h2')
    .flatMap(({ attributes }) => attributes['id'] ?? []);
}

describe('the story', () => {
  it('of a day goes from what needs attention to what it rests on', () => {
    expect(chapters(sampleReport())).toEqual([
      ...['findings', 'waivers-chapter', 'outcomes', 'activity', 'coverage', 'answers', 'numbers'],
      ...['executions', 'custody', 'limits', 'checking'],
    ]);
  });

  it('begins with links to all of its chapters', () => {
    for (const report of [sampleReport(), weeklyReport()]) {
      const contents = elements(report).find(({ classes }) => classes.includes('contents'));
      const links = [...elementsOf(contents!)].flatMap(
        ({ attributes }) => attributes['href'] ?? [],
      );
      expect(links).toEqual(chapters(report).map((id) => `#${id}`));
    }
  });

  it('of a week begins with its days, and lists who used the registries', () => {
    const all = chapters(weeklyReport());
    expect(all.slice(0, 2)).toEqual(['period', 'findings']);
    expect(all).toContain('identities');
  });
});

it('says on page one that logs are incomplete, as loud as a finding and not only in colour', () => {
  const report = sampleReport();
  const hole = {
    ...report,
    outcome: 'error' as const,
    auditCounts: { error: 0, fail: 2, info: 12, pass: 21 },
    coverage: { ...report.coverage, complete: false },
  };
  const panel = elements(hole).find(({ classes }) => classes.includes('verdict'));
  const words = textOf(panel!).replace(/\s+/g, ' ');
  expect(words).toMatch(/^ ?could not tell 3 findings/);
  expect(words).toContain('logs incomplete Audits: 2 need a reviewer');
  expect(words).not.toContain('0 could not tell');
  expect(words).toContain('21 as expected where covered');
  const outcomes = rowsOf(hole, 'outcomes-table').map(([, badge]) => badge);
  expect(outcomes).toContain('as expected where covered');
  expect(outcomes).not.toContain('as expected');
});

it('names up to three changes of a kind, and lists all in a chapter when there are more', () => {
  const report = sampleReport();
  const changes = {
    since: '2026-11-20',
    appeared: ['A.', 'B.', 'C.', 'D.'],
    gone: ['E.'],
    unusual: [],
  };
  const model = reportModel({ ...report, changes }, ENGLISH).changes;
  expect(model.items).toEqual([
    { word: 'new', text: 'A. B. C. And 1 more new: see “All changes” in the report.' },
    { word: 'not in this period', text: 'E.' },
  ]);
  expect(model.all).toHaveLength(5);
  expect(chapters({ ...report, changes })).toContain('changes');
});

describe('the days of a week', () => {
  it('each have the outcome that was sealed, and none looks good without a report', () => {
    const [week] = rowsOf(weeklyReport(), 'calendar');
    expect(week).toEqual([
      '16 Nov no findings',
      '17 ! 2\u00A0high, 1\u00A0low',
      '18 ? no report could be made',
      '19 no findings',
      '20 ? 1\u00A0could not tell',
      '21 ! 2\u00A0high, 1\u00A0low',
      '22 no report yet',
    ]);
    expect(reportModel(weeklyReport(), ENGLISH).past.sentence).toBe(
      'Of 7 days: 2 as expected, 2 with findings, 2 could not tell, 1 without a sealed report yet.',
    );
  });

  it('are counted as found and as not told where they are both', () => {
    const report = weeklyReport();
    const days = (report.past?.days ?? []).map((day) =>
      day.outcome === 'error' ? { ...day, findings: { ...day.findings, critical: 14 } } : day,
    );
    const past = { before: [], dailyStream: 'daily.all', days };
    expect(reportModel({ ...report, past }, ENGLISH).past.sentence).toBe(
      'Of 7 days: 2 as expected, 3 with findings, 2 could not tell, 1 without a sealed report yet. ' +
        '1 day is counted twice: it has findings, and not everything could be told.',
    );
  });

  it('say on page one how many wait for a reviewer, and the worst that they found', () => {
    expect(reportModel(weeklyReport(), ENGLISH).past.waiting).toBe(
      '3 of 7 days wait for a reviewer; the worst: 2 high (17 Nov).',
    );
    const panel = elements(weeklyReport()).find(({ classes }) => classes.includes('verdict'));
    expect(textOf(panel!)).toContain('3 of 7 days wait');
  });

  it('that need somebody are open until a reviewer accepts them', () => {
    expect(rowsOf(weeklyReport(), 'open-days').map(([day, badge]) => [day, badge])).toEqual([
      ['Tuesday 17 November 2026', 'needs a reviewer'],
      ['Wednesday 18 November 2026', 'no report'],
      ['Friday 20 November 2026', 'could not tell'],
    ]);
  });

  it('are told beside the periods before', () => {
    expect(rowsOf(weeklyReport(), 'trend').map(([period]) => period)).toEqual([
      'Week 46, 9–15 November 2026',
      'Week 47, 16–22 November 2026',
    ]);
  });

  it('are not compared with periods before where there is none', () => {
    const report = weeklyReport();
    const first = { ...report, past: { ...report.past, days: [], before: [] } };
    expect(rowsOf(report, 'trend').length).toBeGreaterThan(1);
    expect(rowsOf(first, 'trend')).toEqual([]);
    expect(elements(first).map(textOf).join(' ')).not.toContain('Against the periods before');
  });

  it('of a stream without a daily report make no calendar', () => {
    const report = { ...weeklyReport(), past: { before: [], days: [] } };
    expect(rowsOf(report, 'calendar')).toEqual([]);
    expect(elements(report).map(textOf).join(' ')).toContain('there is no calendar of days');
  });
});

it('lists identities for access review with what they are and did', () => {
  expect(rowsOf(weeklyReport(), 'identities-table').map((row) => row.slice(0, 4))).toEqual([
    ['edge-seoul', 'unknown', 'seen before', '8 logins, 8 pulls'],
    [
      'jane.kim@contoso.com',
      'person',
      'not seen in the two weeks before',
      '1 login, 2 pushes, 1 deletion, 1 failed login',
    ],
    ['(no name)', 'anonymous', 'only ever refused in the period', '2 failed logins'],
  ]);
});

it('says of a finding who, from where, when, and what is known of them', () => {
  const [group] = reportModel(weeklyReport(), ENGLISH).groups;
  expect(group?.findings[0]?.circumstances).toEqual([
    { name: 'Who', value: 'Jane.Kim@contoso.com' },
    { name: 'From where', value: '203.0.113.18' },
    { name: 'When', value: '2026-11-21 14:02:11\u00A0+09:00 (05:02:11\u00A0UTC)' },
    {
      name: 'About them',
      value:
        'kind: person; not seen in the two weeks before; 1 login, 2 pushes, 1 deletion, 1 failed login',
    },
  ]);
});

describe('waivers', () => {
  const waiver = (expires: string, owner: string): Waiver => {
    return { audit: 'anonymous-pulls', match: { Repository: owner }, owner, reason: 'R.', expires };
  };

  it('that have ended, end soon or accept nothing are called out', () => {
    const { audits } = sampleReport();
    const used = audits.flatMap(({ waived }) => waived)[0]!.waiver!;
    const waivers = [used, waiver('2026-11-22', 'A'), waiver('2027-01-31', 'B')];
    const states = (today: string): string[] =>
      waiverUses(waivers, audits, today).map(
        ({ state, accepted }) => `${state} ${String(accepted)}`,
      );
    expect(states('2026-11-22')).toEqual(['in-force 1', 'expired 0', 'unused 0']);
    expect(states('2027-01-17')).toEqual(['ends-soon 1', 'expired 0', 'unused 0']);
    const report = sampleReport({ waivers: waiverUses(waivers, audits, '2026-11-22') });
    expect(
      rowsOf(report, 'waivers').map(([, badge, accepted, , owner]) => [badge, accepted, owner]),
    ).toEqual([
      ['in force', '1 finding', 'Platform team'],
      ['expired', '0 findings', 'A'],
      ['not needed', '0 findings', 'B'],
    ]);
  });
});

it('keeps the officer’s summary to one page, also when everything is long and much', async () => {
  const crowded = sampleReport();
  const { period, coverage, findings, audits } = crowded;
  const registries = Array.from({ length: 30 }, (_, index) => ({
    registry: `registry${String(index)}`,
    hours: coverageHours(period, { unknown: [1, 3, 5, 7, 9, 11, 13], gap: [2, 4] }),
  }));
  const long = Array.from({ length: 20 }, () => HOSTILE.repeat(3));
  const noisy = audits.map((audit) => ({
    ...audit,
    findings: [1, 2, 3].map(() => ({
      ...findings[0]!,
      audit: audit.id,
      text: HOSTILE.repeat(10),
    })),
  }));
  const { waiver } = audits.flatMap(({ waived }) => waived)[0]!;
  const report: Report = {
    ...crowded,
    madeUp: true,
    registries: registries.map(({ registry }) => registry),
    coverage: { ...coverage, registries },
    changes: { since: '2026-11-20', appeared: long, gone: long, unusual: long },
    audits: noisy,
    findings: noisy.flatMap((audit) => audit.findings),
    waivers: Array.from({ length: 5 }, () => ({
      waiver: { ...waiver!, reason: HOSTILE.repeat(3) },
      accepted: 3,
      state: 'in-force' as const,
    })),
  };
  const bytes = await renderPdf(readView(renderHtml(report, views)), {
    language: ENGLISH,
    title: 't',
    created: report.startedAt,
  });

  const [, second = []] = readPdf(bytes).pages;
  expect(second[0]?.text).toBe('Contents');
});

describe('an organisation’s own clothes', () => {
  it('are on the page: banner, logo with its words, colours for both grounds', () => {
    const html = renderHtml(brandedReport(), views);
    const all = [...elementsOf(readView(html))];
    expect(all.find(({ classes }) => classes.includes('classification'))).toBeDefined();
    const logo = all.find(({ name }) => name === 'img');
    expect(logo?.attributes).toMatchObject({ alt: 'Contoso', width: '80', height: '40' });
    expect(html).toContain(
      ':root{--brand:#5b2a86}@media (prefers-color-scheme:dark){:root{--brand:#c9a6f0}}',
    );
  });

  it('are on every page of the PDF, the logo as a figure', async () => {
    const report = brandedReport();
    const bytes = await renderPdf(readView(renderHtml(report, views)), {
      language: ENGLISH,
      title: 'Audit',
      created: report.startedAt,
      branding: report.branding!,
    });
    for (const items of readPdf(bytes).pages) {
      expect(items.map(({ text }) => text)).toContain('Confidential · Audit');
    }
    expect(Buffer.from(bytes).includes('/Subtype /Image')).toBe(true);
  });
});
