import type { Parts } from '../../../src/run/parts';
import { runDue } from '../../../src/run/run-due';

/** What the program is killed in. */
export const SCENARIOS = {
  'first run': { now: '2026-03-09T22:30:00.000Z', periods: ['2026-03-09'] },
  'catch-up': {
    now: '2026-03-11T22:30:00.000Z',
    periods: ['2026-03-09', '2026-03-10', '2026-03-11'],
  },
} as const satisfies Record<string, { now: string; periods: readonly string[] }>;

export type ScenarioName = keyof typeof SCENARIOS;

/** Where the streams begin. */
const SINCE = '2026-03-09';

/** Does what the scenario is about, and gives what failed. */
export async function perform(_scenario: ScenarioName, parts: Parts): Promise<unknown[]> {
  const { failed } = await runDue(parts, SINCE);
  return failed.map(({ error }) => error);
}
