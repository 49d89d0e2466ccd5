import type { AuditResult, Report } from '../core/report';
import type { Cell, Column, Row } from '../core/table';
import { firstRows } from '../core/table';
import {
  bothTimes,
  formatCell,
  formatCount,
  formatDuration,
  formatNumber,
  isNumeric,
  localInterval,
} from './format';
import type { LongTable } from './long-table';
import { visible, visibleLines } from './visible';
import type { Badge } from './words';
import { answerText, controlNames, expectationText, outcomeBadge, severityBadge } from './words';

/** Rows of one answer that a report shows; the evidence holds them all. */
export const ROWS_SHOWN = 25;

export interface OutcomeRow {
  readonly id: string;
  readonly title: string;
  readonly badge: Badge;
  readonly reason: string;
  readonly severity: Badge;
  readonly rows: string;
  /** Anchor of the answer's table, or empty when it has no rows. */
  readonly link: string;
}

export interface AnswerModel {
  readonly id: string;
  readonly title: string;
  readonly badge: Badge;
  readonly reason: string;
  readonly purpose: string;
  readonly expectation: string;
  readonly columns: readonly { readonly name: string; readonly style: string }[];
  readonly table: LongTable;
  /** Empty when every row is shown. */
  readonly cut: string;
  /** Said when digests are shortened; else empty. */
  readonly shortened: string;
}

export interface ExecutionModel {
  readonly id: string;
  readonly title: string;
  readonly badge: Badge;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly digests: readonly { readonly name: string; readonly value: string }[];
  readonly query: string;
}

/** Every audit with its outcome and reason, in the report definition's order. */
export function outcomeRows(report: Report): OutcomeRow[] {
  return report.audits.map((audit) => ({
    id: visible(audit.id, 80),
    title: visible(audit.title, 400),
    badge: outcomeBadge(audit.outcome),
    reason: visible(audit.reason),
    severity: severityBadge(audit.severity),
    rows: audit.execution.answer === 'failed' ? '–' : formatNumber(audit.execution.rowCount),
    link: hasRows(audit) ? `#answer-${visible(audit.id, 80)}` : '',
  }));
}

/** The answers that have rows, each cut after `rowsShown` with a notice that says so. */
export function answerModels(report: Report, rowsShown: number = ROWS_SHOWN): AnswerModel[] {
  return report.audits
    .filter(hasRows)
    .map((audit) => answerModel(audit, report.period.timeZone, rowsShown));
}

function hasRows(audit: AuditResult): boolean {
  return audit.table.columns.length > 0 && audit.table.rows.length > 0;
}

function answerModel(audit: AuditResult, timeZone: string, rowsShown: number): AnswerModel {
  const { table, execution } = audit;
  const shown = firstRows(table.rows, rowsShown);
  const files = [execution.csvFile, execution.answerFile]
    .filter((file) => file !== undefined)
    .map((file) => visible(file, 200));
  return {
    id: visible(audit.id, 80),
    title: visible(audit.title, 400),
    badge: outcomeBadge(audit.outcome),
    reason: visible(audit.reason),
    purpose: visible(audit.purpose),
    expectation: expectationText(audit.expect),
    columns: table.columns.map((column) => ({
      name: visible(column.name, 120),
      style: styleOf(column.type),
    })),
    table: shownTable(table.columns, shown, timeZone),
    cut:
      shown.length === table.rows.length
        ? ''
        : `Showing ${formatNumber(shown.length)} of ${formatCount(table.rows.length, 'row')}; all are in ${files.join(' and ')}.`,
    shortened: shown.some((row) => row.some(hasDigest))
      ? `Digests are shortened in the middle; they are whole in ${files.join(' and ')}.`
      : '',
  };
}

function shownTable(columns: readonly Column[], rows: readonly Row[], timeZone: string): LongTable {
  return {
    count: rows.length,
    *rows() {
      for (const row of rows) {
        yield columns.map(({ type }, index) =>
          shortDigests(formatCell(row[index] ?? null, type, timeZone)),
        );
      }
    },
  };
}

/** A digest in hexadecimal, of which ends are enough for people to tell it from others. */
const DIGEST = /\b([0-9a-f]{12})[0-9a-f]{44}([0-9a-f]{8})\b/g;

function hasDigest(cell: Cell): boolean {
  return typeof cell === 'string' && cell.length >= 64 && cell.search(DIGEST) >= 0;
}

function shortDigests(text: string): string {
  return text.length < 64 ? text : text.replace(DIGEST, '$1…$2');
}

function styleOf(type: AuditResult['table']['columns'][number]['type']): string {
  return isNumeric(type) ? 'number' : 'text';
}

/** What an auditor needs to ask each question again, in the report definition's order. */
export function executionModels(report: Report): ExecutionModel[] {
  return report.audits.map((audit) => executionModel(audit, report.period.timeZone));
}

function executionModel(audit: AuditResult, timeZone: string): ExecutionModel {
  const { execution } = audit;
  const files = [execution.queryFile, execution.answerFile, execution.csvFile];
  return {
    id: visible(audit.id, 80),
    title: visible(audit.title, 400),
    badge: outcomeBadge(audit.outcome),
    facts: [
      { name: 'Expectation', value: expectationText(audit.expect) },
      { name: 'Controls', value: controlNames(audit.controls).join(' · ') },
      { name: 'Tables', value: audit.tables.map((table) => visible(table, 120)).join(', ') },
      {
        name: 'Window',
        value: `${localInterval(execution.window, 'UTC')} (${timeZone}: ${localInterval(execution.window, timeZone)})`,
      },
      {
        name: 'Executed at',
        value: `${bothTimes(execution.executedAt, timeZone)}, took ${formatDuration(execution.durationMs)}`,
      },
      {
        name: 'Answer',
        value: `${answerText(execution.answer)}, ${formatCount(execution.rowCount, 'row')}`,
      },
      {
        name: 'Files',
        value: files
          .filter((file) => file !== undefined)
          .map((file) => visible(file, 200))
          .join(', '),
      },
    ],
    digests: [
      { name: 'Query sha256', value: visible(execution.querySha256, 64) },
      {
        name: 'Answer sha256',
        value: visible(execution.answerSha256 ?? 'no answer, so no digest', 64),
      },
    ],
    query: visibleLines(execution.query).join('\n').trimEnd(),
  };
}
