import { join } from 'node:path';
import type { Command } from 'commander';
import type { LanguageFiles } from '../../catalog/language-files';
import { shippedTemplates } from '../../shipped';
import { formatProblem, type Problem } from '../../core/errors';
import { visible } from '../../render/visible';
import { jsonOption, settingsWith, templatesOption } from '../options';
import type { ExitCode } from '../output';
import { note, print, printJson } from '../output';

interface CheckOptions {
  readonly templates?: string;
  readonly json?: true;
}

/** What is wrong with the views, and texts that nothing says; nothing is known of them without English. */
async function viewProblems(templates: string, languages: LanguageFiles): Promise<Problem[]> {
  const english = languages.get('en')?.language;
  if (english === undefined) return [];
  const { checkViews } = await import('../../render/views.js');
  const { unusedPhrases } = await import('../../catalog/language-files.js');
  const { problems, said } = await checkViews(join(templates, 'views'), english);
  // A view that can't be read may say any of them.
  return problems.length > 0 ? [...problems] : unusedPhrases(languages, said);
}

/** `tallyman check`: reads and checks every definition, view and text. */
export function addCheckCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('check')
    .summary('check every audit, report and control')
    .description(
      'Reads all definitions, type-checks every query against the tables’ schemas and says all ' +
        'problems at once, as path:line: what was expected, what came, what to do.\n' +
        'Exit code: 0 good, 64 problems.',
    )
    .addOption(templatesOption)
    .addOption(jsonOption)
    .action(async (options: CheckOptions) => {
      const { checkCatalog } = await import('../../catalog/lint.js');
      const folder = settingsWith(options).TALLYMAN_TEMPLATES ?? shippedTemplates();
      const { catalog, languages, problems: ofDefinitions } = await checkCatalog(folder);
      const problems = [...ofDefinitions, ...(await viewProblems(folder, languages))];
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
