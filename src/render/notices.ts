import type { Amendment, Report } from '../core/report';
import { bothTimes, formatCount, formatNumber } from './format';
import { visible } from './visible';

/** Sentences that a reader must see before anything else: a run made up, lines unread, answers that lack rows. */
export function noticesOf(report: Report): string[] {
  const sentences: string[] = [];
  const { intake, amendment } = report;
  if (amendment !== undefined) {
    sentences.push(
      `Made again on ${bothTimes(report.startedAt, report.period.timeZone)}, beside what is sealed as entry ${formatNumber(amendment.amends.sequence)}. ${amendmentText(amendment)}`,
    );
  }
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

/** How the answers to a closed period's questions differ from those that were sealed, in a sentence. */
export function amendmentText({ amends, difference }: Amendment): string {
  if (difference === undefined) {
    return `It makes up the report that entry ${formatNumber(amends.sequence)} says could not be made.`;
  }
  const { rows, records } = difference;
  const parts = [
    ...(rows.added > 0 ? [`${formatCount(rows.added, 'row')} came late`] : []),
    ...(rows.vanished > 0 ? [`${formatCount(rows.vanished, 'row')} vanished`] : []),
    ...(rows.changed > 0 ? [`${formatCount(rows.changed, 'row')} changed`] : []),
    ...(records.added > 0 ? [`${formatCount(records.added, 'log record')} more`] : []),
    ...(records.lost > 0 ? [`${formatCount(records.lost, 'log record')} gone`] : []),
  ];
  return `${parts.length === 0 ? 'Nothing differs' : parts.join(', ')}.`;
}
