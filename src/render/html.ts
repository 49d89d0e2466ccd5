import { createHash } from 'node:crypto';
import type { TallymanError } from '../core/errors';
import type { LanguageId } from '../core/language';
import type { Report } from '../core/report';
import { brandStyle } from './brand-model';
import type { LongTable, LongTables } from './long-table';
import type { ReportModel } from './report-model';
import { reportModel } from './report-model';
import type { Views } from './views';
import type { ViewElement } from './vocabulary';
import { elementsOf, hasClass, readView } from './vocabulary';
import { wrongView } from './wrong-view';

/** A report’s page with placeholders for the rows of its long tables, and those rows. */
export interface ReportPage {
  readonly html: string;
  /** What the HTML holds, read back from it. */
  readonly main: ViewElement;
  readonly tables: LongTables;
}

/**
 * One self-contained page: no script, nothing fetched, and a policy that would refuse both.
 * The same report and views give the same text. At most `rowsShown` rows of an answer are shown. Throws
 * CATALOG_INVALID when a view leaves the vocabulary or loses a row.
 */
export function reportPage(report: Report, views: Views, rowsShown?: number): ReportPage {
  const language = views.languages[report.language];
  const model = reportModel(report, language, rowsShown);
  const style = views.style + brandStyle(report);
  const body = views.report(model, language);
  const html = page(`${model.title}, ${model.periodLabel}`, body, style, language.id);
  const main = readView(html);
  checkRows(main, model);
  const { table: identities } = model.identities;
  const tables = new Map([
    ...(model.accessReview && identities !== undefined
      ? [['identities-table', identities] as const]
      : []),
    ...model.answers.map(({ id, table }) => [`answer-${id}`, table] as const),
    ...model.charts.charts.map(({ id, numbers }) => [`numbers-table-${id}`, numbers] as const),
  ]);
  return { html, main, tables };
}

/** The page as people open it, in pieces. */
export function* htmlPieces({ html, tables }: ReportPage): Generator<string> {
  // Text that a view shows has no `<` of its own, so this finds nothing but placeholders.
  const pieces = html.split(/<tbody data-rows="([^"]*)"><\/tbody>/);
  for (const [index, piece] of pieces.entries()) {
    if (index % 2 === 0) yield piece;
    else yield* bodyPieces(tables.get(piece), numberColumns(pieces[index - 1] ?? ''));
  }
}

/** The page as one text. */
export function renderHtml(report: Report, views: Views): string {
  return Array.from(htmlPieces(reportPage(report, views))).join('');
}

/** Which columns of the heading before a placeholder are of numbers. */
function numberColumns(before: string): boolean[] {
  const heading = before.slice(before.lastIndexOf('<thead>'));
  return Array.from(heading.matchAll(/<th [^>]*class="([^"]*)"/g), ([, name]) => name === 'number');
}

function* bodyPieces(table: LongTable | undefined, numbers: readonly boolean[]): Generator<string> {
  yield '<tbody>\n';
  for (const row of table?.rows() ?? []) {
    const cells = row.map(
      (text, column) =>
        `<td class="${numbers[column] === true ? 'number' : 'text'}">${escapeHtml(text)}</td>`,
    );
    yield `<tr>${cells.join('')}</tr>\n`;
  }
  yield '</tbody>';
}

function page(title: string, body: string, style: string, language: LanguageId): string {
  const styleDigest = createHash('sha256').update(style).digest('base64');
  return [
    '<!DOCTYPE html>',
    `<html lang="${language}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleDigest}'; img-src data:; base-uri 'none'; form-action 'none'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    body.trim(),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** For text between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/** A view that misses a table or a row of one must not pass for a report without them. */
function checkRows(main: ViewElement, model: ReportModel): void {
  const expected = new Map<string, number>([
    ['summary', model.summary.length],
    ['outcomes-table', model.audits.length],
    ['coverage-tables', model.coverage.tables.length],
    ['waived', model.waived.length],
    ['waivers', model.waivers.length],
    ['calendar', model.past.weeks.length],
    ['open-days', model.past.open.length],
    ['trend', model.past.trend.length],
    ['unreadable', model.unreadable.length],
  ]);
  const placeholders = [...elementsOf(main)].flatMap(
    ({ attributes }) => attributes['data-rows'] ?? [],
  );
  const wantedTables = [
    ...(model.accessReview ? ['identities-table'] : []),
    ...model.answers.map(({ id }) => `answer-${id}`),
    ...model.charts.charts.map(({ id }) => `numbers-table-${id}`),
  ];
  if (placeholders.join(' ') !== wantedTables.join(' ')) {
    throw lostRows(
      `the long tables ${placeholders.join(', ')}, and the report has ${wantedTables.join(', ')}`,
    );
  }
  const shown = new Map<string, number>();
  let findings = 0;
  for (const element of elementsOf(main)) {
    if (element.name === 'table') shown.set(element.attributes['id'] ?? '', bodyRows(element));
    if (hasClass(element, 'finding')) findings++;
  }
  for (const [id, rows] of expected) {
    const found = shown.get(id) ?? 0;
    if (found !== rows) {
      throw lostRows(`${String(found)} of ${String(rows)} rows of “${id}”`);
    }
  }
  const wanted = model.groups.reduce((sum, group) => sum + group.findings.length, 0);
  if (findings !== wanted) {
    throw lostRows(`${String(findings)} of ${String(wanted)} findings`);
  }
}

function lostRows(shown: string): TallymanError {
  return wrongView(`The report’s view loses rows: it shows ${shown}.`);
}

function bodyRows(table: ViewElement): number {
  let rows = 0;
  for (const section of elementsOf(table)) {
    if (section.name === 'tbody') {
      rows += section.children.filter(
        (child) => typeof child !== 'string' && child.name === 'tr',
      ).length;
    }
  }
  return rows;
}
