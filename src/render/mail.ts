import type { Period } from '../core/period';
import type { Report } from '../core/report';
import { SEVERITIES } from '../core/outcome';
import type { SummaryRow } from './findings-model';
import { worstFindings } from './findings-model';
import { formatCount, formatNumber, periodLabel, shortPeriodLabel } from './format';
import { changesModel } from './changes-model';
import type { ChangesModel } from './changes-model';
import { amendmentText, noticesOf } from './notices';
import type { Views } from './views';
import { visible } from './visible';
import { nothingFoundText, severityBadge } from './words';

/** Findings that a mail lists; the report has them all. */
const FINDINGS_IN_A_MAIL = 10;

/** Some mail programs cut a longer page, and what is cut may be the proof at its end. */
const LARGEST_PAGE_BYTES = 8_192;

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface RunMailInput {
  readonly report: Report;
  /** The run's entry in the chain. */
  readonly sequence: number;
  /** The entry's digest in full: the head when the mail was made. */
  readonly head: string;
  readonly reportUrl?: string;
  readonly archiveLocation: string;
  /** `attached`, or a sentence that says why the PDF is not. */
  readonly attachment: string;
}

export type DigestRow =
  | {
      readonly kind: 'run' | 'amendment';
      readonly sequence: number;
      readonly manifestSha256: string;
      readonly report: Report;
    }
  | {
      readonly kind: 'gap';
      readonly sequence: number;
      readonly manifestSha256: string;
      readonly period: Period;
      readonly reason: string;
    }
  | {
      /** About the chain itself. */
      readonly kind: 'note';
      readonly sequence: number;
      readonly manifestSha256: string;
      /** A sentence. */
      readonly text: string;
    };

export interface DigestMailInput {
  readonly stream: string;
  readonly title: string;
  /** Oldest first. */
  readonly rows: readonly DigestRow[];
  /** Of the newest row. */
  readonly sequence: number;
  /** The newest row's digest in full. */
  readonly head: string;
  readonly archiveLocation: string;
  readonly archiveUrl?: string;
}

interface RunMailModel {
  readonly heading: string;
  readonly registries: string;
  readonly verdict: string;
  readonly counts: string;
  readonly notices: readonly string[];
  readonly coverage: string;
  readonly changes: ChangesModel;
  readonly findings: readonly SummaryRow[];
  readonly cut: string;
  readonly nothingFound: string;
  readonly link: string;
  readonly archive: string;
  readonly attachment: string;
  readonly stream: string;
  readonly sequence: string;
  readonly head: string;
}

/** The summary mail of one run. Its subject holds definitions and counts only, nothing from a log. */
export function renderRunMail(input: RunMailInput, views: Views): RenderedMail {
  const { report } = input;
  const model = (findings: number): RunMailModel => runMailModel(input, findings);
  const name = `${visible(report.reportId, 60)} / ${visible(report.scopeId, 60)}`;
  return {
    subject: `${visible(report.title, 80)}, ${shortPeriodLabel(report.period)}: ${countsOf(report)} [${name}]`,
    text: views.runMailText(model(FINDINGS_IN_A_MAIL)),
    html: fitting(FINDINGS_IN_A_MAIL, (findings) => views.runMail(model(findings))),
  };
}

/** The page with as many of its rows as fit; the text beside it has them all. */
function fitting(rows: number, page: (rows: number) => string): string {
  const html = page(rows);
  const isTooLong = Buffer.byteLength(html) > LARGEST_PAGE_BYTES;
  return isTooLong && rows > 1 ? fitting(rows - 1, page) : html;
}

function runMailModel(input: RunMailInput, findings: number): RunMailModel {
  const { report } = input;
  const worst = worstFindings(report, findings);
  return {
    heading: `${visible(report.title, 120)}, ${periodLabel(report.period)}`,
    registries: registriesText(report),
    verdict: visible(report.verdict, 400),
    counts: severityCounts(report),
    notices: noticesOf(report),
    coverage: visible(report.coverage.verdict, 600),
    changes: changesModel(report),
    findings: worst.rows,
    cut: worst.cut,
    nothingFound: nothingFoundText(report.coverage.complete),
    link: webAddress(input.reportUrl),
    archive: visible(input.archiveLocation, 300),
    attachment:
      input.attachment === 'attached'
        ? 'The report is attached as a PDF.'
        : visible(input.attachment, 300),
    stream: visible(report.stream, 120),
    sequence: formatNumber(input.sequence),
    head: visible(input.head, 64),
  };
}

/**
 * One mail for several entries of a stream: runs that were made up together, gaps, reports that were made
 * again for closed periods, and what was changed about the chain.
 */
