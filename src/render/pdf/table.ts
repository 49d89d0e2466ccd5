import type { ViewElement } from '../vocabulary';
import { elementsOf, hasClass } from '../vocabulary';
import { setCards } from './cards';
import type { CellContent, SetCell } from './cells';
import {
  headingCell,
  lineHeight,
  linesHeight,
  measureCell,
  setCell,
  textCell,
  viewCell,
} from './cells';
import type { ColumnNeed, Columns } from './columns';
import { columnWidths, NARROWEST } from './columns';
import type { Flow } from './flow';
import { openingRows, ROWS_TOGETHER } from './section-shape';
import type { Setting } from './setting';
import type { Part } from './surface';
import { within } from './surface';
import { COLORS, COLUMN_SHARES, PORTRAIT, TEXT } from './tokens';

/** A table whose columns have been given their places. */
interface Grid {
  readonly flow: Flow;
  readonly widths: readonly number[];
  readonly gap: number;
  readonly padding: number;
}

type Row = readonly CellContent[];

/** More columns than this are set in smaller type. */
const COLUMNS_IN_NORMAL_TYPE = 6;

/** More columns than this do not fit side by side; each row becomes a card. */
const COLUMNS_IN_A_GRID = 14;

/** A usual row of more lines than this is read more easily as a card. */
const LINES_IN_A_GRID = 7;

/** Rows that take more of a page than this may be parted by its edge. */
const MOST_TOGETHER = 0.4;

/** Rows that the widths of columns are chosen by. */
const ROWS_MEASURED = 400;

/**
 * Sets a table over as many pages as it takes, its heading on each. A row goes to the next page whole where a page can
 * hold it; a taller one is split, so that no line of it is lost.
 */
export function setTable(table: ViewElement, setting: Setting): void {
  const { flow, language } = setting;
  const headings = [...elementsOf(table)].filter((element) => element.name === 'th');
  // Tables of one chapter are alike, however many columns each has: numbers behind charts, and answers across the page.
  const narrow =
    hasClass(table, 'figures') ||
    flow.width > PORTRAIT.width ||
    (headings.length > COLUMNS_IN_NORMAL_TYPE && sharesOf(table) === undefined);
  const heading = headings.map((th) => headingCell(th, narrow ? TEXT.narrowHeading : TEXT.heading));
  const rows = rowsOf(table, heading, narrow, setting)[Symbol.iterator]();
  const first = take(rows, ROWS_MEASURED);
  const gap = narrow ? 9 : 11;
  const count = Math.max(heading.length, first[0]?.length ?? 0);
  const columns = columnsOf(table, [heading, ...first], flow, flow.width - gap * (count - 1));
  if (count > COLUMNS_IN_A_GRID || columns.lines > LINES_IN_A_GRID) {
    setCards(heading, chain(first, rows), flow, language);
    return;
  }
  const grid: Grid = { flow, widths: columns.widths, gap, padding: narrow ? 2 : 3.2 };
  const head = cellsIn(heading, grid);
  const headHeight = rowHeight(head, grid);
  // A heading does not stand above nothing: a first row that fits on a page goes there with it.
  const opening = heightTogether(first.slice(0, openingRows(first.length)), grid);
  flow.need(headHeight + (headHeight + opening <= flow.pageRoom ? opening : 120));
  const last = lastTogether(first);
  const below = last === undefined ? 0 : heightTogether(first.slice(last + 1), grid);
  within(flow.canvas, 'Table', () => {
    within(flow.canvas, 'THead', () => {
      drawHeading(head, grid);
    });
    within(flow.canvas, 'TBody', () => {
      let index = 0;
      for (const row of chain(first, rows)) drawRow(row, index++ === last ? below : 0, head, grid);
    });
  });
  flow.skip(8);
}

function* rowsOf(
  table: ViewElement,
  heading: Row,
  narrow: boolean,
  { tables }: Setting,
): Generator<Row> {
  const style = narrow ? TEXT.narrow : TEXT.cell;
  for (const element of elementsOf(table)) {
    const id = element.attributes['data-rows'];
    if (id !== undefined) {
      for (const row of tables.get(id)?.rows() ?? []) {
        yield row.map((text, column) => textCell(text, style, heading[column]?.number === true));
      }
    } else if (element.name === 'tr') {
      const cells = element.children.filter((child) => typeof child !== 'string');
      if (!cells.some((cell) => cell.name === 'th'))
        yield cells.map((cell) => viewCell(cell, style));
    }
  }
}

