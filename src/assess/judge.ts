import type { AuditDefinition } from '../core/definitions';
import type { Text } from '../core/language';
import { phrase, sentences } from '../core/language';
import type { Answer, FailedAnswer } from '../core/logs';
import type { Outcome } from '../core/outcome';
import type { Interval } from '../core/period';
import type { Coverage, Finding } from '../core/report';
import type { Table } from '../core/table';
import { isCovered } from './coverage';
import type { FindingRules } from './findings';
import { absenceFinding, findingsOf } from './findings';

const DAY_MS = 86_400_000;
/** A look-back that misses less than this is whole for practical purposes. */
const LOOK_BACK_TOLERANCE_MS = DAY_MS / 2;

/** What an answer comes to. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly reason: Text;
  readonly findings: readonly Finding[];
  readonly waived: readonly Finding[];
}

/** An answer that came and can't be judged. */
export type UnusableAnswer = Omit<FailedAnswer, 'reason'> & { readonly reason: Text };

/** An answer, and what it is judged by. */
export interface JudgeInput extends FindingRules {
  readonly audit: AuditDefinition;
  readonly answer: Answer | UnusableAnswer;
  readonly coverage: Coverage;
  readonly period: Interval;
}

/**
 * Turns one answer into an outcome and findings. What keeps the question from being answered comes
 * first and makes the outcome `error`; findings that were seen all the same are still listed.
 */
export function judgeAudit(input: JudgeInput): Judgement {
  const { audit, answer } = input;
  if (answer.status === 'failed') {
    return undetermined(phrase('judge.notAnswered', { reason: answer.reason }));
  }
  const lookBack = lookBackProblem(input);
  // A short look-back makes everything look new, so rows count only where they are true without it.
  if (lookBack !== undefined && audit.rowsNeedLookBack !== false) return undetermined(lookBack);
  const all = findingsExpected(audit, answer.table, input);
  const findings = all.filter((finding) => finding.waiver === undefined);
  const waived = all.filter((finding) => finding.waiver !== undefined);
  const doubt =
    lookBack ??
    (answer.status === 'partial'
      ? phrase('judge.partial', { reason: answer.reason })
      : (silence(input) ?? unreadLines(input)));
  if (doubt !== undefined) {
    const seen =
      findings.length === 0
        ? []
        : [phrase('judge.seenAllTheSame', { rows: rows(findings.length) })];
    return { outcome: 'error', reason: sentences([doubt, ...seen]), findings, waived };
  }
  if (audit.expect === 'any') {
    return {
      outcome: 'info',
      reason: phrase('judge.forInformation', { rows: rowsOrNone(answer.table.rows.length) }),
      findings,
      waived,
    };
  }
  if (findings.length > 0) {
    const reason =
      audit.expect === 'some'
        ? phrase('judge.noneCame')
        : phrase('judge.noneExpected', { rows: rows(findings.length) });
    return {
      outcome: 'fail',
      reason: sentences([reason, ...waivedText(waived)]),
      findings,
      waived,
    };
  }
  return {
    outcome: 'pass',
    reason: sentences([passReason(audit, answer.table, input.coverage), ...waivedText(waived)]),
    findings,
    waived,
  };
}

function undetermined(reason: Text): Judgement {
  return { outcome: 'error', reason, findings: [], waived: [] };
}

function findingsExpected(audit: AuditDefinition, table: Table, input: JudgeInput): Finding[] {
  switch (audit.expect) {
    case 'any':
      return [];
    case 'none':
      return findingsOf(audit, table, input);
    case 'some':
      return table.rows.length === 0 ? [absenceFinding(audit)] : [];
  }
}

/** Why the tables cannot carry the answer, or undefined when they can. */
function silence(input: JudgeInput): Text | undefined {
  const broken = input.coverage.tables.filter(
    (table) =>
      input.audit.tables.includes(table.table) &&
      table.state !== 'collected' &&
      table.state !== 'quiet',
  );
  if (broken.length === 0) return undefined;
  return sentences(
    broken.map(({ table, reason }) => phrase('said.of', { name: table, text: reason })),
  );
}

/** Why a table's unreadable lines leave the answer open; those of one registry's hours are holes in its coverage. */
function unreadLines({ audit, coverage }: JudgeInput): Text | undefined {
  const unread = coverage.tables.filter(
    ({ table, unreadable }) => audit.tables.includes(table) && unreadable !== undefined,
  );
  if (unread.length === 0) return undefined;
  return sentences(
    unread.map(({ table, unreadable = 0 }) =>
      phrase('judge.unreadable', { count: unreadable, table }),
    ),
  );
}

/** Why the look-back is too short to compare with, or undefined when it is long enough. */
function lookBackProblem(input: JudgeInput): Text | undefined {
  const { audit, coverage, period } = input;
  if (audit.lookBackDays === 0) return undefined;
  const start = Date.parse(period.start);
  const tables = coverage.tables.filter((table) => audit.tables.includes(table.table));
  const earliest = tables.map((table) =>
    table.earliest === undefined ? start : Math.min(start, Date.parse(table.earliest)),
  );
  const available = start - Math.max(...earliest, -Infinity);
  const needed = audit.lookBackAtLeastDays * DAY_MS - LOOK_BACK_TOLERANCE_MS;
  if (tables.length === 0 || available >= needed) return undefined;
  const needs = audit.lookBackAtLeastDays;
  const days = (available / DAY_MS).toFixed(1).replace(/\.0$/, '');
  return days === '0'
    ? phrase('judge.noLookBack', { needed: needs })
    : phrase('judge.lookBackTooShort', { needed: needs, days });
}

function passReason(audit: AuditDefinition, table: Table, coverage: Coverage): Text {
  const what =
    audit.expect === 'some'
      ? phrase('judge.rowsAsExpected', { rows: rowsOrNone(table.rows.length) })
      : phrase('judge.nothingRecorded');
  if (coverage.complete) return phrase('judge.wholePeriod', { what });
  const hours = coverage.registries.flatMap((registry) => registry.hours);
  const covered = hours.filter((hour) => isCovered(hour.state)).length;
  return phrase('judge.coveredPart', { what, covered, total: hours.length });
}

function waivedText(waived: readonly Finding[]): Text[] {
  return waived.length === 0 ? [] : [phrase('judge.waived', { rows: rows(waived.length) })];
}

function rows(count: number): Text {
  return phrase('count.rows', { count });
}

function rowsOrNone(count: number): Text {
  return count === 0 ? phrase('judge.noRows') : rows(count);
}
