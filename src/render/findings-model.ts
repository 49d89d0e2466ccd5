import { SEVERITIES } from '../core/outcome';
import type { AuditResult, Finding, Report } from '../core/report';
import type { Cell, KustoType } from '../core/table';
import {
  bothTimes,
  formatCell,
  formatCount,
  formatNumber,
  localTime,
  shortDigest,
  wholeSeconds,
} from './format';
import { visible } from './visible';
import type { Badge } from './words';
import { controlNames, outcomeBadge, severityBadge } from './words';

/** Rows of page one's table: it has to stay one page. */
const FINDINGS_ON_PAGE_ONE = 8;

/** So that one noisy audit does not hide the others on page one. */
const PER_AUDIT_ON_PAGE_ONE = 3;

const COULD_NOT_TELL_ON_PAGE_ONE = 3;

/** Findings of one audit that are shown in full. */
const IN_FULL_PER_AUDIT = 20;

/** A sentence on page one is cut here; the finding in full has it whole. */
const SUMMARY_CHARACTERS = 180;

const WHO_COLUMNS = ['Identity', 'Caller', 'UserName', 'AADEmail', 'Identities'];
const WHERE_COLUMNS = ['CallerIpAddress', 'CallerIPAddress', 'HostIP', 'Computer', 'Addresses'];

export interface SummaryRow {
  readonly badge: Badge;
  readonly text: string;
  /** Who, from where, when: what the row tells of it. */
  readonly circumstances: string;
  readonly controls: string;
  /** The anchor of the full account: `#finding-3` or `#audit-silent-hours`. */
  readonly link: string;
}

export interface FindingModel {
  readonly anchor: string;
  readonly text: string;
  /** `row 1 of 3 · 2026-11-21 14:02:11 +09:00 (05:02:11 UTC)` */
  readonly place: string;
  readonly values: readonly { readonly name: string; readonly value: string }[];
  readonly key: string;
}

export interface FindingGroup {
  readonly id: string;
  readonly title: string;
  readonly badge: Badge;
  readonly count: string;
  readonly purpose: string;
  readonly remediation: string;
  readonly controls: string;
  readonly findings: readonly FindingModel[];
  /** Empty when every finding is shown. */
  readonly cut: string;
  readonly evidence: string;
}

/** Page one's table: the worst findings, then the questions without an answer. */
export function summaryRows(report: Report): { rows: SummaryRow[]; cut: string } {
  const audits = new Map(report.audits.map((audit) => [audit.id, audit]));
  const perAudit = new Map<string, number>();
  const chosen: Finding[] = [];
  for (const finding of report.findings) {
    const shown = perAudit.get(finding.audit) ?? 0;
    perAudit.set(finding.audit, shown + 1);
    if (shown < PER_AUDIT_ON_PAGE_ONE && chosen.length < FINDINGS_ON_PAGE_ONE) chosen.push(finding);
  }
  const untold = report.audits.filter((audit) => audit.outcome === 'error');
  const untoldShown = untold.slice(0, COULD_NOT_TELL_ON_PAGE_ONE);
  const rows = [
    ...chosen.map((finding) => findingRow(finding, audits.get(finding.audit), report)),
    ...untoldShown.map(untoldRow),
  ];
  const notices = [
    cutText(chosen.length, report.findings.length, 'finding'),
    cutText(untoldShown.length, untold.length, 'unanswered question'),
  ];
  return { rows, cut: notices.filter((notice) => notice !== '').join(' ') };
}

/** The worst findings as one line each, for a mail. */
export function worstFindings(report: Report, limit: number): { rows: SummaryRow[]; cut: string } {
  const audits = new Map(report.audits.map((audit) => [audit.id, audit]));
  const untold = report.audits.filter((audit) => audit.outcome === 'error');
  const all = [
    ...report.findings.map(
      (finding) => () => findingRow(finding, audits.get(finding.audit), report),
    ),
    ...untold.map((audit) => () => untoldRow(audit)),
  ];
  // An unanswered question keeps a place even when findings alone would fill the list.
  const places = Math.max(limit - untold.length, Math.ceil(limit / 2));
  const shown = [
    ...all.slice(0, Math.min(places, report.findings.length)),
    ...all.slice(report.findings.length),
  ];
  const rows = shown.slice(0, limit).map((make) => make());
  const left = all.length - rows.length;
  return { rows, cut: left === 0 ? '' : `and ${formatNumber(left)} more in the report.` };
}

function cutText(shown: number, total: number, noun: string): string {
  if (shown === total) return '';
  return `Showing ${formatNumber(shown)} of ${formatCount(total, noun)}; all of them follow or are named below.`;
}

function findingRow(finding: Finding, audit: AuditResult | undefined, report: Report): SummaryRow {
  return {
    badge: severityBadge(finding.severity),
    text: visible(finding.text, SUMMARY_CHARACTERS),
    circumstances: circumstances(finding, report.period.timeZone, report.period.kind === 'day'),
    controls: audit === undefined ? '' : controlSummary(audit),
    link: `#audit-${visible(finding.audit, 80)}`,
  };
}

function untoldRow(audit: AuditResult): SummaryRow {
  return {
    badge: outcomeBadge('error'),
    text: visible(audit.title, SUMMARY_CHARACTERS),
    circumstances: visible(audit.reason, SUMMARY_CHARACTERS),
    controls: controlSummary(audit),
    link: `#outcome-${visible(audit.id, 80)}`,
  };
}

