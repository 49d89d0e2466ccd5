import type { Archive } from '../core/archive';
import { sha256 } from '../core/digest';
import { destroyedEntries } from './chain';
import type { ChainEntry } from './chain-entry';
import type { ReviewPredicate } from './manifest';
import { subjectPath } from './manifest';
import type { ReviewFile } from './review-file';
import { parseReviewFile } from './review-file';

/** A review with its entry. */
export interface ReviewEntry {
  readonly entry: ChainEntry;
  readonly predicate: ReviewPredicate;
  /** Whether its file was destroyed under retention, as a later entry says. */
  readonly destroyed: boolean;
}

/** Who said what in a review, or why that can't be told; what they decided is in the entry all the same. */
export type ReviewWords = ReviewFile | 'destroyed' | 'missing' | 'altered' | 'unreadable';

/** The reviews of each entry that has any, oldest first, by the sequence of what was reviewed. */
export function reviewsByEntry(entries: readonly ChainEntry[]): Map<number, ReviewEntry[]> {
  const reviews = new Map<number, ReviewEntry[]>();
  const gone = destroyedEntries(entries);
  for (const entry of entries) {
    const { predicate } = entry.manifest;
    if (predicate.kind !== 'review') continue;
    const { sequence } = predicate.reviews;
    const review = { entry, predicate, destroyed: gone.has(entry.sequence) };
    reviews.set(sequence, [...(reviews.get(sequence) ?? []), review]);
  }
  return reviews;
}

/** The paths of the files that a review lists; one, unless somebody else than this program made it. */
export function reviewFilePaths({ entry, predicate }: ReviewEntry): string[] {
  return entry.manifest.subject.map(({ name }) => subjectPath(predicate.stream, name));
}

/** Reads who said what, and believes it only as it was sealed. */
export async function readReviewWords(archive: Archive, review: ReviewEntry): Promise<ReviewWords> {
  const { entry, predicate } = review;
  const [subject] = entry.manifest.subject;
  const [path] = reviewFilePaths(review);
  if (subject === undefined || path === undefined) return 'unreadable';
  const content = await archive.read(path);
  if (content === undefined) return review.destroyed ? 'destroyed' : 'missing';
  if (sha256(content) !== subject.digest.sha256) return 'altered';
  const file = parseReviewFile(content);
  const fits =
    file?.decision === predicate.decision && file.reviews.sha256 === predicate.reviews.sha256;
  return fits ? file : 'unreadable';
}
