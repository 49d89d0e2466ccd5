import { NO_CUSTODY } from '../../src/core/custody';
import { waiverUses } from '../../src/assess/waivers';
import type { AuditDefinition, ControlRef, Waiver } from '../../src/core/definitions';
import { sha256, stableJson } from '../../src/core/digest';
import type { Outcome, Severity } from '../../src/core/outcome';
import { OUTCOMES, SEVERITIES } from '../../src/core/outcome';
import type { Period, PeriodKind } from '../../src/core/period';
import { parsePeriod } from '../../src/core/period';
import type { AuditResult, CoverageHour, Finding, Report } from '../../src/core/report';
import type { Cell, Column, KustoType, Table } from '../../src/core/table';
import { firstRows, rowAsRecord } from '../../src/core/table';
import { pngOf } from './pictures';

const PCI = (id: string, title: string): ControlRef => ({
  framework: 'pci-dss-4.0.1',
  frameworkName: 'PCI DSS 4.0.1',
  id,
  title,
});
const SOC = (id: string, title: string): ControlRef => ({
  framework: 'soc2-2017',
  frameworkName: 'SOC 2',
  id,
  title,
});
const ISO = (id: string, title: string): ControlRef => ({
  framework: 'iso-27001-2022',
  frameworkName: 'ISO 27001:2022',
  id,
  title,
});

/** A table from `name:type` headings. */
export function tableOf(headings: readonly string[], rows: readonly (readonly Cell[])[]): Table {
  const columns = headings.map((heading): Column => {
    const [name = '', type = 'string'] = heading.split(':');
    return { name, type: type as KustoType };
  });
  return { columns, rows };
}

interface AuditInput {
  readonly id: string;
  readonly title: string;
  readonly purpose?: string;
  readonly expect?: AuditDefinition['expect'];
  readonly severity?: Severity;
  readonly outcome?: Outcome;
  readonly reason?: string;
  readonly finding?: (values: Readonly<Record<string, Cell>>) => string;
  readonly controls?: readonly ControlRef[];
  readonly table?: Table;
  readonly failed?: boolean;
  readonly waiver?: Finding['waiver'];
  readonly charts?: AuditResult['charts'];
}

/** An audit's result whose findings are its rows when it expects none. */
export function auditResult(input: AuditInput, period: Period): AuditResult {
  const expect = input.expect ?? 'none';
  const table = input.table ?? { columns: [], rows: [] };
  const severity = input.severity ?? 'high';
  const findings = Array.from(expect === 'none' ? table.rows : [], (row, index): Finding => {
    const values = rowAsRecord(table, row);
    return {
      audit: input.id,
      severity,
      text: input.finding?.(values) ?? `${input.title}: row ${String(index + 1)}.`,
      row: index,
      values,
      key: sha256(stableJson({ audit: input.id, values })),
      ...(input.waiver === undefined ? {} : { waiver: input.waiver }),
    };
  });
  const open = input.waiver === undefined ? findings : [];
  const outcome = input.outcome ?? (open.length > 0 ? 'fail' : expect === 'any' ? 'info' : 'pass');
  const query = [
    `let PeriodStart = datetime(${period.start});`,
    `let PeriodEnd = datetime(${period.end});`,
    'ContainerRegistryRepositoryEvents',
    '| where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd',
    `| where OperationName has "${input.id}" and toint(ResultDescription) between (200 .. 299)`,
    '| project TimeGenerated, LoginServer, Repository, Identity, CallerIpAddress',
    '| order by TimeGenerated asc, Repository asc',
  ].join('\n');
  const failed = input.failed === true;
  return {
    id: input.id,
    title: input.title,
    purpose:
      input.purpose ??
      'A deleted image can’t be examined any more; each deletion needs an approved change.',
    expect,
    severity,
    remediation:
      'Ask the identity’s owner for the change record; restore within the soft-delete window.',
    controls: input.controls ?? [
      PCI('10.2.1.7', 'Creation and deletion of system-level objects'),
      SOC('CC8.1', 'Changes are authorised'),
      ISO('A.8.32', 'Change management'),
    ],
    tables: ['ContainerRegistryRepositoryEvents'],
    outcome,
    reason:
      input.reason ??
      (open.length > 0
        ? `${String(open.length)} ${open.length === 1 ? 'row' : 'rows'} came where none is expected.`
        : 'No rows came, and the table was collected for the whole period.'),
    findings: open,
    waived: input.waiver === undefined ? [] : findings,
    table,
    ...(input.charts === undefined ? {} : { charts: input.charts }),
    execution: {
      query,
      querySha256: sha256(query),
      window: { start: period.start, end: period.end },
      executedAt: '2026-11-21T22:00:07.412Z',
      durationMs: 412,
      answer: failed ? 'failed' : 'complete',
      rowCount: table.rows.length,
      queryFile: `evidence/${input.id}.kql`,
      ...(failed
        ? {}
        : {
            answerFile: `evidence/${input.id}.json`,
            answerSha256: sha256(stableJson(table)),
            csvFile: `evidence/${input.id}.csv`,
          }),
    },
  };
}

