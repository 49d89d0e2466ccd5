import type { Command } from 'commander';
import type { ChainEntry } from '../../archive/chain';
import { newScratch, systemClock } from '../../machine';
import { openArchiveForReading } from '../../open-archive';
import { openLogSource } from '../../open-logs';
import { openMaker } from '../../shipped';
import type { Archive } from '../../core/archive';
import { TallymanError } from '../../core/errors';
import { visible } from '../../render/visible';
import type { ReperformedAnswer } from '../../run/reperform-answers';
import type { Reperformance } from '../../run/reperform';
import { environmentSettings, parseLogSettings } from '../../settings';
import { onlyStream } from '../only-stream';
import { jsonOption, placeOf, settingsWith, templatesOption } from '../options';
import type { ExitCode } from '../output';
import { print, printJson } from '../output';

interface ReperformOptions {
  readonly run: string;
  /** `true` stands for those that the settings name. */
  readonly logs?: string | true;
  readonly templates?: string;
  readonly stream?: string;
  readonly json?: true;
}

/** `tallyman reperform ARCHIVE --run N`: makes a sealed run's report again and compares the bytes. */
export function addReperformCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('reperform')
    .summary('make a sealed report again and compare it byte for byte')
    .description(
      'Renders every file of a sealed run again from its sealed evidence, and compares the bytes. ' +
        'With --logs the queries are asked again, too, and their rows compared with the sealed ones. ' +
        'A run that another version sealed may come out otherwise: then the versions are named, and ' +
        'the exit code is 2.\n' +
        'Exit code: 0 the same, 1 different, 2 could not tell, 64 asked wrongly.',
    )
    .argument('<archive>', 'a folder, or a container’s https address')
    .requiredOption('--run <run>', 'the number of its chain entry (42), or its period (2026-03-02)')
    .option('--stream <name>', 'the stream (default: the archive’s only one)')
    .option('--logs [folder-or-url]', 'ask the logs again (default: those that the settings name)')
    .addOption(templatesOption)
    .addOption(jsonOption)
    .action(async (place: string, { logs, ...options }: ReperformOptions) => {
      const archive = await openArchiveForReading(
        placeOf(place),
        environmentSettings().TALLYMAN_STORAGE_CONNECTION,
      );
      const { entry, entries } = await findRun(archive, options);
      const { reperformRun } = await import('../../run/reperform.js');
      const files = await reperformRun(archive, entry, entries, await openMaker(options.templates));
      const answers =
        logs === undefined
          ? undefined
          : await answersNow(archive, entry, entries, logs === true ? undefined : logs);
      if (options.json === true)
        printJson({ ...files, ...(answers === undefined ? {} : { answers }) });
      else printResult(files, answers);
      done(exitCodeOf(files, answers ?? []));
    });
}

interface FoundRun {
  readonly entry: ChainEntry;
  /** Of its stream, oldest first. */
  readonly entries: readonly ChainEntry[];
}

async function findRun(
  archive: Archive,
  { run, stream }: Pick<ReperformOptions, 'run' | 'stream'>,
): Promise<FoundRun> {
  const { destroyedEntries, readChain } = await import('../../archive/chain.js');
  const name = stream ?? (await onlyStream(archive));
  const entries = await readChain(archive, name);
  const runs = entries.filter(({ manifest }) => manifest.predicate.kind === 'run');
  const found = runs.find(
    ({ sequence, manifest: { predicate } }) =>
      String(sequence) === run || (predicate.kind === 'run' && predicate.period.id === run),
  );
  if (found !== undefined && destroyedEntries(entries).has(found.sequence)) {
    throw new TallymanError(
      'EVIDENCE_DESTROYED',
      `The files of the run ${run} were destroyed under retention, as a signed entry says.`,
      { hint: 'Its figures are still in its manifest; it can’t be made again.' },
    );
  }
  if (found !== undefined) return { entry: found, entries };
  const known = runs.map(({ sequence }) => String(sequence));
  throw new TallymanError('ARGUMENT_INVALID', `--run: there is no run ${run} in ${name}.`, {
    hint:
      known.length === 0
        ? 'The stream has no run.'
        : `Its runs are the entries ${known.slice(0, 3).join(', ')}${known.length > 3 ? ` … ${known.at(-1) ?? ''}` : ''}.`,
  });
}

async function answersNow(
  archive: Archive,
  entry: ChainEntry,
  entries: readonly ChainEntry[],
  logs: string | undefined,
): Promise<ReperformedAnswer[]> {
  const { reperformAnswers } = await import('../../run/reperform-answers.js');
  const scratch = newScratch();
  const raw = settingsWith(logs === undefined ? {} : { logs });
  const storageConnection = environmentSettings().TALLYMAN_STORAGE_CONNECTION;
  const source = await openLogSource(
    { storageConnection },
    parseLogSettings(raw),
    scratch.path,
    systemClock,
  );
  try {
    return await reperformAnswers(archive, entry, entries, source);
  } finally {
    await source.close();
    await scratch.remove();
  }
}

function printResult(
  result: Reperformance,
  answers: readonly ReperformedAnswer[] | undefined,
): void {
  print(`${result.stream} entry ${String(result.sequence)}, run ${result.runId}`);
  for (const { path, status, at } of result.files) {
    if (status === 'same') continue;
    const line = at?.line === undefined ? '' : `, line ${String(at.line)}`;
    print(
      `${status} ${visible(path)}${at === undefined ? '' : ` from byte ${String(at.offset)}${line}`}`,
    );
    if (at === undefined) continue;
    print(`  sealed: ${visible(at.sealed)}`);
    print(`  made:   ${visible(at.made)}`);
  }
  for (const reason of result.reasons) print(visible(reason));
  if (answers !== undefined) printAnswers(answers);
}

function printAnswers(answers: readonly ReperformedAnswer[]): void {
  for (const answer of answers) {
    if (answer.status === 'could-not-tell') {
      print(`could not tell ${answer.id}: ${visible(answer.reason)}`);
    } else if (answer.status === 'different') {
      const { added, missing, columns } = answer;
      print(
        `different ${answer.id}: ${String(added.length)} rows that are not sealed, ${String(missing.length)} sealed rows that are gone${columns ? ', other columns' : ''}`,
      );
    }
  }
  const same = answers.filter(({ status }) => status === 'same').length;
  print(`${String(same)} of ${String(answers.length)} questions gave the sealed rows again.`);
}

function exitCodeOf(files: Reperformance, answers: readonly ReperformedAnswer[]): ExitCode {
  const statuses = [files.outcome, ...answers.map(({ status }) => status)];
  if (statuses.includes('different')) return 1;
  return statuses.includes('could-not-tell') ? 2 : 0;
}
