import type { Text } from '../core/language';
import { listed, phrase } from '../core/language';
import type { UnreadableLine } from '../core/logs';
import { holds, type Interval } from '../core/period';
import type { Amendment, Report } from '../core/report';
import { bothTimes } from './format';
import { unheardText } from './unheard-registries';
import { visible } from './visible';

/**
 * Sentences that a reader must see before anything else: a run made up, lines unread, registries unheard of, answers
 * that lack rows.
 */
export function noticesOf(report: Report): Text[] {
  const notices: Text[] = [];
  const { intake, amendment } = report;
  const startedAt = bothTimes(report.startedAt, report.period.timeZone);
  if (amendment !== undefined) {
    notices.push(
      phrase('notice.madeAgain', {
        at: startedAt,
        entry: amendment.amends.sequence,
        difference: amendmentText(amendment),
      }),
    );
  }
  if (report.madeUp) {
    notices.push(phrase('notice.madeUp', { at: startedAt }));
  }
  const unread = intake.unreadable.filter((line) => mayBeIn(line, report.period)).length;
  if (unread > 0) notices.push(phrase('notice.unreadable', { count: unread }));
  const unheard = unheardText(report);
  if (unheard !== undefined) notices.push(unheard);
  const partial = report.audits.filter((audit) => audit.execution.answer === 'partial');
  if (partial.length > 0) {
    const audits = listed(partial.map((audit) => visible(audit.id, 80)));
    notices.push(phrase('notice.partial', { count: partial.length, audits }));
  }
  return notices;
}

/** Lines of the days around a period, which are read too, are listed in the chapter on sources alone. */
function mayBeIn({ about }: UnreadableLine, period: Interval): boolean {
  return about === undefined || holds(period, about.time);
}

/** How the answers to a closed period's questions differ from those that were sealed, in a sentence. */
export function amendmentText({ amends, difference }: Amendment): Text {
  if (difference === undefined) {
    return phrase('notice.makesUp', { entry: amends.sequence });
  }
  const { rows, records } = difference;
  const parts = [
    ...(rows.added > 0 ? [phrase('difference.late', { count: rows.added })] : []),
    ...(rows.vanished > 0 ? [phrase('difference.vanished', { count: rows.vanished })] : []),
    ...(rows.changed > 0 ? [phrase('difference.changed', { count: rows.changed })] : []),
    ...(records.added > 0 ? [phrase('difference.recordsMore', { count: records.added })] : []),
    ...(records.lost > 0 ? [phrase('difference.recordsGone', { count: records.lost })] : []),
  ];
  return parts.length === 0
    ? phrase('difference.nothing')
    : phrase('difference.sentence', { parts: listed(parts) });
}