/** Every hour of a period for one registry; `unknown` and `quiet` name hours by their place. */
export function coverageHours(
  period: Period,
  states: {
    readonly unknown?: readonly number[];
    readonly quiet?: readonly number[];
    readonly gap?: readonly number[];
  } = {},
): CoverageHour[] {
  const hours = (Date.parse(period.end) - Date.parse(period.start)) / 3_600_000;
  return Array.from({ length: hours }, (_, index): CoverageHour => {
    const start = new Date(Date.parse(period.start) + index * 3_600_000).toISOString();
    if (states.unknown?.includes(index) === true) return { start, state: 'unknown', records: 0 };
    if (states.gap?.includes(index) === true) {
      return { start, state: 'gap', records: 0, metricCount: 212 };
    }
    if (states.quiet?.includes(index) === true) {
      return { start, state: 'quiet', records: 0, metricCount: 0 };
    }
    return { start, state: 'collected', records: 40 + ((index * 17) % 90), metricCount: 38 };
  });
}

const PASSING_TITLES = [
  'Logins without a password by the admin user',
  'Failed logins followed by a success',
  'Tags deleted by a person',
  'Pushes outside working hours',
  'Diagnostic settings changed or removed',
  'Registry credentials made or renewed',
  'Access granted to a registry',
  'Data may leave by another way: network rules, exports, replication',
  'Service principals at new addresses',
  'Quarantine and scan results changed',
  'Evidence custody: who read or changed the log archive',
  'Operations of a kind that this program does not know',
  'Images pulled after they were deleted',
  'Images imported from other registries',
  'Bulk pulls by one identity',
  'Errors more frequent than usual',
];

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

function trailRows(count: number): Cell[][] {
  return Array.from({ length: count }, (_, index) => {
    const minute = (index * 7) % 60;
    return [
      `2026-11-21T${pad(Math.floor(index / 60) % 15)}:${pad(minute)}:11.${String(1234567 + index).slice(0, 7)}Z`,
      'contoso.azurecr.io',
      index % 5 === 0 ? 'Push' : 'Pull',
      ['payments/api', 'payments/worker', 'platform/base-images/dotnet', 'web'][index % 4] ?? '',
      index % 3 === 0 ? '1.8.2' : '',
      `sha256:${sha256(String(index))}`,
      index % 2 === 0 ? 'ci-release' : 'aks-prod-kubelet',
      `20.10.5.${String(index % 250)}`,
      'docker/27.1.1 go/go1.21.12 git-commit/cc13f95 kernel/5.15.0-1073-azure os/linux arch/amd64',
      200 + (index % 2),
    ];
  });
}

const DELETION_COLUMNS = [
  'TimeGenerated:datetime',
  'LoginServer',
  'Repository',
  'Identity',
  'CallerIpAddress',
  'UserAgent',
  'ResultDescription',
];

