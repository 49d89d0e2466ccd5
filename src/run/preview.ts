import { definitionDigest } from '../catalog/definition-digest';
import { streamName } from '../archive/layout';
import type { Catalog, ReportDefinition, Scope } from '../core/definitions';
import type { Language } from '../core/language';
import { phrase, say } from '../core/language';
import type { Answer, Intake, LogSource } from '../core/logs';
import type { Instant, Period } from '../core/period';
import type { Report } from '../core/report';
import type { Views } from '../render/views';
import { askSource, questionsOf, requestOf } from './ask';
import { buildReport } from './build-report';
import type { Question } from './evidence';
import { renderOutputs } from './outputs';
import type { RunFacts } from './run-facts';
import type { RunFile } from './run-folder';

export interface PreviewInput {
  readonly catalog: Pick<Catalog, 'viewsDigest'>;
  readonly views: Views;
  readonly source: LogSource;
  readonly report: ReportDefinition;
  readonly scope: Scope;
  readonly period: Period;
  readonly software: Report['software'];
  readonly now: () => Instant;
  readonly onAsked: (done: number, total: number) => void;
}

export interface Previewed {
  readonly report: Report;
  readonly files: readonly RunFile[];
  /** How many questions were asked of the logs; the others have been answered before. */
  readonly asked: number;
}

/** What the logs have answered already, so that a change of views or of one query asks no other question again. */
interface Answered {
  readonly answers: ReadonlyMap<string, Answer>;
  readonly intake: Intake;
}

/**
 * Makes the files of a report without an archive, a key or a mail, as often as its definition changes. Its title
 * says that it is a preview: nothing of it is sealed.
 */
export class Preview {
  /** By source, and then by the questions' scope and window. */
  readonly #answered = new WeakMap<LogSource, Map<string, Answered>>();

  /** Throws LOGS_UNREACHABLE. */
  async make(input: PreviewInput): Promise<Previewed> {
    const language = input.views.languages[input.report.language ?? 'en'];
    const report = {
      ...input.report,
      title: say(phrase('preview.title', { title: input.report.title }), language),
    };
    const facts = factsOf(input, language);
    const questions = questionsOf(report, input.period, facts);
    const { answers, intake, asked } = await this.#ask(input, questions);
    const built = buildReport({
      ...{ facts, report, questions },
      evidence: {
        answers: new Map(questions.map(({ id, kql }) => [id, known(answers, kql)])),
        intake,
      },
      previous: undefined,
    });
    const files = await renderOutputs(built.report, built.figures, input.views);
    return { report: built.report, files, asked };
  }

  async #ask(
    { source, report, scope, period, onAsked }: PreviewInput,
    questions: readonly Question[],
  ): Promise<Answered & { asked: number }> {
    const request = requestOf(report, scope.id, period);
    const bySpan = this.#answered.get(source) ?? new Map<string, Answered>();
    this.#answered.set(source, bySpan);
    const span = JSON.stringify(request);
    const before = bySpan.get(span);
    const open = questions.filter(({ kql }) => before?.answers.has(kql) !== true);
    if (before !== undefined && open.length === 0) return { ...before, asked: 0 };
    const evidence = await askSource({ ...request, source, questions: open, onAsked });
    const now = open.map(({ id, kql }) => [kql, known(evidence.answers, id)] as const);
    const answered = {
      answers: new Map([...(before?.answers ?? []), ...now]),
      intake: evidence.intake,
    };
    bySpan.set(span, answered);
    return { ...answered, asked: open.length };
  }
}

function known<T>(all: ReadonlyMap<string, T>, key: string): T {
  const found = all.get(key);
  if (found === undefined) throw new TypeError(`no answer for ${key}`);
  return found;
}

/** What a run would settle when it begins. */
function factsOf(input: PreviewInput, language: Language): RunFacts {
  const { report, scope, period, source, software, catalog } = input;
  return {
    schema: 'tallyman/run/1',
    stream: streamName(report.id, scope.id),
    runId: period.id,
    period,
    scopeId: scope.id,
    trigger: 'manual',
    startedAt: input.now(),
    madeUp: false,
    source: source.description,
    software,
    definitionSha256: definitionDigest(report, catalog.viewsDigest),
    keyFingerprint: say(phrase('preview.noKey'), language),
    previousEntry: null,
    comparedWith: null,
  };
}
