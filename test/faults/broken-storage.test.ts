import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { createBlobStore } from '../../src/archive/blob-store';
import { readChain } from '../../src/archive/chain';
import { verifyArchive } from '../../src/archive/verify';
import { createOutbox } from '../../src/mail/outbox';
import { createEmlFolder } from '../../src/mail/eml-folder';
import type { Composed } from '../../src/compose';
import type { Parts } from '../../src/run/parts';
import { runDue } from '../../src/run/run-due';
import type { Azurite } from '../support/azurite';
import { startAzurite } from '../support/azurite';
import type { FaultProxy } from './support/fault-proxy';
import { FAULTS, startFaultProxy } from './support/fault-proxy';
import { record, STRIDE } from './support/figures';
import { recordingSource, replayedSource } from './support/recorded-logs';
import { composeSmall, smallTemplates } from './support/small-report';

/** Every request with every fault instead of one, in a run of one day instead of two: takes five times as long. */
const ALL = process.env['TALLYMAN_FAULTS'] === 'all';
const NOW = '2026-03-10T22:30:00.000Z';
const SINCE = ALL ? '2026-03-10' : '2026-03-09';

let folder: string;
let azurite: Azurite;
let proxy: FaultProxy;
let composed: Composed;
let recording: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-storage-'));
  await startStorage();
  recording = join(folder, 'logs.json');
  const templates = smallTemplates(join(folder, 'templates'));
  composed = await composeSmall({ templates, folder, now: NOW });
  const source = recordingSource(composed.parts.source);
  const { failed } = await runDue({ ...composed.parts, source }, SINCE);
  expect(failed).toEqual([]);
  source.save(recording);
});
afterAll(async () => {
  await composed.close();
  await stopStorage();
  rmSync(folder, { recursive: true, force: true });
});

/** After ten minutes Azurite collects its garbage, and then answers nobody for half a minute. */
const STORAGE_MS = 8 * 60_000;
let startedAt = 0;

async function startStorage(): Promise<void> {
  startedAt = performance.now();
  azurite = await startAzurite();
  proxy = await startFaultProxy(azurite.blobUrl, 'storage');
}

async function stopStorage(): Promise<void> {
  await azurite.stop();
  await proxy.stop();
}

let containers = 0;

/** A new archive on Azurite, with its private container and mails, behind the proxy. */
async function newArchive(): Promise<Parts> {
  containers += 1;
  if (performance.now() - startedAt > STORAGE_MS) {
    await stopStorage();
    await startStorage();
  }
  proxy.faultOf = () => undefined;
  const name = `archive-${String(containers)}`;
  const store = async (container: string) => {
    const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
    const { pathname } = new URL(azurite.blobUrl);
    const client = new ContainerClient(`${proxy.url}${pathname}/${container}`, credential, {
      // As many tries as in the product, and shorter waits between them.
      retryOptions: { retryDelayInMs: 5, maxRetryDelayInMs: 20 },
    });
    await client.create();
    return createBlobStore(client, { tryMs: 2_000, tries: 4, pauseMs: 5, longestPauseMs: 20 });
  };
  const privateStore = await store(`${name}-private`);
  const mailer = createEmlFolder(join(folder, name));
  return {
    ...composed.parts,
    source: replayedSource(recording),
    archive: await store(name),
    privateStore,
    mail: {
      from: 'tallyman@example.com',
      outbox: createOutbox({ store: privateStore, mailer, now: () => NOW }),
    },
  };
}

interface Sealed {
  readonly discrepancies: readonly unknown[];
  /** Each entry’s kind, period, outcome and files, but for the moments. */
  readonly entries: readonly {
    kind: string;
    period: string;
    outcome: string;
    files: readonly unknown[];
  }[];
}

async function sealed(parts: Parts): Promise<Sealed> {
  const entries = await readChain(parts.archive, 'daily.all');
  const { discrepancies } = await verifyArchive(parts.archive, {
    from: SINCE,
    to: '2026-03-11',
  });
  return {
    discrepancies,
    entries: entries.map(({ manifest: { predicate, subject } }) => ({
      kind: predicate.kind,
      period: 'period' in predicate ? predicate.period.id : '',
      outcome: predicate.kind === 'run' ? predicate.outcome : '',
      files: predicate.kind === 'run' ? subject : [],
    })),
  };
}

/** What is accounted for and how, whatever was made first. */
function inAnyOrder({ discrepancies, entries }: Sealed): unknown {
  const lines = entries.map(({ kind, period, outcome }) => `${kind} ${period} ${outcome}`);
  return { discrepancies, entries: lines.sort() };
}

/** Does what is due, and says whether all of it could be done. */
async function isDone(parts: Parts): Promise<boolean> {
  try {
    return (await runDue(parts, SINCE)).failed.length === 0;
  } catch {
    // Not even the outbox could be read.
    return false;
  }
}

describe('a catch-up over a storage account', () => {
  let requests = 0;
  let expected: Sealed;

  beforeAll(async () => {
    const sound = await newArchive();
    proxy.faultOf = () => {
      requests += 1;
      return undefined;
    };
    expect(await runDue(sound, SINCE)).toMatchObject({ failed: [], mail: { failed: [] } });
    proxy.faultOf = () => undefined;
    expected = await sealed(sound);
    expect(expected).toMatchObject({ discrepancies: [] });
  });

  it('seals the same whichever request goes wrong, at once or at the next wake-up', async () => {
    const counted = { atOnce: 0, later: 0 };
    for (let request = 1; request <= requests; request += STRIDE) {
      const faults = ALL ? FAULTS : [FAULTS[request % FAULTS.length] ?? 'hang'];
      for (const fault of faults) {
        let made = 0;
        const parts = await newArchive();
        proxy.faultOf = () => {
          made += 1;
          return made === request ? fault : undefined;
        };
        const atOnce = await isDone(parts);
        if (atOnce) counted.atOnce += 1;
        else counted.later += 1;
        proxy.faultOf = () => undefined;
        expect([request, fault, await isDone(parts)]).toEqual([request, fault, true]);
        const outcome = await sealed(parts);
        expect([request, fault, inAnyOrder(outcome)]).toEqual([
          request,
          fault,
          inAnyOrder(expected),
        ]);
        // A run that was made up after the one that follows it has another entry before it.
        if (atOnce) expect([request, fault, outcome]).toEqual([request, fault, expected]);
      }
    }
    record({
      test: `each request to storage going wrong in turn: ${FAULTS.join(', ')}`,
      cases: counted.atOnce + counted.later,
      bar: 'retried at once with the same files sealed, or caught up by the next wake-up; never a run on incomplete data',
      result: `${String(counted.atOnce)} at once, ${String(counted.later)} by the next wake-up`,
    });
  });

  it('that goes down in the middle seals nothing that it would not have sealed', async () => {
    let cases = 0;
    for (let from = 1; from <= requests; from += 15 * STRIDE) {
      const fault = FAULTS[cases % FAULTS.length] ?? 'hang';
      let made = 0;
      const parts = await newArchive();
      proxy.faultOf = () => {
        made += 1;
        return made >= from ? fault : undefined;
      };
      expect([from, fault, await isDone(parts)]).toEqual([from, fault, false]);
      proxy.faultOf = () => undefined;
      expect([from, fault, await isDone(parts)]).toEqual([from, fault, true]);
      expect([from, fault, await sealed(parts)]).toEqual([from, fault, expected]);
      cases += 1;
    }
    record({
      test: 'storage going down at a request and staying down until the next wake-up',
      cases,
      bar: 'said to have failed; caught up by the next wake-up, with the same files',
      result: 'all caught up, all sealed the same',
    });
  });
});
