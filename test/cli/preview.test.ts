import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyTemplates } from '../support/templates';

const ROOT = join(__dirname, '../..');
const PROGRAM = [
  ...['--require', join(ROOT, 'test/support/register-typescript.cjs')],
  join(ROOT, 'src/cli/main.ts'),
];
const QUERY = 'audits/tags-deleted/query.kql';
const REPORT = 'reports/daily.yaml';

// The first preview on a machine makes the sample logs.
jest.setTimeout(300_000);

let folder: string;
let templates: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-preview-'));
  templates = copyTemplates(join(folder, 'templates'), ['repository-deletions', 'tags-deleted']);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function preview(...args: string[]): { code: number | null; out: string; err: string } {
  const child = spawnSync(process.execPath, [...PROGRAM, 'preview', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: child.status, out: child.stdout, err: child.stderr };
}

function change(path: string, edit: (text: string) => string): void {
  const before = readFileSync(join(templates, path), 'utf8');
  const after = edit(before);
  expect(after).not.toBe(before);
  writeFileSync(join(templates, path), after);
}

describe('tallyman preview --watch', () => {
  let child: ChildProcess;
  let said = '';
  const page = (): string => readFileSync(join(folder, 'preview/report.html'), 'utf8');

  /** What the program says until it waits for the next change. */
  async function nextWords(): Promise<string> {
    const end = 'Watching; Ctrl+C ends it.\n';
    while (!said.includes(end)) {
      if (child.exitCode !== null) throw new Error(said);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const words = said.slice(0, said.indexOf(end));
    said = said.slice(words.length + end.length);
    return words;
  }

  beforeAll(() => {
    child = spawn(
      process.execPath,
      [...PROGRAM, 'preview', 'daily', '--templates', templates, '--watch'],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    }
  });
  afterAll(() => child.kill('SIGKILL'));

  it('makes the report from sample logs, and says in its title that nothing is sealed', async () => {
    const words = await nextWords();
    expect(words).toMatch(/^2026-02-27: .*\n.*report\.html \(\d+ questions asked, [\d.]+ s\)\n$/);
    expect(page()).toContain('Preview, not sealed: Registry audit');
    expect(existsSync(join(folder, 'preview/report.pdf'))).toBe(true);
    expect(existsSync(join(folder, 'preview/evidence/tags-deleted.csv'))).toBe(true);
  });

  it('asks nothing again when only words have changed', async () => {
    change(REPORT, (text) => text.replace('Registry audit', 'Audit of the harbour'));
    expect(await nextWords()).toContain('(0 questions asked');
    expect(page()).toContain('Preview, not sealed: Audit of the harbour');
  });

  it('shows a changed view', async () => {
    change('views/report.hbs', (text) => text.replace('</main>', '<p>A new line.</p></main>'));
    expect(await nextWords()).toContain('(0 questions asked');
    expect(page()).toContain('A new line.');
  });

  it('asks a changed query again, and no other', async () => {
    change(QUERY, (text) => `${text.trimEnd()}\n// changed\n`);
    expect(await nextWords()).toContain('(1 questions asked');
  });

  it('says a mistake with its place, keeps the last good page, and goes on', async () => {
    const before = page();
    change(QUERY, (text) => text.replace('where', 'wher'));
    expect(await nextWords()).toMatch(/CATALOG_INVALID[\s\S]*tags-deleted\/query\.kql:\d+:\d+: /);
    expect(page()).toBe(before);
    change(QUERY, (text) => text.replace('wher', 'where'));
    expect(await nextWords()).toContain('report.html');
  });
});

describe('tallyman preview', () => {
  it('makes what the report exports, too, from logs that are named', () => {
    appendFileSync(join(templates, REPORT), 'exports: [xlsx]\n');
    const { code, out } = preview(
      ...['daily', '--templates', templates, '--out', 'elsewhere'],
      ...['--logs', join(ROOT, 'samples/logs'), '--period', '2026-03-10'],
    );
    expect({ code, out }).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, 'elsewhere/exports/report.xlsx'))).toBe(true);
  });

  it('asks for the period of logs that it does not know', () => {
    const { code, err } = preview('daily', '--templates', templates, '--logs', 'somewhere');
    expect(code).toBe(64);
    expect(err).toContain('--logs needs --period');
  });
});
