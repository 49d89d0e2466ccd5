import { rm } from 'node:fs/promises';
import type { Answer, LogSession, LogSource } from '../../src/core/logs';
import type { Row } from '../../src/core/table';
import { fromWireJson } from '../../src/kql/wire';
import { createLogAnalytics, type LogAnalyticsOptions } from '../../src/logs/log-analytics';
import { archiveOf, closeArchives, DAY, NOW } from './support/archive';
import {
  blobPath,
  newFolder,
  REPOSITORY,
  repositoryEvent,
  resourceOf,
  writeBlobs,
} from './support/raw-logs';
import { errorBody, OWN_ANSWER, startWireServer } from './wire-server';
import type { Fault, ServiceLimits, WireServer } from './wire-server';
import { textOf } from '../../src/core/pieces';

const EVENTS = 'ContainerRegistryRepositoryEvents';
const ROWS = 41;

/** Asked in parts when it is too much for one answer. */
const ROW_WISE = `${EVENTS} | project TimeGenerated, Identity, CorrelationId | order by TimeGenerated asc`;
/** Never asked in parts. */
const GROUPED = `${EVENTS} | summarize n = count() by CorrelationId | order by CorrelationId asc`;

let folder: string;
let archive: LogSource;
let server: WireServer;
let defaults: ServiceLimits;
let truth: ReadonlyMap<string, readonly Row[]>;

beforeAll(async () => {
  folder = await newFolder();
  // Most of them in one second, so that the parts are of very different lengths.
  await writeBlobs(folder, {
    [blobPath(REPOSITORY, resourceOf('contoso'), '2026-03-02T07')]: Array.from(
      { length: ROWS },
      (_, i) =>
        repositoryEvent({
          time: `2026-03-02T07:${i < 9 ? `0${i}` : '30'}:00.${String(i).padStart(3, '0')}456${i % 10}Z`,
          identity: `[user] "${i % 7}" \\\\`,
          correlation: String(i),
        }),
    ),
  });
  archive = await archiveOf(folder);
  server = await startWireServer(archive);
  defaults = { ...server.limits };
  const session = await archive.open(DAY);
  truth = new Map(
    await Promise.all(
      [ROW_WISE, GROUPED].map(async (kql) => [kql, rowsOf(await session.query(kql))] as const),
    ),
  );
});
beforeEach(() => {
  Object.assign(server.limits, defaults, { perWindow: 1e6 });
  server.received.length = 0;
});
afterAll(async () => {
  await server.stop();
  await closeArchives();
  await rm(folder, { recursive: true, force: true });
});

function rowsOf(answer: Answer): readonly Row[] {
  if (answer.status === 'failed') throw new Error(answer.reason);
  return [...answer.table.rows];
}

/** A session of a client that knows the server's limits. */
function open(options: Partial<LogAnalyticsOptions> = {}): Promise<LogSession> {
  return createLogAnalytics({
    ...server.client,
    now: () => NOW,
    random: () => 0,
    retryDelayMs: 1,
    stallMs: 20_000,
    queryLimits: { concurrent: 4, perWindow: 1e6, windowMs: 1 },
    responseLimits: { rows: server.limits.rows, bytes: server.limits.bytes },
    rowsPerSlice: 9,
    ...options,
  }).open(DAY);
}

