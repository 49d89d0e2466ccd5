import type { Language, Text } from '../core/language';
import { phrase, say } from '../core/language';
import { SEVERITIES } from '../core/outcome';
import type { Period } from '../core/period';
import type { AuditResult, Finding, Report } from '../core/report';
import type { Cell, KustoType } from '../core/table';
import { headingOf, inWords } from './audit-model';
import { timesInBothZones, timesOf, timesText, withoutDate } from './finding-times';
import { formatCell, shortDigest, wholeSeconds } from './format';
import { knownActors } from './identities-model';
import { heightOfRow, noticeHeight } from './page-one-room';
import { shortNames } from './short-names';
import { visible } from './visible';
import type { Badge } from './words';
import { controlNames, controlsInLine, outcomeBadge, severityBadge } from './words';

/** Rows of page one's table at most, of findings and of questions without an answer: what has room is shown. */
const FINDINGS_ON_PAGE_ONE = 8;

const COULD_NOT_TELL_ON_PAGE_ONE = 8;

/** Findings of one audit that are shown in full. */
const IN_FULL_PER_AUDIT = 20;

/** A sentence on page one is cut here, or earlier when rows would not fit; the finding in full has it whole. */
const SUMMARY_CHARACTERS = 200;
const FEWEST_CHARACTERS = 110;
const FEWER_CHARACTERS = 25;

/** A control's name on page one, which has room for those that frameworks have. */
const CONTROL_CHARACTERS = 40;
const CONTROLS_ON_PAGE_ONE = 3;

/** As many as a cell of an answer shows: the finding does not tell it a second time. */
const CIRCUMSTANCE_CHARACTERS = 1_000;

const WHO_COLUMNS = ['Identity', 'Caller', 'UserName', 'AADEmail', 'Identities'];
const WHERE_COLUMNS = ['CallerIpAddress', 'CallerIPAddress', 'HostIP', 'Computer', 'Addresses'];

type KnownActors = ReturnType<typeof knownActors>;

export interface SummaryRow {
  readonly badge: Badge;
  readonly text: string;
  /** Who, from where, when: what the row tells of it. */
  readonly circumstances: string;
  readonly controls: readonly string[];
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
  readonly controls: readonly string[];
  readonly findings: readonly FindingModel[];
  /** Empty when every finding is shown. */
  readonly cut: string;
  readonly evidence: string;
}

/** Page one's table, in `room` points: the worst findings, then the questions without an answer. */
export function summaryRows(
  report: Report,
  room: number,
  language: Language,
  longest = SUMMARY_CHARACTERS,
  controls = CONTROLS_ON_PAGE_ONE,
): { rows: SummaryRow[]; cut: string } {
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
    .map(({ first, count }) =>
      findingRow(first, audits.get(first.audit), report, language, { longest, controls, count }),
    );
  const unanswered = untold
    .slice(0, COULD_NOT_TELL_ON_PAGE_ONE)
    .map((audit) => untoldRow(audit, language, { longest, controls }));
  const cutText = (): string => {
    const cuts = [
      ...(found.length < groups.length
        ? [phrase('cut.kinds', { shown: found.length, count: groups.length })]
        : []),
      ...(unanswered.length < untold.length
        ? [phrase('cut.unanswered', { shown: unanswered.length, count: untold.length })]
        : []),
    ];
    const both: Text = { texts: cuts, between: say(phrase('names.and'), language) };
    return cuts.length === 0 ? '' : say(phrase('cut.summary', { cuts: both }), language);
  };
  // What could not be told is as loud as a finding, so neither list pushes the other out.
  const isTooMuch = (): boolean => {
    const heights = [...found, ...unanswered].map(heightOfRow);
    const cut = cutText();
    if (cut !== '') heights.push(noticeHeight(cut));
    return heights.reduce((sum, height) => sum + height, 0) > room;
  };
  if (isTooMuch() && longest > FEWEST_CHARACTERS)
    return summaryRows(report, room, language, longest - FEWER_CHARACTERS);
  while (isTooMuch() && found.length + unanswered.length > 2) {
    if (found.length >= unanswered.length) found.pop();
    else unanswered.pop();
  }
  // Names of a framework of one's own may be long.
  if (isTooMuch() && controls > 1) return summaryRows(report, room, language, longest, 1);
  return { rows: [...found, ...unanswered], cut: cutText() };
}

/** The worst findings as one line each, for a mail. */
export function worstFindings(
  report: Report,
  limit: number,
  language: Language,
): { rows: SummaryRow[]; cut: string } {
  const audits = new Map(report.audits.map((audit) => [audit.id, audit]));
  const untold = report.audits.filter((audit) => audit.outcome === 'error');
  const all = [
    ...report.findings.map(
      (finding) => () => findingRow(finding, audits.get(finding.audit), report, language),
    ),
    ...untold.map((audit) => () => untoldRow(audit, language)),
  ];
  // An unanswered question keeps a place even when findings alone would fill the list.
  const places = Math.max(limit - untold.length, Math.ceil(limit / 2));
  const shown = [
    ...all.slice(0, Math.min(places, report.findings.length)),
    ...all.slice(report.findings.length),
  ];
  const rows = shown.slice(0, limit).map((make) => make());
  const left = all.length - rows.length;
  return { rows, cut: left === 0 ? '' : say(phrase('cut.mail', { more: left }), language) };
}

