import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-newcomer-'));
  symlinkSync(join(ROOT, 'samples'), join(folder, 'samples'));
  mkdirSync(join(folder, 'bin'));
  const hook = join(ROOT, 'test/support/register-typescript.cjs');
  const command = `#!/bin/sh\nshift\nexec node -r '${hook}' '${join(ROOT, 'src/cli/main.ts')}' "$@"\n`;
  writeFileSync(join(folder, 'bin/npx'), command, { mode: 0o755 });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('has commands that do what they say, one after the other', () => {
  const [, block = ''] = /^## Commands\n+```sh\n([\s\S]*?)^```/m.exec(README) ?? [];
  // The evidence page would stay until it is stopped.
  const commands = block.split('\n').filter((line) => line !== '' && !line.includes(' serve '));
  const results = commands.map((command) => {
    const { status, stderr } = spawnSync('sh', ['-c', command], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` },
    });
    const [, name = ''] = /^npx tallyman (\S+)/.exec(command) ?? [];
    return [name, status, /^tallyman: .*/m.exec(stderr)?.[0]];
  });
  expect(results).toEqual([
    // Three days of samples are less than the audits look back.
    ['run', 2, undefined],
    ['due', 2, undefined],
    ['verify', 0, undefined],
    ['reperform', 0, undefined],
    ['review', 1, undefined],
    ['destroy', 0, undefined],
    ['query', 0, undefined],
    ['check', 0, undefined],
    ['preview', 0, undefined],
    ['doctor', 2, undefined],
  ]);
}, 300_000);
