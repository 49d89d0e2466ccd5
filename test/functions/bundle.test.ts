import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import { generateSamples } from '../../src/samples/generate';
import { pdfText, readPdf, squeezed } from '../support/pdf-text';
import { copyTemplates } from '../support/templates';

const ROOT = join(__dirname, '../..');
const APP = join(__dirname, 'support/bundle-app.mjs');
const DAY_MS = 86_400_000;

// Bundling, and a run in which two more processes start.
jest.setTimeout(600_000);

let folder: string;
let printed: string;

const bundle = (): string => join(folder, 'app');
const day = (daysAgo: number): string =>
  new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);

beforeAll(() => {
  // Not below the repository, so that nothing is found there that was not deployed.
  folder = mkdtempSync(join(tmpdir(), 'tallyman-bundle-'));
  printed = execFileSync(process.execPath, [join(ROOT, 'infra/bundle.mjs'), bundle()], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The app in a process that has none of the repository's own ways to find files. */
function runApp(
  settings: NodeJS.ProcessEnv,
  ...args: string[]
): { functions: string[]; log: string[] } {
  const output = execFileSync(process.execPath, [APP, join(bundle(), 'dist/index.js'), ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder, ...settings },
  });
  return JSON.parse(output) as { functions: string[]; log: string[] };
}

describe('the bundled app', () => {
  it('is at most 3 MB without the embedded engine and the large fonts, in few files', () => {
    const [, megabytes, files] =
      /^([\d.]+) MB in (\d+) files, without the embedded engine and/m.exec(printed) ?? [];
    expect(Number(megabytes)).toBeLessThanOrEqual(3);
    expect(Number(files)).toBeLessThan(400);
  });

  it('registers every function of the source, without any setting', () => {
    const names = readdirSync(join(ROOT, 'src/functions'))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => name.replace(/\.ts$/, ''));
    expect(runApp({}, 'load').functions).toEqual(names.sort());
  });

  it('makes a run from raw logs to a sealed PDF', async () => {
    await generateSamples({
      seed: 1,
      firstDay: day(4),
      days: 4,
      registries: 1,
      eventsPerDay: 100,
      timeZone: 'Asia/Seoul',
      out: join(folder, 'logs'),
    });
    const { log } = runApp({
      TALLYMAN_LOG_ARCHIVE: join(folder, 'logs'),
      TALLYMAN_ARCHIVE: join(folder, 'archive'),
      TALLYMAN_MAIL: 'eml',
      TALLYMAN_MAIL_FOLDER: join(folder, 'mail'),
      TALLYMAN_MAIL_FROM: 'tallyman@example.com',
      TALLYMAN_SINCE: day(3),
      TALLYMAN_TEMPLATES: copyTemplates(join(folder, 'templates'), ['repository-deletions']),
    });
    expect(log.filter((line) => line.startsWith('error'))).toEqual([]);
    expect(log.join('\n')).toMatch(/daily\.all \S+ is sealed as entry \d+/);
    const archive = createFolderStore(join(folder, 'archive'));
    expect((await verifyArchive(archive)).discrepancies).toEqual([]);
    const [period = ''] = readdirSync(join(folder, 'archive/daily.all/runs'));
    const pdf = readFileSync(join(folder, 'archive/daily.all/runs', period, 'report.pdf'));
    expect(pdfText(readPdf(pdf))).toContain(squeezed(period));
  });
});
