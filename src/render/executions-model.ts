import type { Language, Text } from '../core/language';
import { listed, phrase, say } from '../core/language';
import type { SourceIdentity } from '../core/logs';
import type { AuditResult, Execution, OtherQuestion, Report } from '../core/report';
import { shownRows } from './audit-model';
import { bothTimes, localTime, wholeSeconds } from './format';
import { formatDuration, localInterval } from './spans';
import { visible, visibleLines } from './visible';
import type { Badge } from './words';
import { answerText, auditBadge } from './words';

/** Lines that several queries begin with. */
export interface BeginningModel {
  readonly id: string;
  readonly title: string;
  /** The records that these queries may read. */
  readonly window: string;
  readonly query: string;
}

export interface ExecutionModel {
  readonly id: string;
  readonly title: string;
  /** What is known of the answer, in one line. */
  readonly about: string;
  readonly queryDigest: string;
  readonly answerDigest: string;
  readonly asked: string;
  /** Of the beginning that stands before `query`; empty when nothing does. */
  readonly beginning: string;
  /** Said of that beginning. */
  readonly begins: string;
  readonly query: string;
}

export interface AuditExecutionModel extends ExecutionModel {
  readonly badge: Badge;
}

/** What it takes to ask each question again. */
export interface ExecutionsModel {
  /** What holds for all questions. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly beginnings: readonly BeginningModel[];
  /** In the report definition's order. */
  readonly audits: readonly AuditExecutionModel[];
  /** What coverage rests on. */
  readonly others: readonly ExecutionModel[];
}

/** A query in two parts that are the query again when the second is put after the first. */
interface QueryParts {
  readonly beginning: string;
  readonly rest: string;
}

