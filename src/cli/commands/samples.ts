import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { TallymanError } from '../../core/errors';
import { stableJson } from '../../core/digest';
import { dateText, jsonOption, wholeNumber } from '../options';
import type { ExitCode } from '../output';
import { print, printJson } from '../output';
import { ProgressLine } from '../progress';

/** What a folder of samples was made with, beside them. */
const OPTIONS_FILE = 'samples.json';

interface SamplesOptions {
  readonly seed: number;
  readonly days: number;
  readonly registries: number;
  readonly eventsPerDay: number;
  readonly firstDay: string;
  readonly out: string;
  readonly json?: true;
}

/** `tallyman samples`: writes raw logs as Azure does, with incidents to be found. */
export function addSamplesCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('samples')
    .summary('write sample logs in Azure’s own layout')
    .description(
      'Writes raw registry logs, metrics and activity records as diagnostic settings write them, ' +
        'with planted incidents that ground-truth.json lists. The same options write the same bytes; ' +
        'a folder that holds them already is left alone.',
    )
    .requiredOption('--out <folder>', 'where to write')
    .option('--seed <n>', 'another number, other logs', wholeNumber(0), 1)
    .option('--days <n>', 'how many days', wholeNumber(1), 3)
    .option('--registries <n>', 'how many registries', wholeNumber(1), 2)
    .option('--events-per-day <n>', 'over all registries', wholeNumber(1), 2000)
    .option('--first-day <date>', 'the first day', dateText, '2026-03-09')
    .addOption(jsonOption)
    .action(async (options: SamplesOptions) => {
      done(await samplesCommand(options));
    });
}

async function samplesCommand(options: SamplesOptions): Promise<ExitCode> {
  const { json, out, ...made } = options;
  const recordFile = join(out, OPTIONS_FILE);
  const record = stableJson(made);
  if (existsSync(out)) {
    const there = existsSync(recordFile) ? await readFile(recordFile, 'utf8') : undefined;
    if (there !== record) {
      throw new TallymanError('OUTPUT_EXISTS', `${out} exists and holds something else.`, {
        hint: 'Give another folder with --out, or remove this one.',
      });
    }
    if (json === true) printJson({ out, written: false });
    else print(`${out} holds these logs already.`);
    return 0;
  }
  const { generateSamples } = await import('../../samples/generate.js');
  const progress = new ProgressLine();
  const summary = await generateSamples({
    ...made,
    timeZone: 'Asia/Seoul',
    out,
    onProgress: (day, days) => {
      progress.show(`day ${String(day)} of ${String(days)}`);
    },
  });
  // Last, so that a folder that was left half written is not taken for a whole one.
  await writeFile(recordFile, record);
  progress.clear();
  if (json === true) printJson({ out, written: true, ...summary });
  else {
    print(
      `${summary.records.toLocaleString('en-US')} records (${(summary.bytes / 1e6).toFixed(1)} MB) in ${summary.files.toLocaleString('en-US')} files under ${out}`,
    );
  }
  return 0;
}
