import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readChain } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import { mapInParallel } from '../../src/core/in-parallel';
import { createEmlFolder } from '../../src/mail/eml-folder';
import type { Parts } from '../../src/run/parts';
import { runDue } from '../../src/run/run-due';
import type { Orders } from './support/die-at-step';
import { record, STRIDE } from './support/figures';
import { recordingSource, replayedSource } from './support/recorded-logs';
import type { ScenarioName } from './support/scenarios';
import { newKey, perform, SCENARIOS, STREAM } from './support/scenarios';
import {
  ARCHIVE,
  composeSmall,
  MAIL,
  SAMPLE_LOGS,
  SENT,
  sentKeys,
  smallTemplates,
} from './support/small-report';
import type { Step } from './support/steps';
import { withSteps } from './support/steps';

const ROOT = join(__dirname, '../..');
/** Children at once; each takes one processor. */
const AT_ONCE = 2;
/** Long after every attempt to send that a killed process had begun. */
const LATER_MS = 3_600_000;

/** An hour of 10 March that comes late. */
const LATE =
  'insights-logs-containerregistryrepositoryevents/resourceId=/SUBSCRIPTIONS/9EFEF19B-16F2-4BBA-A308-FE5C666B2583/RESOURCEGROUPS/RG-CONTOSO-IMAGES/PROVIDERS/MICROSOFT.CONTAINERREGISTRY/REGISTRIES/CONTOSO/y=2026/m=03/d=10/h=05/m=00/PT1H.json';

let folder: string;
let templates: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-killed-'));
  templates = smallTemplates(join(folder, 'templates'));
  await recordRuns();
  await recordAmendment();
});

/** The first run is the state in which a catch-up, a review and a key rotation begin. */
async function recordRuns(): Promise<void> {
  mkdirSync(startOf('first run'));
  const first = join(folder, 'recorded');
  const composed = await composeSmall({ templates, folder: first, now: SCENARIOS['catch-up'].now });
  const source = recordingSource(composed.parts.source);
  for (const scenario of ['first run', 'catch-up'] as const) {
    const { now } = SCENARIOS[scenario];
    const parts = quietly({ ...composed.parts, source, now: () => now }, first);
    expect(await perform(scenario, parts, first)).toEqual([]);
    if (scenario === 'catch-up') continue;
    cpSync(first, startOf('catch-up'), { recursive: true });
    cpSync(first, startOf('key rotation'), { recursive: true });
    await newKey(startOf('key rotation'));
    cpSync(first, startOf('review'), { recursive: true });
  }
  for (const scenario of ['first run', 'catch-up', 'key rotation', 'review'] as const) {
    source.save(recordingOf(scenario));
  }
  await composed.close();
}

/** A run without an hour of its logs, and then the answers with it. */
async function recordAmendment(): Promise<void> {
  const logs = join(folder, 'logs');
  cpSync(SAMPLE_LOGS, logs, { recursive: true });
  renameSync(join(logs, LATE), join(folder, 'late.json'));
  const start = startOf('amendment');
  const now = '2026-03-10T22:30:00.000Z';
  const before = await composeSmall({ templates, folder: start, now, logs });
  const { failed } = await runDue(quietly(before.parts, start), '2026-03-10');
  expect(failed).toEqual([]);
  await before.close();
  renameSync(join(folder, 'late.json'), join(logs, LATE));
  const again = join(folder, 'recorded again');
  cpSync(start, again, { recursive: true });
  const place = { templates, folder: again, now: SCENARIOS.amendment.now, logs };
  const composed = await composeSmall(place);
  const source = recordingSource(composed.parts.source);
  const parts = quietly({ ...composed.parts, source }, again);
  expect(await perform('amendment', parts, again)).toEqual([]);
  const kinds = (await readChain(parts.archive, STREAM)).map(
    ({ manifest }) => manifest.predicate.kind,
  );
  expect(kinds).toEqual(['genesis', 'run', 'amendment']);
  source.save(recordingOf('amendment'));
  await composed.close();
}

/** Parts that do everything and count nothing. */
function quietly(parts: Parts, place: string): Parts {
  const mailer = createEmlFolder(join(place, MAIL));
  return withSteps(parts, mailer, join(place, SENT), () => undefined);
}

function recordingOf(scenario: ScenarioName): string {
  return join(folder, `logs of ${scenario}.json`);
}

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The folder as it is when a scenario begins. */
function startOf(scenario: ScenarioName): string {
  return join(folder, `before ${scenario}`);
}

