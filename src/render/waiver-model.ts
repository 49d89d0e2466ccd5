import type { Waiver } from '../core/definitions';
import type { Report } from '../core/report';
import { formatCount, formatNumber } from './format';
import { visible } from './visible';

/** Accepted findings that are listed one by one; the answers hold them all. */
const LISTED = 50;

export interface WaiverModel {
  readonly audit: string;
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

/** Each waiver that accepted something, with how much: page one's list. */
export function waiversUsed(report: Report): WaiverModel[] {
  const used = new Map<Waiver, number>();
  for (const { waiver } of report.audits.flatMap((audit) => audit.waived)) {
    if (waiver !== undefined) used.set(waiver, (used.get(waiver) ?? 0) + 1);
  }
  return [...used].map(([waiver, count]) => ({
    audit: visible(waiver.audit, 80),
    count: formatCount(count, 'finding'),
    owner: visible(waiver.owner, 200),
    reason: visible(waiver.reason, 400),
    expires: visible(waiver.expires, 40),
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
