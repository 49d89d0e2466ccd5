import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChainEntry } from '../../src/archive/chain';
import { readChain } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import type { AmendmentPredicate } from '../../src/archive/manifest';
import { verifyArchive } from '../../src/archive/verify';
import { compose } from '../../src/compose';
import type { DueResult } from '../../src/run/run-due';
import { runDue } from '../../src/run/run-due';
import { parseSettings } from '../../src/settings';
import { copyTemplates } from '../support/templates';
import { said } from '../support/languages';

const SAMPLE_LOGS = join(__dirname, '../../samples/logs');
const EVENTS =
  'insights-logs-containerregistryrepositoryevents/resourceId=/SUBSCRIPTIONS/9EFEF19B-16F2-4BBA-A308-FE5C666B2583/RESOURCEGROUPS/RG-CONTOSO-IMAGES/PROVIDERS/MICROSOFT.CONTAINERREGISTRY/REGISTRIES/CONTOSO/y=2026/m=03';
const STREAM = 'daily.all';

let folder: string;
let templates: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-again-'));
  cpSync(SAMPLE_LOGS, join(folder, 'logs'), { recursive: true });
  templates = copyTemplates(join(folder, 'templates'), ['tags-deleted', 'repository-trail']);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const archive = () => createFolderStore(join(folder, 'archive'));
const hour = (day: string, of: string): string =>
  join(folder, 'logs', EVENTS, `d=${day}/h=${of}/m=00/PT1H.json`);
const inArchive = (path: string): string =>
  readFileSync(join(folder, 'archive', STREAM, path), 'utf8');

/** Wakes up at a time and makes at most one run. */
async function due(now: string): Promise<DueResult> {
  const settings = parseSettings({
    TALLYMAN_LOG_ARCHIVE: join(folder, 'logs'),
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_MAIL: 'eml',
    TALLYMAN_MAIL_FOLDER: join(folder, 'mail'),
    TALLYMAN_MAIL_FROM: 'tallyman@example.com',
    TALLYMAN_TEMPLATES: templates,
  });
  const composed = await compose(settings, { now: () => now });
  try {
    const result = await runDue(composed.parts, undefined, { runs: 1, askAgain: 9 });
    expect(result.failed).toEqual([]);
    return result;
  } finally {
    await composed.close();
  }
}

async function newestAmendment(): Promise<AmendmentPredicate & { entry: ChainEntry }> {
  const entries = await readChain(archive(), STREAM);
  const entry = entries.findLast(({ manifest }) => manifest.predicate.kind === 'amendment');
  return { ...(entry!.manifest.predicate as AmendmentPredicate), entry: entry! };
}

async function expectSound(): Promise<void> {
  expect((await verifyArchive(archive())).discrepancies).toEqual([]);
}

const results = (result: DueResult): string[] =>
  result.askedAgain.map((one) =>
    one.status === 'asked'
      ? `${one.asked.period.id} +${String(one.asked.after)} ${one.asked.result}`
      : one.status,
  );

describe('a closed period', () => {
  it('whose logs came late is amended beside the original', async () => {
    renameSync(hour('10', '05'), join(folder, 'late.json'));
    const first = await due('2026-03-10T22:30:00.000Z');
    expect(results(first)).toEqual([]);
    const original = inArchive('runs/2026-03-10/summary.json');

    renameSync(join(folder, 'late.json'), hour('10', '05'));
    expect(results(await due('2026-03-11T22:30:00.000Z'))).toEqual(['2026-03-10 +1 late']);
    const amendment = await newestAmendment();
    expect(amendment).toMatchObject({
      period: { id: '2026-03-10' },
      amends: { sequence: 2 },
      number: 1,
      after: 1,
      rows: { vanished: 0 },
    });
    expect(amendment.rows.added).toBeGreaterThan(0);
    expect(inArchive('runs/2026-03-10/summary.json')).toBe(original);
    const again = inArchive('runs/2026-03-10/amendments/1/report.html');
    expect(again).toContain('beside what is sealed as entry 2');
    expect(inArchive('runs/2026-03-10/amendments/1/difference/repository-trail.csv')).toMatch(
      /^\uFEFFChange,.*\r?\nadded,/,
    );
    await expectSound();
  }, 300_000);

  it('is not asked twice for the same day, and nothing is written when nothing differs', async () => {
    const before = (await readChain(archive(), STREAM)).length;
    expect(results(await due('2026-03-11T23:30:00.000Z'))).toEqual([]);
    expect(await readChain(archive(), STREAM)).toHaveLength(before);
  }, 300_000);

  it('whose logs are gone is amended, and the next report has a critical finding', async () => {
    renameSync(hour('10', '05'), join(folder, 'gone.json'));
    expect(results(await due('2026-03-17T22:30:00.000Z'))).toEqual([
      '2026-03-10 +7 lost',
      '2026-03-11 +1 same',
    ]);
    const amendment = await newestAmendment();
    expect(amendment).toMatchObject({ number: 2, after: 7, outcome: expect.any(String) as string });
    expect(amendment.rows.vanished).toBeGreaterThan(0);
    expect(amendment.counts.findings.critical).toBe(1);

    const next = await due('2026-03-17T23:30:00.000Z');
    const [report] = next.sealed.map((sealed) => sealed.report);
    expect(said(report!.findings[0]!)).toMatchObject({
      audit: 'closed-periods',
      severity: 'critical',
      text: expect.stringContaining('The logs of 2026-03-10 are not what they were') as string,
    });
    const html = inArchive(`runs/${report!.runId}/report.html`);
    expect(html).toContain('The logs of 2026-03-10 are not what they were');
    expect(html).toContain('asked again');
    expect(inArchive(`runs/${report!.runId}/findings.csv`)).toContain('closed-periods');
    const facts = JSON.parse(inArchive(`runs/${report!.runId}/run.json`)) as {
      custody: { askedAgain: unknown[] };
    };
    expect(facts.custody.askedAgain).toMatchObject([
      { period: { id: '2026-03-10' }, result: 'lost' },
      { period: { id: '2026-03-11' }, result: 'same', answers: expect.any(Array) as unknown[] },
    ]);
    const after = await due('2026-03-18T00:30:00.000Z');
    expect(after.sealed[0]!.report.custody.askedAgain).toEqual([]);
    await expectSound();
  }, 300_000);

  it('of which the source holds nothing any more can not be judged, and nothing has vanished', async () => {
    rmSync(join(folder, 'logs'), { recursive: true });
    cpSync(SAMPLE_LOGS, join(folder, 'logs'), { recursive: true });
    rmSync(join(folder, 'logs', 'insights-logs-containerregistryrepositoryevents'), {
      recursive: true,
    });
    const result = await due('2026-04-10T22:30:00.000Z');
    expect(results(result)).toContain('2026-03-10 +30 cannot-tell');
    await expectSound();
  }, 300_000);
});
