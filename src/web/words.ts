import type { Outcome } from '../core/outcome';
import type { Execution } from '../core/report';

/** The page itself is in English, in whatever language its reports are. */
const OUTCOMES: Record<Outcome, string> = {
  error: 'could not tell',
  fail: 'needs a reviewer',
  info: 'for information',
  pass: 'as expected',
};

const ANSWERS: Record<Execution['answer'], string> = {
  complete: 'complete',
  partial: 'partial: rows may be missing',
  failed: 'failed: there are no rows',
};

/** How an outcome is named, with the style class of its badge. */
export function outcomeBadge(outcome: Outcome): { word: string; style: string } {
  return { word: OUTCOMES[outcome], style: outcome };
}

/** As `outcomeBadge`, of an audit: one that saw nothing wrong where logs are missing is not simply as expected. */
export function auditBadge(
  outcome: Outcome,
  logsComplete: boolean,
): { word: string; style: string } {
  return outcome === 'pass' && !logsComplete
    ? { word: 'as expected where covered', style: 'covered' }
    : outcomeBadge(outcome);
}

/** How an answer's completeness is named. */
export function answerText(answer: Execution['answer']): string {
  return ANSWERS[answer];
}
