import { wordFor } from '../core/definitions';
import type { Language, Text } from '../core/language';
import { formatNumber, phrase, say } from '../core/language';
import type { Outcome } from '../core/outcome';
import type { AuditResult, Report } from '../core/report';
import type { Cell, KustoType, Row } from '../core/table';
import { firstRows } from '../core/table';
import { formatCell, hasDigest, isNumeric, shortDigests, wholeSeconds } from './format';
import type { LongTable } from './long-table';
import { visible } from './visible';
import type { Badge } from './words';
import { auditBadge, expectationText, severityBadge, plainName } from './words';

/** Rows of one answer that a report shows; the evidence holds them all. */
const ROWS_SHOWN = 25;

/** Rows of an answer that is only information, when it has more than a report shows of any. */
const ROWS_OF_INFORMATION = 10;

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
  /** Empty where the reason says it, and where rows are only information, which is said once for all such answers. */
  readonly expectation: string;
  readonly columns: readonly { readonly name: string; readonly style: string }[];
  readonly table: LongTable;
  /** Empty when every row is shown. */
  readonly cut: string;
  /** Said when digests are shortened; else empty. */
  readonly shortened: string;
  /** Said where logins are refused that are no failed logins; else empty. */
  readonly firstTries: string;
}

/** What somebody must look at stands first. */
const FIRST: readonly Outcome[] = ['error', 'fail'];

/** By an audit's id: the anchor of the table that has its whole answer as the numbers of a chart. */
export type Drawn = ReadonlyMap<string, string>;

/** Every audit with its outcome and reason: what could not be told, what needs a reviewer, then the rest, each in the report definition's order. */
export function outcomeRows(
  report: Report,
  language: Language,
  drawn: Drawn = new Map(),
): OutcomeRow[] {
  const first = FIRST.flatMap((outcome) =>
    report.audits.filter((audit) => audit.outcome === outcome),
  );
  const rest = report.audits.filter(({ outcome }) => !FIRST.includes(outcome));
  return [...first, ...rest].map((audit) => ({
    id: visible(audit.id, 80),
    title: visible(audit.title, 400),
    badge: auditBadge(audit.outcome, report.coverage.complete, language),
    reason: visible(say(audit.reason, language)),
    severity: severityBadge(audit.severity, language),
    rows: audit.execution.answer === 'failed' ? '–' : formatNumber(audit.execution.rowCount),
    link: hasRows(audit) ? `#${drawn.get(audit.id) ?? `answer-${visible(audit.id, 80)}`}` : '',
  }));
}

/** The answers that have rows and are not drawn whole, each cut after `rowsShown` with a notice that says so. */
export function answerModels(
  report: Report,
  language: Language,
  rowsShown?: number,
  drawn: Drawn = new Map(),
): AnswerModel[] {
  return report.audits
    .filter((audit) => hasRows(audit) && !drawn.has(audit.id))
    .map((audit) => answerModel(audit, report, rowsShown, language));
}

/** How many rows of an answer a report shows: all, or the first ones; at most `most` where that is said. */
export function shownRows({ outcome, table: { rows } }: AuditResult, most?: number): number {
  if (most !== undefined) return Math.min(rows.length, most);
  if (rows.length <= ROWS_SHOWN) return rows.length;
  return outcome === 'info' ? ROWS_OF_INFORMATION : ROWS_SHOWN;
}

function hasRows(audit: AuditResult): boolean {
  return audit.table.columns.length > 0 && audit.table.rows.length > 0;
}

function answerModel(
  audit: AuditResult,
  report: Report,
  rowsShown: number | undefined,
  language: Language,
): AnswerModel {
  const { table, execution } = audit;
  const shown = firstRows(table.rows, shownRows(audit, rowsShown));
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
    expectation:
      audit.expect === 'any' || audit.outcome === 'fail'
        ? ''
        : say(expectationText(audit.expect), language),
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
    firstTries: showsFirstTries(audit) ? say(phrase('answers.firstTries'), language) : '',
    shortened: shown.some((row) => row.some(hasDigest))
      ? say(phrase('cut.digests', { files: both }), language)
      : '',
  };
}

/** Whether an answer counts refusals that container runtimes begin with, or lists refusals of nobody. */
function showsFirstTries({ table: { columns, rows } }: AuditResult): boolean {
  const at = (name: string): number => columns.findIndex((column) => column.name === name);
  const [tries, result, identity] = ['FirstTries', 'Result', 'Identity'].map(at);
  const isTold = (row: Row): boolean =>
    Number(row[tries ?? -1] ?? 0) > 0 ||
    (String(row[result ?? -1] ?? '') === '401' && (row[identity ?? -1] ?? '') === '');
  for (const row of rows) if (isTold(row)) return true;
  return false;
}

/** What a column is called where people read it. */
export function headingOf({ headings }: Pick<AuditResult, 'headings'>, column: string): string {
  return headings !== undefined && Object.hasOwn(headings, column)
    ? (headings[column] ?? column)
    : plainName(column);
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
          asRead(formatCell(inWords(row[index] ?? null, name, words), type, timeZone), type),
        );
      }
    },
  };
}

/** A value that the query makes, in the audit's word for it. */
export function inWords(cell: Cell, column: string, words: AuditResult['words']): Cell {
  return typeof cell === 'string' ? wordFor(words, column, cell) : cell;
}

/** As people read it: without the fraction of a second, and without the middle of a digest. */
function asRead(text: string, type: KustoType): string {
  return type === 'datetime' ? wholeSeconds(text) : shortDigests(text);
}

function styleOf(type: AuditResult['table']['columns'][number]['type']): string {
  return isNumeric(type) ? 'number' : 'text';
}