export function renderDigestMail(input: DigestMailInput, views: Views): RenderedMail {
  const reports = input.rows.flatMap((row) => ('report' in row ? [row.report] : []));
  const ofKind = (kind: DigestRow['kind']): number =>
    input.rows.filter((row) => row.kind === kind).length;
  const [runs, amendments, gaps] = [ofKind('run'), ofKind('amendment'), ofKind('gap')];
  const counts = digestCounts(reports, gaps, amendments);
  const what =
    runs + gaps > 0
      ? `${formatCount(runs, 'report')} made up`
      : amendments > 0
        ? 'closed periods asked again'
        : 'a change of the record';
  const model = (shown: number): object => ({
    heading: `${visible(input.title, 120)}: ${what}`,
    counts,
    runs: runs > 0,
    gaps: gaps > 0,
    amendments: amendments > 0,
    rows: input.rows.slice(-shown).map(digestRow),
    rowsCut:
      shown >= input.rows.length
        ? ''
        : `Showing the newest ${formatNumber(shown)} of ${formatCount(input.rows.length, 'entry', 'entries')}; the archive has them all.`,
    findings: worstOfAll(reports).slice(0, shown),
    cut: digestCut(reports, shown),
    link: webAddress(input.archiveUrl),
    archive: visible(input.archiveLocation, 300),
    stream: visible(input.stream, 120),
    sequence: formatNumber(input.sequence),
    head: visible(input.head, 64),
  });
  return {
    subject: `${visible(input.title, 80)}: ${what}${counts === '' ? '' : `: ${counts}`} [${visible(input.stream, 120)}]`,
    text: views.digestMailText(model(Math.max(input.rows.length, FINDINGS_IN_A_MAIL))),
    html: fitting(Math.max(input.rows.length, FINDINGS_IN_A_MAIL), (shown) =>
      views.digestMail(model(shown)),
    ),
  };
}

function digestCounts(reports: readonly Report[], gaps: number, amendments: number): string {
  const findings = sum(reports, (report) => report.findings.length);
  const untold = sum(reports, (report) => report.auditCounts.error);
  return [
    ...(gaps === 0 ? [] : [`${formatCount(gaps, 'gap')} recorded`]),
    ...(amendments === 0 ? [] : [`${formatCount(amendments, 'closed period')} amended`]),
    ...(reports.length === 0 && gaps === 0 ? [] : [formatCount(findings, 'finding')]),
    ...(untold === 0 ? [] : [`${formatNumber(untold)} could not tell`]),
  ].join(', ');
}

interface DigestRowModel {
  readonly period: string;
  readonly text: string;
  readonly sequence: string;
}

function digestRow(row: DigestRow): DigestRowModel {
  const sequence = formatNumber(row.sequence);
  if (row.kind === 'gap') {
    const reason = visible(row.reason, 160);
    return {
      period: periodLabel(row.period),
      text: `no report: ${reason}`,
      sequence,
    };
  }
  if (row.kind === 'note') return { period: '–', text: visible(row.text, 400), sequence };
  const { report } = row;
  const amended = report.amendment === undefined ? '' : `${amendmentText(report.amendment)} Now `;
  return { period: periodLabel(report.period), text: amended + countsOf(report), sequence };
}

/** The worst findings over all periods; each says which period it is of. */
function worstOfAll(reports: readonly Report[]): (SummaryRow & { readonly period: string })[] {
  const rows = reports.flatMap((report) =>
    worstFindings(report, FINDINGS_IN_A_MAIL).rows.map((row) => ({
      ...row,
      period: shortPeriodLabel(report.period),
    })),
  );
  const order = [...SEVERITIES.map((severity) => severityBadge(severity).style), 'error'];
  return rows
    .map((row, index) => ({ row, index }))
    .sort(
      (a, b) =>
        order.indexOf(a.row.badge.style) - order.indexOf(b.row.badge.style) || a.index - b.index,
    )
    .slice(0, FINDINGS_IN_A_MAIL)
    .map(({ row }) => row);
}

function digestCut(reports: readonly Report[], shown: number): string {
  const all = sum(reports, (report) => report.findings.length + report.auditCounts.error);
  const listed = Math.min(shown, FINDINGS_IN_A_MAIL);
  return all <= listed ? '' : `and ${formatNumber(all - listed)} more in the reports.`;
}

function countsOf(report: Report): string {
  const findings = report.findings.length;
  const untold = report.auditCounts.error;
  const counted = findings === 0 ? 'no findings' : formatCount(findings, 'finding');
  if (untold > 0) return `${counted}, ${formatNumber(untold)} could not tell`;
  return report.coverage.complete ? counted : `${counted}, coverage incomplete`;
}

function severityCounts(report: Report): string {
  return SEVERITIES.filter((severity) => report.findingCounts[severity] > 0)
    .map((severity) => `${formatNumber(report.findingCounts[severity])} ${severity}`)
    .join(', ');
}

function registriesText(report: Report): string {
  if (report.registries.length === 0) return 'no registry named by the logs';
  const shown = report.registries.slice(0, 6).map((name) => visible(name, 60));
  const more = report.registries.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${formatNumber(more)} more`;
}

/** Only web addresses become links; anything else would make a mail client do something else. */
function webAddress(address: string | undefined): string {
  if (address === undefined || !/^https?:\/\/[^\s"'<>]+$/.test(address)) return '';
  return visible(address, 400);
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
