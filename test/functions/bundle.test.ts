import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
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
let collector: Awaited<ReturnType<typeof startCollector>> | undefined;

const bundle = (): string => join(folder, 'app');
const day = (daysAgo: number): string =>
  new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);

beforeAll(() => {
  // Not below the repository, so that nothing is found there that was not deployed.
  folder = mkdtempSync(join(tmpdir(), 'tallyman-bundle-'));
  printed = execFileSync(process.execPath, [join(ROOT, 'infra/bundle.mjs'), bundle(), '--engine'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
});
afterAll(() => {
  collector?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The app in a process that has none of the repository's own ways to find files. */
async function runApp(
  settings: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<{ functions: string[]; log: string[] }> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [APP, join(bundle(), 'dist/index.js'), ...args],
    { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, ...settings } },
  );
  return JSON.parse(stdout) as { functions: string[]; log: string[] };
}

/** Takes traces, and gives the names of all spans that came. */
async function startCollector(): Promise<{
  url: string;
  spans: () => string[];
  stop: () => void;
}> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    spans: () =>
      bodies.flatMap((body) => Array.from(body.matchAll(/"name":"([^"]+)"/g), ([, name]) => name!)),
    stop: () => server.close(),
  };
}

describe('the bundled app', () => {
  it('is at most 3 MB without the embedded engine, in few files', () => {
    const [, megabytes, files] =
      /^([\d.]+) MB in (\d+) files, without the embedded engine and/m.exec(printed) ?? [];
    expect(Number(megabytes)).toBeLessThanOrEqual(3);
    expect(Number(files)).toBeLessThan(400);
    expect(readdirSync(`${bundle()}-fonts`)).toHaveLength(3);
  });

  it('registers every function of the source, without any setting, as azd packs it', async () => {
    const options = ['--offline', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['install', ...options], { cwd: bundle(), stdio: 'pipe' });
    expect(readFileSync(join(bundle(), '.funcignore'), 'utf8')).not.toContain('node_modules');
    const names = readdirSync(join(ROOT, 'src/functions'))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => name.replace(/\.ts$/, ''));
    expect((await runApp({}, 'load')).functions).toEqual(names.sort());
  });

  it('makes a run from raw logs to a sealed PDF, and tells a collector of traces', async () => {
    collector = await startCollector();
    await generateSamples({
      seed: 1,
      firstDay: day(4),
      days: 4,
      registries: 1,
      eventsPerDay: 100,
      timeZone: 'Asia/Seoul',
      out: join(folder, 'logs'),
    });
    const settings = {
      TALLYMAN_OTLP_ENDPOINT: collector.url,
      TALLYMAN_LOG_ARCHIVE: join(folder, 'logs'),
      TALLYMAN_ARCHIVE: join(folder, 'archive'),
      TALLYMAN_MAIL: 'eml',
      TALLYMAN_MAIL_FOLDER: join(folder, 'mail'),
      TALLYMAN_MAIL_FROM: 'tallyman@example.com',
      TALLYMAN_SINCE: day(3),
      TALLYMAN_SCRATCH: join(folder, 'scratch'),
      TALLYMAN_TEMPLATES: copyTemplates(join(folder, 'templates'), ['repository-deletions']),
    };
    const without = await runApp(settings);
    expect(without.log.join('\n')).toContain('FONTS_MISSING');
    expect(without.log.join('\n')).not.toContain('is sealed');

    const { log } = await runApp({ ...settings, TALLYMAN_FONTS: `${bundle()}-fonts` });
    expect(collector.spans()).toEqual(
      expect.arrayContaining(['wake-up', 'queued-work', 'run', 'ask', 'seal', 'deliver']),
    );
    expect(log.filter((line) => line.startsWith('error'))).toEqual([]);
    expect(log.join('\n')).toMatch(/daily\.all \S+ is sealed as entry \d+/);
    const archive = createFolderStore(join(folder, 'archive'));
    expect((await verifyArchive(archive)).discrepancies).toEqual([]);
    const [period = ''] = readdirSync(join(folder, 'archive/daily.all/runs'));
    const pdf = readFileSync(join(folder, 'archive/daily.all/runs', period, 'report.pdf'));
    expect(pdfText(readPdf(pdf))).toContain(squeezed(period));
    expect(readdirSync(join(folder, 'scratch/tallyman-fonts'))).toHaveLength(3);
  });

  it('says what to do when a log archive is to be asked and the engine was left out', async () => {
    rmSync(join(bundle(), 'dist/node_modules/@duckdb'), { recursive: true });
    const { log } = await runApp({
      TALLYMAN_LOG_ARCHIVE: join(folder, 'logs'),
      TALLYMAN_ARCHIVE: join(folder, 'other-archive'),
    });
    expect(log.join('\n')).toContain('Make it with `npm run bundle -- --engine`');
  });
});
