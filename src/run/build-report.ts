import { DateTime } from 'luxon';
import type { PeriodFigures } from '../assess/compare';
import { compareFigures, figuresOf } from '../assess/compare';
import { costOf } from '../assess/cost';
import { assessCoverage, registriesInAnswers } from '../assess/coverage';
import type { OutsideEvidence } from '../assess/coverage-proofs';
import { custodyOutcomes, custodyVerdict, lostFindings } from '../assess/custody';
import type { UnusableAnswer } from '../assess/judge';
import { judgeAudit } from '../assess/judge';
import { collectionFindings } from '../assess/log-collection';
import { registriesOf } from '../assess/platform-view';
import { waiverUses } from '../assess/waivers';
import { countOutcomes, countSeverities, overallOutcome, verdictSentence } from '../assess/verdict';
import type { AskedAgain } from '../core/custody';
import { NO_CUSTODY } from '../core/custody';
import type { AuditDefinition, ReportDefinition } from '../core/definitions';
import { phrase, sentences } from '../core/language';
import type { Answer } from '../core/logs';
import { compareSeverity, worstOutcome } from '../core/outcome';
import type { Period } from '../core/period';
import type {
  Amendment,
  AuditResult,
  Coverage,
  Finding,
  OtherQuestion,
  Report,
} from '../core/report';
import type { Table } from '../core/table';
import type { Evidence } from './ask';
import { coverageId, scopeOf, tablesOf } from './ask';
import type { Question } from './evidence';
import { executionOf } from './evidence';
import type { RunFacts } from './run-facts';

export interface ReportInput {
  readonly facts: RunFacts;
  readonly report: ReportDefinition;
  readonly questions: readonly Question[];
  readonly evidence: Evidence;
  readonly previous: PeriodFigures | undefined;
  /** What an amendment differs in from what it amends. */
  readonly difference?: AskedAgain | undefined;
}

/** Makes the report from sealed or sealable evidence alone: the same input gives the same value. */
export function buildReport(input: ReportInput): { report: Report; figures: PeriodFigures } {
  const { facts, report: definition, evidence } = input;
  const scope = scopeOf(definition, facts.scopeId);
  const coverageAnswers = new Map(
    tablesOf(definition).map((table) => [table, answerTo(evidence, coverageId(table))]),
  );
  const outside: OutsideEvidence = {
    source: facts.source,
    answers: evidence.answers,
    platform: evidence.platform,
    canaries: facts.canaries,
  };
  const registries =
    scope.registries === 'all'
      ? union(
          evidence.intake.registries,
          registriesInAnswers(coverageAnswers),
          registriesOfAzure(evidence, facts.period),
        )
      : scope.registries;
  const coverage = assessCoverage(
    facts.period,
    registries,
    coverageAnswers,
    outside,
    evidence.intake.unreadable,
  );
  const audits = definition.audits.map((audit) => auditResult(audit, input, coverage));
  const custody = facts.custody ?? NO_CUSTODY;
  const amendment = amendmentOf(input);
  const lost = lostFindings([
    ...custody.askedAgain,
    ...(amendment?.difference ? [amendment.difference] : []),
  ]);
  const notCollected = collectionFindings(outside, registries);
  const findings = [...lost, ...notCollected, ...audits.flatMap((audit) => audit.findings)].sort(
    (a: Finding, b: Finding) => compareSeverity(a.severity, b.severity),
  );
  const figures = figuresOf(facts.period.id, audits, coverage);
  const report: Report = {
    stream: facts.stream,
    runId: facts.runId,
    reportId: definition.id,
    title: definition.title,
    language: definition.language ?? 'en',
    ...(definition.branding === undefined ? {} : { branding: definition.branding }),
    scopeId: facts.scopeId,
    registries,
    period: facts.period,
    outcome: worstOutcome([
      overallOutcome(audits, coverage),
      ...custodyOutcomes(custody),
      ...(lost.length + notCollected.length > 0 ? (['fail'] as const) : []),
    ]),
    verdict: sentences([verdictSentence(audits, findings, coverage), custodyVerdict(custody)]),
    auditCounts: countOutcomes(audits),
    findingCounts: countSeverities(findings),
    coverage,
    changes: compareFigures(figures, input.previous),
    findings,
    audits,
    otherQuestions: otherQuestions(input),
    waivers: waiverUses(definition.waivers, audits, todayOf(facts)),
    ...(facts.past === undefined ? {} : { past: facts.past }),
    ...(definition.exports === undefined ? {} : { exports: definition.exports }),
    intake: evidence.intake,
    cost: costOf(evidence.answers.values(), evidence.platform?.exchanges.length ?? 0),
    source: facts.source,
    definitionSha256: facts.definitionSha256,
    startedAt: facts.startedAt,
    madeUp: facts.madeUp,
    custody,
    ...(amendment === undefined ? {} : { amendment }),
    ...(facts.previousEntry === null ? {} : { previousEntry: facts.previousEntry }),
    keyFingerprint: facts.keyFingerprint,
    software: facts.software,
  };
  return { report, figures };
}

