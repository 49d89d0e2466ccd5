import type { AuditDefinition, Waiver } from '../core/definitions';
import type { Answer } from '../core/logs';
import type { Outcome } from '../core/outcome';
import type { Interval } from '../core/period';
import type { Coverage, Finding } from '../core/report';
import type { Table } from '../core/table';
import { isCovered } from './coverage';
import { absenceFinding, findingsOf } from './findings';

const DAY_MS = 86_400_000;
/** A look-back that misses less than this is whole for practical purposes. */
const LOOK_BACK_TOLERANCE_MS = DAY_MS / 2;

export interface Judgement {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly findings: readonly Finding[];
  readonly waived: readonly Finding[];
}

export interface JudgeInput {
  readonly audit: AuditDefinition;
  readonly answer: Answer;
  readonly coverage: Coverage;
  readonly period: Interval;
  readonly waivers: readonly Waiver[];
  /** The date on which waivers are tested, in the report's time zone: `2026-03-02`. */
  readonly today: string;
}

/**
 * Turns one answer into an outcome and findings. What keeps the question from being answered comes
 * first and makes the outcome `error`; findings that were seen all the same are still listed.
 */
export function judgeAudit(input: JudgeInput): Judgement {
  const { audit, answer } = input;
  if (answer.status === 'failed') {
    return undetermined(`The question could not be answered. ${answer.reason}`);
  }
  const lookBack = lookBackProblem(input);
  if (lookBack !== undefined) return undetermined(lookBack);
  const all = findingsExpected(audit, answer.table, input);
  const findings = all.filter((finding) => finding.waiver === undefined);
  const waived = all.filter((finding) => finding.waiver !== undefined);
  const doubt =
    answer.status === 'partial' ? `The answer is partial. ${answer.reason}` : silence(input);
  if (doubt !== undefined) {
    const seen =
      findings.length === 0
        ? ''
        : ` What was seen all the same is listed (${rows(findings.length)}).`;
    return { outcome: 'error', reason: doubt + seen, findings, waived };
  }
  if (audit.expect === 'any') {
    return {
      outcome: 'info',
      reason: `${sentenceCount(answer.table.rows.length)} for information.`,
      findings,
      waived,
    };
  }
  if (findings.length > 0) {
    const reason =
      audit.expect === 'some'
        ? 'At least one row was expected and none came.'
        : `${sentenceCount(findings.length)} where none was expected.`;
    return { outcome: 'fail', reason: reason + waivedText(waived), findings, waived };
  }
  return {
    outcome: 'pass',
    reason: passReason(audit, answer.table, input.coverage) + waivedText(waived),
    findings,
    waived,
  };
}

function undetermined(reason: string): Judgement {
  return { outcome: 'error', reason, findings: [], waived: [] };
}

function findingsExpected(audit: AuditDefinition, table: Table, input: JudgeInput): Finding[] {
  switch (audit.expect) {
    case 'any':
      return [];
    case 'none':
      return findingsOf(audit, table, input.waivers, input.today);
    case 'some':
      return table.rows.length === 0 ? [absenceFinding(audit)] : [];
  }
}

/** Why the tables cannot carry the answer, or undefined when they can. */
function silence(input: JudgeInput): string | undefined {
  const broken = input.coverage.tables.filter(
    (table) =>
      input.audit.tables.includes(table.table) &&
      table.state !== 'collected' &&
      table.state !== 'quiet',
  );
  if (broken.length === 0) return undefined;
  return broken.map((table) => `${table.table}: ${table.reason}`).join(' ');
}

/** Why the look-back is too short to compare with, or undefined when it is long enough. */
function lookBackProblem(input: JudgeInput): string | undefined {
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
  const days = (available / DAY_MS).toFixed(1);
  return `It compares with at least ${String(audit.lookBackAtLeastDays)} days of logs before the period, and the logs go back ${days} days.`;
}

function passReason(audit: AuditDefinition, table: Table, coverage: Coverage): string {
  const what =
    audit.expect === 'some'
      ? `${sentenceCount(table.rows.length)}, as expected`
      : 'Nothing of the kind was recorded';
  if (coverage.complete) return `${what}, and the logs cover the whole period.`;
  const hours = coverage.registries.flatMap((registry) => registry.hours);
  const covered = hours.filter((hour) => isCovered(hour.state)).length;
  return `${what} in the ${String(covered)} of ${String(hours.length)} registry-hours that the logs cover.`;
}

function waivedText(waived: readonly Finding[]): string {
  return waived.length === 0 ? '' : ` ${rows(waived.length)} accepted by waiver.`;
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count.toLocaleString('en-US')} rows`;
}

function sentenceCount(count: number): string {
  return count === 0 ? 'No rows' : rows(count);
}