function sampleAudits(period: Period): AuditResult[] {
  const trail = tableOf(
    [
      'FirstTime:datetime',
      'LoginServer',
      'OperationName',
      'Repository',
      'Tag',
      'Digest',
      'Identity',
      'CallerIpAddress',
      'UserAgent',
      'Events:long',
    ],
    trailRows(1_234),
  );
  return [
    auditResult(
      {
        id: 'repository-deletions',
        title: 'Repositories and manifests deleted by a person',
        finding: (row) =>
          `${String(row['Identity'])} deleted ${String(row['Repository'])} from ${String(row['CallerIpAddress'])}.`,
        table: tableOf(DELETION_COLUMNS, [
          [
            '2026-11-21T05:02:11.4821937Z',
            'contoso.azurecr.io',
            'payments/api',
            'jane.kim@contoso.com',
            '203.0.113.18',
            'docker/27.1',
            '202',
          ],
        ]),
      },
      period,
    ),
    auditResult(
      {
        id: 'release-tags-overwritten',
        title: 'Release tags that now point to another image',
        purpose:
          'A release tag is a promise; an image that changes under it was not the one that was approved.',
        finding: (row) =>
          `Tag ${String(row['Repository'])}:${String(row['Tag'])} now points to another image, pushed by ${String(row['Identity'])}.`,
        table: tableOf(
          [
            'TimeGenerated:datetime',
            'LoginServer',
            'Repository',
            'Tag',
            'Identity',
            'CallerIpAddress',
            'OldDigest',
            'NewDigest',
          ],
          [
            [
              '2026-11-21T14:41:02.0000000Z',
              'contoso.azurecr.io',
              'web',
              '1.8.2',
              'ci-release',
              '20.10.5.3',
              `sha256:${sha256('old')}`,
              `sha256:${sha256('new')}`,
            ],
          ],
        ),
      },
      period,
    ),
    auditResult(
      {
        id: 'first-seen-identities',
        title: 'Identities seen for the first time',
        severity: 'low',
        finding: (row) =>
          `${String(row['Identity'])} was seen for the first time in ninety days, from ${String(row['CallerIpAddress'])}.`,
        table: tableOf(
          [
            'FirstTime:datetime',
            'Identity',
            'CallerIpAddress',
            'Operations:long',
            'Repositories:dynamic',
          ],
          [
            [
              '2026-11-21T01:12:40.5000000Z',
              'svc-batch-2',
              '20.10.5.77',
              14,
              '["legacy/batch","web"]',
            ],
          ],
        ),
      },
      period,
    ),
    auditResult(
      {
        id: 'events-against-metrics',
        title: 'Pulls and pushes against the platform’s own counts',
        severity: 'medium',
        outcome: 'error',
        reason:
          'fabrikam has no log records from 03:00 to 05:00, while the platform counted 212 pulls; nothing proves that no record was lost.',
        controls: [PCI('10.7.2', 'Failures of critical security control systems are detected')],
      },
      period,
    ),
    auditResult(
      {
        id: 'anonymous-pulls',
        title: 'Pulls without an identity',
        severity: 'medium',
        finding: (row) =>
          `An anonymous client pulled ${String(row['Repository'])} ${String(row['Events'])} times from ${String(row['CallerIpAddress'])}.`,
        table: tableOf(
          ['FirstTime:datetime', 'Repository', 'CallerIpAddress', 'Events:long'],
          [['2026-11-21T00:00:09.0000000Z', 'public/base', '198.51.100.9', 48]],
        ),
        reason: '1 row came, and a waiver accepts it.',
        waiver: {
          audit: 'anonymous-pulls',
          match: { Repository: 'public/base' },
          owner: 'Platform team',
          reason: 'The vulnerability scanner pulls the public base image without a login.',
          expires: '2027-01-31',
        },
      },
      period,
    ),
    ...PASSING_TITLES.map((title, index) =>
      auditResult(
        {
          id: `passing-${String(index + 1)}`,
          title,
          severity: SEVERITIES[index % 4] ?? 'low',
          table: tableOf(DELETION_COLUMNS, []),
        },
        period,
      ),
    ),
    auditResult(
      {
        id: 'vault-credentials',
        title: 'Credential operations in the activity log',
        outcome: 'error',
        failed: true,
        reason:
          'The table AzureActivity has never received a record, so the question could not be asked.',
      },
      period,
    ),
    auditResult(
      {
        id: 'repository-trail',
        title: 'Every operation on a repository',
        expect: 'any',
        severity: 'info',
        reason: '1,234 rows are told for information.',
        table: trail,
        charts: [
          {
            kind: 'ranking',
            title: 'Busiest addresses',
            along: 'CallerIpAddress',
            values: ['Events'],
          },
          {
            kind: 'timeline',
            title: 'Operations',
            along: 'FirstTime',
            values: ['Events'],
            split: 'OperationName',
          },
        ],
      },
      period,
    ),
    auditResult(
      {
        id: 'pull-push-metrics',
        title: 'Pulls and pushes that the platform counted',
        expect: 'any',
        severity: 'info',
        reason: '24 rows are told for information.',
        table: tableOf(
          ['Hour:datetime', 'Registry', 'Metric', 'Total:real'],
          Array.from({ length: 24 }, (_, hour): Cell[] => [
            `2026-11-21T${pad(hour)}:00:00.0000000Z`,
            'contoso',
            'TotalPullCount',
            31.5 + hour,
          ]),
        ),
      },
      period,
    ),
  ];
}

