import type { Outcome } from '../core/outcome';
import { OUTCOMES, SEVERITIES } from '../core/outcome';
import type { Report, RunCost } from '../core/report';
import type { AnswerModel, ExecutionModel, OutcomeRow } from './audit-model';
import { answerModels, executionModels, outcomeRows, ROWS_SHOWN } from './audit-model';
import type { ChangesModel } from './changes-model';
import { changesModel } from './changes-model';
import type { BrandModel } from './brand-model';
import { brandModel } from './brand-model';
import type { ChartsModel } from './charts/charts-model';
import { chartsModel } from './charts/charts-model';
import type { CoverageModel } from './coverage-model';
import { coverageModel } from './coverage-model';
import type { FindingGroup, SummaryRow } from './findings-model';
import type { CustodyModel } from './custody-model';
import { custodyModel } from './custody-model';
import { findingGroups, summaryRows } from './findings-model';
import {
  bothTimes,
  formatBytes,
  formatCount,
  formatNumber,
  localInterval,
  periodLabel,
  periodWindow,
} from './format';
import type { IdentitiesModel } from './identities-model';
import { identitiesModel } from './identities-model';
import { noticesOf } from './notices';
import { roomOnPageOne } from './page-one-room';
import type { PastModel } from './past-model';
import { pastModel } from './past-model';
import { visible } from './visible';
import type { WaivedModel, WaiverModel } from './waiver-model';
import { waivedFindings, waiverModels } from './waiver-model';
import type { Badge } from './words';
import { nothingFoundText, outcomeBadge, severityBadge } from './words';

/** Page one has to stay one page. */
const WAIVERS_ON_PAGE_ONE = 2;

/** Lines of page one that its table takes at least. */
const ROOM_FOR_FINDINGS = 8;

/** Unreadable lines that are listed; all of them are in the evidence. */
const UNREADABLE_LISTED = 20;

export interface FactModel {
  readonly name: string;
  readonly value: string;
}

/** Everything a view shows. Every string has been made visible; a view only escapes and arranges. */
export interface ReportModel {
  readonly brand: BrandModel;
  readonly title: string;
  readonly periodLabel: string;
  readonly registries: string;
  readonly window: string;
  readonly outcome: Badge;
  readonly verdict: string;
  readonly severities: readonly { readonly badge: Badge; readonly count: string }[];
  readonly outcomes: readonly { readonly badge: Badge; readonly count: string }[];
  /** Sentences that a reader must see before anything else: made up, unreadable lines. */
  readonly notices: readonly string[];
  readonly coverage: CoverageModel;
  readonly changes: ChangesModel;
  readonly summary: readonly SummaryRow[];
  readonly summaryCut: string;
  /** Said when `summary` is empty. */
  readonly nothingFound: string;
  readonly waivers: readonly WaiverModel[];
  /** Those of `waivers` that page one tells of. */
  readonly waiversOnPageOne: readonly WaiverModel[];
  readonly waived: readonly WaivedModel[];
  readonly waivedCut: string;
  readonly groups: readonly FindingGroup[];
  readonly audits: readonly OutcomeRow[];
  readonly past: PastModel;
  readonly identities: IdentitiesModel;
  /** Whether the report lists identities in a chapter of their own. */
  readonly accessReview: boolean;
  readonly charts: ChartsModel;
  readonly answers: readonly AnswerModel[];
  readonly executions: readonly ExecutionModel[];
  readonly source: readonly FactModel[];
  readonly unreadable: readonly {
    readonly place: string;
    readonly reason: string;
    readonly text: string;
  }[];
  readonly unreadableCut: string;
  readonly startedAt: string;
  readonly stream: string;
  readonly custody: CustodyModel;
  readonly seal: readonly FactModel[];
  readonly software: string;
}

/** A report as its views show it: page one first, then everything that page one rests on. Pure. */
export function reportModel(report: Report, rowsShown: number = ROWS_SHOWN): ReportModel {
  const { period } = report;
  const waived = waivedFindings(report);
  const waivers = waiverModels(report);
  const identities = identitiesModel(report);
  const past = pastModel(report);
  const pageOne = {
    title: `${visible(report.title, 120)}, ${periodLabel(period)}`,
    subtitle: `${registriesText(report)} · ${periodWindow(period)}`,
    notices: noticesOf(report),
    verdict: visible(report.verdict, 300),
    coverage: coverageModel(report),
    changes: changesModel(report),
    pastSentence: past.sentence,
    waivers: waiversOnPageOne(waivers),
  };
  // A crowded page tells of one waiver; the chapter on waivers has them all.
  if (roomOnPageOne(pageOne) < ROOM_FOR_FINDINGS) pageOne.waivers = pageOne.waivers.slice(0, 1);
  const summary = summaryRows(report, roomOnPageOne(pageOne));
  return {
    brand: brandModel(report),
    title: visible(report.title, 120),
    periodLabel: periodLabel(period),
    registries: registriesText(report),
    window: periodWindow(period),
    outcome: outcomeBadge(report.outcome),
    verdict: pageOne.verdict,
    severities: SEVERITIES.filter((severity) => report.findingCounts[severity] > 0).map(
      (severity) => ({
        badge: severityBadge(severity),
        count: formatCount(report.findingCounts[severity], 'finding'),
      }),
    ),
    outcomes: OUTCOMES.map((outcome) => ({
      badge: outcomeBadge(outcome),
      count: outcomeCount(report, outcome),
    })),
    notices: pageOne.notices,
    coverage: pageOne.coverage,
    changes: pageOne.changes,
    summary: summary.rows,
    summaryCut: summary.cut,
    nothingFound: nothingFoundText(report.coverage.complete),
    waivers,
    waiversOnPageOne: pageOne.waivers,
    waived: waived.rows,
    waivedCut: waived.cut,
    groups: findingGroups(report),
    audits: outcomeRows(report),
    past,
    identities,
    accessReview: report.period.kind !== 'day' && identities.table !== undefined,
    charts: chartsModel(report),
    answers: answerModels(report, rowsShown),
    executions: executionModels(report),
    source: sourceFacts(report),
    ...unreadableLines(report),
    startedAt: bothTimes(report.startedAt, period.timeZone),
    stream: visible(report.stream, 200),
    custody: custodyModel(report),
    seal: sealFacts(report),
    software: softwareText(report),
  };
}

