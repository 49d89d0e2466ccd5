import { join } from 'node:path';
import { openSigningKey } from '../../../src/archive/signing-key';
import type { Signer } from '../../../src/core/archive';
import type { Parts } from '../../../src/run/parts';
import { rotateAllKeys } from '../../../src/run/rotate-key';
import { findReviewable, reviewRun } from '../../../src/run/review-run';
import { runDue } from '../../../src/run/run-due';
import type { OnStep } from './steps';
import { steppedSigner } from './steps';

/** The one stream of the small report. */
export const STREAM = 'daily.all';

/** What the program is killed in. */
export const SCENARIOS = {
  'first run': { now: '2026-03-09T22:30:00.000Z', periods: ['2026-03-09'] },
  'catch-up': {
    now: '2026-03-11T22:30:00.000Z',
    periods: ['2026-03-09', '2026-03-10', '2026-03-11'],
  },
  amendment: { now: '2026-03-11T22:30:00.000Z', periods: ['2026-03-10'] },
  'key rotation': { now: '2026-03-09T23:30:00.000Z', periods: ['2026-03-09'] },
  review: { now: '2026-03-09T23:30:00.000Z', periods: ['2026-03-09'] },
} as const satisfies Record<string, { now: string; periods: readonly string[] }>;

export type ScenarioName = keyof typeof SCENARIOS;

/** Does what the scenario is about in a folder, and gives what failed. */
export async function perform(
  scenario: ScenarioName,
  parts: Parts,
  folder: string,
  onStep: OnStep = () => undefined,
): Promise<unknown[]> {
  if (scenario === 'key rotation') {
    const newSigner = steppedSigner(await newKey(folder), onStep);
    const { failed } = await rotateAllKeys(parts, newSigner, 'The key is a year old.');
    return failed.map(({ error }) => error);
  }
  if (scenario === 'review') {
    const [run] = SCENARIOS.review.periods;
    const { entry } = await findReviewable(parts.archive, { stream: STREAM, run });
    await reviewRun(parts, {
      ...{ stream: STREAM, run, sha256: entry.manifestSha256, decision: 'accepted' },
      ...{ comment: 'Change 4711.', reviewer: { name: 'Kim', knownBy: 'statement' } },
    });
    return [];
  }
  // Only asking again, so that no other run is in the way of it.
  const limits = scenario === 'amendment' ? { runs: 0, askAgain: 12 } : undefined;
  const { failed } = await runDue(parts, SCENARIOS[scenario].periods[0], limits);
  return failed.map(({ error }) => error);
}

/** The key to rotate to, made when it is not there. */
export function newKey(folder: string): Promise<Signer> {
  return openSigningKey({ file: join(folder, 'new-key.pem') });
}
