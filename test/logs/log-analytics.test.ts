import { rm } from 'node:fs/promises';
import { STANDARD_COLUMNS, type OwnTable } from '../../src/core/known-tables';
import type { Answer, LogRequest, LogSource } from '../../src/core/logs';
import { textOf } from '../../src/core/pieces';
import { createLogAnalytics, type LogAnalyticsOptions } from '../../src/logs/log-analytics';
import type { ResponseLimits } from '../../src/logs/log-analytics-response';
import { archiveOf, ask, closeArchives, DAY, NOW, rowsOf } from './support/archive';
import {
  blobPath,
  LOGIN,
  loginEvent,
  METRICS,
  metricRecord,
  newFolder,
  REPOSITORY,
  repositoryEvent,
  resourceOf,
  writeBlobs,
} from './support/raw-logs';
import {
  errorBody,
  startWireServer,
  WORKSPACE_ID,
  type Fault,
  type WireServer,
} from './wire-server';

const EVENTS = 'ContainerRegistryRepositoryEvents';
const ONE: LogRequest = { ...DAY, scope: { id: 'one', registries: ['contoso'] } };

let folder: string;
let archive: LogSource;
let server: WireServer;

beforeAll(async () => {
  folder = await newFolder();
  await writeBlobs(folder, {
    [blobPath(REPOSITORY, resourceOf('contoso'), '2026-03-02T07')]: Array.from(
      { length: 40 },
      (_, i) =>
        repositoryEvent({
          time: `2026-03-02T07:${String(i).padStart(2, '0')}:00.123456${i % 10}Z`,
          identity: `user${i % 7}`,
          repository: `team/r${i % 3}`,
          correlation: `${i}`,
        }),
    ),
    [blobPath(REPOSITORY, resourceOf('notcontoso'), '2026-03-02T07')]: [
      repositoryEvent({ time: '2026-03-02T07:00:00Z', registry: 'notcontoso' }),
    ],
    [blobPath(LOGIN, resourceOf('contoso'), '2026-03-02T07')]: [
      loginEvent({ time: '2026-03-02T07:00:00Z' }),
    ],
    [blobPath(METRICS, resourceOf('contoso'), '2026-03-02T07')]: [
      metricRecord('2026-03-02T07:00:00Z', 'TotalPullCount', 40),
    ],
  });
  archive = await archiveOf(folder);
});
beforeEach(async () => {
  server = await startWireServer(archive);
});
afterEach(() => server.stop());
afterAll(async () => {
  await closeArchives();
  await rm(folder, { recursive: true, force: true });
});

const workspace = (options: Partial<LogAnalyticsOptions> = {}): LogSource =>
  createLogAnalytics({
    ...server.client,
    now: () => NOW,
    random: () => 0.5,
    retryDelayMs: 5,
    stallMs: 30_000,
    ...options,
  });

/** The answer to one query when the server gives these responses first. */
async function answerWith(...faults: Fault[]) {
  const stalls = faults.some(({ stall, half }) => stall === true || half === 'stall');
  const session = await workspace(stalls ? { stallMs: 500 } : {}).open(DAY);
  server.received.length = 0;
  server.faults.push(...faults.map((fault) => ({ when: /./, fault })));
  return session.query(`${EVENTS} | count`);
}

