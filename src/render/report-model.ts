import type { ExportKind } from '../core/definitions';
import type { Language, Text } from '../core/language';
import { formatNumber, listed, phrase, say } from '../core/language';
import { OUTCOMES, SEVERITIES } from '../core/outcome';
import type { Report, RunCost } from '../core/report';
import type { AnswerModel, OutcomeRow } from './audit-model';
import { answerModels, outcomeRows } from './audit-model';
import type { ChangesModel } from './changes-model';
import type { BrandModel } from './brand-model';
import { brandModel } from './brand-model';
import type { ChartsModel } from './charts/charts-model';
import { chartsModel } from './charts/charts-model';
import type { CoverageModel } from './coverage-model';
import type { FindingGroup, SummaryRow } from './findings-model';
import type { CustodyModel } from './custody-model';
import { custodyModel } from './custody-model';
import type { ExecutionsModel } from './executions-model';
import { executionsModel } from './executions-model';
import { findingGroups, summaryRows } from './findings-model';
import { bothTimes } from './format';
import type { IdentitiesModel } from './identities-model';
import { identitiesModel } from './identities-model';
import { pageOneModel } from './page-one-model';
import { roomOnPageOne } from './page-one-room';
import { formatBytes, localInterval, periodLabel } from './spans';
import type { PastModel } from './past-model';
import { pastModel } from './past-model';
import { visible } from './visible';
import type { WaivedModel, WaiverModel } from './waiver-model';
import { waivedFindings, waiverModels } from './waiver-model';
import type { Badge } from './words';
import {
  auditBadge,
  incompleteBadge,
  nothingFoundText,
  outcomeBadge,
  severityBadge,
} from './words';

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
  /** The count is empty where something is told and not counted; before the first that is counted stands what they are. */
  readonly outcomes: readonly {
    readonly badge: Badge;
    readonly count: string;
    readonly isFirst: boolean;
  }[];
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
  /** Which answers are told by a chart and its numbers alone; empty when none is. */
  readonly drawnAnswers: string;
  /** Said of all answers whose rows are only information; empty when there is none. */
  readonly information: string;
  /** Where the answers are for other programs; empty when they are not. */
  readonly exports: string;
  readonly executions: ExecutionsModel;
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
export function reportModel(report: Report, language: Language, rowsShown?: number): ReportModel {
  const { period } = report;
  const waived = waivedFindings(report, language);
  const waivers = waiverModels(report, language);
  const identities = identitiesModel(report, language);
  const past = pastModel(report, language);
  const told = (text: Text): string => say(text, language);
  const brand = brandModel(report, language);
  const pageOne = pageOneModel(report, language, { brand, past, waivers });
  const charts = chartsModel(report, language);
  const drawn = drawnAnswers(report, charts);
  const summary = summaryRows(report, roomOnPageOne(pageOne), language);
  return {
    brand,
    title: pageOne.name,
    periodLabel: periodLabel(period, language.id),
    registries: pageOne.registries,
    window: pageOne.window,
    outcome: outcomeBadge(report.outcome, language),
    verdict: pageOne.verdict,
    severities: SEVERITIES.filter((severity) => report.findingCounts[severity] > 0).map(
      (severity) => ({
        badge: severityBadge(severity, language),
        count: told(phrase('count.findings', { count: report.findingCounts[severity] })),
      }),
    ),
    outcomes: tallies(report, language),
    notices: pageOne.notices,
    coverage: pageOne.coverage,
    changes: pageOne.changes,
    summary: summary.rows,
    summaryCut: summary.cut,
    nothingFound: told(nothingFoundText(report.coverage.complete)),
    waivers,
    waiversOnPageOne: pageOne.waivers,
    waived: waived.rows,
    waivedCut: waived.cut,
    groups: findingGroups(report, language),
    audits: outcomeRows(report, language, drawn),
    past,
    identities,
    accessReview: report.period.kind !== 'day' && identities.table !== undefined,
    charts,
    answers: answerModels(report, language, rowsShown, drawn),
    drawnAnswers: drawnText(report, drawn, language),
    information: report.audits.some(
      ({ expect, table }) => expect === 'any' && table.rows.length > 0,
    )
      ? told(phrase('answers.information', { outcome: phrase('outcome.info') }))
      : '',
    exports: told(exportsText(report)),
    executions: executionsModel(report, language, rowsShown),
    source: facts(sourceFacts(report, language), language),
    ...unreadableLines(report, language),
    startedAt: bothTimes(report.startedAt, period.timeZone),
    stream: visible(report.stream, 200),
    custody: custodyModel(report, language),
    seal: facts(sealFacts(report, language), language),
    software: told(softwareText(report)),
  };
}

