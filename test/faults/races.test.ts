import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { createBlobStore } from '../../src/archive/blob-store';
import { readChain } from '../../src/archive/chain';
import { chainPath } from '../../src/archive/layout';
import { verifyArchive } from '../../src/archive/verify';
import type { Archive } from '../../src/core/archive';
import type { Composed } from '../../src/compose';
import type { Parts } from '../../src/run/parts';
import { runDue } from '../../src/run/run-due';
import { planStream } from '../../src/run/stream-work';
import { runReport } from '../../src/run/run-report';
import { streamsOf } from '../../src/run/streams';
import type { Azurite } from '../support/azurite';
import { startAzurite } from '../support/azurite';
import { record, STRIDE } from './support/figures';
import { recordingSource, replayedSource } from './support/recorded-logs';
import { composeSmall, smallTemplates } from './support/small-report';

const STREAM = 'daily.all';
const SINCE = '2026-03-01';
/** Ten days are due, most of them before the sample logs begin. */
const NOW = '2026-03-10T22:30:00.000Z';
const PERIODS = 10;
/** Fewer for a quick look. */
const INSTANCES = Math.max(4, Math.ceil(20 / STRIDE));

let folder: string;
let azurite: Azurite;
let composed: Composed;
let recording: string;
let containers = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-races-'));
  azurite = await startAzurite();
  recording = join(folder, 'logs.json');
  const templates = smallTemplates(join(folder, 'templates'));
  composed = await composeSmall({ templates, folder, now: NOW });
  const source = recordingSource(composed.parts.source);
  expect((await runDue({ ...composed.parts, source }, SINCE)).failed).toEqual([]);
  source.save(recording);
});
afterAll(async () => {
  await composed.close();
  await azurite.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens a new container as often as it is called. */
async function newContainer(): Promise<() => Archive> {
  containers += 1;
  const url = `${azurite.blobUrl}/race-${String(containers)}`;
  const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
  await new ContainerClient(url, credential).create();
  return () => createBlobStore(new ContainerClient(url, credential));
}

/** Instances of the program that know nothing of each other, over one archive. */
async function instances(count: number): Promise<Parts[]> {
  const [archive, privateStore] = [await newContainer(), await newContainer()];
  return Array.from({ length: count }, () => ({
    ...composed.parts,
    source: replayedSource(recording),
    archive: archive(),
    privateStore: privateStore(),
  }));
}

async function periodsOf(archive: Archive): Promise<string[]> {
  const entries = await readChain(archive, STREAM);
  return entries.flatMap(({ manifest: { predicate } }) =>
    'period' in predicate ? [predicate.period.id] : [],
  );
}

describe('on a storage account', () => {
  it('1,000 commits at once over 40 places in a chain have 40 winners', async () => {
    const [places, writers] = [40, 25];
    const open = await newContainer();
    const commits = Array.from({ length: places * writers }, (_, i) => i);
    const results = await Promise.all(
      commits.map((i) =>
        open().create(chainPath(STREAM, (i % places) + 1), Buffer.from(`writer ${String(i)}`)),
      ),
    );
    const winners = commits.filter((i) => results[i] === 'created');
    expect(winners.map((i) => i % places).sort((a, b) => a - b)).toEqual(commits.slice(0, places));
    const archive = open();
    for (const i of winners) {
      const content = await archive.read(chainPath(STREAM, (i % places) + 1));
      expect(Buffer.from(content ?? []).toString()).toBe(`writer ${String(i)}`);
    }
    record({
      test: 'concurrent commits over 40 places of a chain, on Azurite',
      cases: commits.length,
      bar: '40 winners',
      result: `${String(winners.length)} winners`,
    });
  });

  it('many instances that make the same ten periods seal ten', async () => {
    const all = await instances(INSTANCES);
    const failures: unknown[] = [];
    await Promise.all(
      all.map(async (parts, i) => {
        const [definition] = streamsOf(parts.catalog);
        if (definition === undefined) throw new Error('no stream');
        const planned = await planStream(parts, definition, NOW, SINCE);
        // Each begins elsewhere, so that all of them are at work on all periods.
        const order = [...planned.slice(i % PERIODS), ...planned.slice(0, i % PERIODS)];
        for (const { period, trigger } of order) {
          await runReport(parts, definition, period, trigger).catch((error: unknown) =>
            failures.push(error),
          );
        }
      }),
    );
    const { archive } = all[0]!;
    expect(failures).toEqual([]);
    const periods = await periodsOf(archive);
    expect(periods).toHaveLength(PERIODS);
    expect(new Set(periods).size).toBe(PERIODS);
    const { discrepancies } = await verifyArchive(archive, { from: SINCE, to: '2026-03-11' });
    expect(discrepancies).toEqual([]);
    record({
      test: `${String(INSTANCES)} instances at work on the same ${String(PERIODS)} periods, on Azurite`,
      cases: INSTANCES * PERIODS,
      bar: `${String(PERIODS)} entries, chain valid`,
      result: `${String(periods.length)} entries`,
    });
  });

  it('planners that begin a stream at once begin it once', async () => {
    const rounds = 10;
    for (let round = 0; round < rounds; round++) {
      const all = await instances(4);
      const plans = await Promise.all(
        all.map((parts) => planStream(parts, streamsOf(parts.catalog)[0]!, NOW, SINCE)),
      );
      expect(plans.map((plan) => plan.length)).toEqual([PERIODS, PERIODS, PERIODS, PERIODS]);
      const entries = await readChain(all[0]!.archive, STREAM);
      expect(entries.map(({ manifest }) => manifest.predicate.kind)).toEqual(['genesis']);
    }
    record({
      test: 'four planners that begin a stream at once, on Azurite',
      cases: rounds,
      bar: 'one genesis, the same plan',
      result: 'one genesis each time',
    });
  });

  it('a list that does not show the newest files yet makes no second entry', async () => {
    const [sound] = await instances(1);
    const parts = sound!;
    const definition = streamsOf(parts.catalog)[0]!;
    const planned = await planStream(parts, definition, NOW, SINCE);
    let stale = 0;
    for (const { period, trigger } of planned.slice(-4)) {
      const before = await periodsOf(parts.archive);
      expect((await runReport(parts, definition, period, trigger)).status).toBe('sealed');
      // Another instance, whose list is as old as the chain before that run.
      const behind = {
        ...parts,
        archive: hiding(parts.archive, chainPath(STREAM, before.length + 2)),
      };
      const result = await runReport(behind, definition, period, trigger).catch(
        (error: unknown) => error,
      );
      expect(result).toMatchObject({ code: 'ARCHIVE_CONFLICT' });
      expect(await periodsOf(parts.archive)).toEqual([...before, period.id]);
      stale += 1;
    }
    record({
      test: 'a list that lacks the newest chain entry',
      cases: stale,
      bar: 'no second entry for a period',
      result: 'none; the run ends with ARCHIVE_CONFLICT',
    });
  });
});

/** A store whose lists lack one file. */
function hiding(archive: Archive, hidden: string): Archive {
  return {
    ...archive,
    list: async function* (prefix) {
      for await (const file of archive.list(prefix)) if (file.path !== hidden) yield file;
    },
  };
}
