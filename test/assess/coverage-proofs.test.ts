import { CANARY_QUESTION } from '../../src/assess/canary';
import { assessCoverage } from '../../src/assess/coverage';
import type { OutsideEvidence } from '../../src/assess/coverage-proofs';
import { delayQuestionId, HEALTH_OPERATIONS } from '../../src/assess/health-questions';
import { collectionFindings } from '../../src/assess/log-collection';
import type { Answer } from '../../src/core/logs';
import type { PlatformExchange, PlatformRecord } from '../../src/core/platform';
import type { Coverage, CoverageProof } from '../../src/core/report';
import type { Cell, Table } from '../../src/core/table';
import { piecesOf } from '../../src/core/pieces';
import { said } from '../support/languages';

const period = { start: '2026-03-01T00:00:00.000Z', end: '2026-03-01T04:00:00.000Z' };
const GUID = '0f6bd0b1-5f1c-4a5e-9c8e-3d2a1b0c9f8e';
const CONTOSO =
  '/subscriptions/s/resourcegroups/r/providers/microsoft.containerregistry/registries/contoso';
const WORKSPACE =
  '/subscriptions/s/resourcegroups/r/providers/microsoft.operationalinsights/workspaces/audit';
const LOGINS = 'ContainerRegistryLoginEvents';
const EVENTS = 'ContainerRegistryRepositoryEvents';

function complete(table: Table): Answer {
  return {
    status: 'complete',
    table,
    body: piecesOf('{}'),
    executedAt: '2026-03-01T10:00:00.000Z',
    durationMs: 1,
  };
}

function hours(...rows: [number, number][]): Answer {
  const names = [
    'Resource:string',
    'HourIndex:long',
    'Records:long',
    'Counted:real',
    'Earliest:datetime',
  ];
  return complete(
    tableOf(
      names,
      rows.map(([hour, records]) => [
        CONTOSO,
        hour,
        records,
        records,
        '2026-03-01T00:00:00.0000000Z',
      ]),
    ),
  );
}

function tableOf(names: readonly string[], rows: readonly (readonly Cell[])[]): Table {
  const columns = names.map((heading) => {
    const [name = '', type = 'string'] = heading.split(':');
    return { name, type: type as 'string' };
  });
  return { columns, rows };
}

const failed = (code: Extract<Answer, { status: 'failed' }>['code']): Answer => ({
  status: 'failed',
  code,
  reason: 'It said no.',
  executedAt: period.end,
  durationMs: 1,
});

interface Azure {
  readonly settings?: readonly object[];
  readonly pulls?: readonly (number | null)[];
  readonly workspace?: object;
  readonly createdAt?: string;
}

const audit = (over: object = {}): object => ({
  name: 'audit',
  properties: {
    workspaceId: WORKSPACE,
    logs: [{ categoryGroup: 'audit', enabled: true }],
    ...over,
  },
});

function platform({
  settings = [audit()],
  pulls,
  workspace = {},
  createdAt,
}: Azure = {}): PlatformRecord {
  const ok = (
    about: PlatformExchange['about'],
    resource: string,
    body: object,
  ): PlatformExchange => ({
    about,
    resource,
    request: '',
    status: 200,
    body: JSON.stringify(body),
  });
  const metric = (name: string, totals: readonly (number | null)[]): object => ({
    name: { value: name },
    timeseries: [
      { data: totals.map((total, hour) => ({ timeStamp: `2026-03-01T0${hour}:00:00Z`, total })) },
    ],
  });
  return {
    schema: 'tallyman/platform/1',
    askedAt: '2026-03-01T10:00:00.000Z',
    exchanges: [
      ok('registries', '', {
        totalRecords: 1,
        data: [{ id: CONTOSO, name: 'contoso', createdAt: createdAt ?? '2025-01-01T00:00:00Z' }],
      }),
      ok('settings', CONTOSO, { value: settings }),
      ...(pulls === undefined
        ? []
        : [
            ok('metrics', CONTOSO, {
              value: [
                metric('TotalPullCount', pulls),
                metric(
                  'TotalPushCount',
                  pulls.map(() => 0),
                ),
              ],
            }),
          ]),
      ok('workspace', WORKSPACE, { properties: { customerId: GUID.toUpperCase(), ...workspace } }),
    ],
  };
}

interface Given {
  readonly logins?: Answer;
  readonly events?: Answer;
  readonly outside?: Partial<OutsideEvidence>;
}

const outsideOf = (outside: Partial<OutsideEvidence> = {}): OutsideEvidence => ({
  source: { kind: 'log-analytics', location: GUID },
  answers: new Map(),
  platform: undefined,
  canaries: undefined,
  ...outside,
});

const ALL_HOURS = hours([0, 1], [1, 1], [2, 1], [3, 1]);