function take(rows: Iterator<Row>, most: number): Row[] {
  const taken: Row[] = [];
  while (taken.length < most) {
    const next = rows.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

function* chain(first: readonly Row[], rest: Iterator<Row>): Generator<Row> {
  yield* first;
  for (let next = rest.next(); next.done !== true; next = rest.next()) yield next.value;
}

function columnsOf(
  table: ViewElement,
  rows: readonly Row[],
  flow: Flow,
  available: number,
): Columns {
  const count = Math.max(...rows.map((row) => row.length));
  const shares = sharesOf(table);
  if (shares?.length === count) {
    return { widths: shares.map((share) => (share / 100) * available), lines: 1 };
  }
  const needs = Array.from({ length: count }, (): { word: number; lines: number[] } => ({
    word: 0,
    lines: [],
  }));
  for (const row of rows) {
    row.forEach((cell, column) => {
      const need = needs[column];
      if (need === undefined) return;
      const { word, line } = measureCell(cell, flow.canvas.faces);
      need.word = Math.max(need.word, word);
      need.lines.push(line);
    });
  }
  return columnWidths(needs satisfies ColumnNeed[], available);
}

/** The shares of the width that the columns of a table of the program's own views have. */
function sharesOf(table: ViewElement): readonly number[] | undefined {
  return COLUMN_SHARES[table.attributes['id'] ?? ''];
}

function cellsIn(row: Row, { flow, widths }: Grid): SetCell[] {
  return row.map((cell, column) => setCell(cell, widths[column] ?? NARROWEST, flow.canvas.faces));
}

function rowHeight(cells: readonly SetCell[], { padding }: Grid): number {
  let highest = 0;
  for (const cell of cells) highest = Math.max(highest, linesHeight(cell));
  return highest + 2 * padding;
}

/** Where the last rows begin that stand together; undefined for a table that has few rows, or more than were measured. */
function lastTogether({ length }: readonly Row[]): number | undefined {
  return length < ROWS_MEASURED && openingRows(length) < length
    ? length - ROWS_TOGETHER
    : undefined;
}

/** How high rows are that stand together on a page: only the first of them where all would take much of it. */
function heightTogether(rows: readonly Row[], grid: Grid): number {
  const [first = 0, ...others] = rows.map((row) => rowHeight(cellsIn(row, grid), grid));
  const all = others.reduce((sum, height) => sum + height, first);
  return all <= grid.flow.pageRoom * MOST_TOGETHER ? all : first;
}

function drawHeading(head: readonly SetCell[], grid: Grid): void {
  const { flow } = grid;
  within(flow.canvas, 'TR', () => {
    const parts = head.map(() => flow.canvas.open('TH'));
    flow.advance(drawCells({ cells: head, parts, from: head.map(() => 0) }, Infinity, grid));
    for (const part of parts) flow.canvas.close(part);
  });
  ruleUnder(grid, 1, COLORS.ink);
}

/** On each further page: readers of the document’s structure have heard it already. */
function repeatHeading(head: readonly SetCell[], grid: Grid): void {
  const { flow } = grid;
  flow.canvas.artifact(() => {
    flow.advance(drawCells({ cells: head, parts: [], from: head.map(() => 0) }, Infinity, grid));
  });
  ruleUnder(grid, 1, COLORS.ink);
}

function ruleUnder({ flow }: Grid, height: number, color: string): void {
  flow.canvas.rule(flow.left, flow.y - height, flow.width, height, color);
}

/** A row on its way to the page: the next line of each cell. */
interface RowInProgress {
  readonly cells: readonly SetCell[];
  readonly parts: readonly Part[];
  readonly from: number[];
}

/** Draws a row; `below` is how high the rows are that stand on its page, too. */
function drawRow(content: Row, below: number, head: readonly SetCell[], grid: Grid): void {
  const { flow } = grid;
  const { canvas } = flow;
  const cells = cellsIn(content, grid);
  const headHeight = rowHeight(head, grid);
  const nextPage = (): void => {
    flow.nextPage();
    // A heading that fills half a page would leave no room to go on in.
    if (headHeight < flow.pageRoom / 2) repeatHeading(head, grid);
  };
  const height = rowHeight(cells, grid) + below;
  if (height > flow.room && height <= flow.pageRoom - headHeight) nextPage();
  for (const cell of content) for (const id of cell.ids) canvas.destination(id, flow.y);
  within(canvas, 'TR', () => {
    const parts = cells.map(() => canvas.open('TD'));
    const row: RowInProgress = { cells, parts, from: cells.map(() => 0) };
    for (;;) {
      const used = drawCells(row, flow.room - 2 * grid.padding, grid);
      if (isDone(row)) {
        flow.advance(used);
        break;
      }
      nextPage();
    }
    for (const part of parts) canvas.close(part);
  });
  ruleUnder(grid, 0.5, COLORS.line);
}

function isDone({ cells, from }: RowInProgress): boolean {
  return cells.every((cell, column) => (from[column] ?? 0) >= cell.lines.length);
}

/** Draws what of each cell fits a height, at least a line of one where a page is empty; tells the height that it took. */
function drawCells(row: RowInProgress, most: number, grid: Grid): number {
  const { flow, widths, gap, padding } = grid;
  let highest = 0;
  let x = flow.left;
  row.cells.forEach((cell, column) => {
    const width = widths[column] ?? NARROWEST;
    const first = row.from[column] ?? 0;
    let last = first;
    let used = 0;
    while (last < cell.lines.length && used + lineHeight(cell, last) <= most) {
      used += lineHeight(cell, last++);
    }
    if (last > first) {
      const draw = (): void => {
        drawLines(cell, first, last, x, width, grid);
      };
      const part = row.parts[column];
      if (part === undefined) draw();
      else flow.canvas.inside(part, draw);
    }
    row.from[column] = last;
    highest = Math.max(highest, used);
    x += width + gap;
  });
  return highest + 2 * padding;
}

function drawLines(
  cell: SetCell,
  first: number,
  last: number,
  x: number,
  width: number,
  { flow, padding }: Grid,
): void {
  const { style } = cell;
  let y = flow.y + padding;
  for (let i = first; i < last; i++) {
    const line = cell.lines[i];
    const height = lineHeight(cell, i);
    if (typeof line === 'string') {
      const font = flow.canvas.faces.font(style.face);
      const taken = cell.number ? (font.plainWidth(line) * style.size) / 1000 : width;
      flow.canvas.plain(line, style, x + width - taken, y, height);
    } else if (line !== undefined) {
      flow.canvas.line(line, cell.number ? x + width - line.width : x, y);
    }
    y += height;
  }
}
