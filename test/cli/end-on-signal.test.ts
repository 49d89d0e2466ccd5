import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

let folder: string;
let scratch: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-signal-'));
  scratch = join(folder, 'scratch');
  mkdirSync(scratch);
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function tallyman(...args: string[]): ChildProcess {
  return spawn(
    process.execPath,
    [
      ...['--require', join(ROOT, 'test/support/register-typescript.cjs')],
      join(ROOT, 'src/cli/main.ts'),
      ...args,
    ],
    { cwd: folder, env: { ...process.env, TALLYMAN_SCRATCH: scratch }, stdio: 'ignore' },
  );
}

/** Waits until something is so, but not for ever. */
async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 25_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error('it has not become so');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function childrenOf({ pid }: ChildProcess): string[] {
  return readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')
    .split(' ')
    .filter((id) => id !== '');
}

describe('a command that a signal ends', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('leaves no temporary files and no process behind: %s', async (signal, code) => {
    child = tallyman(
      ...['due', '--logs', join(ROOT, 'samples/logs'), '--archive', 'archive', '--mail', 'mail'],
      ...['--since', '2026-03-10', '--now', '2026-03-12T08:00:00+09:00'],
    );
    const running = child;
    const hasDatabase = (): boolean =>
      readdirSync(scratch, { recursive: true, encoding: 'utf8' }).some((file) =>
        file.endsWith('tables.duckdb'),
      );
    await until(() => running.exitCode !== null || hasDatabase());
    const processes = childrenOf(running);
    expect(processes.length).toBeGreaterThan(0);
    running.kill(signal);
    expect(await once(running, 'exit')).toEqual([code, null]);
    expect(readdirSync(scratch).filter((name) => name.startsWith('tallyman-'))).toEqual([]);
    await until(() => !processes.some((id) => existsSync(`/proc/${id}`)));
  });
});