function otherQuestions({ report, questions, evidence }: ReportInput): OtherQuestion[] {
  const audits = new Set(report.audits.map(({ id }) => id));
  return questions
    .filter(({ id }) => !audits.has(id))
    .map((question) => ({
      id: question.id,
      execution: executionOf(question, answerTo(evidence, question.id)),
    }));
}

function amendmentOf({ facts, difference }: ReportInput): Amendment | undefined {
  if (facts.amends === undefined) return undefined;
  const { number, amends } = facts.amends;
  return { number, amends, ...(difference === undefined ? {} : { difference }) };
}

function auditResult(audit: AuditDefinition, input: ReportInput, coverage: Coverage): AuditResult {
  const question = input.questions.find((candidate) => candidate.id === audit.id);
  if (question === undefined) throw new TypeError(`no question for audit ${audit.id}`);
  const received = answerTo(input.evidence, audit.id);
  const answer = withDeclaredColumns(received, audit);
  const judgement = judgeAudit({
    audit,
    answer,
    coverage,
    period: input.facts.period,
    waivers: input.report.waivers,
    operations: input.report.operations,
    today: todayOf(input.facts),
  });
  return {
    id: audit.id,
    title: audit.title,
    purpose: audit.purpose,
    expect: audit.expect,
    severity: audit.severity,
    remediation: audit.remediation,
    controls: audit.controls,
    tables: audit.tables,
    ...judgement,
    table: answer.status === 'failed' ? { columns: [], rows: [] } : answer.table,
    ...(audit.charts === undefined ? {} : { charts: audit.charts }),
    ...(audit.when === undefined ? {} : { when: audit.when }),
    ...(audit.headings === undefined ? {} : { headings: audit.headings }),
    ...(audit.words === undefined ? {} : { words: audit.words }),
    execution: {
      ...executionOf(question, received),
      ...(received.status === 'failed' ? {} : { csvFile: `evidence/${audit.id}.csv` }),
    },
  };
}

/** The date on which waivers are tested, in the report's time zone. */
function todayOf({ period, startedAt, amends }: RunFacts): string {
  const judgedAt = DateTime.fromISO(amends?.judgedAt ?? startedAt, { zone: period.timeZone });
  return judgedAt.toISODate() ?? '';
}

/** An answer without the declared columns can't be judged: a column was renamed or retyped at the source. */
function withDeclaredColumns(answer: Answer, audit: AuditDefinition): Answer | UnusableAnswer {
  if (answer.status === 'failed') return answer;
  const text = (columns: Table['columns']): string =>
    columns.map(({ name, type }) => `${name}: ${type}`).join(', ');
  if (text(answer.table.columns) === text(audit.columns)) return answer;
  return {
    status: 'failed',
    code: 'other',
    reason: phrase('judge.otherColumns', {
      columns: text(answer.table.columns),
      declared: text(audit.columns),
    }),
    executedAt: answer.executedAt,
    durationMs: answer.durationMs,
  };
}

function answerTo(evidence: Evidence, id: string): Answer {
  const answer = evidence.answers.get(id);
  if (answer === undefined) throw new TypeError(`no answer for ${id}`);
  return answer;
}

/** Registries that Azure shows and that were there before the period ended. */
function registriesOfAzure({ platform }: Evidence, period: Period): string[] {
  const list = platform === undefined ? undefined : registriesOf(platform);
  return list?.told === true
    ? list.value.flatMap(({ name, createdAt }) =>
        createdAt === undefined || createdAt < period.end ? name : [],
      )
    : [];
}

function union(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort();
}