describe('the two log sources', () => {
  it.each([
    `${EVENTS} | order by TimeGenerated asc`,
    `${EVENTS} | summarize n = count(), latest = max(TimeGenerated), ids = dcount(Identity) by Repository | order by Repository asc`,
    `${EVENTS} | summarize p = percentile(todouble(DurationMs), 95), gap = max(TimeGenerated) - min(TimeGenerated)`,
    `union ContainerRegistryLoginEvents, ${EVENTS} | summarize n = count() by Type | order by Type asc`,
    'print big = 9007199254740993, small = long(null), nan = real(nan), inf = real(+inf), d = dynamic({"a":[1,"x"]}), t = 1d, b = true, when = datetime(2026-03-02T07:00:00.1234567Z)',
    'AzureMetrics | where Total > 0 | project TimeGenerated, MetricName, Total',
    `${EVENTS} | where false`,
  ])('give the same columns and rows: %s', async (kql) => {
    for (const request of [DAY, ONE]) {
      const here = await (await archive.open(request)).query(kql);
      const there = await (await workspace().open(request)).query(kql);
      if (here.status !== 'complete' || there.status !== 'complete') throw new Error(there.status);
      expect(there.table).toEqual(here.table);
      expect(textOf(there.body)).toBe(textOf(here.body));
    }
  });

  it('name the same registries', async () => {
    for (const [request, registries] of [
      [DAY, ['contoso', 'notcontoso']],
      [ONE, ['contoso']],
    ] as const) {
      expect((await workspace().open(request)).intake().registries).toEqual(registries);
      expect((await archive.open(request)).intake().registries).toEqual(registries);
    }
  });

  it('tell a missing table from a wrong query', async () => {
    const session = await workspace().open(DAY);
    expect(await session.query('AzureActivity | count')).toMatchObject({
      status: 'failed',
      code: 'table-missing',
      reason: expect.stringContaining('AzureActivity'),
    });
    expect(await session.query('ContainerRegistryEvents | count')).toMatchObject({
      status: 'failed',
      code: 'query-refused',
    });
  });
});

describe('a table that users describe themselves', () => {
  const own: OwnTable = {
    name: 'ScanFindings_CL',
    version: '1',
    category: 'scanfindings',
    columns: STANDARD_COLUMNS,
    fields: {},
  };

  it('is missing like another until its first record', async () => {
    const missing = errorBody(400, 'BadArgumentError', 'The request had some invalid properties', {
      code: 'SemanticError',
      message: `'where' operator: Failed to resolve table or column expression named '${own.name}'`,
    });
    for (const [ownTables, code] of [
      [[own], 'table-missing'],
      [[], 'query-refused'],
    ] as const) {
      const session = await workspace({ ownTables }).open(DAY);
      server.faults.push({ when: /ScanFindings_CL/, fault: missing });
      expect(await session.query('ScanFindings_CL | count')).toMatchObject({
        status: 'failed',
        code,
        reason: expect.stringContaining(own.name) as string,
      });
    }
  });
});

