import type { Command } from 'commander';
import { systemClock } from '../../machine';
import { openArchiveForReading, openKeeping } from '../../open-archive';
import { TallymanError } from '../../core/errors';
import type { RawSettings } from '../../settings';
import { parseKeepingSettings } from '../../settings';
import type { LocalReviews } from '../../web/serve';
import { archiveOption, keyOption, placeOf, settingsWith, wholeNumber } from '../options';
import type { ExitCode } from '../output';
import { note, print } from '../output';

interface ServeOptions {
  readonly archive?: string;
  readonly port: number;
  readonly reviewer?: string;
  readonly key?: string;
}

/** `tallyman serve`: the evidence page on this machine. */
export function addServeCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('serve')
    .summary('open the evidence page on this machine')
    .description(
      'Serves streams, runs, reports and downloads of an archive to this machine alone, read only; ' +
        'with --reviewer reports can be signed off too. Stop it with Ctrl+C.',
    )
    .addOption(archiveOption)
    .option('--port <n>', 'the port; 0 for any free one', wholeNumber(0, 65_535), 8080)
    .option(
      '--reviewer <name>',
      'show a form to sign reports off in this name, to whoever reaches the port',
    )
    .addOption(keyOption)
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
        options.reviewer === undefined ? undefined : localReviews(raw, options.reviewer),
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

/** Settings are checked at once; the key is opened, or made, when the first review comes. */
function localReviews(raw: RawSettings, name: string): LocalReviews {
  const settings = parseKeepingSettings(raw);
  return {
    openParts: () => openKeeping(settings),
    reviewer: { name, knownBy: 'statement' },
  };
}
