import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readChain } from '../../src/archive/chain';
import { verifyArchive } from '../../src/archive/verify';
import { compose } from '../../src/compose';
import type { PlatformRecord } from '../../src/core/platform';
import type { Parts } from '../../src/run/parts';
import { runDue } from '../../src/run/run-due';
import { loadSealedRun } from '../../src/run/sealed-run';
import { parseSettings } from '../../src/settings';
import { copyTemplates } from '../support/templates';

const SAMPLE_LOGS = join(__dirname, '../../samples/logs');
const LATE =
  'insights-logs-containerregistryrepositoryevents/resourceId=/SUBSCRIPTIONS/9EFEF19B-16F2-4BBA-A308-FE5C666B2583/RESOURCEGROUPS/RG-CONTOSO-IMAGES/PROVIDERS/MICROSOFT.CONTAINERREGISTRY/REGISTRIES/CONTOSO/y=2026/m=03/d=10/h=05/m=00/PT1H.json';
const AMENDMENT = 'daily.all/runs/2026-03-10/amendments/1';

let folder: string;
let templates: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-taken-up-'));
  cpSync(SAMPLE_LOGS, join(folder, 'logs'), { recursive: true });
  templates = copyTemplates(join(folder, 'templates'), ['tags-deleted', 'repository-trail']);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What Azure said when the run was made; nobody can ask that again. */
const record: PlatformRecord = {
  schema: 'tallyman/platform/1',
  askedAt: '2026-03-10T22:30:00.000Z',
  exchanges: [
    { about: 'registries', resource: '', request: 'GET https://x', status: 403, body: '{}' },
  ],
};
const platform = {
  list: () => Promise.resolve(record),
  ask: () => Promise.resolve(record),
};

async function due(now: string, change: (parts: Parts) => Partial<Parts> = () => ({})) {
  const settings = parseSettings({
    TALLYMAN_LOG_ARCHIVE: join(folder, 'logs'),
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_TEMPLATES: templates,
  });
  const composed = await compose(settings, { now: () => now });
  const { parts } = composed;
  try {
    const { failed } = await runDue({ ...parts, ...change(parts) }, undefined, {
      runs: 1,
      askAgain: 9,
    });
    return { failed, archive: parts.archive };
  } finally {
    await composed.close();
  }
}

it('an amendment whose facts were all that a process could write is sealed with everything else', async () => {
  renameSync(join(folder, 'logs', LATE), join(folder, 'late.json'));
  expect((await due('2026-03-10T22:30:00.000Z', () => ({ platform }))).failed).toEqual([]);
  renameSync(join(folder, 'late.json'), join(folder, 'logs', LATE));

  const stopped = await due('2026-03-11T22:30:00.000Z', ({ archive }) => ({
    archive: {
      ...archive,
      create: (path, content) =>
        path.startsWith(AMENDMENT) && !path.endsWith('/run.json')
          ? Promise.reject(new Error('stopped here'))
          : archive.create(path, content),
    },
  }));
  expect(stopped.failed).toHaveLength(1);
  expect(await stopped.archive.read(`${AMENDMENT}/run.json`)).toBeDefined();
  expect(await stopped.archive.read(`${AMENDMENT}/definition.json`)).toBeUndefined();

  const { failed, archive } = await due('2026-03-11T23:30:00.000Z');
  expect(failed).toEqual([]);
  const entries = await readChain(archive, 'daily.all');
  const amendment = entries.find(({ manifest }) => manifest.predicate.kind === 'amendment');
  const sealed = await loadSealedRun(archive, amendment!);
  expect(sealed.evidence.platform).toEqual(record);
  expect((await verifyArchive(archive)).discrepancies).toEqual([]);
}, 300_000);
