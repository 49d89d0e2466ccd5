import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { createFolderStore } from '../../../src/archive/folder-store';
import type { ChainEntry } from '../../../src/archive/chain';
import { fillArchive } from '../../support/archives';
import { TestStream } from '../../support/every-kind';
import { seededSigner } from '../../support/seeded-signer';
import type { Intact } from './case';

/** What the auditor’s files hold in test data, so that these do not change with every word of the real ones. */
const AUDITOR_FILES = {
  verifyScript: Buffer.from('echo Use templates/archive/verify.sh of the repository.\n'),
  verifyRules: Buffer.from('# See templates/archive/verify.jq of the repository.\n'),
  readme: Buffer.from('Test data of Tallyman.\n'),
};

/** Entry 1 is the genesis, 2 and 4 are runs of 2 and 4 March, 3 is the gap of 3 March. */
export const SHORT = { periods: 3, gaps: [1], auditorFiles: AUDITOR_FILES };

export async function buildShort(folder: string): Promise<Intact> {
  const signer = seededSigner('first');
  const { stream, entries } = await fillArchive(createFolderStore(folder), signer, SHORT);
  return { folder, stream, signer, newSigner: signer, digests: digestsOf(entries) };
}

/**
 * The short archive, and then: 5 an amendment of 2 March, 6 the late run of 3 March, 7 a review of 2 March, 8
 * a key rotation, 9 the run of 5 March, 10 another definition, 11 the run of 6 March, 12 a change to weeks,
 * 13 the run of week 11, made longer to begin on 7 March, 14 the destruction of the files of entries 2 and 7.
 */
export async function buildLong(folder: string): Promise<Intact> {
  const { stream, signer } = await buildShort(folder);
  const chain = new TestStream(createFolderStore(folder), stream, signer);
  const newSigner = seededSigner('second');
  const [, run] = await chain.entries();
  if (run === undefined) throw new Error('the short archive has a run');
  await chain.amend('2026-03-02');
  await chain.amend('2026-03-03', { after: null });
  const review = await chain.review(run);
  await chain.rotate(newSigner);
  await chain.run();
  await chain.redefine('definition 2');
  await chain.run();
  await chain.redefine('definition 3', { kind: 'week' });
  await chain.run();
  await chain.destroy([run, review]);
  for (const { name } of [...run.manifest.subject, ...review.manifest.subject]) {
    rmSync(join(folder, stream, name));
  }
  rmSync(join(folder, stream, 'reviews'), { recursive: true });
  return { folder, stream, signer, newSigner, digests: digestsOf(await chain.entries()) };
}

function digestsOf(entries: readonly ChainEntry[]): string[] {
  return entries.map(({ manifestSha256 }) => manifestSha256);
}
