import type { Command } from 'commander';
import { Option } from 'commander';
import type { ReviewWords } from '../../archive/reviews';
import type { Archive } from '../../core/archive';
import { TallymanError } from '../../core/errors';
import type { Decision } from '../../core/review';
import { DECISIONS, waitsForReviewer } from '../../core/review';
import { systemUser } from '../../machine';
import { openArchiveForReading, openKeeping } from '../../open-archive';
import { visible, visibleLines } from '../../render/visible';
import type { Reviewable } from '../../run/review-run';
import { environmentSettings, parseKeepingSettings } from '../../settings';
import { onlyStream } from '../only-stream';
import { jsonOption, keyOption, placeOf, settingsWith } from '../options';
import type { ExitCode } from '../output';
import { print, printJson } from '../output';

interface ReviewOptions {
  readonly run: string;
  readonly stream?: string;
  readonly decision?: Decision;
  readonly sha256?: string;
  readonly comment: string;
  readonly reviewer?: string;
  readonly key?: string;
  readonly json?: true;
}

/** `tallyman review ARCHIVE --run N`: shows what was said of a report, or signs it off. */
export function addReviewCommand(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('review')
    .summary('sign a report off')
    .description(
      'Seals what a person decided of a report: that every finding is handled or explained (accepted), ' +
        'that something is still to be done (noted), or that the report must not be relied on ' +
        '(rejected). It is bound to the digest of the entry that was read, so that nobody signs what ' +
        'they have not seen; the last review counts. The name and the comment are in a file of the ' +
        'archive, never in its chain. Without --decision it only shows the entry, its digest and what ' +
        'was said so far.\n' +
        'Exit code: 0 sealed or nobody is waited for, 1 it waits for a reviewer, 64 asked wrongly.',
    )
    .argument('<archive>', 'a folder, or a container’s https address')
    .requiredOption(
      '--run <run>',
      'the number of its chain entry (42), or its period (2026-03-02): then what speaks for it now',
    )
    .option('--stream <name>', 'the stream (default: the archive’s only one)')
    .addOption(new Option('--decision <decision>', 'what was decided').choices(DECISIONS))
    .option('--sha256 <digest>', 'with --decision: the digest of the entry that was read')
    .option('--comment <text>', 'how findings were handled, or what is to be done', '')
    .option('--reviewer <name>', 'who decided (default: who is logged in to this machine)')
    .addOption(keyOption)
    .addOption(jsonOption)
    .action(async (place: string, options: ReviewOptions) => {
      const archive = await openArchiveForReading(
        placeOf(place),
        environmentSettings().TALLYMAN_STORAGE_CONNECTION,
      );
      const stream = options.stream ?? (await onlyStream(archive));
      const { decision } = options;
      if (decision === undefined) done(await show(archive, place, stream, options));
      else done(await signOff(place, stream, decision, options));
    });
}

/** Needs no key, and so makes none. */
async function show(
  archive: Archive,
  place: string,
  stream: string,
  { run, json }: ReviewOptions,
): Promise<ExitCode> {
  const { findReviewable } = await import('../../run/review-run.js');
  const { readReviewWords } = await import('../../archive/reviews.js');
  const found = await findReviewable(archive, { stream, run });
  const { entry, predicate, reviews } = found;
  const outcome = predicate.kind === 'gap' ? 'gap' : predicate.outcome;
  const waits = waitsForReviewer(outcome, reviews.at(-1)?.predicate.decision);
  const said = await Promise.all(
    reviews.map(async (review) => ({ review, words: await readReviewWords(archive, review) })),
  );
  if (json === true) {
    printJson({
      stream,
      sequence: entry.sequence,
      kind: predicate.kind,
      period: predicate.period.id,
      outcome,
      sha256: entry.manifestSha256,
      waits,
      reviews: said.map(({ review, words }) => ({
        sequence: review.entry.sequence,
        decision: review.predicate.decision,
        reviewedAt: review.predicate.reviewedAt,
        ...(typeof words === 'string'
          ? { words }
          : { reviewer: words.reviewer, comment: words.comment }),
      })),
    });
    return waits ? 1 : 0;
  }
  await printEntry(stream, found);
  for (const { review, words } of said) {
    const { decision, reviewedAt } = review.predicate;
    print(
      `  ${decision} at ${reviewedAt} by ${nameOf(words)}, entry ${String(review.entry.sequence)}`,
    );
    if (typeof words === 'string' || words.comment === '') continue;
    for (const line of visibleLines(words.comment)) print(`    ${line}`);
  }
  print(waits ? 'It waits for a reviewer.' : 'Nobody is waited for.');
  print(`To sign it off, with ${DECISIONS.join(', ')} as the decision:`);
  print(
    `  npx tallyman review ${visible(place)} --stream ${stream} --run ${String(entry.sequence)} --sha256 ${entry.manifestSha256} --decision DECISION --comment TEXT`,
  );
  return waits ? 1 : 0;
}

async function printEntry(stream: string, { entry, predicate }: Reviewable): Promise<void> {
  const { OUTCOME_TEXT } = await import('../run-output.js');
  const outcome =
    predicate.kind === 'gap' ? visible(predicate.reason) : OUTCOME_TEXT[predicate.outcome];
  print(
    `${stream} entry ${String(entry.sequence)}, ${predicate.kind} of ${predicate.period.id}: ${outcome}`,
  );
  print(`  sealed ${predicate.sealedAt}, sha256 ${entry.manifestSha256}`);
}

function nameOf(words: ReviewWords): string {
  if (typeof words === 'string') return `somebody: the file that says who is ${words}`;
  const { name, knownBy } = words.reviewer;
  return `${visible(name)} (${knownBy === 'entra-id' ? 'logged in with Entra ID' : 'as stated'})`;
}

async function signOff(
  place: string,
  stream: string,
  decision: Decision,
  options: ReviewOptions,
): Promise<ExitCode> {
  const { findReviewable, reviewRun } = await import('../../run/review-run.js');
  const { run, comment, sha256, key } = options;
  if (sha256 === undefined) {
    throw new TallymanError('ARGUMENT_INVALID', '--sha256: expected a digest, got none.', {
      hint: 'Say it without --decision first: that shows the entry and its digest. Mails have it too.',
    });
  }
  const name = options.reviewer ?? systemUser() ?? '';
  const settings = parseKeepingSettings(
    settingsWith({ archive: place, ...(key === undefined ? {} : { key }) }),
  );
  const reading = await openArchiveForReading(placeOf(place), settings.storageConnection);
  // Before the key is opened, which makes one where there is none.
  await findReviewable(reading, { stream, run });
  const { status, entry } = await reviewRun(await openKeeping(settings), {
    ...{ stream, run, decision, comment, sha256: sha256.toLowerCase() },
    reviewer: { name, knownBy: 'statement' },
  });
  const { sequence, manifestSha256 } = entry;
  if (options.json === true) {
    printJson({ status, stream, sequence, sha256: manifestSha256, decision });
  } else if (status === 'sealed') {
    print(`Sealed as entry ${String(sequence)}, sha256 ${manifestSha256}.`);
  } else {
    print(`Said already, as entry ${String(sequence)}; nothing was added.`);
  }
  return 0;
}
