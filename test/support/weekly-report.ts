import type { Outcome, Severity } from '../../src/core/outcome';
import type { PastPeriod } from '../../src/core/past';
import type { Period } from '../../src/core/period';
import { nextPeriod, previousPeriod } from '../../src/core/period';
import type { Report } from '../../src/core/report';
import { auditResult, periodOf, reportOf, tableOf } from './reports';

const NONE: Record<Severity, number> = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };

/** What a chain says of a period. */
export function pastPeriod(
  period: Period,
  outcome: Outcome | 'gap',
  more: Partial<PastPeriod> = {},
): PastPeriod {
  const entry = { sequence: 7, sha256: 'ab'.repeat(32) };
  return { period, outcome, findings: NONE, untold: 0, records: 1_200, entry, ...more };
}

/** A week whose Tuesday has findings, Wednesday a gap and Friday a doubt; Sunday has no report yet. */
export function weeklyReport(): Report {
  const period = periodOf('week', '2026-W47');
  const days: PastPeriod[] = [];
  let day = periodOf('day', '2026-11-16');
  const outcomes: readonly (Outcome | 'gap')[] = ['pass', 'fail', 'gap', 'info', 'error', 'fail'];
  for (const [index, outcome] of outcomes.entries()) {
    const findings = outcome === 'fail' ? { ...NONE, high: 2, low: 1 } : NONE;
    const review = index === 5 ? { review: 'accepted' as const } : {};
    const untold = outcome === 'error' ? 1 : 0;
    days.push(pastPeriod(day, outcome, { findings, untold, ...review }));
    day = nextPeriod(day);
  }
  const before = previousPeriod(period);
  const identities = tableOf(
    [
      ...[
        'Identity',
        'Actor',
        'Seen',
        'Registries',
        'Addresses:long',
        'Events:long',
        'Logins:long',
      ],
      ...['FailedLogins:long', 'Pulls:long', 'Pushes:long', 'Deletions:long'],
      ...['FailedOperations:long', 'LastTime:datetime'],
    ],
    [
      [
        'edge-seoul',
        'unknown',
        'before',
        'contoso.azurecr.io',
        1,
        16,
        8,
        0,
        8,
        0,
        0,
        0,
        '2026-11-20T12:00:00Z',
      ],
      [
        'jane.kim@contoso.com',
        'person',
        'first time',
        'contoso.azurecr.io',
        2,
        5,
        1,
        1,
        0,
        2,
        1,
        0,
        '2026-11-21T05:02:11Z',
      ],
      [
        '',
        'anonymous',
        'only refused',
        'contoso.azurecr.io',
        1,
        2,
        0,
        2,
        0,
        0,
        0,
        0,
        '2026-11-21T05:02:11Z',
      ],
    ],
  );
  const deletions = tableOf(
    ['TimeGenerated:datetime', 'Repository', 'Identity', 'CallerIpAddress'],
    [['2026-11-21T05:02:11.4821937Z', 'payments/api', 'Jane.Kim@contoso.com', '203.0.113.18']],
  );
  const audits = [
    auditResult(
      { id: 'repository-deletions', title: 'Repositories deleted', table: deletions },
      period,
    ),
    auditResult(
      {
        id: 'identity-activity',
        title: 'What each identity did',
        expect: 'any',
        severity: 'info',
        table: identities,
        charts: [
          { kind: 'ranking', title: 'Busiest identities', along: 'Identity', values: ['Events'] },
        ],
      },
      period,
    ),
  ];
  return reportOf(audits, {
    period,
    title: 'Access review',
    past: { before: [pastPeriod(before, 'pass')], days, dailyStream: 'daily.all' },
  });
}
