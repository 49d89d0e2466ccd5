import type { Command } from 'commander';
import { systemClock } from '../../machine';
import { openArchiveForReading } from '../../open-archive';
import { TallymanError } from '../../core/errors';
import { archiveOption, placeOf, settingsWith, wholeNumber } from '../options';
import type { ExitCode } from '../output';
import { note, print } from '../output';

interface ServeOptions {
  readonly archive?: string;
  readonly port: number;
}

/** `tallyman serve`: the evidence page on this machine. */
export function addServeCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('serve')
    .summary('open the evidence page on this machine')
    .description(
      'Serves streams, runs, reports and downloads of an archive, read only, to this machine alone. ' +
        'Stop it with Ctrl+C.',
    )
    .addOption(archiveOption)
    .option('--port <n>', 'the port; 0 for any free one', wholeNumber(0), 8080)
    .action(async (options: ServeOptions) => {
      const raw = settingsWith(options);
      if (raw.TALLYMAN_ARCHIVE === undefined) {
        throw new TallymanError('ARGUMENT_INVALID', '--archive: expected an archive, got none.', {
          hint: 'Give a folder such as demo/archive, or set TALLYMAN_ARCHIVE.',
        });
      }
      const { startServer } = await import('../../web/serve.js');
      const place = placeOf(raw.TALLYMAN_ARCHIVE);
      const server = await startServer(
        {
          host: '127.0.0.1',
          port: options.port,
          onError: (error) => {
            note(error instanceof Error ? error.message : String(error));
          },
        },
        {
          archive: await openArchiveForReading(place, raw.TALLYMAN_STORAGE_CONNECTION),
          basePath: '',
          now: systemClock,
        },
      );
      print(`The evidence page is at ${server.url}`);
      await new Promise<void>((resolve) => {
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
      });
      await server.stop();
      done(0);
    });
}