describe('an answer that is too much for the service', () => {
  it.each([
    ['rows', { rows: 10 }],
    ['bytes', { bytes: 1500 }],
  ])('by its %s is put together from parts', async (_name, limits) => {
    Object.assign(server.limits, limits);
    const session = await open();
    const answer = await session.query(ROW_WISE);
    expect(answer.status).toBe('complete');
    expect(rowsOf(answer)).toEqual(truth.get(ROW_WISE));
    const body = 'body' in answer ? textOf(answer.body) : '';
    expect(fromWireJson(body).table.rows).toEqual(truth.get(ROW_WISE));
    const { slices } = JSON.parse(body) as { slices: { rows: number; sha256: string }[] };
    expect(slices.length).toBeGreaterThan(4);
    expect(slices.reduce((sum, slice) => sum + slice.rows, 0)).toBe(ROWS);
    expect(slices[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(answer.cost).toMatchObject({ rows: ROWS });
    expect(answer.cost?.requests).toBe(server.received.length - 1);
  });

  it('keeps its order when the newest come first', async () => {
    server.limits.rows = 10;
    const answer = await (await open()).query(ROW_WISE.replace('asc', 'desc'));
    expect(rowsOf(answer)).toEqual([...(truth.get(ROW_WISE) ?? [])].reverse());
  });

  it('is partial when it can’t be asked in parts', async () => {
    server.limits.rows = 10;
    const answer = await (await open()).query(GROUPED);
    expect(answer).toMatchObject({
      status: 'partial',
      reason: expect.stringContaining('E_QUERY_RESULT_SET_TOO_LARGE'),
    });
  });

  it('is partial when a single millisecond has too many rows', async () => {
    server.limits.rows = 0;
    const answer = await (await open({ responseLimits: { rows: 10, bytes: 1e6 } })).query(ROW_WISE);
    expect(answer.status).not.toBe('complete');
  });

  it('is asked in parts when the whole takes too long, and not asked whole again', async () => {
    const session = await open();
    server.faults.push({ when: /project/, fault: { status: 504 } });
    expect(rowsOf(await session.query(ROW_WISE))).toEqual(truth.get(ROW_WISE));
    const whole = server.received.filter(({ query }) => query.startsWith(EVENTS));
    expect(whole).toHaveLength(1);
  });

  it('is partial when a part has fewer rows than the service counts', async () => {
    server.limits.rows = 10;
    const session = await open();
    const isPart = /^let \S+ = .*project(?!.*\| count$)/s;
    for (let part = 0; part < 12; part += 1) {
      server.faults.push({ when: isPart, fault: { status: OWN_ANSWER, loseRow: true } });
    }
    const answer = await session.query(ROW_WISE);
    expect(answer).toMatchObject({
      status: 'partial',
      reason: expect.stringMatching(/counts \d+/),
    });
    server.faults.length = 0;
  });
});

/** What can go wrong with one request, by the limits, error codes and stalls that are documented. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'bad request': errorBody(400, 'BadArgumentError', 'bad', { code: 'SyntaxError', message: 'x' }),
  'no such table': errorBody(400, 'BadArgumentError', 'bad', {
    code: 'SemanticError',
    message: `Failed to resolve table or column expression named '${EVENTS}'`,
  }),
  'bad token': errorBody(401, 'InvalidTokenError', 'no'),
  'no access': errorBody(403, 'InsufficientAccessError', 'no'),
  'no workspace': errorBody(404, 'WorkspaceNotFoundError', 'no'),
  'too large': errorBody(413, 'ResponseSizeError', 'too large'),
  'throttled, told when': { status: 429, headers: { 'Retry-After': '0' } },
  'throttled, told a date': {
    status: 429,
    headers: { 'Retry-After': new Date(NOW).toUTCString() },
  },
  'throttled, told nonsense': { status: 429, headers: { 'Retry-After': 'soon' } },
  'throttled, told a day': { status: 429, headers: { 'Retry-After': '86400' } },
  'throttled, told nothing': { status: 429 },
  'internal error': { status: 500 },
  'bad gateway': { status: 502, body: '<html>' },
  unavailable: { status: 503 },
  'gateway timeout': { status: 504 },
  'no data': { status: 204 },
  'no body': { status: 200, body: '' },
  'no JSON': { status: 200, body: '{"tables":[{"name":"PrimaryResult","columns":[' },
  'no tables': { status: 200, body: '{"tables":[]}' },
  'an error in words': { status: 200, body: '{"tables":[{"columns":[],"rows":[]}],"error":"oh"}' },
  'hang-up': { status: 0, hangUp: true },
  'hang-up half-way': { status: OWN_ANSWER, half: 'hang-up' },
  stall: { status: OWN_ANSWER, stall: true },
  'stall half-way': { status: OWN_ANSWER, half: 'stall' },
  'partial, too large': { status: OWN_ANSWER, partial: 'E_QUERY_RESULT_SET_TOO_LARGE' },
  'partial, too much memory': { status: OWN_ANSWER, partial: 'E_LOW_MEMORY_CONDITION' },
  'partial, no reason': { status: OWN_ANSWER, partial: 'Something went wrong.' },
};

/** Asks with faults at the given places in the sequence of requests; says how each answer came out. */
async function askWith(kql: string, script: readonly (string | undefined)[]): Promise<string> {
  const isStall = script.some((name) => name?.includes('stall'));
  const session = await open({ rowsPerSlice: 15, ...(isStall ? { stallMs: 700 } : {}) });
  for (const name of script) {
    const fault = name === undefined ? { status: OWN_ANSWER } : FAULTS[name]!;
    server.faults.push({ when: /./, fault });
  }
  const answer = await session.query(kql);
  server.faults.length = 0;
  if (answer.status === 'complete') expect(answer.table.rows).toEqual(truth.get(kql));
  else expect(answer.reason).toMatch(/\.$/);
  return answer.status === 'failed' ? answer.code : answer.status;
}

describe('trouble with a request never gives a complete answer that lacks rows', () => {
  it.each(Object.keys(FAULTS))('one at a time: %s', async (name) => {
    server.limits.rows = 20;
    const rest =
      /^(throttled, told (when|a date|nonsense|nothing)|internal|bad gateway|unavail|hang)/;
    for (const before of [[], [undefined, undefined], [undefined, undefined, undefined]]) {
      const outcome = await askWith(ROW_WISE, [...before, name]);
      if (rest.test(name)) expect(outcome).toBe('complete');
    }
    server.limits.rows = 50;
    const outcome = await askWith(GROUPED, [name]);
    if (!rest.test(name)) expect(outcome).not.toBe('complete');
  });

  it('in random mixes', async () => {
    server.limits.rows = 20;
    const names = Object.keys(FAULTS).filter((name) => !/stall/.test(name));
    const random = seededRandom(7);
    const outcomes = new Set<string>();
    for (let round = 0; round < 40; round += 1) {
      const script = Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
        random() < 0.5 ? undefined : names[Math.floor(random() * names.length)],
      );
      outcomes.add(await askWith(round % 3 === 0 ? GROUPED : ROW_WISE, script));
    }
    expect(outcomes).toContain('complete');
    expect(outcomes.size).toBeGreaterThan(3);
  });
});

/** Numbers in [0, 1) that are the same every time (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
