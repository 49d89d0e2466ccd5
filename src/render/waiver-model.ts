import type { Report } from '../core/report';
import { formatCount, formatNumber } from './format';
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
export function waiverModels(report: Report): WaiverModel[] {
  return report.waivers.map(({ waiver, accepted, state }) => ({
    audit: visible(waiver.audit, 80),
    badge: waiverBadge(state),
    count: formatCount(accepted, 'finding'),
    owner: visible(waiver.owner, 100),
    reason: visible(waiver.reason, 300),
    expires: visible(waiver.expires, 40),
    isNews: state !== 'unused',
  }));
}

/** Accepted findings of every audit: shown, never hidden. `cut` is empty when all are listed. */
export function waivedFindings(report: Report): { rows: WaivedModel[]; cut: string } {
  const all = report.audits.flatMap((audit) => audit.waived);
  const rows = all.slice(0, LISTED).map((finding) => ({
    audit: visible(finding.audit, 80),
    text: visible(finding.text),
    owner: visible(finding.waiver?.owner ?? 'not named', 200),
    expires: visible(finding.waiver?.expires ?? 'not given', 40),
  }));
  const cut =
    rows.length === all.length
      ? ''
      : `Showing ${formatNumber(rows.length)} of ${formatCount(all.length, 'accepted finding')}; all are in findings.csv.`;
  return { rows, cut };
}
