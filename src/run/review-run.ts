import type { ChainEntry } from '../archive/chain';
import {
  appendEntry,
  destroyedEntries,
  linkAfter,
  readChain,
  referenceTo,
  spokeLast,
} from '../archive/chain';
import { createOrSame } from '../archive/create';
import { keyAfter } from '../archive/key-trust';
import { isStreamName, reviewPath } from '../archive/layout';
import type { AmendmentPredicate, GapPredicate, RunPredicate } from '../archive/manifest';
import { manifestOf } from '../archive/manifest';
import type { Reviewer, ReviewFile } from '../archive/review-file';
import { reviewFileBytes } from '../archive/review-file';
import type { ReviewEntry } from '../archive/reviews';
import { reviewFilePaths, reviewsByEntry } from '../archive/reviews';
import { streamsIn } from '../archive/streams-in';
import type { Archive } from '../core/archive';
import { sha256 } from '../core/digest';
import { TallymanError } from '../core/errors';
import { DECISIONS, LONGEST_COMMENT, LONGEST_NAME, needsComment } from '../core/review';
import type { Parts } from './parts';

/** What is reviewed: an entry of a stream. */
export interface ReviewSubject {
  readonly stream: string;
  /** An entry's number, or a period's id: then what spoke last for the period. */
  readonly run: string;
}

export interface ReviewRequest extends ReviewSubject {
  /** The digest of the entry that the reviewer has read. */
  readonly sha256: string;
  readonly decision: string;
  readonly comment: string;
  readonly reviewer: Reviewer;
  /**
   * The number of the newest review of the entry that the reviewer knew of, 0 for none; undefined when the review
   * is to stand whatever others have said.
   */
  readonly seen?: number | undefined;
}

/** What can be reviewed, and what was said of it so far. */
export interface Reviewable {
  readonly entry: ChainEntry;
  readonly predicate: RunPredicate | GapPredicate | AmendmentPredicate;
  /** Oldest first. */
  readonly reviews: readonly ReviewEntry[];
}

export interface ReviewResult {
  /** `said-already`: the same had been sealed before, and nothing was added. */
  readonly status: 'sealed' | 'said-already';
  readonly entry: ChainEntry;
}

/**
 * The entry that a review would be of; changes nothing. Throws ARGUMENT_INVALID, REVIEW_OUTDATED for an entry that
 * was amended since, EVIDENCE_DESTROYED for a report that is gone, ARCHIVE_DAMAGED and ARCHIVE_UNREACHABLE.
 */
export async function findReviewable(
  archive: Archive,
  subject: ReviewSubject,
): Promise<Reviewable> {
  const entries = isStreamName(subject.stream) ? await readChain(archive, subject.stream) : [];
  if (entries.length > 0) return reviewableIn(entries, subject);
  const known = await streamsIn(archive);
  throw new TallymanError('ARGUMENT_INVALID', `The archive has no stream ${subject.stream}.`, {
    hint: known.length === 0 ? 'It has none at all.' : `Known: ${known.join(', ')}.`,
  });
}

/**
 * Seals what a person decided of a report: the file with their name and comment, then the manifest, then the entry.
 * Said again it adds nothing, so that a review which was killed, or sent twice, is safe to repeat; of different
 * reviews the last one counts. Throws as `findReviewable` does, REVIEW_OUTDATED when the digest is not the
 * entry's or somebody has reviewed it since `seen`, and as `appendEntry` does.
 */
export async function reviewRun(
  parts: Pick<Parts, 'archive' | 'signer' | 'software' | 'now'>,
  request: ReviewRequest,
): Promise<ReviewResult> {
  const { archive, signer, software, now } = parts;
  const { stream } = request;
  const said = checkedWords(request);
  const at = now();
  await findReviewable(archive, request);
  let before: ChainEntry | undefined;
  const sealed = await appendEntry(archive, signer, stream, async (previous, entries) => {
    const target = reviewableIn(entries, request);
    checkSeen(target, entries, request);
    checkComment(target, said);
    const file = { ...said, reviews: referenceTo(target.entry) };
    const { content, path, saidBy } = nextFile(file, stream, target.reviews, request.seen);
    before = saidBy;
    if (saidBy !== undefined) return undefined;
    checkNewest(target, request);
    // With another key `appendEntry` refuses, and the file would stay behind.
    if (keyAfter(entries) === signer.fingerprint) await createOrSame(archive, path, content);
    const subject = { name: path.slice(`${stream}/`.length), digest: { sha256: sha256(content) } };
    return manifestOf([subject], {
      kind: 'review',
      stream,
      ...linkAfter(previous, signer),
      software,
      startedAt: at,
      sealedAt: now(),
      period: target.predicate.period,
      reviews: file.reviews,
      decision: said.decision,
      reviewedAt: at,
    });
  });
  if (sealed !== undefined) return { status: 'sealed', entry: sealed };
  if (before === undefined) throw new TypeError('a review is sealed or was said before');
  return { status: 'said-already', entry: before };
}

type Words = Pick<ReviewFile, 'schema' | 'decision' | 'reviewer' | 'comment'>;