/** Answers that stand in the report as the numbers of a chart, and so not a second time. */
function drawnAnswers({ audits }: Report, { charts }: ChartsModel): Map<string, string> {
  const numbers = new Map(charts.map(({ id, wholeAnswer }) => [wholeAnswer, `numbers-${id}`]));
  // Rows that are findings stand among the answers, whatever is drawn of them.
  return new Map(
    audits
      .filter(({ expect }) => expect === 'any')
      .flatMap(({ id }) => {
        const anchor = numbers.get(visible(id, 80));
        return anchor === undefined ? [] : [[id, anchor]];
      }),
  );
}

function drawnText({ audits }: Report, drawn: Map<string, string>, language: Language): string {
  const titles = audits.filter(({ id }) => drawn.has(id)).map(({ title }) => visible(title, 400));
  return titles.length === 0
    ? ''
    : say(phrase('answers.drawn', { titles: { texts: titles, between: '; ' } }), language);
}

/** As run/exports.ts lays them out. */
const EXPORTED: Record<ExportKind, string> = {
  jsonl: 'exports/*.jsonl.gz',
  parquet: 'exports/*.parquet',
  xlsx: 'exports/report.xlsx',
};

function exportsText({ exports = [] }: Report): Text {
  return exports.length === 0
    ? ''
    : phrase('answers.exports', { files: listed(exports.map((kind) => EXPORTED[kind])) });
}

/** How many audits came to each outcome; logs that are not whole are told among them, without a count. */
function tallies(report: Report, language: Language): ReportModel['outcomes'] {
  const { auditCounts, coverage } = report;
  // No audit that could not tell would read as if all had been seen.
  const told =
    coverage.complete || auditCounts.error > 0
      ? OUTCOMES
      : OUTCOMES.filter((outcome) => outcome !== 'error');
  const counted = told.map((outcome, index) => ({
    isFirst: index === 0,
    badge:
      outcome === 'fail' && auditCounts.fail !== 1
        ? { word: say(phrase('outcome.failMany'), language), style: 'fail' }
        : auditBadge(outcome, coverage.complete, language),
    count: formatNumber(auditCounts[outcome]),
  }));
  if (coverage.complete) return counted;
  return [{ badge: incompleteBadge(language), count: '', isFirst: false }, ...counted];
}

/** A fact before it is said. */
type Fact = readonly [name: Text, value: Text];

function facts(all: readonly Fact[], language: Language): FactModel[] {
  return all.map(([name, value]) => ({ name: say(name, language), value: say(value, language) }));
}

function sourceFacts({ intake, source }: Report, language: Language): Fact[] {
  const { registries, duplicates, unreadable } = intake;
  const none = phrase('source.none');
  const location = visible(source.location, 400);
  const read: Fact[] = [
    [
      phrase('source.read'),
      listed([
        phrase('count.blobs', { count: intake.blobs }),
        formatBytes(intake.bytes, language.id),
        phrase('count.records', { count: intake.records }),
      ]),
    ],
    [
      phrase('source.duplicates'),
      duplicates === 0 ? none : phrase('source.duplicatesFound', { count: duplicates }),
    ],
    [phrase('source.unreadable'), unreadable.length === 0 ? none : unreadable.length],
  ];
  return [
    [phrase('source.source'), phrase(`source.${source.kind}`, { location })],
    ...(source.kind === 'log-archive' ? read : []),
    [
      phrase('source.registries'),
      registries.length === 0 ? none : listed(registries.map((name) => visible(name, 80))),
    ],
  ];
}