function waiversOnPageOne(waivers: readonly WaiverModel[]): WaiverModel[] {
  return waivers
    .filter(({ isNews }) => isNews)
    .slice(0, WAIVERS_ON_PAGE_ONE)
    .map((waiver) => ({
      ...waiver,
      owner: visible(waiver.owner, 30),
      reason: visible(waiver.reason, 80),
    }));
}

function registriesText(report: Report): string {
  if (report.registries.length === 0) return 'no registry named by the logs';
  const names = report.registries.slice(0, 8).map((name) => visible(name, 80));
  const more = report.registries.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${formatNumber(more)} more` : names.join(', ');
}

function outcomeCount(report: Report, outcome: Outcome): string {
  return formatNumber(report.auditCounts[outcome]);
}

function sourceFacts(report: Report): FactModel[] {
  const { intake, source } = report;
  const facts = [
    {
      name: 'Source',
      value: `${source.kind === 'log-analytics' ? 'Azure Monitor Logs workspace' : 'log archive'} ${visible(source.location, 400)}`,
    },
  ];
  if (source.kind === 'log-archive') {
    facts.push(
      {
        name: 'Read',
        value: `${formatCount(intake.blobs, 'blob')}, ${formatBytes(intake.bytes)}, ${formatCount(intake.records, 'record')}`,
      },
      {
        name: 'Duplicates',
        value:
          intake.duplicates === 0
            ? 'none'
            : `${formatCount(intake.duplicates, 'record')} came more than once; one of each was kept`,
      },
      {
        name: 'Unreadable lines',
        value: intake.unreadable.length === 0 ? 'none' : formatNumber(intake.unreadable.length),
      },
    );
  }
  facts.push({
    name: 'Registries in the source',
    value:
      intake.registries.length === 0
        ? 'none'
        : intake.registries.map((name) => visible(name, 80)).join(', '),
  });
  return facts;
}

function unreadableLines(report: Report): Pick<ReportModel, 'unreadable' | 'unreadableCut'> {
  const all = report.intake.unreadable;
  const unreadable = all.slice(0, UNREADABLE_LISTED).map((line) => ({
    place: `${visible(line.blob, 400)}, byte ${formatNumber(line.offset)}, ${formatCount(line.length, 'byte')}`,
    reason: visible(line.reason, 200),
    text: visible(line.text, 300),
  }));
  const unreadableCut =
    unreadable.length === all.length
      ? ''
      : `Showing ${formatNumber(unreadable.length)} of ${formatCount(all.length, 'unreadable line')}.`;
  return { unreadable, unreadableCut };
}

function sealFacts(report: Report): FactModel[] {
  const previous = report.previousEntry;
  return [
    { name: 'Stream', value: visible(report.stream, 200) },
    { name: 'Run', value: visible(report.runId, 200) },
    { name: 'Period, UTC', value: localInterval(report.period, 'UTC') },
    {
      name: 'Entry before this run',
      value:
        previous === undefined
          ? 'none: the stream begins with this run'
          : `${formatNumber(previous.sequence)}, sha256 ${visible(previous.sha256, 64)}`,
    },
    { name: 'Signing key', value: `sha256 ${visible(report.keyFingerprint, 64)}` },
    { name: 'Definitions', value: `sha256 ${visible(report.definitionSha256, 64)}` },
    { name: 'Cost', value: costText(report.cost) },
    { name: 'Run began', value: bothTimes(report.startedAt, report.period.timeZone) },
    { name: 'Software', value: softwareText(report) },
  ];
}

/** `37 questions in 41 requests; 12,345 rows, 3.4 MB of answers; 12.3 s of asking` */
function costText(cost: RunCost): string {
  const cpu = cost.cpuMilliseconds;
  const parts = [
    `${formatCount(cost.questions, 'question')} in ${formatCount(cost.requests, 'request')}`,
    `${formatCount(cost.rows, 'row')}, ${formatBytes(cost.bytes)} of answers`,
    `${(cost.milliseconds / 1000).toFixed(1)} s of asking`,
    ...(cpu === undefined ? [] : [`${(cpu / 1000).toFixed(1)} s of processor time at the source`]),
    ...(cost.platformRequests === 0
      ? []
      : [`${formatCount(cost.platformRequests, 'request')} to Azure Resource Manager`]),
  ];
  return parts.join('; ');
}

function softwareText(report: Report): string {
  const { name, version, commit } = report.software;
  return `${visible(name, 80)} ${visible(version, 40)}, commit ${visible(commit, 40)}`;
}