/** Runs a scenario in a process of its own, which may kill itself. Gives its steps, or how it ended. */
async function perish(
  scenario: ScenarioName,
  place: string,
  dieAt?: number,
): Promise<Step[] | 'killed'> {
  cpSync(startOf(scenario), place, { recursive: true });
  const { now } = SCENARIOS[scenario];
  const stepsFile = `${place}.steps`;
  const orders: Orders = {
    ...{ scenario, templates, folder: place, now, recording: recordingOf(scenario), stepsFile },
    ...(dieAt === undefined ? {} : { dieAt }),
  };
  const child = spawn(
    process.execPath,
    [
      ...['--require', join(ROOT, 'test/support/register-typescript.cjs')],
      join(__dirname, 'support/die-at-step.ts'),
      JSON.stringify(orders),
    ],
    { stdio: ['ignore', 'inherit', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } },
  );
  let trouble = '';
  child.stderr.on('data', (chunk: Buffer) => (trouble += chunk.toString()));
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.once('exit', (...end) => {
      resolve(end);
    }),
  );
  if (signal === 'SIGKILL') return 'killed';
  if (code !== 0) throw new Error(trouble);
  return JSON.parse(readFileSync(stepsFile, 'utf8')) as Step[];
}

/** Runs the scenario again, and once more when every mail may be tried again. */
async function recover(scenario: ScenarioName, place: string): Promise<unknown[]> {
  const failed: unknown[] = [];
  for (const later of [0, LATER_MS]) {
    const now = new Date(Date.parse(SCENARIOS[scenario].now) + later).toISOString();
    const composed = await composeSmall(
      { templates, folder: place, now },
      replayedSource(recordingOf(scenario)),
    );
    failed.push(...(await perform(scenario, quietly(composed.parts, place), place)));
    await composed.close();
  }
  return failed;
}

/** What the archive and the mails say in the end. */
async function outcomeOf(
  place: string,
  { periods }: { periods: readonly string[] },
): Promise<object> {
  const archive = createFolderStore(join(place, ARCHIVE));
  const entries = await readChain(archive, STREAM);
  const next = new Date(Date.parse(periods.at(-1) ?? '') + 86_400_000).toISOString().slice(0, 10);
  const { discrepancies } = await verifyArchive(archive, { from: periods[0] ?? '', to: next });
  const keys = sentKeys(place);
  return {
    entries: entries.map(({ manifest: { predicate } }) =>
      'period' in predicate ? `${predicate.kind} ${predicate.period.id}` : predicate.kind,
    ),
    discrepancies,
    mails: [...new Set(keys)].sort(),
    repeated: keys.length - new Set(keys).size,
  };
}

/**
 * Steps at which to die: before every call, and after every call that changes something. To die after a call that
 * only reads is the same as to die before the next one.
 */
function deadlySteps(steps: readonly Step[]): number[] {
  return steps.flatMap(({ when, call }, index) =>
    when === 'before' || /create|send|sign/.test(call) ? [index] : [],
  );
}

describe.each(Object.keys(SCENARIOS) as ScenarioName[])(
  'a %s that is killed at any call',
  (scenario) => {
    it('and done again accounts for each period once and repeats one mail at most', async () => {
      const whole = join(folder, `whole ${scenario}`);
      const steps = await perish(scenario, whole);
      if (steps === 'killed') throw new Error('the child died by itself');
      const expected = await outcomeOf(whole, SCENARIOS[scenario]);
      expect(expected).toMatchObject({ discrepancies: [], repeated: 0 });
      const points = deadlySteps(steps).filter((_, i) => i % STRIDE === 0);
      const repeats = await mapInParallel(points, AT_ONCE, async (dieAt) => {
        const place = join(folder, `${scenario} ${String(dieAt)}`);
        expect([dieAt, await perish(scenario, place, dieAt)]).toEqual([dieAt, 'killed']);
        expect([dieAt, await recover(scenario, place)]).toEqual([dieAt, []]);
        const outcome = (await outcomeOf(place, SCENARIOS[scenario])) as { repeated: number };
        expect([dieAt, { ...outcome, repeated: 0 }]).toEqual([dieAt, expected]);
        expect([dieAt, outcome.repeated]).toEqual([dieAt, outcome.repeated > 0 ? 1 : 0]);
        rmSync(place, { recursive: true });
        return outcome.repeated;
      });
      record({
        test: `SIGKILL before or after each call, then run again: ${scenario}`,
        cases: points.length,
        bar: 'one entry per period, chain valid, 0 lost, at most one mail repeated with its key',
        result: `0 lost, 0 doubled, ${String(repeats.filter((count) => count > 0).length)} times one mail repeated`,
      });
    });
  },
);