function unreadableLines(
  report: Report,
  language: Language,
): Pick<ReportModel, 'unreadable' | 'unreadableCut'> {
  const all = report.intake.unreadable;
  const unreadable = all.slice(0, UNREADABLE_LISTED).map((line) => ({
    place: say(
      phrase('unreadable.place', {
        blob: visible(line.blob, 400),
        offset: line.offset,
        length: phrase('count.bytes', { count: line.length }),
      }),
      language,
    ),
    reason: visible(say(unreadableText(line.reason), language), 200),
    text: visible(line.text, 300),
  }));
  const unreadableCut =
    unreadable.length === all.length
      ? ''
      : say(phrase('cut.unreadable', { shown: unreadable.length, total: all.length }), language);
  return { unreadable, unreadableCut };
}

/** Why a line could not be read, as the reader of logs wrote it into the evidence. */
function unreadableText(reason: string): Text {
  switch (reason) {
    case 'not JSON':
      return phrase('unreadable.notJson');
    case 'half-written last line':
      return phrase('unreadable.halfWritten');
    case 'not a record':
      return phrase('unreadable.notRecord');
    case 'no time':
      return phrase('unreadable.noTime');
    case 'nested too deeply':
      return phrase('unreadable.tooDeep');
    default: {
      const [, more] = /^(\d+) more unreadable lines from here$/.exec(reason) ?? [];
      return more === undefined
        ? reason
        : phrase('unreadable.moreFromHere', { more: Number(more) });
    }
  }
}

function sealFacts(report: Report, language: Language): Fact[] {
  const previous = report.previousEntry;
  // A preview has a sentence in place of its key.
  const digest = (hex: string): string =>
    /^[0-9a-f]{64}$/.test(hex) ? `sha256 ${hex}` : visible(hex, 200);
  return [
    [phrase('seal.stream'), visible(report.stream, 200)],
    [phrase('seal.run'), visible(report.runId, 200)],
    [phrase('seal.period'), localInterval(report.period, 'UTC', language.id)],
    [
      phrase('seal.entryBefore'),
      previous === undefined
        ? phrase('seal.firstEntry')
        : listed([previous.sequence, digest(previous.sha256)]),
    ],
    [phrase('seal.key'), digest(report.keyFingerprint)],
    [phrase('seal.definitions'), digest(report.definitionSha256)],
    [phrase('seal.cost'), costText(report.cost, language)],
    [phrase('seal.began'), bothTimes(report.startedAt, report.period.timeZone)],
    [phrase('seal.software'), softwareText(report)],
  ];
}

/** `37 questions in 41 requests; 12,345 rows, 3.4 MB of answers; 12.3 s of asking` */
function costText(cost: RunCost, language: Language): Text {
  const cpu = cost.cpuMilliseconds;
  const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
  const texts = [
    phrase('cost.questions', {
      questions: phrase('count.questions', { count: cost.questions }),
      requests: phrase('count.requests', { count: cost.requests }),
    }),
    phrase('cost.answers', {
      rows: phrase('count.rows', { count: cost.rows }),
      size: formatBytes(cost.bytes, language.id),
    }),
    // A run by a clock that stood still has not measured it.
    ...(cost.milliseconds === 0
      ? []
      : [phrase('cost.asking', { seconds: seconds(cost.milliseconds) })]),
    ...(cpu === undefined ? [] : [phrase('cost.processor', { seconds: seconds(cpu) })]),
    ...(cost.platformRequests === 0
      ? []
      : [
          phrase('cost.platform', {
            requests: phrase('count.requests', { count: cost.platformRequests }),
          }),
        ]),
  ];
  return { texts, between: '; ' };
}

function softwareText(report: Report): Text {
  const { name, version, commit } = report.software;
  return phrase('seal.softwareAndCommit', {
    software: `${visible(name, 80)} ${visible(version, 40)}`,
    commit: visible(commit, 40),
  });
}