/** Characters of a row's sentences, its controls, and how many findings it stands for. */
interface RowSize {
  readonly longest?: number;
  readonly controls?: number;
  readonly count?: number;
}

function findingRow(
  finding: Finding,
  audit: AuditResult | undefined,
  report: Report,
  language: Language,
  { longest = SUMMARY_CHARACTERS, controls = CONTROLS_ON_PAGE_ONE, count = 1 }: RowSize = {},
): SummaryRow {
  const text = summarized(shortNames(say(finding.text, language)), language, longest);
  const more =
    count < 2 ? '' : ` ${say(phrase('finding.moreLikeIt', { more: count - 1 }), language)}`;
  return {
    badge: severityBadge(finding.severity, language),
    text: text + more,
    circumstances: circumstances(finding, audit, report.period),
    controls: audit === undefined ? [] : controlSummary(audit, controls),
    link: `#audit-${visible(finding.audit, 80)}`,
  };
}

function summarized(text: string, language: Language, longest: number): string {
  return visible(text, longest, (count) => say(phrase('cut.characters', { count }), language));
}

function untoldRow(
  audit: AuditResult,
  language: Language,
  { longest = SUMMARY_CHARACTERS, controls = CONTROLS_ON_PAGE_ONE }: RowSize = {},
): SummaryRow {
  return {
    badge: outcomeBadge('error', language),
    text: summarized(audit.title, language, longest),
    circumstances: summarized(say(audit.reason, language), language, longest),
    controls: controlSummary(audit, controls),
    link: `#outcome-${visible(audit.id, 80)}`,
  };
}

function controlSummary(audit: AuditResult, shown: number): readonly string[] {
  const names = controlNames(audit.controls, CONTROL_CHARACTERS);
  return controlsInLine(names.slice(0, shown), Math.max(names.length - shown, 0));
}

function circumstances(finding: Finding, audit: AuditResult | undefined, period: Period): string {
  const value = (names: readonly string[]): string => {
    const name = firstColumn(finding, names);
    return name === undefined ? '' : visible(String(finding.values[name]), 44);
  };
  const times = timesOf(finding, audit);
  const when = times === undefined ? '' : timesText(times, period.timeZone);
  // A day's report need not say its own date.
  const short = period.kind === 'day' ? withoutDate(when, period.id) : when;
  const parts = [value(WHO_COLUMNS), value(WHERE_COLUMNS), short];
  return parts.filter((part) => part !== '').join(', ');
}

/** The first of some columns that a finding has a value of. */
function firstColumn({ values }: Finding, names: readonly string[]): string | undefined {
  return names.find((name) => isText(values[name]));
}

/** The columns that who, from where and when tell already. */
function columnsTold(finding: Finding, audit: AuditResult | undefined): ReadonlySet<string> {
  const times = timesOf(finding, audit);
  const told = [WHO_COLUMNS, WHERE_COLUMNS].map((names) => firstColumn(finding, names) ?? '');
  for (const [name, cell] of Object.entries(finding.values)) {
    if (times !== undefined && (cell === times.first || cell === times.last)) told.push(name);
  }
  return new Set(told);
}

function isText(cell: Cell | undefined): boolean {
  return cell !== undefined && cell !== null && cell !== '';
}

/** Every audit that has findings, worst first, with its findings in full. */
export function findingGroups(report: Report, language: Language): FindingGroup[] {
  const groups = report.audits
    .filter((audit) => audit.findings.length > 0)
    .map((audit, index) => ({ audit, index }))
    .sort((a, b) => worst(a.audit) - worst(b.audit) || a.index - b.index);
  const known = knownActors(report, language);
  return [
    ...otherGroups(report, language),
    ...groups.map(({ audit }) => findingGroup(audit, report, known, language)),
  ];
}

/** Findings that belong to no audit have a group for each of these ids. */
const OTHER_GROUPS = ['closed-periods', 'log-collection'] as const;

/** Findings that belong to no audit of this report: about older evidence, and about how logs are collected. */
function otherGroups(report: Report, language: Language): FindingGroup[] {
  const audits = new Set(report.audits.map(({ id }) => id));
  const others = report.findings.filter(({ audit }) => !audits.has(audit));
  return OTHER_GROUPS.flatMap((id) => {
    const findings = others.filter(({ audit }) => audit === id);
    const [first] = findings;
    if (first === undefined) return [];
    const shown = findings.slice(0, IN_FULL_PER_AUDIT);
    const told = (text: Text): string => say(text, language);
    return {
      id,
      title: told(phrase(`other.${id}.title`)),
      purpose: told(phrase(`other.${id}.purpose`)),
      remediation: told(phrase(`other.${id}.remediation`)),
      evidence: told(phrase(`other.${id}.evidence`)),
      badge: severityBadge(first.severity, language),
      count: told(phrase('count.findings', { count: findings.length })),
      controls: [],
      findings: shown.map((finding, index) =>
        findingModel(finding, `finding-${id}-${String(index + 1)}`, { report, language }),
      ),
      cut: cutFindings(shown.length, findings.length, 'findings.csv', language),
    };
  });
}

