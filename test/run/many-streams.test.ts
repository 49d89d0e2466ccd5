import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readChain } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { compose, type Composed } from '../../src/compose';
import type { Archive } from '../../src/core/archive';
import { parsePeriod } from '../../src/core/period';
import {
  inOrder,
  messageFor,
  requestedAskAgain,
  requestedRun,
  type RunMessage,
} from '../../src/functions/shared/run-message';
import { IdleStreams } from '../../src/run/idle';
import type { Parts } from '../../src/run/parts';
import { runDue } from '../../src/run/run-due';
import { sealGap } from '../../src/run/seal';
import { firstOf, workOf, type Work } from '../../src/run/stream-work';
import type { StreamDefinition } from '../../src/run/streams';
import { streamsOf } from '../../src/run/streams';
import { parseSettings } from '../../src/settings';
import { copyTemplates } from '../support/templates';

/** `TALLYMAN_PLAN=500x30` plans for five hundred registries and thirty days, which takes minutes. */
const [STREAMS = 6, DAYS = 6] = (process.env['TALLYMAN_PLAN'] ?? '6x6').split('x').map(Number);
const SINCE = '2026-03-01';
const DAY_MS = 86_400_000;

let folder: string;
let composed: Composed;
/** The folder of the test’s own archive. */
let place: string;
let tests = 0;
let now: string;
let calls: number;

/** An archive that counts what is asked of it. */
function counting(archive: Archive): Archive {
  const counted = <T>(result: T): T => {
    calls += 1;
    return result;
  };
  return {
    location: archive.location,
    create: (path, content) => counted(archive.create(path, content)),
    read: (path) => counted(archive.read(path)),
    open: (path) => counted(archive.open(path)),
    list: (prefix) => counted(archive.list(prefix)),
  };
}

function partsOf({ parts }: Composed): Parts {
  return {
    ...parts,
    archive: counting(createFolderStore(place)),
    privateStore: counting(createFolderStore(`${place}.private`)),
    now: () => now,
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-many-'));
  const templates = copyTemplates(join(folder, 'templates'), ['repository-trail']);
  const report = join(templates, 'reports/daily.yaml');
  const scopes = Array.from({ length: STREAMS }, (_, i) => {
    const name = `registry${String(i).padStart(3, '0')}`;
    return `  - { id: ${name}, registries: [${name}] }`;
  });
  const text = readFileSync(report, 'utf8');
  writeFileSync(report, text.replace(/scopes:\n.*\n/, `scopes:\n${scopes.join('\n')}\n`));
  composed = await compose(
    parseSettings({
      TALLYMAN_LOG_ARCHIVE: folder,
      TALLYMAN_ARCHIVE: join(folder, 'archive'),
      TALLYMAN_TEMPLATES: templates,
      TALLYMAN_MAIL: 'none',
    }),
  );
});
afterAll(async () => {
  await composed.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  tests += 1;
  place = join(folder, `archive-${tests}`);
  now = new Date(Date.parse(`${SINCE}T12:00:00Z`) + DAYS * DAY_MS).toISOString();
  calls = 0;
});

/** What one wake-up queues. */
async function planned(parts: Parts): Promise<RunMessage[]> {
  const works: Work[] = [];
  for (const definition of streamsOf(parts.catalog)) {
    const work = await firstOf(await workOf(parts, definition, SINCE));
    if (work !== undefined) works.push(work);
  }
  return inOrder(works).map((work) => messageFor(work, now));
}

/** Has a period accounted for, and gives what its stream needs next. */
async function workedOff(parts: Parts, message: RunMessage): Promise<RunMessage | undefined> {
  const requested = await requestedRun(parts, message, SINCE);
  if (requested === undefined) throw new Error(`${message.scope} ${message.period} is not due`);
  const { run, next } = requested;
  await sealGap(parts, run.definition, run.period, { reason: 'A test.', attempts: 1, since: now });
  return next && messageFor(next, now);
}

const key = ({ scope, period }: RunMessage): string => `${scope} ${period}`;

it('queues each of many missing periods once, the oldest of a stream first, a bounded number at a time', async () => {
  const parts = partsOf(composed);
  const [ahead] = streamsOf(parts.catalog);
  // One stream lacks only its newest period.
  let message = (await planned(parts)).find(({ scope }) => scope === ahead?.scope.id);
  const queued: RunMessage[] = [];
  for (let day = 1; day < DAYS && message !== undefined; day += 1) {
    queued.push(message);
    message = await workedOff(parts, message);
  }
  const queue = await planned(parts);
  expect(queue).toHaveLength(STREAMS);
  // What is due now comes before what is made up, and that in order of its periods.
  expect(queue.map(({ trigger }) => trigger)).toEqual([
    'timer',
    ...Array.from({ length: STREAMS - 1 }, () => 'catch-up'),
  ]);
  expect(new Set(queue.slice(1).map(({ period }) => period))).toEqual(new Set([SINCE]));
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    queued.push(next);
    const after = await workedOff(parts, next);
    if (after !== undefined) queue.push(after);
  }
  expect(queued).toHaveLength(STREAMS * DAYS);
  expect(new Set(queued.map(key)).size).toBe(STREAMS * DAYS);
  expect((await planned(parts)).filter(({ trigger }) => trigger !== 'ask-again')).toEqual([]);
  for (const { stream } of streamsOf(parts.catalog)) {
    const periods = (await readChain(parts.archive, stream)).flatMap(({ manifest }) =>
      manifest.predicate.kind === 'gap' ? manifest.predicate.period.id : [],
    );
    expect(periods).toEqual([...periods].sort());
  }
}, 3_600_000);

