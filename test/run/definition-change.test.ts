import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadAuditorFiles } from '../../src/archive/auditor-files';
import type { ChainEntry } from '../../src/archive/chain';
import { readChain } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import { definitionDigest } from '../../src/catalog/definition-digest';
import type { ReportDefinition } from '../../src/core/definitions';
import type { Instant, Period } from '../../src/core/period';
import { PERIOD_KINDS } from '../../src/core/period';
import type { Parts } from '../../src/run/parts';
import { sealGap } from '../../src/run/seal';
import { planStream } from '../../src/run/stream-work';
import type { StreamDefinition } from '../../src/run/streams';
import type { TestArchive } from '../support/archives';
import { emptyArchive } from '../support/archives';
import { reportOf } from '../support/empty-reports';

const REPORT = reportOf('daily', 'day');

let test: Omit<TestArchive, 'entries'>;
let privateFolder: string;

beforeEach(async () => {
  test = await emptyArchive();
  privateFolder = await mkdtemp(join(tmpdir(), 'tallyman-private-'));
});

afterEach(async () => {
  await test.remove();
  await rm(privateFolder, { recursive: true });
});

/** What the planner works with: a chain needs no log source and no views. */
async function partsAt(now: Instant): Promise<Parts> {
  return {
    archive: test.archive,
    privateStore: createFolderStore(privateFolder),
    signer: test.signer,
    auditorFiles: await loadAuditorFiles(),
    software: { name: 'tallyman', version: '0.0.0', commit: 'test' },
    catalog: { reports: [], audits: [], viewsDigest: 'views' },
    mail: undefined,
    now: () => now,
  } as unknown as Parts;
}

/** Plans at a time and accounts for all or some of what is missing. */
async function wakeUp(
  now: Instant,
  change: Partial<ReportDefinition> = {},
  isMade: (period: Period) => boolean = () => true,
): Promise<string[]> {
  const definition: StreamDefinition = {
    stream: test.stream,
    report: { ...REPORT, ...change },
    scope: { id: 'all', registries: 'all' },
  };
  const parts = await partsAt(now);
  const planned = await planStream(parts, definition, now);
  const why = { reason: 'A test.', attempts: 1, since: now };
  for (const { period } of planned.filter((run) => isMade(run.period))) {
    await sealGap(parts, definition, period, why);
  }
  return planned.map(({ period }) => period.id);
}

async function kinds(): Promise<string[]> {
  const entries = await readChain(test.archive, test.stream);
  return entries.map(({ manifest: { predicate } }) =>
    predicate.kind === 'gap' ? predicate.period.id : predicate.kind,
  );
}

async function newest(): Promise<ChainEntry['manifest']['predicate']> {
  return (await readChain(test.archive, test.stream)).at(-1)!.manifest.predicate;
}

async function discrepancies(): Promise<unknown> {
  return (await verifyArchive(test.archive)).discrepancies;
}

const noon = (date: string): Instant => `${date}T03:00:00.000Z`;

it('a changed definition is sealed once, before the next run, and holds from that run on', async () => {
  await wakeUp(noon('2026-03-03'));
  await wakeUp(noon('2026-03-04'), { title: 'Other' });
  await wakeUp(noon('2026-03-04'), { title: 'Other' });
  expect(await kinds()).toEqual(['genesis', '2026-03-02', 'definition-change', '2026-03-03']);
  const entries = await readChain(test.archive, test.stream);
  expect(entries[2]!.manifest.predicate).toMatchObject({
    definitionSha256: definitionDigest({ ...REPORT, title: 'Other' }, 'views'),
    schedule: { firstPeriod: { id: '2026-03-03' } },
  });
  expect(await discrepancies()).toEqual([]);
});

it('days that become weeks leave no day out and count none twice', async () => {
  await wakeUp(noon('2026-03-04')); // Wednesday
  expect(await wakeUp(noon('2026-03-05'), { period: 'week' })).toEqual([]);
  expect(await newest()).toMatchObject({
    kind: 'definition-change',
    schedule: { firstPeriod: { id: '2026-W11', from: '2026-03-04', to: '2026-03-16' } },
  });
  expect(await wakeUp(noon('2026-03-24'), { period: 'week' })).toEqual(['2026-W11', '2026-W12']);
  expect(await wakeUp(noon('2026-03-25'))).toEqual(['2026-03-23', '2026-03-24']);
  expect(await discrepancies()).toEqual([]);
});

it('another time zone continues where the old days ended', async () => {
  await wakeUp(noon('2026-03-04'));
  const berlin = { timeZone: 'Europe/Berlin' };
  expect(await wakeUp('2026-03-06T12:00:00.000Z', berlin)).toEqual(['2026-03-04', '2026-03-05']);
  const entries = await readChain(test.archive, test.stream);
  const periods = entries.flatMap(({ manifest: { predicate } }) =>
    predicate.kind === 'gap' ? [predicate.period] : [],
  );
  periods.forEach((period, i) => {
    if (i > 0) expect(period.start).toBe(periods[i - 1]!.end);
  });
  expect(await discrepancies()).toEqual([]);
});

it('a hole of the old days is filled before another kind of period begins', async () => {
  await wakeUp(noon('2026-03-02'));
  await wakeUp(noon('2026-03-05'), {}, ({ id }) => id !== '2026-03-03');
  const weekly = { period: 'week' } as const;
  expect(await wakeUp(noon('2026-03-17'), weekly, ({ id }) => id === '2026-03-03')).toContain(
    '2026-03-03',
  );
  await wakeUp(noon('2026-03-17'), weekly);
  expect(await newest()).toMatchObject({ kind: 'gap', period: { id: '2026-W11' } });
  expect(await discrepancies()).toEqual([]);
});

it('a change that is changed again before anything was made by it leaves no trace in the calendar', async () => {
  const now = '2026-02-20T12:00:00.000Z';
  for (const change of [
    { period: 'day', timeZone: 'UTC' },
    { period: 'quarter', timeZone: 'Asia/Seoul' },
    { period: 'day', timeZone: 'Asia/Seoul' },
    { period: 'day', timeZone: 'UTC' },
  ] as const) {
    await wakeUp(now, change);
    await wakeUp(now, change);
    expect(await discrepancies()).toEqual([]);
  }
  expect(await wakeUp('2026-02-21T12:00:00.000Z', { period: 'day', timeZone: 'UTC' })).toEqual([
    '2026-02-20',
  ]);
  expect(await discrepancies()).toEqual([]);
});

it('whatever is changed and whenever, the periods tile the time line and the archive verifies', async () => {
  const change = fc.record({
    days: fc.integer({ min: 0, max: 25 }),
    period: fc.constantFrom(...PERIOD_KINDS),
    timeZone: fc.constantFrom('Asia/Seoul', 'America/St_Johns', 'Pacific/Chatham', 'UTC'),
    deliverAt: fc.constantFrom('07:00', '23:30'),
    hole: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      await test.remove();
      test = await emptyArchive();
      let time = Date.parse('2026-02-20T12:00:00.000Z');
      for (const { days, hole, ...report } of changes) {
        time += days * 86_400_000;
        const now = new Date(time).toISOString();
        let seen = 0;
        await wakeUp(now, report, () => !hole || seen++ !== 1);
        await wakeUp(now, report);
        await wakeUp(now, report);
        expect(await wakeUp(now, report)).toEqual([]);
      }
      expect(await discrepancies()).toEqual([]);
    }),
    { numRuns: 4 },
  );
}, 60_000);
