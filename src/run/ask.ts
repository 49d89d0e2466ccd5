import { bindParameters } from '../catalog/parameters';
import { CANARY_QUERY, CANARY_QUESTION } from '../assess/canary';
import { coverageQuestion, EVENT_TABLES, METRIC_TABLE } from '../assess/coverage-questions';
import { healthQuestions } from '../assess/health-questions';
import type { ReportDefinition, Scope } from '../core/definitions';
import { mapInParallel } from '../core/in-parallel';
import type { Answer, Intake, LogRequest, LogSource, SourceDescription } from '../core/logs';
import type { Interval, Period } from '../core/period';
import { toInstant } from '../core/period';
import { inSpan } from '../core/spans';
import { piecesOf, textOf, type Content, type Pieces } from '../core/pieces';
import type { PlatformRecord, PlatformSource } from '../core/platform';
import type { Question } from './evidence';
import { decodeEvidence, encodeEvidence, evidenceFile } from './evidence';
import type { RunFile, RunFolder } from './run-folder';

export const INTAKE_FILE = 'evidence/intake.json';
export const PLATFORM_FILE = 'evidence/platform.json';
const DAY_MS = 86_400_000;

/** The answers of one run, by question id, as the archive holds them. */
export interface Evidence {
  readonly answers: ReadonlyMap<string, Answer>;
  readonly intake: Intake;
  /** Undefined when Azure Resource Manager was not asked. */
  readonly platform?: PlatformRecord | undefined;
}

/** `scope`, `window` and `tables` are what `requestOf` gives. */
export interface AskInput extends LogRequest {
  readonly source: LogSource;
  /** Undefined when Azure Resource Manager is not to be asked. */
  readonly platform?: Pick<PlatformSource, 'ask'> | undefined;
  readonly questions: readonly Question[];
  readonly period: Interval;
  readonly folder: RunFolder;
  readonly onAsked: (done: number, total: number) => void;
}

/** Every table that a report needs to hear from: its audits' own and those that coverage rests on. */
export function tablesOf(report: ReportDefinition): string[] {
  const tables = new Set<string>([...EVENT_TABLES, METRIC_TABLE]);
  for (const audit of report.audits) for (const table of audit.tables) tables.add(table);
  return [...tables].sort();
}

/** On what besides the report the questions of a run depend; settled in the run's facts. */
export interface QuestionContext {
  readonly source: SourceDescription;
  /** Undefined when no canary logins are made. */
  readonly canaries?: readonly unknown[] | undefined;
}

/**
 * What a run asks: one coverage question for each table, then each audit, in the report's order, then what a
 * workspace knows about itself and whether canary logins came back.
 */
export function questionsOf(
  report: ReportDefinition,
  period: Period,
  { source, canaries }: QuestionContext,
): Question[] {
  const lookBack = Math.max(0, ...report.audits.map((audit) => audit.lookBackDays));
  const coverage = tablesOf(report).map((table) => ({
    id: coverageId(table),
    ...bindParameters({ query: coverageQuestion(table), lookBackDays: lookBack }, report, period),
  }));
  const audits = report.audits.map((audit) => ({
    id: audit.id,
    ...bindParameters(audit, report, period),
  }));
  const others = [
    ...(source.kind === 'log-analytics' ? healthQuestions() : []),
    ...(canaries === undefined ? [] : [{ id: CANARY_QUESTION, query: CANARY_QUERY }]),
  ].map(({ id, query }) => ({
    id,
    ...bindParameters({ query, lookBackDays: 0 }, report, period),
  }));
  return [...coverage, ...audits, ...others];
}

/** The whole span of records that a report's questions may read. */
export function windowOf(report: ReportDefinition, period: Period): Interval {
  const lookBack = Math.max(0, ...report.audits.map((audit) => audit.lookBackDays));
  const start = toInstant(new Date(Date.parse(period.start) - lookBack * DAY_MS));
  return { start, end: period.end };
}

/** The records that a run rests on, by the definition that it was begun with, whatever the templates say now. */
export function requestOf(report: ReportDefinition, scopeId: string, period: Period): LogRequest {
  return {
    scope: scopeOf(report, scopeId),
    window: windowOf(report, period),
    tables: tablesOf(report),
  };
}

