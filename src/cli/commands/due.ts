import type { Command } from 'commander';
import { compose } from '../../compose';
import { parseSettings } from '../../settings';
import type { PlaceOptions } from '../options';
import {
  archiveOption,
  dateText,
  instantText,
  jsonOption,
  keyOption,
  logsOption,
  mailOption,
  settingsWith,
  templatesOption,
} from '../options';
import type { ExitCode } from '../output';
import { reportError } from '../output';
import { ProgressLine } from '../progress';

interface DueOptions extends PlaceOptions {
  readonly now?: string;
  readonly since?: string;
  readonly exitZero?: true;
  readonly json?: true;
}

/** `tallyman due`: makes every run that is due or missing. */
export function addDueCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('due')
    .summary('make every run that is due or missing')
    .description(
      'Compares the report definitions with the chains in the archive and makes what is missing,\n' +
        'the oldest period first, each in its original window. Running it again does nothing new.\n' +
        'Exit code: 0 as expected, 1 findings, 2 could not tell, 64 asked wrongly.',
    )
    .option('--now <time>', 'take this for the time now, with its zone', instantText)
    .option(
      '--since <date>',
      'the first period of streams that have no run yet (default: the newest complete one)',
      dateText,
    )
    .option('--exit-zero', 'end with 0 whatever the reports say, unless a run could not be made')
    .addOption(logsOption)
    .addOption(archiveOption)
    .addOption(mailOption)
    .addOption(templatesOption)
    .addOption(keyOption)
    .addOption(jsonOption)
    .action(async (options: DueOptions) => {
      done(await dueCommand(options));
    });
}

async function dueCommand(options: DueOptions): Promise<ExitCode> {
  const { failureOf, runDue } = await import('../../run/run-due.js');
  const { exitCodeOf, printDueResult, showProgress } = await import('../run-output.js');
  const settings = parseSettings(settingsWith(options));
  const { now } = options;
  const json = options.json === true;
  const progress = new ProgressLine();
  const composed = await compose(settings, {
    ...(now === undefined ? {} : { now: (): string => now }),
    onProgress: (event) => {
      showProgress(progress, event, json);
    },
    onLoading: (text) => {
      progress.show(text);
    },
  });
  const { parts } = composed;
  try {
    const result = await runDue(parts, options.since ?? settings.since);
    progress.clear();
    printDueResult(result, { json, settings, kept: [] });
    const failure = failureOf(result);
    if (failure !== undefined) return reportError(failure, json);
    return options.exitZero === true ? 0 : exitCodeOf(result);
  } finally {
    progress.clear();
    await composed.close();
  }
}
