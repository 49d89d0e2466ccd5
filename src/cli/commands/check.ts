import type { Command } from 'commander';
import { shippedTemplates } from '../../compose';
import { formatProblem } from '../../core/errors';
import { visible } from '../../render/visible';
import { jsonOption, settingsWith, templatesOption } from '../options';
import type { ExitCode } from '../output';
import { note, print, printJson } from '../output';

interface CheckOptions {
  readonly templates?: string;
  readonly json?: true;
}

/** `tallyman check`: reads and type-checks every definition. */
export function addCheckCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('check')
    .summary('check every audit, report and control')
    .description(
      'Reads all definitions, type-checks every query against the tables’ schemas and says all problems\n' +
        'at once, as path:line: what was expected, what came, what to do. Exit code: 0 good, 64 problems.',
    )
    .addOption(templatesOption)
    .addOption(jsonOption)
    .action(async (options: CheckOptions) => {
      const { checkCatalog } = await import('../../catalog/lint.js');
      const folder = settingsWith(options).TALLYMAN_TEMPLATES ?? shippedTemplates();
      const { catalog, problems } = await checkCatalog(folder);
      const counts = { audits: catalog?.audits.length ?? 0, reports: catalog?.reports.length ?? 0 };
      if (options.json === true) {
        printJson({ ...counts, problems });
      } else if (problems.length === 0) {
        print(`${String(counts.audits)} audits and ${String(counts.reports)} reports are sound.`);
      } else {
        for (const problem of problems) print(visible(formatProblem(problem)));
        note(problems.length === 1 ? '1 problem.' : `${String(problems.length)} problems.`);
      }
      done(problems.length === 0 ? 0 : 64);
    });
}
