import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { VerifyResult } from '../../archive/verify';
import { counted } from '../../archive/verify-verdict';
import { openArchiveForReading, readArchiveRetention } from '../../open-archive';
import { TallymanError } from '../../core/errors';
import { visible } from '../../render/visible';
import { environmentSettings } from '../../settings';
import { containerResource, jsonOption, placeOf } from '../options';
import type { ExitCode } from '../output';
import { print, printJson } from '../output';

interface VerifyOptions {
  readonly from?: string;
  readonly to?: string;
  readonly head?: readonly string[];
  readonly stream?: string;
  readonly tsaCa?: string;
  readonly resource?: string;
  readonly json?: true;
}

/** `tallyman verify ARCHIVE`: checks an archive against everything that could have happened to it. */
export function addVerifyCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('verify')
    .summary('check that an archive is whole and unchanged')
    .description(
      'Walks every chain, signature and file of an archive and names each defect. Give the range of ' +
        'days that must be covered, and the head digest from any mail: without them a cut tail can’t ' +
        'be seen.\n' +
        'Exit code: 0 good, 1 discrepancies, 2 could not check, 64 asked wrongly.',
    )
    .argument('<archive>', 'a folder, a ZIP file, or a container’s https address')
    .option('--from <date>', 'the first day that must be covered (2026-01-01)')
    .option('--to <date>', 'the day after the last one (2027-01-01)')
    .option(
      '--head <sha256>',
      'the head digest that a mail gave; again for another stream',
      (head: string, before: readonly string[] | undefined) => [...(before ?? []), head],
    )
    .option('--stream <name>', 'only this stream')
    .option('--tsa-ca <file>', 'certificates (PEM) of the authority whose time stamps you trust')
    .option(
      '--resource <address>',
      'a container’s https address in Azure Resource Manager, which knows whether its policy is locked',
      containerResource,
    )
    .addOption(jsonOption)
    .action(async (place: string, options: VerifyOptions) => {
      const { verifyArchive } = await import('../../archive/verify.js');
      const { json, tsaCa, resource, ...asked } = options;
      const certificates = tsaCa === undefined ? {} : { tsaCa: await readCertificates(tsaCa) };
      const storageConnection = environmentSettings().TALLYMAN_STORAGE_CONNECTION;
      checkPlace(place, storageConnection);
      const archive = await openArchiveForReading(placeOf(place), storageConnection);
      const retention = await readArchiveRetention(placeOf(place), {
        archiveResource: resource,
        storageConnection,
      });
      const result = await verifyArchive(archive, { ...asked, ...certificates, retention });
      if (json === true) printJson(result);
      else printResult(result, retention?.detail ?? '');
      done(result.good ? 0 : 1);
    });
}

/** Throws ARGUMENT_INVALID for what no archive can be at. */
function checkPlace(place: string, storageConnection: string | undefined): void {
  if (place === '') {
    throw new TallymanError('ARGUMENT_INVALID', 'No archive was named.', {
      hint: 'Name a folder, a ZIP file or a container’s https address; is a variable empty?',
    });
  }
  // An identity’s token is sent over https alone; an emulator is reached by its connection string.
  if (/^http:/i.test(place) && storageConnection === undefined) {
    throw new TallymanError('ARGUMENT_INVALID', `${place} is not an https address.`, {
      hint: 'Use the https address of the container.',
    });
  }
}

async function readCertificates(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new TallymanError('ARGUMENT_INVALID', `The file ${file} can’t be read.`, {
      hint: 'Give a file of certificates in PEM, as the time stamp authority publishes it.',
      cause,
    });
  }
}

function printResult(result: VerifyResult, retentionDetail: string): void {
  for (const stream of result.streams) {
    const range =
      stream.from === undefined ? '' : `, ${stream.from} to ${stream.to ?? '?'} (end excluded)`;
    print(
      `${stream.stream}: ${counted(stream.entries, 'entry', 'entries')}, ${counted(stream.runs, 'run')}, ${counted(stream.gaps, 'gap')}${range}`,
    );
    if (stream.head !== undefined) print(`  head sha256 ${stream.head}`);
    const { newest, count } = stream.witnesses;
    if (newest !== undefined) {
      print(
        `  ${counted(count, 'time stamp')}; entry ${String(newest.sequence)} was seen at ${newest.time}`,
      );
    }
  }
  for (const { code, path, message } of result.discrepancies) {
    print(`BAD ${code} ${visible(path)}: ${visible(message)}`);
  }
  for (const { code, path, message } of result.notes) {
    print(`note ${code} ${visible(path)}: ${visible(message)}`);
  }
  if (result.retention !== undefined) {
    print(`retention ${result.retention.status}: ${visible(retentionDetail)}`);
  }
  for (const sentence of result.notChecked) print(`not checked: ${visible(sentence)}`);
  print(visible(result.verdict));
}