/** A report that is consistent in itself: counts, findings and outcome follow from the audits. */
export function reportOf(
  audits: readonly AuditResult[],
  overrides: Partial<Report> & { readonly period: Period },
): Report {
  const findings = audits
    .flatMap((audit) => audit.findings)
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  const errors = audits.filter((audit) => audit.outcome === 'error').length;
  const expected = audits.filter((audit) => ['pass', 'info'].includes(audit.outcome)).length;
  return {
    stream: 'daily.contoso-fabrikam',
    runId: overrides.period.id,
    reportId: 'daily',
    title: 'Registry audit',
    language: 'en',
    scopeId: 'contoso-fabrikam',
    registries: ['contoso', 'fabrikam'],
    outcome:
      OUTCOMES.find((outcome) => audits.some((audit) => audit.outcome === outcome)) ?? 'pass',
    verdict: `${String(findings.length)} findings need a reviewer. ${String(errors)} questions could not be answered. ${String(expected)} of ${String(audits.length)} audits found what was expected.`,
    auditCounts: countBy(
      OUTCOMES,
      audits.map((audit) => audit.outcome),
    ),
    findingCounts: countBy(
      SEVERITIES,
      findings.map((finding) => finding.severity),
    ),
    coverage: {
      verdict:
        'For 46 of 48 registry-hours, yes. 2 are unknown: no record came and nothing proves that none was lost (fabrikam).',
      complete: false,
      registries: [
        { registry: 'contoso', hours: coverageHours(overrides.period) },
        {
          registry: 'fabrikam',
          hours: coverageHours(overrides.period, { unknown: [3, 4], quiet: [1, 2, 20] }),
        },
      ],
      tables: [
        {
          table: 'ContainerRegistryLoginEvents',
          state: 'collected',
          records: 4_212,
          earliest: '2026-08-24T15:00:12.000Z',
          reason: 'Records came in each registry’s hours.',
        },
        {
          table: 'ContainerRegistryRepositoryEvents',
          state: 'collected',
          records: 18_344,
          earliest: '2026-08-24T15:00:02.000Z',
          reason: 'Records came in each registry’s hours.',
        },
        {
          table: 'AzureActivity',
          state: 'missing',
          records: 0,
          reason: 'The source has never received a record of this kind.',
        },
      ],
      proofs: [
        {
          source: 'diagnostic-settings',
          status: 'off',
          text: 'Diagnostic settings were not read, so it is not known whether every log category is still sent.',
        },
        {
          source: 'canary',
          status: 'off',
          text: 'No canary login was made, so a registry that nobody used cannot be told from one whose logs were lost.',
        },
      ],
    },
    changes: {
      since: '2026-11-20',
      appeared: ['1 identity pushed for the first time: svc-batch-2.'],
      gone: ['Nobody pulled legacy/batch; it was pulled on each of the 90 days before.'],
      unusual: ['Failed logins: 4 times the usual number.'],
    },
    findings,
    audits,
    otherQuestions: [
      {
        id: 'coverage-ContainerRegistryLoginEvents',
        execution: {
          ...auditResult({ id: 'coverage', title: 'Coverage' }, overrides.period).execution,
          queryFile: 'evidence/coverage-ContainerRegistryLoginEvents.kql',
          answerFile: 'evidence/coverage-ContainerRegistryLoginEvents.json',
        },
      },
    ],
    waivers: waiverUses(waiversIn(audits), audits, '2026-11-22'),
    cost: {
      ...{ questions: 37, requests: 41, rows: 22_800, bytes: 3_412_876 },
      ...{ milliseconds: 12_345, platformRequests: 6 },
    },
    intake: {
      blobs: 96,
      bytes: 18_344_112,
      records: 22_556,
      duplicates: 12,
      unreadable: [
        {
          blob: 'insights-logs-containerregistryloginevents/resourceId=/SUBSCRIPTIONS/0/y=2026/m=11/d=21/h=04/m=00/PT1H.json',
          offset: 40_112,
          length: 181,
          reason: 'half-written last line',
          text: '{"time":"2026-11-21T04:59:58.1234567Z","category":"ContainerRegistryLoginEvents","opera',
        },
      ],
      registries: ['contoso', 'fabrikam'],
    },
    source: { kind: 'log-archive', location: 'https://contosologs.blob.core.windows.net' },
    definitionSha256: sha256('definition'),
    startedAt: '2026-11-21T22:00:03.120Z',
    madeUp: false,
    custody: NO_CUSTODY,
    previousEntry: { sequence: 324, sha256: sha256('entry 324') },
    keyFingerprint: sha256('key'),
    software: { name: 'tallyman', version: '0.1.0', commit: '2d2a3d7' },
    ...overrides,
  };
}

