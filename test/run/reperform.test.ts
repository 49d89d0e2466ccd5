import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerClient } from '@azure/storage-blob';
import { createBlobStore } from '../../src/archive/blob-store';
import { readChain } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { compose } from '../../src/compose';
import { openMaker } from '../../src/shipped';
import type { Archive } from '../../src/core/archive';
import { firstDifference } from '../../src/run/first-difference';
import { reperformAnswers } from '../../src/run/reperform-answers';
import type { Maker, Reperformance } from '../../src/run/reperform';
import { reperformRun } from '../../src/run/reperform';
import { runDue } from '../../src/run/run-due';
import { parseSettings } from '../../src/settings';
import { startAzurite } from '../support/azurite';
import { copyTemplates } from '../support/templates';

const ROOT = join(__dirname, '../..');
const SAMPLE_LOGS = join(ROOT, 'samples/logs');
const STREAM = 'daily.all';
const HTML = `${STREAM}/runs/2026-03-10/report.html`;

let folder: string;
let templates: string;
let maker: Maker;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-reperform-'));
  templates = copyTemplates(join(folder, 'templates'), ['repository-deletions', 'tags-deleted']);
  appendFileSync(join(templates, 'reports/daily.yaml'), 'exports: [jsonl, parquet, xlsx]\n');
  const settings = parseSettings({
    TALLYMAN_LOG_ARCHIVE: SAMPLE_LOGS,
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_TEMPLATES: templates,
  });
  const composed = await compose(settings, { now: () => '2026-03-11T22:30:00.000Z' });
  // The second run compares itself with the first.
  expect((await runDue(composed.parts, '2026-03-09')).failed).toEqual([]);
  await composed.close();
  maker = await openMaker(templates);
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A copy of the archive in which one file may have been changed by somebody who can. */
function archiveWith(file?: string, change?: (content: string) => string): Archive {
  const copy = mkdtempSync(join(folder, 'copy-'));
  cpSync(join(folder, 'archive'), copy, { recursive: true });
  if (file !== undefined) {
    const path = join(copy, file);
    chmodSync(path, 0o644);
    writeFileSync(path, change?.(readFileSync(path, 'utf8')) ?? '');
  }
  return createFolderStore(copy);
}

async function reperform(
  archive: Archive,
  by = maker,
  period = '2026-03-10',
): Promise<Reperformance> {
  const entries = await readChain(archive, STREAM);
  const entry = entries.find(
    ({ manifest: { predicate } }) => predicate.kind === 'run' && predicate.period.id === period,
  );
  return reperformRun(archive, entry!, entries, by);
}

