import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Row } from '../../core/table';
import { columnKinds, type RowSource, type ValueKind } from './row-source';
import { fixedParts, sheetPath } from './spreadsheet-parts';
import { cellXml, columnLetters, STYLE, textXml } from './spreadsheet-xml';

/** What Excel holds in a sheet, the headings aside. */
export const MOST_ROWS = 1_048_575;
/** The longest name of a sheet. */
const LONGEST_NAME = 31;
/** XML goes into the file in pieces of about this many characters. */
const PIECE = 1 << 16;
/** In characters. */
const WIDTHS: Readonly<Record<ValueKind, number>> = {
  bool: 10,
  whole: 14,
  real: 14,
  moment: 25,
  text: 32,
};
/** Local time, which is what a ZIP file holds: the same bytes in every time zone. */
const NO_TIME = new Date(1980, 0, 1);

export interface Sheet {
  /** Lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly table: RowSource;
}

/**
 * A workbook for Excel and its like (Office Open XML) with a sheet for each table: headings that stay in sight, a
 * filter over every column, and values of their types. Moments are UTC, cut to milliseconds; whole numbers of more
 * than 15 digits, which Excel would round, are text, and so is a column that holds what its type does not allow.
 * Rows after MOST_ROWS are left out. Equal tables give equal bytes.
 */
export async function* renderSpreadsheet(sheets: readonly Sheet[]): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const output = zip.outputStream.pipe(new PassThrough());
  zip.on('error', (error: Error) => output.destroy(error));
  const options = { mtime: NO_TIME, forceDosTimestamp: true };
  const frames = sheets.map(({ table }, i) => ({
    name: sheetNames(sheets)[i] ?? '',
    filter: filterOf(table),
  }));
  for (const [path, xml] of fixedParts(frames)) zip.addBuffer(Buffer.from(xml), path, options);
  sheets.forEach(({ table }, i) => {
    zip.addReadStreamLazy(sheetPath(i), options, (callback) => {
      callback(null, Readable.from(inPieces(sheetXml(table)), { objectMode: false }));
    });
  });
  zip.end();
  yield* output as AsyncIterable<Uint8Array>;
}

/** Names as Excel takes them, each once: a long one is cut and numbered when the cut is taken. */
export function sheetNames(sheets: readonly Pick<Sheet, 'name'>[]): string[] {
  const names: string[] = [];
  for (const { name } of sheets) {
    let short = name.slice(0, LONGEST_NAME);
    for (let n = 2; names.includes(short); n += 1) {
      short = `${name.slice(0, LONGEST_NAME - String(n).length - 1)}~${n}`;
    }
    names.push(short);
  }
  return names;
}

function filterOf({ columns, rows }: RowSource): string {
  const count = Array.isArray(rows) ? rows.length : countOf(rows);
  return `A1:${columnLetters(Math.max(0, columns.length - 1))}${Math.min(count, MOST_ROWS) + 1}`;
}

/** A source of rows that is no list does not know how many there are. */
function countOf(rows: Iterable<unknown>): number {
  const iterator = rows[Symbol.iterator]();
  let count = 0;
  while (iterator.next().done !== true) count += 1;
  return count;
}

function* sheetXml(table: RowSource): Generator<string> {
  const kinds = columnKinds(table);
  const letters = kinds.map((_, i) => columnLetters(i));
  const widths = kinds.map(
    (kind, i) => `<col min="${i + 1}" max="${i + 1}" width="${WIDTHS[kind]}" customWidth="1"/>`,
  );
  yield (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' +
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>' +
    (widths.length === 0 ? '' : `<cols>${widths.join('')}</cols>`) +
    '<sheetData><row r="1">'
  );
  for (const [i, { name }] of table.columns.entries()) {
    yield textXml(name, `${letters[i] ?? ''}1`, STYLE.heading);
  }
  yield '</row>';
  let number = 1;
  for (const row of table.rows) {
    if (number > MOST_ROWS) break;
    yield rowXml(row, (number += 1), kinds, letters);
  }
  yield `</sheetData><autoFilter ref="${filterOf(table)}"/></worksheet>`;
}

function rowXml(
  row: Row,
  number: number,
  kinds: readonly ValueKind[],
  letters: readonly string[],
): string {
  let xml = `<row r="${number}">`;
  kinds.forEach((kind, i) => {
    xml += cellXml(row[i] ?? null, kind, `${letters[i] ?? ''}${number}`);
  });
  return `${xml}</row>`;
}

function* inPieces(parts: Iterable<string>): Generator<Buffer> {
  let piece = '';
  for (const part of parts) {
    piece += part;
    if (piece.length < PIECE) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  yield Buffer.from(piece);
}
