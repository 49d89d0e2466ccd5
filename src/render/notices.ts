import type { Report } from '../core/report';
import { bothTimes, formatCount } from './format';
import { visible } from './visible';

/** Sentences that a reader must see before anything else: a run made up, lines unread, answers that lack rows. */
export function noticesOf(report: Report): string[] {
  const sentences: string[] = [];
  const { intake } = report;
  if (report.madeUp) {
    sentences.push(
      `Made up: this run was not made when it was due. It was made on ${bothTimes(report.startedAt, report.period.timeZone)}, for its original window.`,
    );
  }
  if (intake.unreadable.length > 0) {
    sentences.push(
      `${formatCount(intake.unreadable.length, 'log line')} could not be read and ${intake.unreadable.length === 1 ? 'is' : 'are'} in no answer: see “Where the answers came from”.`,
    );
  }
  const partial = report.audits.filter((audit) => audit.execution.answer === 'partial');
  if (partial.length > 0) {
    sentences.push(
      `${formatCount(partial.length, 'answer')} may lack rows: ${partial.map((audit) => visible(audit.id, 80)).join(', ')}.`,
    );
  }
  return sentences;
}