function waiversIn(audits: readonly AuditResult[]): Waiver[] {
  const waived = audits.flatMap((audit) => audit.waived);
  return [...new Set(waived.flatMap(({ waiver }) => waiver ?? []))];
}

function countBy<K extends string>(keys: readonly K[], values: readonly K[]): Record<K, number> {
  return Object.fromEntries(
    keys.map((key) => [key, values.filter((value) => value === key).length]),
  ) as Record<K, number>;
}

/** A period by its id; throws when the id names none. */
export function periodOf(kind: PeriodKind, id: string, timeZone = 'Asia/Seoul'): Period {
  const period = parsePeriod(kind, timeZone, id);
  if (period === undefined) throw new RangeError(`not a ${kind}: ${id}`);
  return period;
}

/** A realistic daily report: three findings, one waiver, two questions without an answer. */
export function sampleReport(overrides: Partial<Report> = {}): Report {
  const period = overrides.period ?? periodOf('day', '2026-11-21');
  return reportOf(sampleAudits(period), { period, ...overrides });
}

/** The sample report in an organisation's own clothes. */
export function brandedReport(): Report {
  return sampleReport({
    branding: {
      organisation: 'Contoso',
      classification: 'Confidential',
      colour: { light: '#5b2a86', dark: '#c9a6f0' },
      logo: {
        type: 'image/png',
        width: 160,
        height: 80,
        base64: pngOf(160, 80).toString('base64'),
      },
    },
  });
}

/** Fields that hold words of the program’s own, or that the catalog has checked. */
const TRUSTED = new Set(
  (
    'outcome severity state status kind type expect answer start end executedAt startedAt earliest timeZone id ' +
    'audit expires review since language stream runId reportId scopeId querySha256 answerSha256 sha256 keyFingerprint key'
  ).split(' '),
);

/** One string with everything that a log could carry to harm a reader. */
export const HOSTILE =
  '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>{{constructor}}{{{x}}}&lt;b&gt;' +
  ' javascript:alert(3) =HYPERLINK("https://evil.example") \u202Egnp.exe\u2066\u0000\u001B[31mred\u0007\u2028' +
  '\uFEFF\uD800 한국어 العربية 日本語 \u{1F680} e\u0301\u0301\u0301\u0301\u0301 \u{E0041}(\\)%PDF ]]> --> </style></main></td>';

/** The sample report with hostile text in every field that a log, a definition or a setting could fill. */
export function hostileReport(hostile: string = HOSTILE): Report {
  const poison = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') {
      return TRUSTED.has(name) || /^\d{4}-\d\d-\d\dT/.test(value) ? value : `${value}${hostile}`;
    }
    if (Array.isArray(value)) return value.map((item) => poison(item, name));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, poison(inner, key)]),
    );
  };
  const report = sampleReport();
  const audits = report.audits.map((audit) => ({
    ...audit,
    table: { ...audit.table, rows: firstRows(audit.table.rows, 5) },
  }));
  return poison({ ...report, audits }, 'report') as Report;
}
