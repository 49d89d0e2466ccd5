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
import { knownActors } from './identities-model';
import { linesOfRow } from './page-one-room';
import { visible } from './visible';
import type { Badge } from './words';
import { CIRCUMSTANCES, controlNames, moreLikeIt, outcomeBadge, severityBadge } from './words';

/** Rows of page one's table: it has to stay one page. */
const FINDINGS_ON_PAGE_ONE = 6;

const COULD_NOT_TELL_ON_PAGE_ONE = 3;

/** Findings of one audit that are shown in full. */
const IN_FULL_PER_AUDIT = 20;

/** A sentence on page one is cut here; the finding in full has it whole. */
const SUMMARY_CHARACTERS = 130;

const WHO_COLUMNS = ['Identity', 'Caller', 'UserName', 'AADEmail', 'Identities'];
const WHERE_COLUMNS = ['CallerIpAddress', 'CallerIPAddress', 'HostIP', 'Computer', 'Addresses'];

type KnownActors = ReturnType<typeof knownActors>;

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
  /** `row 1 of 3` */
  readonly place: string;
  /** Who, from where, when, and what else is known of them. */
  readonly circumstances: readonly { readonly name: string; readonly value: string }[];
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

/** Page one's table, in `room` lines: the worst findings, then the questions without an answer. */
export function summaryRows(report: Report, room: number): { rows: SummaryRow[]; cut: string } {
  const audits = new Map(report.audits.map((audit) => [audit.id, audit]));
  // One row for each audit, so that a noisy one does not hide the others.
  const perAudit = new Map<string, { readonly first: Finding; count: number }>();
  for (const finding of report.findings) {
    const group = perAudit.get(finding.audit);
    if (group === undefined) perAudit.set(finding.audit, { first: finding, count: 1 });
    else group.count++;
  }
  const groups = [...perAudit.values()];
  const untold = report.audits.filter((audit) => audit.outcome === 'error');
  const found = groups
    .slice(0, FINDINGS_ON_PAGE_ONE)
    .map(({ first, count }) => findingRow(first, audits.get(first.audit), report, count));
  const unanswered = untold.slice(0, COULD_NOT_TELL_ON_PAGE_ONE).map(untoldRow);
  // What could not be told is as loud as a finding, so neither list pushes the other out.
  const isTooMuch = (): boolean =>
    [...found, ...unanswered].reduce((lines, row) => lines + linesOfRow(row), 0) > room;
  while (isTooMuch() && found.length + unanswered.length > 2) {
    if (found.length >= unanswered.length) found.pop();
    else unanswered.pop();
  }
  const rows = [...found, ...unanswered];
  const cuts = [
    cutText(found.length, groups.length, 'kind of finding', 'kinds of findings'),
    cutText(unanswered.length, untold.length, 'unanswered question', 'unanswered questions'),
  ].filter((cut) => cut !== '');
  const cut = cuts.length === 0 ? '' : `Showing ${cuts.join(' and ')}; all are named below.`;
  return { rows, cut };
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

function cutText(shown: number, total: number, noun: string, plural: string): string {
  if (shown === total) return '';
  return `${formatNumber(shown)} of ${formatCount(total, noun, plural)}`;
}

function findingRow(
  finding: Finding,
  audit: AuditResult | undefined,
  report: Report,
  count = 1,
): SummaryRow {
  return {
    badge: severityBadge(finding.severity),
    text: visible(shortResources(finding.text), SUMMARY_CHARACTERS) + moreLikeIt(count),
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
    return name === undefined ? '' : visible(String(finding.values[name]), 44);
  };
  const time = firstTime(finding);
  const when = time === undefined ? '' : wholeSeconds(localTime(time, timeZone));
  const parts = [value(WHO_COLUMNS), value(WHERE_COLUMNS), timeOnly ? when.slice(11) : when];
  return parts.filter((part) => part !== '').join(', ');
}

/** Without the subscription, resource group and provider, which say nothing to a reader of one page. */
function shortResources(text: string): string {
  return text.replace(
    /\/subscriptions\/[0-9a-f-]{36}(\/resourcegroups\/[^/\s]{1,90}\/providers\/[^/\s]{1,90})?\//gi,
    '',
  );
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
  const known = knownActors(report);
  return [...otherGroups(report), ...groups.map(({ audit }) => findingGroup(audit, report, known))];
}

/** What is told of findings that belong to no audit of the report. */
const OTHER_GROUPS: Readonly<
  Record<string, Pick<FindingGroup, 'title' | 'purpose' | 'remediation' | 'evidence'>>
> = {
  'closed-periods': {
    title: 'Logs of closed periods that are not there any more, or not the same',
    purpose:
      'Closed periods are asked again, because whoever can delete or alter logs may do so after they were reported on.',
    remediation:
      'Compare the amendment’s difference with the sealed answers. Find out who may delete from the log source, and whether its retention was shortened.',
    evidence: 'run.json, and difference.json of the amendment',
  },
  'log-collection': {
    title: 'Registries whose events are not collected',
    purpose: 'What a registry does not send is in no report, and its absence looks like quiet.',
    remediation:
      'Add a diagnostic setting with the category group “audit”, or with both categories of events, that sends to the destination that this report reads.',
    evidence: 'evidence/platform.json',
  },
};

/** Findings that belong to no audit of this report: about older evidence, and about how logs are collected. */
function otherGroups(report: Report): FindingGroup[] {
  const audits = new Set(report.audits.map(({ id }) => id));
  const others = report.findings.filter(({ audit }) => !audits.has(audit));
  const ids = [...new Set(others.map(({ audit }) => audit))];
  return ids.flatMap((id) => {
    const words = OTHER_GROUPS[id];
    const findings = others.filter(({ audit }) => audit === id);
    const [first] = findings;
    if (first === undefined || words === undefined) return [];
    const shown = findings.slice(0, IN_FULL_PER_AUDIT);
    return {
      ...words,
      id: visible(id, 80),
      badge: severityBadge(first.severity),
      count: formatCount(findings.length, 'finding'),
      controls: '',
      findings: shown.map((finding, index) =>
        findingModel(
          finding,
          `finding-${id}-${String(index + 1)}`,
          new Map(),
          0,
          report,
          new Map(),
        ),
      ),
      cut:
        shown.length === findings.length
          ? ''
          : `Showing ${formatNumber(shown.length)} of ${formatCount(findings.length, 'finding')}; all are in findings.csv.`,
    };
  });
}

function worst(audit: AuditResult): number {
  return Math.min(...audit.findings.map((finding) => SEVERITIES.indexOf(finding.severity)));
}

function findingGroup(audit: AuditResult, report: Report, known: KnownActors): FindingGroup {
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
        known,
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
  known: KnownActors,
): FindingModel {
  const { timeZone } = report.period;
  const place =
    finding.row === undefined
      ? rowCount === 0 && Object.keys(finding.values).length > 0
        ? finding.audit === 'closed-periods'
          ? 'from asking again'
          : 'from what Azure Resource Manager said'
        : 'an absence: the answer has no row to show'
      : `row ${formatNumber(finding.row + 1)} of ${formatNumber(rowCount)}`;
  return {
    anchor: visible(anchor, 120),
    text: visible(finding.text),
    place,
    circumstances: circumstancesOf(finding, report, known),
    values: Object.entries(finding.values)
      .filter(([, cell]) => isText(cell))
      .map(([name, cell]) => ({
        name: visible(name, 80),
        value: formatCell(cell, types.get(name) ?? 'string', timeZone),
      })),
    key: visible(finding.key, 64),
  };
}

/** Who, from where and when, each where the row tells it, and what the report knows of who it was. */
function circumstancesOf(
  finding: Finding,
  report: Report,
  known: KnownActors,
): FindingModel['circumstances'] {
  const valueOf = (names: readonly string[]): string => {
    const name = names.find((candidate) => isText(finding.values[candidate]));
    return name === undefined ? '' : String(finding.values[name]);
  };
  const who = valueOf(WHO_COLUMNS);
  const time = firstTime(finding);
  return [
    { name: CIRCUMSTANCES.who, value: visible(who, 400) },
    { name: CIRCUMSTANCES.where, value: visible(valueOf(WHERE_COLUMNS), 400) },
    {
      name: CIRCUMSTANCES.when,
      value: time === undefined ? '' : bothTimes(time, report.period.timeZone),
    },
    { name: CIRCUMSTANCES.known, value: who === '' ? '' : (known.get(who.toLowerCase()) ?? '') },
  ].filter(({ value }) => value !== '');
}
