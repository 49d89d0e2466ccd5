import { Option, type Command } from 'commander';
import { LANGUAGE_IDS } from '../../core/language';
import { templatesOption } from '../options';
import type { ExitCode } from '../output';
import type { PreviewOptions } from '../preview-report';

/** `tallyman preview REPORT`: a report from sample logs while its author writes it; nothing is sealed. */
export function addPreviewCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('preview')
    .summary('make a report from sample logs while you write it')
    .description(
      'Writes the files of a report (HTML, PDF, data) into a folder, without an archive, a key or a ' +
        'mail. The logs are samples, made on first use, unless --logs names others. With --watch the ' +
        'files are made again whenever a definition, a query or a view changes; only what changed is ' +
        'asked again.',
    )
    .argument('<report>', 'the report’s id, such as daily-registry-audit')
    .option('--period <period>', 'a date in the period, or its id; --logs needs it')
    .option('--scope <id>', 'one scope of the report (default: its first)')
    .addOption(
      new Option('--language <language>', 'another language than the report’s own').choices(
        LANGUAGE_IDS,
      ),
    )
    .option('--logs <folder-or-url>', 'the log archive to read (default: samples)')
    .addOption(templatesOption)
    .option('--out <folder>', 'where to write; files there are replaced', 'preview')
    .option('--open', 'open the page in the browser')
    .option('--watch', 'go on until Ctrl+C')
    .action(async (reportId: string, options: PreviewOptions) => {
      const { previewCommand } = await import('../preview-report.js');
      done(await previewCommand(reportId, options));
    });
}
