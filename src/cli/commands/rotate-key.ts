import type { Command } from 'commander';
import { openArchiveForReading, openKeeping, openNewKey } from '../../open-archive';
import { TallymanError } from '../../core/errors';
import { visible } from '../../render/visible';
import type { SettingName } from '../../settings';
import { parseKeepingSettings } from '../../settings';
import { archiveOption, jsonOption, keyOption, settingsWith } from '../options';
import type { ExitCode } from '../output';
import { note, print, printJson } from '../output';

interface RotateOptions {
  readonly archive?: string;
  readonly key?: string;
  readonly newKey?: string;
  readonly newVaultKey?: string;
  readonly reason: string;
  readonly json?: true;
}

/** `tallyman rotate-key`: hands every stream of an archive over to a new signing key. */
export function addRotateKeyCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('rotate-key')
    .summary('replace the key that signs an archive')
    .description(
      'Seals in every stream, with the present key, that a new key signs from then on, with the new ' +
        'key’s proof that it takes over. When it was stopped half-way, call it again with the same ' +
        'keys.\n' +
        'Exit code: 0 done, 1 some streams could not be handed over, 64 asked wrongly.',
    )
    .option('--new-key <file>', 'the file of the new key, which is made when it is not there')
    .option('--new-vault-key <id>', 'or the identifier of a Key Vault key, with its version')
    .requiredOption('--reason <text>', 'why, in a sentence that names no person; it is sealed')
    .addOption(archiveOption)
    .addOption(keyOption)
    .addOption(jsonOption)
    .action(async (options: RotateOptions) => {
      done(await rotateCommand(options));
    });
}

async function rotateCommand(options: RotateOptions): Promise<ExitCode> {
  const { rotateAllKeys } = await import('../../run/rotate-key.js');
  const { streamsIn } = await import('../../archive/streams-in.js');
  const { newKey: file, newVaultKey: vaultKey } = options;
  if ((file === undefined) === (vaultKey === undefined)) {
    throw new TallymanError(
      'ARGUMENT_INVALID',
      'Expected --new-key or --new-vault-key, one of them.',
      {
        hint: 'For a file: --new-key signing-key-2.pem.',
      },
    );
  }
  const settings = parseKeepingSettings(settingsWith(options));
  // Before a key is opened, which makes one where there is none; a mistyped archive is not handed over.
  const reading = await openArchiveForReading(settings.archive, settings.storageConnection);
  if ((await streamsIn(reading)).length === 0) {
    throw new TallymanError('ARGUMENT_INVALID', `${reading.location} has no stream.`, {
      hint: 'Name the archive whose key is to change with --archive or TALLYMAN_ARCHIVE.',
    });
  }
  const parts = await openKeeping(settings);
  const newSigner = await openNewKey(file === undefined ? { vaultKey: vaultKey ?? '' } : { file });
  const result = await rotateAllKeys(parts, newSigner, options.reason);
  if (options.json === true) {
    printJson({
      newKeyFingerprint: newSigner.fingerprint,
      streams: result.rotated.map(({ stream, entry }) => ({
        stream,
        sequence: entry?.sequence ?? null,
      })),
      failed: result.failed.map(({ stream, error }) => ({ stream, message: messageOf(error) })),
    });
  } else {
    for (const { stream, entry } of result.rotated) {
      print(
        entry === undefined
          ? `${stream}: has the new key already.`
          : `${stream}: handed over with entry ${String(entry.sequence)}.`,
      );
    }
    const setting: SettingName =
      file === undefined ? 'TALLYMAN_SIGNING_KEY_VAULT_KEY' : 'TALLYMAN_SIGNING_KEY_FILE';
    print(`New key sha256 ${newSigner.fingerprint}. Tell your auditors this fingerprint.`);
    print(`Set ${setting} to ${file ?? vaultKey ?? ''} wherever the archive is written.`);
    print('Keep the old key’s public file in keys/: older entries are verified with it.');
  }
  for (const { stream, error } of result.failed) {
    note(`${stream}: not handed over. ${visible(messageOf(error))}`);
  }
  return result.failed.length === 0 ? 0 : 1;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