function assess({ logins = ALL_HOURS, events = ALL_HOURS, outside }: Given) {
  const answers = new Map([
    [LOGINS, logins],
    [EVENTS, events],
  ]);
  return said(assessCoverage(period, ['contoso'], answers, outsideOf(outside)));
}

function proof(given: Given, source: CoverageProof['source']) {
  return assess(given).proofs.find((one) => one.source === source)!;
}

const findings = (azure: Azure, source?: OutsideEvidence['source']) =>
  said(
    collectionFindings(
      outsideOf({ platform: platform(azure), ...(source === undefined ? {} : { source }) }),
      ['contoso'],
    ),
  );

it('names every source that is off in the verdict', () => {
  expect(assess({}).verdict).toContain(
    'Not asked directly: the list of registries, diagnostic settings, the platform’s metrics, the workspace’s limits, the workspace’s ingestion record, the delay of arrival, canary logins.',
  );
});

describe('diagnostic settings', () => {
  it.each([
    ['the category group audit', [audit()]],
    [
      'the category group allLogs',
      [audit({ logs: [{ categoryGroup: 'allLogs', enabled: true }] })],
    ],
    [
      'both categories, in one setting',
      [audit({ logs: [LOGINS, EVENTS].map((category) => ({ category, enabled: true })) })],
    ],
    [
      'both categories, in two settings',
      [LOGINS, EVENTS].map((category) => audit({ logs: [{ category, enabled: true }] })),
    ],
  ])('are right with %s', (_, settings) => {
    expect(findings({ settings })).toEqual([]);
    const given = { outside: { platform: platform({ settings }) } };
    expect(proof(given, 'diagnostic-settings')).toMatchObject({ status: 'supports' });
  });

  it.each([
    ['none', [], 'There is no diagnostic setting.'],
    [
      'one that is off',
      [audit({ logs: [{ categoryGroup: 'audit', enabled: false }] })],
      'sends no log',
    ],
    [
      'one category',
      [audit({ logs: [{ category: LOGINS, enabled: true }] })],
      `No setting sends ${EVENTS}`,
    ],
    [
      'another workspace',
      [audit({ workspaceId: null, storageAccountId: '/x/storageAccounts/elsewhere' })],
      'to where this report reads',
    ],
  ])('are a critical finding with %s', (_, settings, words) => {
    const [finding] = findings({ settings });
    expect(finding).toMatchObject({ audit: 'log-collection', severity: 'critical' });
    expect(finding?.text).toContain(words);
    const coverage = assess({ outside: { platform: platform({ settings }) } });
    expect(coverage.verdict).toContain(words);
    // The records of the period came all the same.
    expect(coverage.complete).toBe(true);
  });

  it('may send to the storage account that is read', () => {
    const settings = [audit({ workspaceId: null, storageAccountId: '/x/storageAccounts/Logs1' })];
    const at = (location: string) => findings({ settings }, { kind: 'log-archive', location });
    expect(at('https://logs1.blob.core.windows.net/')).toEqual([]);
    expect(at('https://logs2.blob.core.windows.net/')).toHaveLength(1);
    // Whether a folder is a copy of it can't be seen.
    expect(at('/logs')).toEqual([]);
  });

  it('keep a finding’s key from day to day', () => {
    const later = { ...platform({ settings: [] }), askedAt: '2026-03-02T10:00:00.000Z' };
    const [first] = findings({ settings: [] });
    const [second] = collectionFindings(outsideOf({ platform: later }), ['contoso']);
    expect(second?.key).toBe(first?.key);
  });
});

describe('the platform’s metrics', () => {
  const none = hours();

  it('prove that an hour without records was quiet, or that it is a gap', () => {
    const given = {
      logins: hours([0, 1]),
      events: hours([0, 1]),
      outside: { platform: platform({ pulls: [1, 0, 5, null] }) },
    };
    const states = assess(given).registries[0]?.hours.map(({ state }) => state);
    expect(states).toEqual(['collected', 'quiet', 'gap', 'unknown']);
  });

  it('contradict a period in which they count and no repository event came', () => {
    const coverage = assess({
      events: none,
      outside: { platform: platform({ pulls: [0, 9, 0, 0] }) },
    });
    expect(coverage.complete).toBe(false);
    expect(coverage.verdict).toContain('no repository event came of the whole period: contoso (9)');
  });

  it('support a period in which neither counts anything', () => {
    const given = { events: none, outside: { platform: platform({ pulls: [0, 0, 0, 0] }) } };
    expect(proof(given, 'metrics-api').status).toBe('supports');
  });

  it('say nothing when they could not be had', () => {
    expect(proof({ outside: { platform: platform() } }, 'metrics-api')).toMatchObject({
      status: 'unknown',
      text: expect.stringContaining('It was not asked.') as string,
    });
  });
});

