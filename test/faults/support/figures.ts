import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line of the table that `npm run test:faults` prints and docs/reliability.md holds. */
export interface Figure {
  /** What was done to the program, in a few words; lines are sorted by it. */
  readonly test: string;
  /** How often. */
  readonly cases: number;
  /** What must come out of it. */
  readonly bar: string;
  /** What came out of it, as counted. */
  readonly result: string;
}

/** Every n-th case only, for a quick look: then the table is not compared with the page. */
export const STRIDE = Number(process.env['TALLYMAN_FAULTS_STRIDE'] ?? 1);

/** Adds a line to the table. Call it after the assertions, so that a failed test has no line. */
export function record(figure: Figure): void {
  const folder = process.env['TALLYMAN_FAULT_FIGURES'];
  if (folder === undefined) return;
  writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify(figure));
}
