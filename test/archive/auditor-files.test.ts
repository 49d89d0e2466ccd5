import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { TestArchive } from '../support/archives';
import { buildArchive } from '../support/archives';
import { put } from './forge';

let intact: TestArchive;
beforeAll(async () => {
  intact = await buildArchive({ periods: 1, gaps: [] });
});
afterAll(() => intact.remove());

/** The commands that README.txt gives for checking an entry by hand, with its placeholders filled in. */
function commandsByHand(): string {
  const readme = readFileSync(join(intact.folder, 'README.txt'), 'utf8');
  const section = readme.slice(readme.indexOf('By hand'), readme.indexOf('What it does not prove'));
  const lines = section.split('\n').filter((line) => line.startsWith('  '));
  expect(lines.length).toBeGreaterThan(5);
  return lines
    .join('\n')
    .replaceAll('<stream>', intact.stream)
    .replaceAll('<fingerprint>', intact.signer.fingerprint);
}

const run = (script: string): string =>
  execFileSync('sh', ['-c', script], {
    cwd: intact.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).toString();

describe('an archive’s README.txt', () => {
  it('gives commands that check an entry by hand', () => {
    const output = run(commandsByHand());
    expect(output).toContain(intact.entries[1]!.manifestSha256);
    expect(output).toContain('Verified OK');
    expect(output.match(/: OK$/gm)).toHaveLength(6);
  });

  it('gives commands that fail when a file was changed', () => {
    put(intact.folder, `${intact.stream}/runs/2026-03-02/report.html`, 'forged');
    expect(() => run(commandsByHand())).toThrow();
  });
});

describe('an archive’s verify.sh', () => {
  it('shows its usage, and ends with 64, when it is asked wrongly', () => {
    for (const wrong of ['--from', '--until 2026-01-01', '--from yesterday', 'x']) {
      const run64 = (): string =>
        run(`sh verify.sh ${wrong} 2>&1 || { code=$?; echo "code $code"; }`);
      expect(run64()).toMatch(/^usage: sh verify.sh .*\ncode 64\n$/);
    }
  });

  it('writes nothing into the archive', () => {
    const list =
      'find . | sort | sha256sum; find . -type f -exec sha256sum {} + | sort | sha256sum';
    const before = run(list);
    run('sh verify.sh || true');
    expect(run(list)).toBe(before);
  });
});