/** A report's scope. Its definition has it: both were settled together. */
export function scopeOf({ id, scopes }: ReportDefinition, scopeId: string): Scope {
  const scope = scopes.find((candidate) => candidate.id === scopeId);
  if (scope === undefined) throw new TypeError(`report ${id} has no scope ${scopeId}`);
  return scope;
}

/** The id of the question about one table's coverage. No audit id has an underscore or capitals. */
export function coverageId(table: string): string {
  return `coverage-${table}`;
}

/** Asks questions and keeps the answers in memory. Throws LOGS_UNREACHABLE. */
export async function askSource(
  input: Omit<AskInput, 'folder' | 'period' | 'platform'>,
): Promise<Evidence> {
  const session = await input.source.open(input);
  try {
    let done = 0;
    const answers = await mapInParallel(
      input.questions,
      session.maxConcurrent ?? 1,
      async (question) => {
        const answer = await inSpan('ask', { question: question.id }, () =>
          session.query(question.kql),
        );
        input.onAsked(++done, input.questions.length);
        return [question.id, answer] as const;
      },
    );
    return { answers: new Map(answers), intake: session.intake() };
  } finally {
    await session.close();
  }
}

/** The files that keep the answers to questions, what Azure said, and last what was read for the answers. */
export function evidenceFiles(questions: readonly Question[], evidence: Evidence): RunFile[] {
  const files = questions.map((question) => {
    const answer = evidence.answers.get(question.id);
    if (answer === undefined) throw new TypeError(`no answer for ${question.id}`);
    return { path: evidenceFile(question.id), content: encodeEvidence(question, answer) };
  });
  const intake = Buffer.from(`${JSON.stringify(evidence.intake)}\n`);
  const { platform } = evidence;
  return [
    ...files,
    ...(platform === undefined ? [] : [platformFile(platform)]),
    { path: INTAKE_FILE, content: intake },
  ];
}

function platformFile(record: PlatformRecord): RunFile {
  return { path: PLATFORM_FILE, content: Buffer.from(`${JSON.stringify(record)}\n`) };
}

/** What Azure Resource Manager said when it was first asked; undefined when it is not to be asked. */
async function askPlatform(input: AskInput): Promise<PlatformRecord | undefined> {
  const { folder, platform, scope, period } = input;
  const stored = await folder.read(PLATFORM_FILE);
  if (stored === undefined && platform === undefined) return undefined;
  if (stored !== undefined) return parsePlatform(stored);
  const record = await platform?.ask({ registries: scope.registries, period });
  if (record === undefined) return undefined;
  const [written] = await folder.write([platformFile(record)]);
  return parsePlatform(written);
}

/** The record that a file of ours holds. */
export function parsePlatform(content: Content): PlatformRecord {
  return JSON.parse(textOf(content)) as PlatformRecord;
}

/**
 * Asks what no earlier attempt has asked, writes the evidence, and gives back what the archive holds:
 * everything after this step rests on the stored bytes alone.
 */
export async function askAll(input: AskInput): Promise<Evidence> {
  const platform = await askPlatform(input);
  const stored = new Map<string, Pieces>();
  for (const question of input.questions) {
    const content = await input.folder.open(evidenceFile(question.id));
    if (content !== undefined) stored.set(question.id, content);
  }
  let intake = await input.folder.open(INTAKE_FILE);
  const open = input.questions.filter((question) => !stored.has(question.id));
  if (open.length > 0 || intake === undefined) {
    const files = evidenceFiles(open, await askSource({ ...input, questions: open }));
    const written = await input.folder.write(files);
    open.forEach((question, index) => {
      const content = written[index];
      if (content !== undefined) stored.set(question.id, content);
    });
    intake = written.at(-1);
  }
  await input.folder.write(
    input.questions.map((question) => ({
      path: `evidence/${question.id}.kql`,
      content: Buffer.from(question.kql),
    })),
  );
  return {
    answers: new Map([...stored].map(([id, content]) => [id, decodeEvidence(content)])),
    intake: JSON.parse(textOf(intake ?? piecesOf(''))) as Intake,
    platform,
  };
}