/** What the reviewer says, in the one form in which it is kept. */
function checkedWords({ decision: text, comment, reviewer }: ReviewRequest): Words {
  const decision = DECISIONS.find((one) => one === text);
  if (decision === undefined) {
    throw invalid(`The decision “${text.slice(0, 40)}” is none.`, `Say ${DECISIONS.join(', ')}.`);
  }
  const name = reviewer.name.trim();
  if (name === '' || name.length > LONGEST_NAME) {
    throw invalid(
      name === '' ? 'The reviewer has no name.' : 'The reviewer’s name is too long.',
      `Give a name of at most ${String(LONGEST_NAME)} characters.`,
    );
  }
  // A form and a command line end lines in different ways and say the same.
  const words = comment.replace(/\r\n?/g, '\n').trim();
  if (words.length > LONGEST_COMMENT) {
    throw invalid(
      `The comment has ${String(words.length)} characters.`,
      `Say it in at most ${String(LONGEST_COMMENT)}, and name where the rest is.`,
    );
  }
  return {
    schema: 'tallyman/review/1',
    decision,
    reviewer: { ...reviewer, name },
    comment: words,
  };
}

function reviewableIn(entries: readonly ChainEntry[], { run, stream }: ReviewSubject): Reviewable {
  const isNumber = /^\d+$/.test(run);
  const entry = isNumber
    ? entries.find(({ sequence }) => String(sequence) === run)
    : spokeLast(entries, run);
  if (entry === undefined) {
    throw invalid(
      isNumber ? `${stream} has no entry ${run}.` : `Nothing in ${stream} speaks for “${run}”.`,
      'Give the number of an entry (42), or a period as the chain names it (2026-03-02).',
    );
  }
  const { sequence, manifest } = entry;
  const { predicate } = manifest;
  if (predicate.kind !== 'run' && predicate.kind !== 'gap' && predicate.kind !== 'amendment') {
    throw invalid(
      `Entry ${String(sequence)} is a ${predicate.kind}, which nobody reviews.`,
      'Give the number of a run, a gap or an amendment, or a period.',
    );
  }
  const newest = spokeLast(entries, predicate.period.id);
  if (newest !== undefined && newest.sequence !== sequence) {
    throw outdated(
      `Entry ${String(sequence)} was amended: entry ${String(newest.sequence)} speaks for ${predicate.period.id} now.`,
    );
  }
  if (destroyedEntries(entries).has(sequence)) {
    throw new TallymanError(
      'EVIDENCE_DESTROYED',
      `The report of entry ${String(sequence)} was destroyed under retention, so nobody can have read it now.`,
      { hint: 'What was said of it while it was there is in the chain.' },
    );
  }
  return { entry, predicate, reviews: reviewsByEntry(entries).get(sequence) ?? [] };
}

/** The review is bound to what was read. */
function checkSeen(
  { entry, predicate }: Reviewable,
  entries: readonly ChainEntry[],
  request: ReviewRequest,
): void {
  if (request.sha256 === entry.manifestSha256) return;
  const earlier = entries.find(({ manifestSha256 }) => manifestSha256 === request.sha256);
  const seen = earlier?.manifest.predicate;
  const sequence = String(entry.sequence);
  throw outdated(
    seen !== undefined && 'period' in seen && seen.period.id === predicate.period.id
      ? `${predicate.period.id} was amended since it was read: entry ${sequence} speaks for it now.`
      : `Entry ${sequence} has the digest ${entry.manifestSha256}, and the review is of another one.`,
  );
}

function checkComment({ predicate }: Reviewable, { decision, comment }: Words): void {
  const outcome = predicate.kind === 'gap' ? 'gap' : predicate.outcome;
  if (comment !== '' || !needsComment(outcome, decision)) return;
  throw invalid(
    'The review says nothing.',
    'Say in a comment how the findings were handled, or what is to be done.',
  );
}

function checkNewest({ reviews }: Reviewable, { seen }: ReviewRequest): void {
  const newest = reviews.at(-1);
  if (seen === undefined || newest === undefined || newest.entry.sequence <= seen) return;
  throw outdated(
    `Somebody has reviewed it since you read it: entry ${String(newest.entry.sequence)}, ${newest.predicate.decision}.`,
  );
}

/**
 * The file to write, or the entry that has sealed the same. No file is listed twice: one review's file may be
 * destroyed under retention before another's.
 */
function nextFile(
  file: Omit<ReviewFile, 'occasion'>,
  stream: string,
  reviews: readonly ReviewEntry[],
  seen = Infinity,
): { readonly content: Uint8Array; readonly path: string; readonly saidBy?: ChainEntry } {
  const newest = reviews.at(-1)?.entry.sequence ?? 0;
  for (let occasion = 1; ; occasion += 1) {
    const content = reviewFileBytes({ ...file, occasion });
    const path = reviewPath(stream, file.reviews.sequence, sha256(content));
    const saidBy = reviews.findLast((one) => reviewFilePaths(one).includes(path))?.entry;
    if (saidBy === undefined) return { content, path };
    // Said after all that the reviewer knew of, or nothing was said after it.
    if (saidBy.sequence === newest || saidBy.sequence > seen) return { content, path, saidBy };
  }
}

function invalid(message: string, hint: string): TallymanError {
  return new TallymanError('ARGUMENT_INVALID', message, { hint });
}

function outdated(message: string): TallymanError {
  return new TallymanError('REVIEW_OUTDATED', message, {
    hint: 'Read what is there now, and decide on that; nothing was sealed.',
  });
}
