import type { Command } from 'commander';
import { systemClock } from '../../machine';
import {
  openArchiveForReading,
  openEraser,
  openKeeping,
  readArchiveRetention,
} from '../../open-archive';
import { visible } from '../../render/visible';
import type { DestructionRequest } from '../../run/destroy';
import { environmentSettings, parseKeepingSettings } from '../../settings';
import { dateText, jsonOption, keyOption, placeOf, settingsWith } from '../options';
import type { ExitCode } from '../output';
import { note, print, printJson } from '../output';

interface DestroyOptions extends DestructionRequest {
  readonly key?: string;
  readonly yes?: true;
  readonly json?: true;
}

/** `tallyman destroy ARCHIVE`: lets run files go when their retention is over. */
export function addDestroyCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('destroy')
    .summary('destroy files whose retention is over')
    .description(
      'Seals in a stream that the files of everything sealed before a date are destroyed, and then ' +
        'deletes them. Personal data is in such files alone; the chain, its figures and their digests ' +
        'stay, and verification says “destroyed under retention”. Without --yes it only tells what ' +
        'would go. When it was stopped half-way, call it again.\n' +
        'Exit code: 0 done, 1 the storage does not let go of some files yet, 64 asked wrongly.',
    )
    .argument('<archive>', 'a folder, or a container’s https address')
    .requiredOption('--stream <name>', 'the stream, such as daily-registry-audit.all')
    .requiredOption('--before <date>', 'what was sealed before this date (UTC) goes', dateText)
    .requiredOption('--reason <text>', 'by which rule, in a sentence that names no person')
    .option('--yes', 'destroy; without it nothing is changed')
    .addOption(keyOption)
    .addOption(jsonOption)
    .action(async (archive: string, options: DestroyOptions) => {
      done(await destroyCommand(archive, options));
    });
}

async function destroyCommand(archive: string, options: DestroyOptions): Promise<ExitCode> {
  return options.yes === true ? destroy(archive, options) : foretell(archive, options);
}

/** Needs no key, and so makes none. */
async function foretell(place: string, options: DestroyOptions): Promise<ExitCode> {
  const { planDestruction } = await import('../../run/destroy.js');
  const {
    TALLYMAN_STORAGE_CONNECTION: storageConnection,
    TALLYMAN_ARCHIVE_RESOURCE: archiveResource,
  } = environmentSettings();
  const archive = await openArchiveForReading(placeOf(place), storageConnection);
  const plan = await planDestruction({ archive, now: systemClock }, options);
  const retention = await readArchiveRetention(placeOf(place), {
    archiveResource,
    storageConnection,
  });
  const entries = plan.entries.map(({ sequence }) => sequence);
  const files = plan.files.length + plan.unfinished.length;
  if (options.json === true) {
    printJson({ stream: options.stream, entries, files, destroyed: false, retention });
    return 0;
  }
  if (entries.length + files === 0) {
    print(
      `Nothing of ${options.stream} that was sealed before ${options.before} is left to destroy.`,
    );
    return 0;
  }
  print(`${amounts(entries, files)} would be destroyed. Nothing was changed.`);
  if (retention !== undefined) {
    print(`Storage: retention ${retention.status}. ${visible(retention.detail)}`);
  }
  print('Say it again with --yes to destroy them for ever.');
  return 0;
}

async function destroy(archive: string, options: DestroyOptions): Promise<ExitCode> {
  const { destroyFiles, planDestruction } = await import('../../run/destroy.js');
  const settings = parseKeepingSettings(settingsWith({ ...options, archive }));
  const reading = await openArchiveForReading(settings.archive, settings.storageConnection);
  // Before the key is opened, which makes one where there is none.
  await planDestruction({ archive: reading, now: systemClock }, options);
  const parts = await openKeeping(settings);
  const result = await destroyFiles(parts, await openEraser(settings), options);
  const { sealed, erased, kept } = result;
  if (options.json === true) {
    printJson({
      stream: options.stream,
      entries: result.entries.map(({ sequence }) => sequence),
      files: erased,
      destroyed: true,
      sealedAs: sealed.map(({ sequence }) => sequence),
      left: kept.map(({ path }) => path),
    });
  } else {
    for (const { sequence, manifestSha256 } of sealed) {
      print(`Sealed as entry ${String(sequence)}, sha256 ${manifestSha256}.`);
    }
    print(`${String(erased)} ${erased === 1 ? 'file is' : 'files are'} deleted.`);
  }
  for (const { path, error } of kept) {
    note(
      `Still there: ${path}. ${visible(error instanceof Error ? error.message : String(error))}`,
    );
  }
  if (kept.length > 0) note('Call this again when the storage lets go of them.');
  return kept.length === 0 ? 0 : 1;
}

function amounts(entries: readonly number[], files: number): string {
  const [first] = entries;
  const which =
    first === undefined
      ? 'entries that are destroyed already'
      : `${String(entries.length)} ${entries.length === 1 ? 'entry' : 'entries'} (${String(first)} to ${String(entries.at(-1))})`;
  return `${String(files)} ${files === 1 ? 'file' : 'files'} of ${which}`;
}
