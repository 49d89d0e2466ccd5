import { wordFor } from '../core/definitions';
import type { Language, Text } from '../core/language';
import { formatNumber, listed, phrase, say } from '../core/language';
import type { AuditResult, Report } from '../core/report';
import type { Cell, Row } from '../core/table';
import { firstRows } from '../core/table';
import { bothTimes, formatCell, isNumeric } from './format';
import type { LongTable } from './long-table';
import { formatDuration, localInterval } from './spans';
import { visible, visibleLines } from './visible';
import type { Badge } from './words';
import { answerText, auditBadge, controlNames, expectationText, severityBadge } from './words';

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
export function outcomeRows(report: Report, language: Language): OutcomeRow[] {
  return report.audits.map((audit) => ({
    id: visible(audit.id, 80),
    title: visible(audit.title, 400),
    badge: auditBadge(audit.outcome, report.coverage.complete, language),
    reason: visible(say(audit.reason, language)),
    severity: severityBadge(audit.severity, language),
    rows: audit.execution.answer === 'failed' ? '–' : formatNumber(audit.execution.rowCount),
    link: hasRows(audit) ? `#answer-${visible(audit.id, 80)}` : '',
  }));
}

/** The answers that have rows, each cut after `rowsShown` with a notice that says so. */
export function answerModels(
  report: Report,
  language: Language,
  rowsShown: number = ROWS_SHOWN,
): AnswerModel[] {
  return report.audits
    .filter(hasRows)
    .map((audit) => answerModel(audit, report, rowsShown, language));
}

function hasRows(audit: AuditResult): boolean {
  return audit.table.columns.length > 0 && audit.table.rows.length > 0;
}

function answerModel(
  audit: AuditResult,
  report: Report,
  rowsShown: number,
  language: Language,
): AnswerModel {
  const { table, execution } = audit;
  const shown = firstRows(table.rows, rowsShown);
  const files = [execution.csvFile, execution.answerFile]
    .filter((file) => file !== undefined)
    .map((file) => visible(file, 200));
  const both: Text = { texts: files, between: say(phrase('names.and'), language) };
  return {
    id: visible(audit.id, 80),
    title: visible(audit.title, 400),
    badge: auditBadge(audit.outcome, report.coverage.complete, language),
    reason: visible(say(audit.reason, language)),
    purpose: visible(audit.purpose),
    expectation: say(expectationText(audit.expect), language),
    columns: table.columns.map((column) => ({
      name: visible(headingOf(audit, column.name), 120),
      style: styleOf(column.type),
    })),
    table: shownTable(audit, shown, report.period.timeZone),
    cut:
      shown.length === table.rows.length
        ? ''
        : say(
            phrase('cut.rows', { shown: shown.length, total: table.rows.length, files: both }),
            language,
          ),
    shortened: shown.some((row) => row.some(hasDigest))
      ? say(phrase('cut.digests', { files: both }), language)
      : '',
  };
}

/** What a column is called where people read it. */
export function headingOf({ headings }: Pick<AuditResult, 'headings'>, column: string): string {
  return headings !== undefined && Object.hasOwn(headings, column)
    ? (headings[column] ?? column)
    : column;
}

function shownTable(
  { table: { columns }, words }: AuditResult,
  rows: readonly Row[],
  timeZone: string,
): LongTable {
  return {
    count: rows.length,
    *rows() {
      for (const row of rows) {
        yield columns.map(({ name, type }, index) =>
          shortDigests(formatCell(inWords(row[index] ?? null, name, words), type, timeZone)),
        );
      }
    },
  };
}

/** A value that the query makes, in the audit's word for it. */
export function inWords(cell: Cell, column: string, words: AuditResult['words']): Cell {
  return typeof cell === 'string' ? wordFor(words, column, cell) : cell;
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
export function executionModels(report: Report, language: Language): ExecutionModel[] {
  return report.audits.map((audit) => executionModel(audit, report, language));
}

function executionModel(audit: AuditResult, report: Report, language: Language): ExecutionModel {
  const { execution } = audit;
  const { timeZone } = report.period;
  const told = (name: Text, value: Text): { name: string; value: string } => ({
    name: say(name, language),
    value: say(value, language),
  });
  const files = [execution.queryFile, execution.answerFile, execution.csvFile];
  return {
    id: visible(audit.id, 80),
    title: visible(audit.title, 400),
    badge: auditBadge(audit.outcome, report.coverage.complete, language),
    facts: [
      told(phrase('execution.expectation'), expectationText(audit.expect)),
      told(phrase('execution.controls'), controlNames(audit.controls).join(' · ')),
      told(phrase('execution.tables'), listed(audit.tables.map((table) => visible(table, 120)))),
      told(
        phrase('execution.window'),
        `${localInterval(execution.window, 'UTC', language.id)} (${timeZone}: ${localInterval(execution.window, timeZone, language.id)})`,
      ),
      told(
        phrase('execution.executedAt'),
        phrase('execution.took', {
          at: bothTimes(execution.executedAt, timeZone),
          duration: formatDuration(execution.durationMs, language.id),
        }),
      ),
      told(
        phrase('execution.answer'),
        listed([answerText(execution.answer), phrase('count.rows', { count: execution.rowCount })]),
      ),
      told(
        phrase('execution.files'),
        listed(files.filter((file) => file !== undefined).map((file) => visible(file, 200))),
      ),
    ],
    digests: [
      told(phrase('execution.queryDigest'), visible(execution.querySha256, 64)),
      told(
        phrase('execution.answerDigest'),
        execution.answerSha256 === undefined
          ? phrase('execution.noAnswer')
          : visible(execution.answerSha256, 64),
      ),
    ],
    query: visibleLines(execution.query).join('\n').trimEnd(),
  };
}