describe('a query to Azure Monitor Logs', () => {
  it('asks for the whole window, fresh, with ten minutes to answer', async () => {
    const session = await workspace().open(DAY);
    await session.query(`${EVENTS} | count`);
    expect(server.received.at(-1)).toMatchObject({
      query: `${EVENTS} | count`,
      timespan: '2026-03-02T00:00:00.000Z/2026-03-03T00:00:00.000Z',
      headers: { 'cache-control': 'no-cache' },
    });
    expect(server.received.at(-1)?.headers['prefer']?.toString().split(',').sort()).toEqual([
      'include-statistics=true',
      'wait=600',
    ]);
  });

  it('is narrowed to the scope’s registries, on its first line, for the tables that it names', async () => {
    const session = await workspace().open({
      ...ONE,
      scope: { id: 'two', registries: ['contoso', 'fabrikam'] },
    });
    await session.query(`let x = 1;\n${EVENTS} | take x`);
    expect(server.received.at(-1)?.query).toBe(
      `let ${EVENTS} = ${EVENTS} | where _ResourceId endswith "/registries/contoso" or _ResourceId endswith "/registries/fabrikam"; let x = 1;\n${EVENTS} | take x`,
    );
  });

  it('keeps the answer’s bytes as they came, digits beyond the SDK’s included', async () => {
    const body =
      '{"tables":[{"name":"PrimaryResult","columns":[{"name":"t","type":"datetime"},{"name":"n","type":"long"}],"rows":[["2026-03-02T07:00:00.1234567Z",9007199254740993]]}], "statistics":{}}';
    const answer = await answerWith({ status: 200, body });
    if (answer.status === 'failed') throw new Error(answer.reason);
    expect(textOf(answer.body)).toBe(body);
    expect(answer).toMatchObject({
      status: 'complete',
      table: { rows: [['2026-03-02T07:00:00.1234567Z', '9007199254740993']] },
      executedAt: NOW,
    });
  });

  it('is partial when the answer says so', async () => {
    const error = {
      code: 'PartialError',
      message: 'There were some errors when processing your query.',
      details: [{ code: 'EngineError', message: 'Result set too large' }],
    };
    const tables = [{ name: 'PrimaryResult', columns: [{ name: 'n', type: 'long' }], rows: [[1]] }];
    expect(
      await answerWith({ status: 200, body: JSON.stringify({ tables, error }) }),
    ).toMatchObject({
      status: 'partial',
      reason: expect.stringMatching(/PartialError.*Result set too large/),
      table: { rows: [[1]] },
    });
  });

  it.each([
    ['rows', { rows: 3, bytes: 1000 }, 'has 3 rows'],
    ['bytes', { rows: 9, bytes: 90 }, /has \d+ bytes/],
  ])('is partial when it has as many %s as an answer can have', async (_name, limits, reason) => {
    const body =
      '{"tables":[{"name":"PrimaryResult","columns":[{"name":"n","type":"long"}],"rows":[[1],[2],[3]]}]}';
    const answerUnder = async (responseLimits: ResponseLimits): Promise<Answer> => {
      const session = await workspace({ responseLimits }).open(DAY);
      server.faults.push({ when: /./, fault: { status: 200, body } });
      return session.query('print 1');
    };
    const full = await answerUnder(limits);
    expect(full.status === 'partial' && full.reason).toMatch(reason);
    expect((await answerUnder({ rows: 4, bytes: 1000 })).status).toBe('complete');
  });

  it('tells what it took, as far as the service says', async () => {
    const body = JSON.stringify({
      tables: [{ name: 'PrimaryResult', columns: [{ name: 'n', type: 'long' }], rows: [[1], [2]] }],
      statistics: { query: { resourceUsage: { cpu: { totalCpu: '00:00:01.2500000' } } } },
    });
    expect(await answerWith({ status: 503 }, { status: 200, body })).toMatchObject({
      cost: { requests: 2, rows: 2, bytes: body.length, cpuMs: 1250 },
    });
  });

  it('is asked of all workspaces at once', async () => {
    const others = ['00000000-0000-0000-0000-0000000000bb', '00000000-0000-0000-0000-0000000000cc'];
    const source = workspace({ workspaces: [WORKSPACE_ID, ...others] });
    await source.open(DAY);
    expect(server.received.at(-1)?.workspaces).toEqual(others);
    expect(source.description.location).toBe([WORKSPACE_ID, ...others].join(', '));
  });

  it.each([
    [errorBody(403, 'InsufficientAccessError', 'no access'), 'access-denied'],
    [errorBody(401, 'InvalidTokenError', 'no token'), 'access-denied'],
    [errorBody(404, 'WorkspaceNotFoundError', 'no workspace'), 'other'],
    [
      errorBody(400, 'BadArgumentError', 'bad', { code: 'SyntaxError', message: 'Syntax Error' }),
      'query-refused',
    ],
    [{ status: 204 }, 'table-missing'],
    [{ status: 504, body: 'Gateway timeout' }, 'timeout'],
    [{ status: 0, stall: true }, 'timeout'],
    [{ status: 0, half: 'stall' }, 'timeout'],
    [{ status: 200, body: 'no JSON' }, 'other'],
    [{ status: 200, body: '' }, 'other'],
    [{ status: 200, body: '{"tables":[]}' }, 'other'],
  ] as const)('fails without being repeated: %j', async (fault, code) => {
    const answer = await answerWith(fault);
    expect(answer).toMatchObject({ status: 'failed', code, executedAt: NOW });
    expect(server.received).toHaveLength(1);
  });

  it.each<[string, Fault]>([
    ['throttled with Retry-After', { status: 429, headers: { 'Retry-After': '0' } }],
    ['throttled without Retry-After', { status: 429 }],
    ['unavailable', { status: 503 }],
    ['hung up on', { status: 0, hangUp: true }],
    ['hung up on in the middle of the answer', { status: 0, half: 'hang-up' }],
  ])('is repeated when it is %s', async (_name, fault) => {
    const answer = await answerWith(fault, fault);
    expect(rowsOf(answer)).toEqual([{ Count: 41 }]);
    expect(server.received).toHaveLength(3);
  });

  it('waits as long as Retry-After says', async () => {
    for (const told of ['1', new Date(Date.parse(NOW) + 1000).toUTCString()]) {
      const started = performance.now();
      await answerWith({ status: 429, headers: { 'Retry-After': told } });
      expect(performance.now() - started).toBeGreaterThanOrEqual(999);
    }
  });

  it('gives up when it is throttled again and again', async () => {
    const session = await workspace({ retryDelayMs: 0.1 }).open(DAY);
    server.received.length = 0;
    for (let n = 0; n < 15; n += 1) server.faults.push({ when: /./, fault: { status: 429 } });
    const answer = await session.query('print 1');
    expect(answer).toMatchObject({
      status: 'failed',
      code: 'throttled',
      reason: expect.stringContaining('429'),
    });
    expect(server.received).toHaveLength(12);
    server.faults.length = 0;
  });

  it('is not sent before fewer than so many others were in the last seconds', async () => {
    const queryLimits = { concurrent: 4, perWindow: 3, windowMs: 400 };
    const credential = { getToken: () => server.client.credential.getToken('') };
    Object.assign(server.limits, { perWindow: 3, windowMs: 300 });
    const session = await workspace({ queryLimits, credential }).open(DAY);
    const second = await workspace({ queryLimits, credential }).open(ONE);
    for (const asked of [session, second, session, second]) {
      expect((await asked.query('print n = 1')).status).toBe('complete');
    }
    expect(server.load.refused).toBe(0);
  });

  it('waits while four others are under way', async () => {
    const session = await workspace().open(DAY);
    server.load.delayMs = 50;
    const queries = Array.from({ length: 12 }, (_, i) => session.query(`print n = ${i}`));
    const answers = (await Promise.all(queries)).map((answer) => rowsOf(answer)[0]?.['n']);
    expect(answers).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(server.load.most).toBe(4);
  });
});

