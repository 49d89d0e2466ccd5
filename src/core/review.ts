import type { Outcome } from './outcome';

/** What a reviewer can decide of a report; `reviewSchema` in the archive says what each means. */
export const DECISIONS = ['accepted', 'noted', 'rejected'] as const;

export type Decision = (typeof DECISIONS)[number];

/** Of what a reviewer says, in UTF-16 units. */
export const LONGEST_COMMENT = 2000;
/** Of a reviewer’s name, in UTF-16 units. */
export const LONGEST_NAME = 200;

/** What spoke for a period: a report's outcome, or the record that there is none. */
type Reviewable = Outcome | 'gap';

/** Whether a period needs somebody, and nobody has said yet that it is handled. */
export function waitsForReviewer(outcome: Reviewable, decision: Decision | undefined): boolean {
  return needsReviewer(outcome) && decision !== 'accepted';
}

/** Whether a review must say in words what the decision rests on. */
export function needsComment(outcome: Reviewable, decision: Decision): boolean {
  return needsReviewer(outcome) || decision !== 'accepted';
}

function needsReviewer(outcome: Reviewable): boolean {
  return outcome === 'fail' || outcome === 'error' || outcome === 'gap';
}
