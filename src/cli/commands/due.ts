import type { Command } from 'commander';
import { parseSettings } from '../../settings';
import type { PlaceOptions } from '../options';
import { dateText, instantText, settingsWith, withRunOptions } from '../options';
import type { ExitCode } from '../output';
import { reportError } from '../output';

interface DueOptions extends PlaceOptions {
  readonly now?: string;
  readonly since?: string;
  readonly exitZero?: true;
  readonly json?: true;
}

/** `tallyman due`: makes every run that is due or missing. */
export function addDueCommand(program: Command, done: (code: ExitCode) => void): void {
  const command = program
    .command('due')
    .summary('make every run that is due or missing')
    .description(
      'Compares the report definitions with the chains in the archive and makes what is missing, ' +
        'the oldest period first, each in its original window. Running it again does nothing new.\n' +
        'Exit code: 0 as expected, 1 findings, 2 could not tell, 64 asked wrongly.',
    )
    .option('--now <time>', 'take this for the time now, with its zone', instantText)
    .option(
      '--since <date>',
      'the first period of streams that have no run yet (default: the newest complete one)',
      dateText,
    )
    .option('--exit-zero', 'end with 0 whatever the reports say, unless a run could not be made');
  withRunOptions(command).action(async (options: DueOptions) => {
    done(await dueCommand(options));
  });
}

async function dueCommand(options: DueOptions): Promise<ExitCode> {
  const { failureOf, runDue } = await import('../../run/run-due.js');
  const { exitCodeOf, printDueResult } = await import('../run-output.js');
  const { withParts } = await import('../with-parts.js');
  const settings = parseSettings(settingsWith(options));
  const json = options.json === true;
  return withParts(settings, { now: options.now, json }, async (parts, clear) => {
    const result = await runDue(parts, options.since ?? settings.since);
    clear();
    printDueResult(result, { json, settings, kept: [], english: parts.views.languages.en });
    const failure = failureOf(result);
    // JSON has said already which runs failed, and is one document.
    if (failure !== undefined) return json ? 2 : reportError(failure, false);
    return options.exitZero === true ? 0 : exitCodeOf(result);
  });
}
