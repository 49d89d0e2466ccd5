import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readChain } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import { compose } from '../../src/compose';
import { runDue } from '../../src/run/run-due';
import { parseSettings } from '../../src/settings';
import { copyTemplates } from '../support/templates';
import { record } from './support/figures';

const root = join(__dirname, '../..');
const POINTS = 10;

let folder: string;
let templates: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-killed-'));
  templates = copyTemplates(join(folder, 'templates'), ['repository-deletions', 'tags-deleted']);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Two daily runs are due over the sample logs at this time. */
const NOW = '2026-03-11T22:30:00.000Z';
const SINCE = '2026-03-10';

function settingsOf(name: string): Record<string, string> {
  return {
    TALLYMAN_LOG_ARCHIVE: join(root, 'samples/logs'),
    TALLYMAN_ARCHIVE: join(folder, name, 'archive'),
    TALLYMAN_MAIL: 'eml',
    TALLYMAN_MAIL_FOLDER: join(folder, name, 'mail'),
    TALLYMAN_MAIL_FROM: 'tallyman@example.com',
    TALLYMAN_TEMPLATES: templates,
  };
}

/** Makes what is left, and gives the failures. */
async function dueAgain(name: string): Promise<unknown[]> {
  const composed = await compose(parseSettings(settingsOf(name)), { now: () => NOW });
  const result = await runDue(composed.parts, SINCE);
  await composed.close();
  return result.failed.map(({ error }) => error);
}

/** Makes what is due in a child process. Gives how many calls were made, or how the child died. */
function due(name: string, dieAt: number): { calls: number; failed: string[] } | 'killed' {
  const countFile = join(folder, `${name}.count`);
  const orders = { settings: settingsOf(name), now: NOW, since: SINCE, dieAt, countFile };
  const child = spawnSync(
    process.execPath,
    [
      '--require',
      join(root, 'test/support/register-typescript.cjs'),
      join(__dirname, 'support/due-until-killed.ts'),
      JSON.stringify(orders),
    ],
    { encoding: 'utf8' },
  );
  if (child.signal === 'SIGKILL') return 'killed';
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(readFileSync(countFile, 'utf8')) as { calls: number; failed: string[] };
}

describe('a catch-up that is killed with SIGKILL', () => {
  it('and called again seals each period once and mails once, wherever it died', async () => {
    const whole = due('whole', 0);
    if (whole === 'killed') throw new Error('the child died by itself');
    expect(whole.failed).toEqual([]);
    for (let point = 0; point < POINTS; point++) {
      const dieAt = 1 + Math.floor((point * (whole.calls - 1)) / (POINTS - 1));
      const name = `point-${String(point)}`;
      expect(due(name, dieAt)).toBe('killed');
      expect(await dueAgain(name)).toEqual([]);

      const archive = createFolderStore(join(folder, name, 'archive'));
      const entries = await readChain(archive, 'daily.all');
      const periods = entries.flatMap(({ manifest: { predicate } }) =>
        'period' in predicate ? [predicate.period.id] : [],
      );
      expect(periods).toEqual(['2026-03-10', '2026-03-11']);
      const verified = await verifyArchive(archive, { from: '2026-03-10', to: '2026-03-12' });
      expect(verified.discrepancies).toEqual([]);
      const mails = readdirSync(join(folder, name, 'mail')).filter((file) => file.endsWith('.eml'));
      expect(mails).toHaveLength(2);
    }
    record({
      test: 'SIGKILL at a write of a catch-up of two days, then run again',
      cases: POINTS,
      bar: 'one entry per period, chain valid, each mail once',
      result: 'all so',
    });
  }, 300_000);
});
