import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ADDED, CHANGED } from './added-and-changed';
import type { Case, Intact } from './case';
import { BAD_OF_EVERY_KIND, GOOD_OF_EVERY_KIND } from './every-kind';
import { FORGED } from './forged';
import { DELETED, GOOD } from './good-and-deleted';
import { buildLong, buildShort } from './intact';

/** What `case.json` says: the question, and everything that a verifier must answer. */
export interface Expectation {
  readonly asked: Record<string, string>;
  readonly discrepancies: readonly string[];
  readonly notes: readonly string[];
}

/** The folder of a case; it ends with `_fail` when verification must. */
function nameOf({ when, codes }: Case): string {
  const words = when.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return codes.length === 0 ? words : `${words}_fail`;
}

/** Writes every case as a folder of its own: README.md, case.json and the archive. */
export async function writeCases(root: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'tallyman-cases-'));
  try {
    const short = await buildShort(join(scratch, 'short'));
    const long = await buildLong(join(scratch, 'long'));
    for (const one of [...GOOD, ...DELETED, ...ADDED, ...CHANGED, ...FORGED]) {
      await writeCase(root, short, one);
    }
    for (const one of [...GOOD_OF_EVERY_KIND, ...BAD_OF_EVERY_KIND]) {
      await writeCase(root, long, one);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function writeCase(root: string, intact: Intact, one: Case): Promise<void> {
  const folder = join(root, nameOf(one));
  const archive = join(folder, 'archive');
  mkdirSync(folder, { recursive: true });
  cpSync(intact.folder, archive, { recursive: true });
  await one.damage(archive, intact);
  rmSync(`${archive}.private`, { recursive: true, force: true });
  const expectation: Expectation = {
    asked: { ...one.asked?.(intact) } as Record<string, string>,
    discrepancies: [...one.codes].sort(),
    notes: [...(one.notes ?? [])].sort(),
  };
  writeFileSync(join(folder, 'case.json'), `${JSON.stringify(expectation, null, 2)}\n`);
  writeFileSync(join(folder, 'README.md'), readme(one, expectation));
}

function readme({ when }: Case, { asked, discrepancies, notes }: Expectation): string {
  const listed = (words: readonly string[]): string =>
    words.length === 0 ? 'nothing' : words.map((word) => `\`${word}\``).join(', ');
  const options = Object.entries(asked).map(([name, value]) => `--${name} ${value}`);
  const verdict = discrepancies.length === 0 ? 'passes' : 'fails';
  return [
    `# Verification ${verdict} when ${when}`,
    '',
    `Asked: \`verify.sh ${['--archive archive', ...options].join(' ')}\``,
    '',
    `Discrepancies: ${listed(discrepancies)}. Notes: ${listed(notes)}.`,
    '',
    'Made by `npm run testdata`.',
    '',
  ].join('\n');
}
