import { isDeepStrictEqual } from 'node:util';
import type { AuditDifference, TableDifference } from '../assess/asked-again';
import { differenceOfAudit, differenceOfTable, resultOf } from '../assess/asked-again';
import { listsAreUnordered, natureOf } from '../assess/query-nature';
import type { AskedAgain, EntryReference } from '../core/custody';
import type { ReportDefinition } from '../core/definitions';
import { sha256 } from '../core/digest';
import type { Text } from '../core/language';
import { phrase } from '../core/language';
import type { Answer } from '../core/logs';
import type { Instant, Period } from '../core/period';
import type { Evidence } from './ask';
import { coverageId, tablesOf } from './ask';
import type { Question } from './evidence';

/** Everything in which a closed period's answers differ from those that are sealed. */
export interface PeriodDifference {
  readonly tables: readonly TableDifference[];
  readonly audits: readonly AuditDifference[];
}

/** Compares all answers to a report's questions about one period. */
export function comparePeriod(
  report: ReportDefinition,
  period: Period,
  before: Evidence,
  after: Evidence,
): PeriodDifference {
  const pair = (id: string): { before: Answer; after: Answer } => ({
    before: answerTo(before, id),
    after: answerTo(after, id),
  });
  const tables = tablesOf(report).map((table) =>
    differenceOfTable(table, pair(coverageId(table)), period),
  );
  const audits = report.audits.map((audit) =>
    differenceOfAudit(
      {
        audit: audit.id,
        nature: natureOf(audit.query),
        unorderedLists: listsAreUnordered(audit.query),
        readsBeforePeriod: audit.lookBackDays > 0,
        tables: tables.filter(({ table }) => audit.tables.includes(table)),
      },
      pair(audit.id),
    ),
  );
  return { tables, audits };
}

export interface AskedAgainInput {
  readonly period: Period;
  readonly after: number;
  readonly askedAt: Instant;
  readonly comparedWith: EntryReference;
  readonly questions: readonly Question[];
  readonly evidence: Evidence;
}

/** The record of having asked again, for the next run and for the amendment. */
export function askedAgainOf(input: AskedAgainInput, difference: PeriodDifference): AskedAgain {
  const { tables, audits } = difference;
  const sum = <T>(items: readonly T[], count: (item: T) => number): number =>
    items.reduce((total, item) => total + count(item), 0);
  return {
    period: input.period,
    after: input.after,
    askedAt: input.askedAt,
    comparedWith: input.comparedWith,
    result: resultOf(tables, audits),
    rows: {
      added: sum(audits, ({ added }) => added.length),
      vanished: sum(audits, ({ vanished }) => vanished.length),
      changed: sum(audits, ({ changed }) => changed.length),
    },
    records: { added: sum(tables, ({ added }) => added), lost: sum(tables, ({ lost }) => lost) },
    reasons: reasonsOf(difference),
    answers: input.questions.map(({ id, kql }) => {
      const answer = answerTo(input.evidence, id);
      const failed = answer.status === 'failed';
      return {
        id,
        querySha256: sha256(kql),
        rows: failed ? 0 : answer.table.rows.length,
        answerSha256: failed ? null : sha256(answer.body),
      };
    }),
  };
}

function reasonsOf({ tables, audits }: PeriodDifference): Text[] {
  const lost = tables
    .filter((table) => table.lost > 0)
    .map(({ table, lost: count }) => phrase('again.lacks', { table, records: count }));
  const unexplained = audits
    .filter((audit) => !audit.explained)
    .map(({ audit }) => phrase('again.unexplained', { audit }));
  const untold = tables.flatMap(({ cannotTell }) => cannotTell ?? []);
  const untoldAudits = audits.flatMap(({ audit, cannotTell }) =>
    cannotTell === undefined || untold.some((told) => isDeepStrictEqual(told, cannotTell))
      ? []
      : [phrase('said.of', { name: audit, text: cannotTell })],
  );
  const notCompared = audits.flatMap(({ audit, notCompared: why }) =>
    why === undefined ? [] : [phrase('said.of', { name: audit, text: why })],
  );
  return [...lost, ...unexplained, ...untold, ...untoldAudits, ...notCompared];
}

function answerTo(evidence: Evidence, id: string): Answer {
  const answer = evidence.answers.get(id);
  if (answer === undefined) throw new TypeError(`no answer for ${id}`);
  return answer;
}
