import { appendFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readChain } from '../../src/archive/chain';
import { verifyArchive } from '../../src/archive/verify';
import { compose } from '../../src/compose';
import type { DueResult } from '../../src/run/run-due';
import { runDue } from '../../src/run/run-due';
import { parseSettings } from '../../src/settings';
import { copyTemplates } from '../support/templates';

const SAMPLE_LOGS = join(__dirname, '../../samples/logs');

let folder: string;
let templates: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-ends-'));
  templates = copyTemplates(join(folder, 'templates'), ['repository-deletions']);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface After {
  readonly result: DueResult;
  /** The kinds of entries, runs by their period. */
  readonly entries: readonly string[];
  readonly discrepancies: readonly { readonly code: string }[];
}

/** Wakes up on a day of March 2026 and gives what there is then. */
async function wakeUpOn(day: number, to?: string): Promise<After> {
  const settings = parseSettings({
    TALLYMAN_LOG_ARCHIVE: SAMPLE_LOGS,
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_TEMPLATES: templates,
    TALLYMAN_MAIL: 'none',
  });
  const now = `2026-03-${String(day).padStart(2, '0')}T22:30:00.000Z`;
  const composed = await compose(settings, { now: () => now });
  const { parts } = composed;
  try {
    const result = await runDue(parts, '2026-03-09', { runs: 62, askAgain: 0 });
    const entries = (await readChain(parts.archive, 'daily.all')).map(
      ({ manifest: { predicate } }) =>
        predicate.kind === 'run' ? predicate.period.id : predicate.kind,
    );
    const range = to === undefined ? {} : { from: '2026-03-09', to };
    const { discrepancies } = await verifyArchive(parts.archive, range);
    return { result, entries, discrepancies };
  } finally {
    await composed.close();
  }
}

describe('a report that ends', () => {
  it('is made up to the period that holds its last date, and the chain says that it changed', async () => {
    expect((await wakeUpOn(9)).entries).toEqual(['genesis', '2026-03-09']);
    appendFileSync(join(templates, 'reports/daily.yaml'), 'ends: 2026-03-10\n');
    const entries = ['genesis', '2026-03-09', 'definition-change', '2026-03-10'];
    const ended = await wakeUpOn(14);
    expect(ended.entries).toEqual(entries);
    expect(ended.result).toMatchObject({ failed: [], left: 0, abandoned: [] });
    // Nobody is told that what was not looked at was quiet.
    expect((await wakeUpOn(20, '2026-03-12')).discrepancies).toMatchObject([
      { code: 'range-uncovered' },
    ]);
    expect((await wakeUpOn(20, '2026-03-11')).discrepancies).toEqual([]);
  });

  it('is told of at each wake-up when its file was taken away instead', async () => {
    await wakeUpOn(9);
    const file = join(templates, 'reports/daily.yaml');
    renameSync(file, join(templates, 'reports/nightly.yaml'));
    expect((await wakeUpOn(10)).result.abandoned).toEqual(['daily.all']);
    expect((await wakeUpOn(10)).result.abandoned).toEqual(['daily.all']);
    renameSync(join(templates, 'reports/nightly.yaml'), file);
    expect((await wakeUpOn(10)).result.abandoned).toEqual(['nightly.all']);
  });
});
