import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readChain } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import { mapInParallel } from '../../src/core/in-parallel';
import { createEmlFolder } from '../../src/mail/eml-folder';
import type { Orders } from './support/die-at-step';
import { record, STRIDE } from './support/figures';
import { recordingSource, replayedSource } from './support/recorded-logs';
import type { ScenarioName } from './support/scenarios';
import { perform, SCENARIOS } from './support/scenarios';
import {
  ARCHIVE,
  composeSmall,
  MAIL,
  SENT,
  sentKeys,
  smallTemplates,
} from './support/small-report';
import type { Step } from './support/steps';
import { withSteps } from './support/steps';

const ROOT = join(__dirname, '../..');
const STREAM = 'daily.all';
/** Children at once; each takes one processor. */
const AT_ONCE = 2;
/** Long after every attempt to send that a killed process had begun. */
const LATER_MS = 3_600_000;

let folder: string;
let templates: string;
let recording: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-killed-'));
  templates = smallTemplates(join(folder, 'templates'));
  recording = join(folder, 'logs.json');
  // The first stage is the state in which a catch-up begins.
  const first = join(folder, 'after first run');
  const composed = await composeSmall({ templates, folder: first, now: SCENARIOS['catch-up'].now });
  const source = recordingSource(composed.parts.source);
  for (const scenario of ['first run', 'catch-up'] as const) {
    const { now } = SCENARIOS[scenario];
    const mailer = createEmlFolder(join(first, MAIL));
    const parts = withSteps(
      { ...composed.parts, source, now: () => now },
      mailer,
      join(first, SENT),
      () => undefined,
    );
    expect(await perform(scenario, parts)).toEqual([]);
    if (scenario === 'first run') cpSync(first, startOf('catch-up'), { recursive: true });
  }
  source.save(recording);
  await composed.close();
  mkdirSync(startOf('first run'));
});
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
    ...{ scenario, templates, folder: place, now, recording, stepsFile },
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
      replayedSource(recording),
    );
    const mailer = createEmlFolder(join(place, MAIL));
    const parts = withSteps(composed.parts, mailer, join(place, SENT), () => undefined);
    failed.push(...(await perform(scenario, parts)));
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
        test: `SIGKILL before or after each call of a ${scenario}, then run again`,
        cases: points.length,
        bar: 'one entry per period, chain valid, 0 lost, at most one mail repeated with its key',
        result: `0 lost, 0 doubled, ${String(repeats.filter((count) => count > 0).length)} times one mail repeated`,
      });
    });
  },
);
