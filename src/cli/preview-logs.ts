import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { ScratchFolder } from '../core/clean-up';
import { makeFolder } from '../core/make-folder';
import type { PeriodKind } from '../core/period';
import type { SampleOptions } from '../samples/generate';
import type { ProgressLine } from './progress';

/** Five weeks, of which the last four are the whole of a February: enough for audits that look back. */
const OPTIONS: Omit<SampleOptions, 'out' | 'onProgress'> = {
  seed: 2026,
  firstDay: '2026-01-26',
  days: 35,
  registries: 2,
  eventsPerDay: 560,
  timeZone: 'Asia/Seoul',
};

/** The newest period of each kind that the sample logs cover; a quarter is longer than they are. */
export const SAMPLE_PERIODS: Readonly<Record<PeriodKind, string>> = {
  day: '2026-02-27',
  week: '2026-W09',
  month: '2026-02',
  quarter: '2026-Q1',
};

/** The sample logs of this version of the program; they are made on first use, in a few seconds. */
export async function previewLogs(
  cache: string,
  version: string,
  progress: ProgressLine,
): Promise<string> {
  const folder = join(cache, 'sample-logs', version);
  if (existsSync(folder)) return folder;
  const { generateSamples } = await import('../samples/generate.js');
  // Made beside and renamed, so that nobody takes half of them for all.
  const making = new ScratchFolder(`${folder}.${process.pid}`);
  await makeFolder(making.path);
  await generateSamples({
    ...OPTIONS,
    out: making.path,
    onProgress: (day, days) => {
      progress.show(`making sample logs: day ${day} of ${days}`);
    },
  });
  try {
    await rename(making.path, folder);
  } catch (error) {
    // Another process was first.
    if (!existsSync(folder)) throw error;
  } finally {
    await making.remove();
  }
  return folder;
}
