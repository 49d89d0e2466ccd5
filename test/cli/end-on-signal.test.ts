import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

let folder: string;
const started: ChildProcess[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-signal-'));
});
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** `tallyman due` over the samples, with temporary files in a folder. */
function due(place: string, scratch: string): ChildProcess {
  const child = spawn(
    process.execPath,
    [
      ...['--require', join(ROOT, 'test/support/register-typescript.cjs')],
      ...[join(ROOT, 'src/cli/main.ts'), 'due', '--logs', join(ROOT, 'samples/logs')],
      ...['--archive', join(place, 'archive'), '--mail', join(place, 'mail')],
      ...['--since', '2026-03-10', '--now', '2026-03-12T08:00:00+09:00'],
    ],
    { cwd: place, env: { ...process.env, TALLYMAN_SCRATCH: scratch }, stdio: 'ignore' },
  );
  started.push(child);
  return child;
}

/** Waits until something is so, but not for ever. */
async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 40_000;
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

interface Ended {
  /** The exit code, and the signal when that ended it. */
  readonly by: unknown;
  /** How many processes it had begun. */
  readonly children: number;
  readonly temporary: readonly string[];
}

/** Sends a signal while the engine holds records, and waits until all its processes are gone. */
async function endedBy(signal: NodeJS.Signals): Promise<Ended> {
  const place = join(folder, signal);
  const scratch = join(place, 'scratch');
  mkdirSync(scratch, { recursive: true });
  const child = due(place, scratch);
  const files = (): string[] => readdirSync(scratch, { recursive: true, encoding: 'utf8' });
  await until(() => files().some((file) => file.endsWith('tables.duckdb')));
  const children = childrenOf(child);
  child.kill(signal);
  const by: unknown = await once(child, 'exit');
  await until(() => !children.some((id) => existsSync(`/proc/${id}`)));
  const temporary = readdirSync(scratch).filter((name) => name.startsWith('tallyman-'));
  return { by, children: children.length, temporary };
}

it('a command that a signal ends leaves no temporary files and no process behind', async () => {
  const [interrupted, terminated] = await Promise.all([endedBy('SIGINT'), endedBy('SIGTERM')]);
  expect(interrupted).toMatchObject({ by: [130, null], temporary: [] });
  expect(terminated).toMatchObject({ by: [143, null], temporary: [] });
  expect(interrupted.children).toBeGreaterThan(0);
  expect(terminated.children).toBeGreaterThan(0);
});