describe('the workspace', () => {
  it.each([
    [
      { workspaceCapping: { dailyQuotaGb: -1, dataIngestionStatus: 'RespectQuota' } },
      'supports',
      'no daily cap',
    ],
    [
      { workspaceCapping: { dailyQuotaGb: 5, dataIngestionStatus: 'RespectQuota' } },
      'supports',
      'after 5 GB',
    ],
    [
      { workspaceCapping: { dailyQuotaGb: 5, dataIngestionStatus: 'OverQuota' } },
      'contradicts',
      'takes no data in',
    ],
    [{ defaultDataCollectionRuleResourceId: '/x/dcr' }, 'supports', 'may change or drop records'],
  ])('%j', (workspace, status, words) => {
    const found = proof({ outside: { platform: platform({ workspace }) } }, 'workspace');
    expect(found.status).toBe(status);
    expect(found.text).toContain(words);
  });
});

describe('the workspace’s own record of its ingestion', () => {
  const health = (...rows: string[][]) =>
    proof(
      {
        outside: {
          answers: new Map([
            [
              HEALTH_OPERATIONS,
              complete(
                tableOf(
                  ['Level', 'Operation', 'Detail', 'Records:long'],
                  rows.map((row) => [...row, 1]),
                ),
              ),
            ],
          ]),
        },
      },
      'ingestion-health',
    );

  it('supports when it is empty or holds warnings alone', () => {
    expect(health().status).toBe('supports');
    expect(health(['Warning', 'Ingestion rate', 'at 80 % of the limit']).status).toBe('supports');
  });

  it.each([
    ['Error', 'Ingestion rate', 'The rate limit was crossed'],
    ['Warning', 'Data collection Status', 'Data collection stopped due to daily limit'],
    ['Info', 'Ingestion rate', 'Data was dropped'],
  ])('contradicts at %s %s: %s', (level, operation, detail) => {
    const found = health([level, operation, detail]);
    expect(found.status).toBe('contradicts');
    expect(found.text).toContain(detail);
  });

  it.each([
    ['table-missing', 'supports'],
    ['access-denied', 'unknown'],
  ] as const)('that fails with %s %s', (code, status) => {
    const answers = new Map([[HEALTH_OPERATIONS, failed(code)]]);
    expect(proof({ outside: { answers } }, 'ingestion-health').status).toBe(status);
  });
});

describe('the delay of arrival', () => {
  const delay = (usual: number) => {
    const names = [
      'Records:long',
      'NewestArrival:datetime',
      'LongestMinutes:real',
      'UsualMinutes:real',
    ];
    const answer = complete(
      tableOf(names, [[7, '2026-03-01T04:05:00.0000000Z', usual * 2, usual]]),
    );
    return proof(
      {
        outside: {
          answers: new Map([
            [delayQuestionId(LOGINS), answer],
            [delayQuestionId(EVENTS), failed('table-missing')],
          ]),
        },
      },
      'ingestion-delay',
    );
  };

  it('supports when the question was asked long after, and does not when it was asked too soon', () => {
    expect(delay(4.2)).toMatchObject({ status: 'supports' });
    expect(delay(4.2).text).toContain('within 4.2 minutes, the slowest after 8.4');
    expect(delay(400).status).toBe('unknown');
  });
});

describe('canary logins', () => {
  const canary = {
    registry: 'contoso',
    at: '2026-03-01T00:05:00.000Z',
    userAgent: 'tallyman-canary/2026-03-01',
    status: 200,
  };
  const found = (...agents: string[]): Answer =>
    complete(
      tableOf(
        ['Resource', 'UserAgent', 'Records:long'],
        agents.map((agent) => [CONTOSO, agent, 1]),
      ),
    );
  const judged = (answer: Answer | undefined, ...canaries: (typeof canary)[]) =>
    assess({
      outside: {
        canaries,
        answers: new Map(answer === undefined ? [] : [[CANARY_QUESTION, answer]]),
      },
    });
  const statusOf = ({ proofs }: Coverage) =>
    proofs.find(({ source }) => source === 'canary')?.status;

  it('support when they came back', () => {
    expect(statusOf(judged(found('tallyman-canary/2026-03-01'), canary))).toBe('supports');
  });

  it('contradict when one did not, and make the coverage incomplete', () => {
    const coverage = judged(found('tallyman-canary/2026-02-28'), canary);
    expect(statusOf(coverage)).toBe('contradicts');
    expect(coverage.complete).toBe(false);
  });

  it('say nothing when none reached a registry, or the question failed', () => {
    expect(statusOf(judged(found()))).toBe('unknown');
    expect(statusOf(judged(found(), { ...canary, status: 0 }))).toBe('unknown');
    expect(statusOf(judged(failed('timeout'), canary))).toBe('unknown');
  });
});
