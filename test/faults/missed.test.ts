import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readChain } from '../../src/archive/chain';
import type { SealedPeriod } from '../../src/archive/predicates';
import { verifyArchive } from '../../src/archive/verify';
import type { Composed } from '../../src/compose';
import type { FailedAnswer, LogSource } from '../../src/core/logs';
import type { Parts } from '../../src/run/parts';
import { runDue } from '../../src/run/run-due';
import { planStream } from '../../src/run/stream-work';
import { streamsOf } from '../../src/run/streams';
import { record, STRIDE } from './support/figures';
import { composeSmall, smallTemplates } from './support/small-report';

const STREAM = 'daily.all';
const DAY_MS = 86_400_000;
/** Half an hour after the daily run is due. */
const FIRST = Date.parse('2026-03-09T22:30:00.000Z');

let folder: string;
let now: string;
const composed: Composed[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-missed-'));
});
afterAll(async () => {
  for (const one of composed) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

/** No logs are needed to see which periods are accounted for: each run says that it could not tell. */
function speechlessSource(description: LogSource['description']): LogSource {
  const answer = (): FailedAnswer => ({
    status: 'failed',
    code: 'query-refused',
    reason: 'Nothing is known.',
    executedAt: now,
    durationMs: 0,
  });
  const intake = { blobs: 0, bytes: 0, records: 0, duplicates: 0, unreadable: [], registries: [] };
  return {
    description,
    open: () =>
      Promise.resolve({
        query: () => Promise.resolve(answer()),
        intake: () => intake,
        close: () => Promise.resolve(),
      }),
    close: () => Promise.resolve(),
  };
}

const at = (days: number): string => new Date(FIRST + days * DAY_MS).toISOString();
const dayId = (days: number): string =>
  new Date(FIRST + days * DAY_MS + 32_400_000 - DAY_MS).toISOString().slice(0, 10);

/** A stream whose first run is sealed, in an archive of its own. */
async function begun(name: string) {
  smallTemplates(templatesOf(name));
  now = at(0);
  const parts = await partsOf(name);
  expect((await runDue(parts)).failed).toEqual([]);
  return parts;
}

const templatesOf = (name: string): string => join(folder, `${name}-templates`);

/** A process that has just started, with the definitions as they are now. */
async function partsOf(name: string): Promise<Parts> {
  const place = { templates: templatesOf(name), folder: join(folder, name), now };
  const made = await composeSmall(place);
  composed.push(made);
  const source = speechlessSource(made.parts.source.description);
  return { ...made.parts, source, now: () => now };
}

async function sealedPeriods(parts: Parts): Promise<SealedPeriod[]> {
  const entries = await readChain(parts.archive, STREAM);
  return entries.flatMap(({ manifest: { predicate } }) =>
    predicate.kind === 'run' ? [predicate.period] : [],
  );
}

async function sealed(parts: Parts): Promise<string[]> {
  return (await sealedPeriods(parts)).map(({ id }) => id);
}

const idsUpTo = (days: number): string[] => Array.from({ length: days + 1 }, (_, n) => dayId(n));

describe('runs that were missed', () => {
  it('for 1, 7 and 40 days are caught up, the oldest first, so many at each wake-up', async () => {
    const limits = { runs: 12, askAgain: 0 };
    let wakeUps = 0;
    const parts = await begun('missed');
    for (const days of [1, 8, 48]) {
      now = at(days);
      for (let left = 1; left > 0; wakeUps += 1) {
        const before = await sealed(parts);
        const result = await runDue(parts, undefined, limits);
        expect(result.failed).toEqual([]);
        expect(result.sealed.length).toBeLessThanOrEqual(limits.runs);
        ({ left } = result);
        expect((await sealed(parts)).slice(0, before.length)).toEqual(before);
      }
      expect(await sealed(parts)).toEqual(idsUpTo(days));
    }
    const { discrepancies } = await verifyArchive(parts.archive, {
      from: dayId(0),
      to: dayId(49),
    });
    expect(discrepancies).toEqual([]);
    record({
      test: 'wake-ups missed for 1, 7 and 40 days',
      cases: wakeUps,
      bar: 'all caught up, oldest first, at most 12 at each wake-up',
      result: '48 days, each once and in order',
    });
  });

  it('are made once when the timer fires twice at the same moment', async () => {
    const parts = await begun('twice');
    now = at(2);
    const both = await Promise.all([runDue(parts), runDue(parts)]);
    expect(both.flatMap(({ failed }) => failed)).toEqual([]);
    expect(await sealed(parts)).toEqual(idsUpTo(2));
    expect((await verifyArchive(parts.archive)).discrepancies).toEqual([]);
    record({
      test: 'a timer that fires twice at the same moment, two days late',
      cases: 2,
      bar: 'each run once',
      result: 'each run once',
    });
  });

  it('by a process that was dead for a day are due at the next wake-up, and nothing before its time', async () => {
    const parts = await begun('dead');
    const [definition] = streamsOf(parts.catalog);
    const planned = async (time: string) =>
      (await planStream(parts, definition!, time)).map(({ period }) => period.id);
    expect(await planned(new Date(FIRST + DAY_MS - 3_600_000).toISOString())).toEqual([]);
    expect(await planned(at(1))).toEqual([dayId(1)]);
    expect(await planned(at(2))).toEqual([dayId(1), dayId(2)]);
  });

  it('while the schedule was changed are caught up to the moment, by one schedule or the other', async () => {
    const all = [
      ['period: day', 'period: week'],
      ['timeZone: Asia/Seoul', 'timeZone: America/St_Johns'],
      ['period: day', 'period: month'],
      ['deliverAt: "07:00"', 'deliverAt: "19:30"'],
    ] as const;
    const changes = all.filter((_, index) => index % STRIDE === 0);
    for (const [index, [before, after]] of changes.entries()) {
      const name = `changed-${String(index)}`;
      await begun(name);
      const file = join(templatesOf(name), 'reports/daily.yaml');
      const definition = readFileSync(file, 'utf8');
      expect(definition).toContain(before);
      writeFileSync(file, definition.replace(before, after));
      now = at(60);
      const parts = await partsOf(name);
      expect(await runDue(parts)).toMatchObject({ failed: [], left: 0 });
      const periods = await sealedPeriods(parts);
      for (const [n, { start }] of periods.slice(1).entries()) expect(start).toBe(periods[n]?.end);
      const end = Date.parse(periods.at(-1)?.end ?? '');
      // The longest period, and the time that logs are given to come.
      expect(end).toBeGreaterThan(Date.parse(now) - 32 * DAY_MS);
      expect((await runDue(parts)).sealed).toEqual([]);
      const { discrepancies } = await verifyArchive(parts.archive);
      expect(discrepancies).toEqual([]);
    }
    record({
      test: 'period, time zone or hour of a schedule changed while 60 wake-ups were missed',
      cases: changes.length,
      bar: 'every moment in one period, caught up at the next wake-up, chain valid',
      result: 'no gap, no overlap',
    });
  });
});
