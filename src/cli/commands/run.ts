import type { Command } from 'commander';
import { parseSettings } from '../../settings';
import type { PlaceOptions } from '../options';
import { settingsWith, withRunOptions } from '../options';
import type { ExitCode } from '../output';

interface RunOptions extends PlaceOptions {
  readonly period: string;
  readonly scope?: string;
  readonly early?: true;
  readonly json?: true;
}

/** `tallyman run REPORT --period P`: makes one run now, whatever is due. */
export function addRunCommand(program: Command, done: (code: ExitCode) => void): void {
  const command = program
    .command('run')
    .summary('make one run of a report')
    .description(
      'Asks the logs, judges, renders, seals and mails one report for one period. A period that is ' +
        'sealed already is left alone; one that is not over is refused.\n' +
        'Exit code: 0 as expected, 1 findings, 2 could not tell, 64 asked wrongly.',
    )
    .argument('<report>', 'the report’s id, such as daily-registry-audit')
    .requiredOption(
      '--period <period>',
      'a date in the period, or its id: 2026-03-02, 2026-W10, 2026-03, 2026-Q1',
    )
    .option('--scope <id>', 'one scope of the report (default: all of them)')
    .option(
      '--early',
      'make the run before the report’s `settle` and `deliverAt`: records that arrive later are not in it, and show only when the closed period is asked again',
    );
  withRunOptions(command).action(async (reportId: string, options: RunOptions) => {
    done(await runCommand(reportId, options));
  });
}

async function runCommand(reportId: string, options: RunOptions): Promise<ExitCode> {
  const { runReport } = await import('../../run/run-report.js');
  const { findStreams } = await import('../../run/streams.js');
  const { tellAll } = await import('../../run/run-due.js');
  const { exitCodeOf, printDueResult } = await import('../run-output.js');
  const { namedPeriod } = await import('../named-period.js');
  const { withParts } = await import('../with-parts.js');
  const settings = parseSettings(settingsWith(options));
  const json = options.json === true;
  return withParts(settings, { json }, async (parts, clear) => {
    const runs = findStreams(parts.catalog, reportId, options.scope).map((definition) => ({
      definition,
      period: namedPeriod(definition.report, options.period),
    }));
    const sealed = [];
    const kept = [];
    for (const { definition, period } of runs) {
      const result = await runReport(parts, definition, period, 'manual', {
        early: options.early === true,
      });
      if (result.status === 'sealed') {
        sealed.push({ report: result.report, sequence: result.entry.sequence });
      } else {
        kept.push(`${definition.stream} ${period.id}`);
      }
    }
    const mail = await tellAll(parts);
    clear();
    const result = { sealed, askedAgain: [], left: 0, failed: [], abandoned: [], mail };
    printDueResult(result, { json, settings, kept, english: parts.views.languages.en });
    return exitCodeOf(result);
  });
}
