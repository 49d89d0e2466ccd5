import type { Language } from '../core/language';
import { phrase, say } from '../core/language';
import type { Report } from '../core/report';
import { visible } from './visible';
import type { Badge } from './words';
import { waiverBadge } from './words';

/** Accepted findings that are listed one by one; the answers hold them all. */
const LISTED = 50;

export interface WaiverModel {
  readonly audit: string;
  readonly badge: Badge;
  /** Whether page one tells of it: it accepted something, or it has ended. */
  readonly isNews: boolean;
  readonly count: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
}

export interface WaivedModel {
  readonly audit: string;
  readonly text: string;
  readonly owner: string;
  readonly expires: string;
}

/** Each waiver of the definition with what it came to. */
export function waiverModels(report: Report, language: Language): WaiverModel[] {
  return report.waivers.map(({ waiver, accepted, state }) => ({
    audit: visible(waiver.audit, 80),
    badge: waiverBadge(state, language),
    count: say(phrase('count.findings', { count: accepted }), language),
    owner: visible(waiver.owner, 100),
    reason: visible(waiver.reason, 300),
    expires: visible(waiver.expires, 40),
    isNews: state !== 'unused',
  }));
}

/** Accepted findings of every audit: shown, never hidden. `cut` is empty when all are listed. */
export function waivedFindings(
  report: Report,
  language: Language,
): { rows: WaivedModel[]; cut: string } {
  const all = report.audits.flatMap((audit) => audit.waived);
  const rows = all.slice(0, LISTED).map((finding) => ({
    audit: visible(finding.audit, 80),
    text: visible(say(finding.text, language)),
    owner: visible(finding.waiver?.owner ?? say(phrase('waiver.notNamed'), language), 200),
    expires: visible(finding.waiver?.expires ?? say(phrase('waiver.notGiven'), language), 40),
  }));
  const cut =
    rows.length === all.length
      ? ''
      : say(phrase('cut.waived', { shown: rows.length, total: all.length }), language);
  return { rows, cut };
}