it('queues a day before the month and the week that end with it and tell of it', () => {
  const [definition] = streamsOf(composed.parts.catalog);
  const works = (
    [
      ['month', '2026-05'],
      ['week', '2026-W22'],
      ['day', '2026-05-31'],
    ] as const
  ).map(([kind, id]) => {
    const period = parsePeriod(kind, 'Asia/Seoul', id)!;
    return { definition: definition!, period, trigger: 'timer' as const };
  });
  const order = inOrder(works).map(({ period }) => period.id);
  expect(order).toEqual(['2026-05-31', '2026-W22', '2026-05']);
});

describe('the queue and one process', () => {
  /** What one process begins, which fails for want of logs. */
  async function ofProcess(parts: Parts): Promise<string[]> {
    const open = (): Promise<never> => Promise.reject(new Error('no logs'));
    const { failed } = await runDue({ ...parts, source: { ...parts.source, open } }, SINCE);
    return failed.map(({ stream, period }) => `${stream} ${period ?? 'as a whole'}`);
  }

  /** What goes through the queue until every run is accounted for, and then of closed periods. */
  async function ofQueue(parts: Parts): Promise<string[]> {
    const done: string[] = [];
    const note = ({ report, scope, period }: RunMessage): void => {
      done.push(`${report}.${scope} ${period}`);
    };
    for (let queue = await planned(parts); ; queue = await planned(parts)) {
      const runs = queue.filter(({ trigger }) => trigger !== 'ask-again');
      for (let next = runs.shift(); next !== undefined; next = runs.shift()) {
        note(next);
        const after = await workedOff(parts, next);
        if (after !== undefined) runs.push(after);
      }
      if (queue.some(({ trigger }) => trigger !== 'ask-again')) continue;
      for (let again = queue.shift(); again !== undefined; again = queue.shift()) {
        note(again);
        const next = (await requestedAskAgain(parts, again, SINCE))?.next;
        if (next !== undefined) queue.push(messageFor(next, now));
      }
      return done;
    }
  }

  it('do the same work for the same archive', async () => {
    const all = partsOf(composed);
    const [report] = all.catalog.reports;
    const two = { ...report!, scopes: report!.scopes.slice(0, 2) };
    const parts = { ...all, catalog: { ...all.catalog, reports: [two] } };
    const counts: number[] = [];
    // Missing runs, nothing, and then new runs with closed periods to ask again, some of which wait for their day.
    for (const hours of [-DAYS * 24 + 36, 0, 50]) {
      now = new Date(Date.parse(now) + hours * 3_600_000).toISOString();
      const byProcess = await ofProcess(parts);
      expect((await ofQueue(parts)).sort()).toEqual(byProcess.sort());
      counts.push(byProcess.length);
    }
    // Of two streams: two days’ runs each, nothing, and two days' runs with one that is asked again.
    expect(counts).toEqual([4, 0, 6]);
  }, 60_000);
});

describe('a stream for which nothing is due', () => {
  let parts: Parts;
  let definitions: StreamDefinition[];
  beforeEach(async () => {
    now = new Date(Date.parse(`${SINCE}T12:00:00Z`) + DAY_MS).toISOString();
    parts = partsOf(composed);
    definitions = streamsOf(parts.catalog);
    for (const message of await planned(parts)) await workedOff(parts, message);
    expect(await looked()).toHaveLength(STREAMS);
  });

  /** A wake-up that notes what it finds; the streams that it had to look at. */
  async function looked(with_: Partial<Parts> = {}): Promise<StreamDefinition[]> {
    const all = { ...parts, ...with_ };
    const idle = await IdleStreams.read(all);
    const found: StreamDefinition[] = [];
    for (const definition of definitions) {
      const look = await idle.look(definition);
      if (look === undefined) continue;
      found.push(definition);
      await idle.remember(look);
    }
    return found;
  }

  it('costs two calls of the storage, however many runs it has', async () => {
    calls = 0;
    expect(await looked()).toEqual([]);
    // And a listing for each day of the week.
    expect(calls).toBe(2 * STREAMS + 8);
  });

  it('is looked at when its next period is due', async () => {
    now = new Date(Date.parse(now) + DAY_MS).toISOString();
    expect(await looked()).toHaveLength(STREAMS);
    // Nothing was done for them, so nothing is noted.
    expect(await looked()).toHaveLength(STREAMS);
  });

  it('is looked at when its chain has grown or lost its end', async () => {
    const [one, other] = definitions;
    const last = `chain/${String((await readChain(parts.archive, one!.stream)).length).padStart(8, '0')}.sigstore.json`;
    await parts.archive.create(`${one!.stream}/chain/00000003.sigstore.json`, Buffer.from('{}'));
    rmSync(join(place, other!.stream, last));
    const idle = await IdleStreams.read(parts);
    const found = [];
    for (const definition of definitions) {
      if ((await idle.look(definition)) !== undefined) found.push(definition.stream);
    }
    expect(found).toEqual([one!.stream, other!.stream]);
  });

  it('is looked at by another version of the program, and when another authority is to witness', async () => {
    const software = { ...parts.software, version: '9.9.9' };
    expect(await looked({ software })).toHaveLength(STREAMS);
    expect(await looked({ software })).toEqual([]);
    const timeAuthority = {
      location: 'https://tsa.example',
      stamp: () => Promise.resolve({ status: 'refused' as const, reason: 'No.' }),
    };
    expect(await looked({ timeAuthority })).toHaveLength(STREAMS);
    // Nothing is witnessed yet, so there is something to do.
    expect(await looked({ timeAuthority })).toHaveLength(STREAMS);
  });
});