describe('a sealed run that is made again', () => {
  it.each(['2026-03-09', '2026-03-10', '2026-03-11'])(
    'comes out byte for byte: %s',
    async (period) => {
      const result = await reperform(archiveWith(), maker, period);
      expect(result).toMatchObject({ outcome: 'same', runId: period });
      const paths = result.files.map(({ path }) => path);
      expect(paths).toEqual(
        expect.arrayContaining(['report.html', 'report.pdf', 'summary.json', 'findings.csv']),
      );
      expect(paths).toContain('evidence/tags-deleted.kql');
      expect(paths.filter((path) => path.startsWith('exports/'))).toEqual([
        'exports/report.xlsx',
        'exports/repository-deletions.jsonl.gz',
        'exports/repository-deletions.parquet',
        'exports/tags-deleted.jsonl.gz',
        'exports/tags-deleted.parquet',
      ]);
      expect(new Set(result.files.map(({ status }) => status))).toEqual(new Set(['same']));
    },
  );

  it('is different when a file in the archive is not the sealed one, and says which', async () => {
    const archive = archiveWith(HTML, (page) => page.replace('Registry audit', 'Registry Audit'));
    const result = await reperform(archive);
    expect(result.outcome).toBe('different');
    expect(result.files.filter(({ status }) => status !== 'same')).toEqual([
      { path: 'report.html', status: 'damaged' },
    ]);
    expect(result.reasons.join(' ')).toContain('report.html is damaged');
  });

  it('is different when somebody has changed an export', async () => {
    const changed = 'exports/report.xlsx';
    const result = await reperform(archiveWith(`${STREAM}/runs/2026-03-10/${changed}`, () => 'x'));
    expect(result.outcome).toBe('different');
    expect(result.files.find(({ path }) => path === changed)?.status).toBe('damaged');
  });

  it('does not judge by evidence that is not the sealed one', async () => {
    const archive = archiveWith(
      `${STREAM}/runs/2026-03-10/evidence/tags-deleted.json`,
      (text) => `${text} `,
    );
    await expect(reperform(archive)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
  });

  it('does not judge by a previous run’s summary that is not the sealed one', async () => {
    const archive = archiveWith(`${STREAM}/runs/2026-03-09/summary.json`, (text) => `${text} `);
    await expect(reperform(archive)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' });
  });

  it('says where it first differs when this very program makes something else of the evidence', async () => {
    const result = await reperform(archiveWith(), { ...maker, views: otherViews() });
    const html = result.files.find(({ path }) => path === 'report.html');
    expect(result.outcome).toBe('different');
    expect(html).toMatchObject({ status: 'different', at: { line: expect.any(Number) as number } });
    expect(html?.at?.made).not.toBe(html?.at?.sealed);
  });

  it('cannot tell when other views or another version made other bytes, and names them', async () => {
    const views = otherViews();
    const byOthers = await reperform(archiveWith(), { ...maker, views, viewsDigest: 'other' });
    expect(byOthers.outcome).toBe('could-not-tell');
    expect(byOthers.reasons.join(' ')).toContain('views');
    const software = { ...maker.software, version: '99.0.0' };
    const byAnother = await reperform(archiveWith(), { ...maker, views, software });
    expect(byAnother.outcome).toBe('could-not-tell');
    expect(byAnother.reasons.join(' ')).toContain('99.0.0');
  });

  it('is the same whatever version makes the same bytes', async () => {
    const software = { ...maker.software, version: '99.0.0' };
    expect(await reperform(archiveWith(), { ...maker, software })).toMatchObject({
      outcome: 'same',
    });
  });

  it('comes out of a container, too', async () => {
    const azurite = await startAzurite();
    try {
      const container = new ContainerClient(azurite.connectionString, 'evidence');
      await container.create();
      const files = archiveWith();
      for await (const { path } of files.list('')) {
        const content = await files.read(path);
        await createBlobStore(container).create(path, content ?? new Uint8Array());
      }
      expect(await reperform(createBlobStore(container))).toMatchObject({ outcome: 'same' });
    } finally {
      await azurite.stop();
    }
  });

  /** As if the program had been changed without a new version. */
  function otherViews(): Maker['views'] {
    return { ...maker.views, style: `${maker.views.style}\n/* changed */` };
  }
});

describe('the first difference', () => {
  it.each([
    ['a\nb\nc', 'a\nb\nd', { offset: 4, line: 3, sealed: 'c', made: 'd' }],
    ['abc', 'ab', { offset: 2, line: 1, sealed: 'c', made: '' }],
    ['', 'x', { offset: 0, line: 1, sealed: '', made: 'x' }],
    ['\0a', '\0b', { offset: 1, sealed: 'a', made: 'b' }],
  ])('of %j and %j', (sealed, made, expected) => {
    expect(firstDifference(Buffer.from(sealed), Buffer.from(made))).toEqual(expected);
    expect(firstDifference(Buffer.from(sealed), Buffer.from(sealed))).toBeUndefined();
  });
});

describe('tallyman reperform', () => {
  function tallyman(...args: string[]): { code: number | null; out: string; err: string } {
    const child = spawnSync(
      process.execPath,
      [join(ROOT, 'src/cli/main.ts'), ...['reperform', ...args]],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], NODE_OPTIONS: process.env['NODE_OPTIONS'] },
      },
    );
    return { code: child.status, out: child.stdout, err: child.stderr };
  }

  it('makes a run again and asks its logs again', () => {
    const { code, out } = tallyman(
      ...['archive', '--run', '2', '--templates', 'templates', '--logs', SAMPLE_LOGS],
    );
    expect(out).toContain('came out again, byte for byte');
    expect(out).toMatch(/^(\d+) of \1 questions gave the sealed rows again\.$/m);
    expect(code).toBe(0);
  });

  it('finds that the logs hold other rows now', () => {
    const logs = join(folder, 'logs');
    cpSync(SAMPLE_LOGS, logs, {
      recursive: true,
      // An hour of the registry's log is gone.
      filter: (path) => !/repositoryevents.*d=09.h=1[0-9]/i.test(path),
    });
    const args = ['archive', '--run', '2026-03-10', '--templates', 'templates'];
    const { code, out } = tallyman(...args, '--logs', logs, '--json');
    expect(code).toBe(1);
    const { outcome, answers } = JSON.parse(out) as {
      outcome: string;
      answers: { status: string; missing?: unknown[] }[];
    };
    expect(outcome).toBe('same');
    expect(
      answers.some(({ status, missing }) => status === 'different' && (missing ?? []).length > 0),
    ).toBe(true);
  });

  it('says what it was asked wrongly', () => {
    const { code, err } = tallyman('archive', '--run', '99', '--templates', 'templates');
    expect(code).toBe(64);
    expect(err).toContain('entries 2, 3, 4');
    expect(tallyman('archive').code).toBe(64);
    expect(tallyman('nowhere', '--run', '1').code).toBe(2);
  });
});

test('a source that cannot answer is no difference', async () => {
  const archive = archiveWith();
  const entries = await readChain(archive, STREAM);
  const entry = entries.find(({ sequence }) => sequence === 2);
  const failed = {
    status: 'failed',
    code: 'timeout',
    reason: 'It took too long.',
    executedAt: '2026-03-12T00:00:00.000Z',
    durationMs: 1,
  } as const;
  const answers = await reperformAnswers(archive, entry!, entries, {
    description: { kind: 'log-archive', location: 'nowhere' },
    open: () =>
      Promise.resolve({
        query: () => Promise.resolve(failed),
        intake: () => ({
          blobs: 0,
          bytes: 0,
          records: 0,
          duplicates: 0,
          unreadable: [],
          registries: [],
        }),
        close: () => Promise.resolve(),
      }),
    close: () => Promise.resolve(),
  });
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set(['could-not-tell']));
});