function controlSummary(audit: AuditResult): string {
  const names = controlNames(audit.controls);
  const more = names.length > 3 ? ` +${String(names.length - 3)}` : '';
  return names.slice(0, 3).join(' · ') + more;
}

function circumstances(finding: Finding, timeZone: string, timeOnly: boolean): string {
  const value = (names: readonly string[]): string => {
    const name = names.find((candidate) => isText(finding.values[candidate]));
    return name === undefined ? '' : visible(String(finding.values[name]), 80);
  };
  const time = firstTime(finding);
  const when = time === undefined ? '' : wholeSeconds(localTime(time, timeZone));
  const parts = [value(WHO_COLUMNS), value(WHERE_COLUMNS), timeOnly ? when.slice(11) : when];
  return parts.filter((part) => part !== '').join(', ');
}

function isText(cell: Cell | undefined): boolean {
  return cell !== undefined && cell !== null && cell !== '';
}

/** The first value that is written like a Kusto datetime, TimeGenerated before all others. */
function firstTime(finding: Finding): string | undefined {
  const candidates = [finding.values['TimeGenerated'], ...Object.values(finding.values)];
  return candidates.find(
    (cell): cell is string =>
      typeof cell === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/.test(cell),
  );
}

/** Every audit that has findings, worst first, with its findings in full. */
export function findingGroups(report: Report): FindingGroup[] {
  const groups = report.audits
    .filter((audit) => audit.findings.length > 0)
    .map((audit, index) => ({ audit, index }))
    .sort((a, b) => worst(a.audit) - worst(b.audit) || a.index - b.index);
  return [...closedPeriods(report), ...groups.map(({ audit }) => findingGroup(audit, report))];
}

/** What is wrong with older evidence belongs to no audit of this report. */
function closedPeriods(report: Report): FindingGroup[] {
  const audits = new Set(report.audits.map(({ id }) => id));
  const findings = report.findings.filter(({ audit }) => !audits.has(audit));
  const shown = findings.slice(0, IN_FULL_PER_AUDIT);
  const [first] = findings;
  if (first === undefined) return [];
  return [
    {
      id: visible(first.audit, 80),
      title: 'Logs of closed periods that are not there any more, or not the same',
      badge: severityBadge(first.severity),
      count: formatCount(findings.length, 'finding'),
      purpose:
        'Closed periods are asked again, because whoever can delete or alter logs may do so after they were reported on.',
      remediation:
        'Compare the amendment’s difference with the sealed answers. Find out who may delete from the log source, and whether its retention was shortened.',
      controls: '',
      findings: shown.map((finding, index) =>
        findingModel(
          finding,
          `finding-${finding.audit}-${String(index + 1)}`,
          new Map(),
          0,
          report,
        ),
      ),
      cut:
        shown.length === findings.length
          ? ''
          : `Showing ${formatNumber(shown.length)} of ${formatCount(findings.length, 'finding')}; all are in findings.csv.`,
      evidence: 'run.json, and difference.json of the amendment',
    },
  ];
}

function worst(audit: AuditResult): number {
  return Math.min(...audit.findings.map((finding) => SEVERITIES.indexOf(finding.severity)));
}

function findingGroup(audit: AuditResult, report: Report): FindingGroup {
  const shown = audit.findings.slice(0, IN_FULL_PER_AUDIT);
  const { execution } = audit;
  const types = new Map(audit.table.columns.map((column) => [column.name, column.type]));
  const total = audit.findings.length;
  return {
    id: visible(audit.id, 80),
    title: visible(audit.title, 400),
    badge: severityBadge(SEVERITIES[worst(audit)] ?? audit.severity),
    count: formatCount(total, 'finding'),
    purpose: visible(audit.purpose),
    remediation: visible(audit.remediation),
    controls: controlNames(audit.controls).join(' · '),
    findings: shown.map((finding, index) =>
      findingModel(
        finding,
        `finding-${audit.id}-${String(index + 1)}`,
        types,
        execution.rowCount,
        report,
      ),
    ),
    cut:
      shown.length === total
        ? ''
        : `Showing ${formatNumber(shown.length)} of ${formatCount(total, 'finding')}; all are in findings.csv and ${execution.answerFile ?? execution.queryFile}.`,
    evidence: `${visible(execution.answerFile ?? execution.queryFile, 200)}, query sha256 ${shortDigest(execution.querySha256)}`,
  };
}

function findingModel(
  finding: Finding,
  anchor: string,
  types: ReadonlyMap<string, KustoType>,
  rowCount: number,
  report: Report,
): FindingModel {
  const { timeZone } = report.period;
  const time = firstTime(finding);
  const place = [
    finding.row === undefined
      ? rowCount === 0 && Object.keys(finding.values).length > 0
        ? 'from asking again'
        : 'an absence: the answer has no row to show'
      : `row ${formatNumber(finding.row + 1)} of ${formatNumber(rowCount)}`,
    ...(time === undefined ? [] : [bothTimes(time, timeZone)]),
  ];
  return {
    anchor: visible(anchor, 120),
    text: visible(finding.text),
    place: place.join(' · '),
    values: Object.entries(finding.values)
      .filter(([, cell]) => isText(cell))
      .map(([name, cell]) => ({
        name: visible(name, 80),
        value: formatCell(cell, types.get(name) ?? 'string', timeZone),
      })),
    key: visible(finding.key, 64),
  };
}