/** Parameters as a run binds them: one literal on a line each. */
const PARAMETER_LINES = /^(?:let \w+ = (?:datetime\([^()\n]*\)|'[^'\n]*');\n)+/;

/** A beginning that fewer queries have stands with the query. */
const QUERIES_WITH_ONE_BEGINNING = 2;

/** The chapter on re-performance. At most `rowsShown` rows of an answer are shown, where that is said. */
export function executionsModel(
  report: Report,
  language: Language,
  rowsShown?: number,
): ExecutionsModel {
  const { audits, otherQuestions } = report;
  const executions = [...otherQuestions, ...audits].map(({ execution }) => execution);
  const beginnings = sharedBeginnings(executions);
  const modelOf = (
    { id, execution }: AuditResult | OtherQuestion,
    title: string,
    known: readonly Text[],
  ): ExecutionModel =>
    executionModel(id, title, execution, known, { report, language, beginnings });
  return {
    facts: factsOf(report, executions).map(([name, value]) => ({
      name: say(name, language),
      value: say(value, language),
    })),
    beginnings: [...beginnings].map(([query, { number, window }]) => ({
      id: `beginning-${String(number)}`,
      title: say(phrase('execution.beginning', { number }), language),
      window: windowText(window, report, language),
      query: shownQuery(query),
    })),
    audits: audits.map((audit) => ({
      ...modelOf(audit, visible(audit.title, 400), [
        phrase('execution.audit', { id: visible(audit.id, 80) }),
        listed(audit.tables.map((table) => visible(table, 120))),
        answerOf(audit.execution, shownRows(audit, rowsShown)),
      ]),
      badge: auditBadge(audit.outcome, report.coverage.complete, language),
    })),
    others: otherQuestions.map((question) =>
      modelOf(question, visible(question.id, 120), [
        answerOf(question.execution, question.execution.rowCount),
      ]),
    ),
  };
}

/** Beginnings that are worth standing alone, in the order in which they come up. */
function sharedBeginnings(
  executions: readonly Pick<Execution, 'query' | 'window'>[],
): Map<string, { number: number; window: Execution['window'] }> {
  const counts = new Map<string, number>();
  for (const { query } of executions) {
    const { beginning } = partsOf(query);
    counts.set(beginning, (counts.get(beginning) ?? 0) + 1);
  }
  const shared = new Map<string, { number: number; window: Execution['window'] }>();
  for (const { query, window } of executions) {
    const { beginning } = partsOf(query);
    const isShared = (counts.get(beginning) ?? 0) >= QUERIES_WITH_ONE_BEGINNING;
    if (beginning !== '' && isShared && !shared.has(beginning)) {
      shared.set(beginning, { number: shared.size + 1, window });
    }
  }
  return shared;
}

function partsOf(query: string): QueryParts {
  const beginning = PARAMETER_LINES.exec(query)?.[0] ?? '';
  return { beginning, rest: query.slice(beginning.length) };
}

function shownQuery(query: string): string {
  return visibleLines(query).join('\n').trimEnd();
}

function executionModel(
  id: string,
  title: string,
  execution: Omit<Execution, 'csvFile'>,
  known: readonly Text[],
  context: {
    readonly report: Report;
    readonly language: Language;
    readonly beginnings: ReturnType<typeof sharedBeginnings>;
  },
): ExecutionModel {
  const { report, language, beginnings } = context;
  const { beginning, rest } = partsOf(execution.query);
  const shared = beginnings.get(beginning);
  const about: readonly Text[] = [
    ...known,
    ...(shared === undefined ? [windowText(execution.window, report, language)] : []),
  ];
  const at = wholeSeconds(localTime(execution.executedAt, 'UTC'));
  // No question takes no time: the clock that the run went by stood still.
  const asked =
    execution.durationMs === 0
      ? at
      : phrase('execution.took', {
          at,
          duration: formatDuration(execution.durationMs, language.id),
        });
  const number = String(shared?.number ?? '');
  return {
    id: visible(id, 80),
    title,
    about: say({ texts: about, between: ' · ' }, language),
    queryDigest: visible(execution.querySha256, 64),
    answerDigest: visible(
      execution.answerSha256 ?? say(phrase('execution.noAnswer'), language),
      120,
    ),
    asked: say(asked, language),
    beginning: shared === undefined ? '' : `beginning-${number}`,
    begins: shared === undefined ? '' : say(phrase('execution.begins', { number }), language),
    query: shownQuery(shared === undefined ? execution.query : rest),
  };
}

function answerOf(
  { answer, rowCount }: Pick<Execution, 'answer' | 'rowCount'>,
  shown: number,
): Text {
  const rows = phrase('count.rows', { count: rowCount });
  return listed([
    answerText(answer),
    shown === rowCount ? rows : phrase('execution.rowsShown', { rows, shown }),
  ]);
}

function windowText(window: Execution['window'], { period }: Report, language: Language): string {
  const local = localInterval(window, period.timeZone, language.id);
  return `${localInterval(window, 'UTC', language.id)} (${period.timeZone}: ${local})`;
}

function factsOf(
  report: Report,
  executions: readonly Pick<Execution, 'executedAt'>[],
): readonly (readonly [name: Text, value: Text])[] {
  const { source, period, software } = report;
  const times = executions.map(({ executedAt }) => executedAt).sort();
  const [first, last] = [times[0], times.at(-1)].map((time) =>
    time === undefined ? '' : bothTimes(time, period.timeZone),
  );
  return [
    [
      phrase('source.source'),
      phrase(`source.${source.kind}`, { location: visible(source.location, 400) }),
    ],
    [phrase('execution.identity'), identityText(source.identity)],
    [
      phrase('execution.asked'),
      first === last
        ? (first ?? '')
        : phrase('execution.between', { first: first ?? '', last: last ?? '' }),
    ],
    [
      phrase('execution.versions'),
      phrase('seal.softwareAndCommit', {
        software: `${visible(software.name, 80)} ${visible(software.version, 40)}`,
        commit: visible(software.commit, 40),
      }),
    ],
    [phrase('execution.files'), phrase('execution.filesOf')],
  ];
}

function identityText(identity: SourceIdentity | undefined): Text {
  switch (identity?.kind) {
    case undefined:
      return phrase('execution.notRecorded');
    case 'none':
      return phrase('identity.none');
    case 'account-key':
      return phrase('identity.accountKey');
    case 'entra':
      return identity.clientId === undefined
        ? phrase('identity.unnamed')
        : phrase('identity.entra', { clientId: visible(identity.clientId, 80) });
  }
}
