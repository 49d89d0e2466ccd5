import type { Cell, KustoType, Table } from '../core/table';
import { isNumeric } from './format';
import { visible } from './visible';

/** Excel reads a CSV file as UTF-8 only when it begins with this. */
const BYTE_ORDER_MARK = '\uFEFF';

/** What makes a spreadsheet take text for a formula, also in full width and after space of any kind. */
const FORMULA = /^\s*[=+\-@|\uFF1D\uFF0B\uFF0D\uFF20\uFF5C]/;

const PLAIN_NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * A table as RFC 4180 CSV for people and spreadsheets: UTF-8 with a byte order mark, CRLF, a heading line, every row.
 * Times stay UTC as in the evidence. Hidden characters are shown as code points, so a field is always one line, and
 * text that a spreadsheet would run as a formula begins with an apostrophe. Raw values are in the JSON evidence.
 */
export function renderCsv(table: Table): string {
  return Array.from(csvLines(table)).join('');
}

/** The same text in lines, for a table that should not become one string. */
export function* csvLines(table: Table): Generator<string> {
  const heading = table.columns.map((column) => quoted(safeText(column.name)));
  yield `${BYTE_ORDER_MARK}${heading.join(',')}\r\n`;
  for (const row of table.rows) {
    const fields = table.columns.map(({ type }, index) => field(row[index] ?? null, type));
    yield `${fields.join(',')}\r\n`;
  }
}

function field(cell: Cell, type: KustoType): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  if (isNumeric(type) && PLAIN_NUMBER.test(cell)) return cell;
  return quoted(safeText(cell));
}

function safeText(text: string): string {
  const shown = visible(text, Number.POSITIVE_INFINITY);
  return looksLikeFormula(shown) ? `'${shown}` : shown;
}

/** Whether a spreadsheet might run a text, of which hidden characters have been made visible. */
export function looksLikeFormula(shown: string): boolean {
  return FORMULA.test(shown);
}

function quoted(text: string): string {
  return /[",;\s]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