/** Empty when every finding is shown. */
function cutFindings(shown: number, total: number, files: Text, language: Language): string {
  return shown === total ? '' : say(phrase('cut.findings', { shown, total, files }), language);
}

function worst(audit: AuditResult): number {
  return Math.min(...audit.findings.map((finding) => SEVERITIES.indexOf(finding.severity)));
}

function findingGroup(
  audit: AuditResult,
  report: Report,
  known: KnownActors,
  language: Language,
): FindingGroup {
  const shown = audit.findings.slice(0, IN_FULL_PER_AUDIT);
  const { execution } = audit;
  const total = audit.findings.length;
  const file = visible(execution.answerFile ?? execution.queryFile, 200);
  const files: Text = {
    texts: ['findings.csv', file],
    between: say(phrase('names.and'), language),
  };
  const evidence = phrase('finding.evidence', {
    file,
    digest: shortDigest(execution.querySha256),
  });
  return {
    id: visible(audit.id, 80),
    title: visible(audit.title, 400),
    badge: severityBadge(SEVERITIES[worst(audit)] ?? audit.severity, language),
    count: say(phrase('count.findings', { count: total }), language),
    purpose: visible(audit.purpose),
    remediation: visible(audit.remediation),
    controls: controlsInLine(controlNames(audit.controls)),
    findings: shown.map((finding, index) =>
      findingModel(finding, `finding-${audit.id}-${String(index + 1)}`, {
        report,
        language,
        audit,
        known,
      }),
    ),
    cut: cutFindings(shown.length, total, files, language),
    evidence: say(evidence, language),
  };
}

/** What a finding is shown with. */
interface FindingContext {
  readonly report: Report;
  readonly language: Language;
  /** Undefined for a finding that belongs to none. */
  readonly audit?: AuditResult;
  readonly known?: KnownActors;
}

function findingModel(finding: Finding, anchor: string, context: FindingContext): FindingModel {
  const { report, language, audit } = context;
  const { timeZone } = report.period;
  const types = new Map<string, KustoType>(
    audit?.table.columns.map((column) => [column.name, column.type]),
  );
  const told = columnsTold(finding, audit);
  const sentence = say(finding.text, language);
  return {
    anchor: visible(anchor, 120),
    text: visible(Object.keys(finding.values).length > 0 ? shortNames(sentence) : sentence),
    place: say(placeOf(finding, audit?.execution.rowCount ?? 0), language),
    circumstances: circumstancesOf(finding, context),
    values: Object.entries(finding.values)
      .filter(([name, cell]) => isText(cell) && !told.has(name))
      .map(([name, cell]) => ({
        name: visible(headingOf(audit ?? {}, name), 80),
        value: valueText(inWords(cell, name, audit?.words), types.get(name) ?? 'string', timeZone),
      })),
    key: visible(finding.key, 64),
  };
}

/** As answers have it: a time in whole seconds, which the evidence has with all of its digits. */
function valueText(cell: Cell, type: KustoType, timeZone: string): string {
  const text = formatCell(cell, type, timeZone);
  return type === 'datetime' ? wholeSeconds(text) : text;
}

/** Where a finding stands in the evidence. */
function placeOf({ row, values, audit }: Finding, rowCount: number): Text {
  if (row !== undefined) return phrase('finding.row', { row: row + 1, rows: rowCount });
  if (rowCount > 0 || Object.keys(values).length === 0) return phrase('finding.absent');
  return audit === 'closed-periods' ? phrase('finding.askedAgain') : phrase('finding.fromAzure');
}

/** Who, from where and when, each where the row tells it, and what the report knows of who it was. */
function circumstancesOf(
  finding: Finding,
  { report, language, audit, known }: FindingContext,
): FindingModel['circumstances'] {
  const valueOf = (names: readonly string[]): string => {
    const name = firstColumn(finding, names);
    return name === undefined ? '' : String(finding.values[name]);
  };
  const who = valueOf(WHO_COLUMNS);
  const times = timesOf(finding, audit);
  const named = (name: Text, value: string): { name: string; value: string } => ({
    name: say(name, language),
    value,
  });
  return [
    named(phrase('finding.who'), visible(who, CIRCUMSTANCE_CHARACTERS)),
    named(phrase('finding.where'), visible(valueOf(WHERE_COLUMNS), CIRCUMSTANCE_CHARACTERS)),
    named(
      phrase('finding.when'),
      times === undefined ? '' : timesInBothZones(times, report.period.timeZone),
    ),
    named(phrase('finding.known'), who === '' ? '' : (known?.get(who.toLowerCase()) ?? '')),
  ].filter(({ value }) => value !== '');
}
