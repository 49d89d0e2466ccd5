import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createFolderStore } from '../../src/archive/folder-store';
import { periodContaining } from '../../src/core/period';
import { findReviewable, reviewRun } from '../../src/run/review-run';
import { fillArchive, newSigner, SOFTWARE, TIME } from '../support/archives';

const ROOT = join(__dirname, '../..');

/** Every shell command of the page, in order: one per block, or one per line of it. */
function commands(): string[] {
  const page = readFileSync(join(ROOT, 'docs/verifying-evidence.md'), 'utf8');
  return [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block ?? '');
}

let folder: string;

/** A folder in which the page's commands find what they name, as after `npm start`. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-auditor-'));
  const archive = createFolderStore(join(folder, 'demo/archive'));
  const signer = newSigner();
  const { stream } = await fillArchive(archive, signer, {
    reportId: 'daily-registry-audit',
    periods: 35,
    gaps: [],
    firstPeriod: periodContaining('day', 'Asia/Seoul', '2026-01-26T00:00:00.000Z'),
  });
  const { entry } = await findReviewable(archive, { stream, run: '2026-01-27' });
  await reviewRun(
    { archive, signer, software: SOFTWARE, now: () => TIME },
    {
      ...{ stream, run: '2026-01-27', sha256: entry.manifestSha256 },
      ...{ decision: 'accepted', comment: 'Change 4711.' },
      reviewer: { name: 'Kim', knownBy: 'statement' },
    },
  );
  const answer = '{"execution":{"rowCount":1},"answer":{"tables":[{"rows":[["x"]]}]}}';
  mkdirSync(join(folder, 'bin'));
  // What is asked of the evidence is asked of a file of its form, beside the sealed ones.
  mkdirSync(join(folder, 'form'));
  writeFileSync(join(folder, 'form/repository-deletions.json'), answer);
  const hook = join(ROOT, 'test/support/register-typescript.cjs');
  const command = `#!/bin/sh\nshift\nexec node -r '${hook}' '${join(ROOT, 'src/cli/main.ts')}' "$@"\n`;
  writeFileSync(join(folder, 'bin/npx'), command, { mode: 0o755 });
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(script: string): string {
  const own = script.replace(/demo\/\S*\/evidence\//g, 'form/');
  return execFileSync('sh', ['-ec', own], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` },
  });
}

it('gives commands that all run, and say what the page says', () => {
  const [script, ours, json, reviews, kinds, byHand, evidence, ...more] = commands();
  expect(more).toEqual([]);
  expect(run(script!)).toMatch(/Good: everything is as it was sealed\.\n$/);
  expect(run(ours!)).toMatch(
    /Good: everything is as it was sealed \(1 stream, 37 entries.*Not checked: the head/,
  );
  expect(run(json!)).toMatch(/^Good: .*Not checked: the head, the range/);
  expect(run(reviews!)).toBe('["accepted",{"knownBy":"statement","name":"Kim"},"Change 4711."]\n');
  expect(run(kinds!)).toMatch(/^1 genesis \n2 run 2026-01-26\n/);
  expect(run(byHand!)).toContain('Verified OK');
  expect(run(evidence!)).toContain('["x"]');
}, 120_000);

it('names every kind of entry', () => {
  const page = readFileSync(join(ROOT, 'docs/verifying-evidence.md'), 'utf8');
  const source = readFileSync(join(ROOT, 'src/archive/predicates.ts'), 'utf8');
  const kinds = [...source.matchAll(/z\.literal\('([a-z-]+)'\)/g)].map(([, kind]) => kind);
  const named = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, kind]) => kind);
  expect(named).toEqual(kinds);
});