describe('a workspace', () => {
  it.each([
    ['that nobody answers for', { status: 0, hangUp: true }, 5],
    ['that the identity may not read', errorBody(403, 'InsufficientAccessError', 'no access'), 1],
  ] as const)('%s cannot be opened', async (_name, fault, attempts) => {
    server.faults.push(...Array.from({ length: attempts }, () => ({ when: /./, fault })));
    await expect(workspace().open(DAY)).rejects.toMatchObject({
      code: 'LOGS_UNREACHABLE',
      message: expect.stringContaining(WORKSPACE_ID),
      hint: expect.stringContaining('Log Analytics Reader'),
    });
    expect(server.received).toHaveLength(attempts);
  });

  it('that gives no token cannot be opened, and is asked once', async () => {
    const error = Object.assign(new Error('no identity\nmore'), {
      name: 'CredentialUnavailableError',
    });
    const source = workspace({ credential: { getToken: () => Promise.reject(error) } });
    await expect(source.open(DAY)).rejects.toMatchObject({ code: 'LOGS_UNREACHABLE' });
    expect(server.received).toHaveLength(0);
  });

  it('holds its records itself: nothing is taken in', async () => {
    const session = await workspace().open(DAY);
    expect(session.intake()).toMatchObject({ blobs: 0, bytes: 0, records: 0, unreadable: [] });
    const [row] = await ask(workspace(), `${EVENTS} | count`);
    expect(row).toEqual({ Count: 41 });
  });
});
