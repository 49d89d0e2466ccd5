import type { ViewElement } from '../vocabulary';
import { elementsOf, hasClass } from '../vocabulary';
import type { Flow } from './flow';
import type { Inline } from './inline';
import { inlinesOf } from './inline';
import type { Line } from './lines';
import { BREAK_HERE, breakLines, heightOfLines, measure } from './lines';
import type { TextStyle } from './tokens';
import { COLORS, COLUMN_SHARES, TEXT } from './tokens';

interface Cell {
  readonly inlines: readonly Inline[];
  readonly number: boolean;
  readonly ids: readonly string[];
}

interface SetCell {
  readonly lines: readonly Line[];
  readonly number: boolean;
}

/** A table whose columns have been given their places. */
interface Grid {
  readonly flow: Flow;
  readonly widths: readonly number[];
  readonly gap: number;
  readonly padding: number;
}

/** More columns than this are set in smaller type. */
const COLUMNS_IN_NORMAL_TYPE = 6;

/** More columns than this do not fit side by side; each row becomes a list. */
const COLUMNS_IN_A_GRID = 14;

/** What a row set as a list needs to begin on a page. */
const RECORD_ROOM = 40;

/** Words up to this stay whole; a digest or a path is broken anyway. */
const WIDEST_WORD = 72;

/** The least width of a column whose words are broken. */
const BROKEN_WORD = 44;

/** Lines are not filled to the end: this much more width than the text alone takes. */
const LINE_WASTE = 1.12;

/** More white space than this after a value makes a row hard to follow. */
const MOST_SPARE = 40;

/** A row of more lines than this is not worth its whole words. */
const MOST_LINES = 40;

const NARROWEST = 24;

/**
 * Sets a table over as many pages as it takes, its heading on each. A row goes to the next page whole where a page can
 * hold it; a taller one is split, so that no line of it is lost.
 */
export function setTable(table: ViewElement, flow: Flow): void {
  const { heading, rows } = cellsOf(table);
  const columns = Math.max(heading.length, ...rows.map((row) => row.length));
  if (columns > COLUMNS_IN_A_GRID) {
    setRecords(heading, rows, flow);
    return;
  }
  const narrow = columns > COLUMNS_IN_NORMAL_TYPE;
  const gap = narrow ? 5 : 8;
  const shares = COLUMN_SHARES[table.attributes['id'] ?? ''];
  const available = flow.width - gap * (columns - 1);
  const widths =
    shares?.length === columns
      ? shares.map((share) => (share / 100) * available)
      : columnWidths([heading, ...rows], columns, available, flow);
  const grid: Grid = { flow, widths, gap, padding: narrow ? 2 : 3.2 };
  const head = setCells(heading, grid);
  const first = rows[0] === undefined ? 0 : rowHeight(setCells(rows[0], grid), grid);
  flow.need(rowHeight(head, grid) + Math.min(first, 120));
  drawHeading(head, grid);
  for (const row of rows) {
    for (const id of row.flatMap((cell) => cell.ids)) flow.canvas.destination(id, flow.y);
    drawRow(setCells(row, grid), head, grid);
  }
  flow.skip(8);
}

/** A table too wide for a page: each row as a list of its columns’ names and values. */
function setRecords(
  heading: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  flow: Flow,
): void {
  rows.forEach((row, index) => {
    const text = `Row ${String(index + 1)}`;
    const title: Inline[] = [{ kind: 'text', text, style: TEXT.heading }];
    flow.skip(6);
    flow.need(RECORD_ROOM);
    flow.lines(breakLines(title, flow.width, flow.canvas.faces));
    const pairs = row.map((cell, column) => ({
      name: heading[column]?.inlines ?? [],
      value: cell.inlines,
    }));
    setPairs(pairs, flow, 130);
  });
  flow.skip(8);
}

/** Sets names and values side by side: the rows of a definition list. */
export function setPairs(
  pairs: readonly { readonly name: readonly Inline[]; readonly value: readonly Inline[] }[],
  flow: Flow,
  nameWidth: number,
): void {
  const gap = 8;
  const grid: Grid = { flow, widths: [nameWidth, flow.width - nameWidth - gap], gap, padding: 0.8 };
  const rows = pairs.map(({ name, value }) =>
    setCells(
      [name, value].map((inlines) => ({ inlines, number: false, ids: [] })),
      grid,
    ),
  );
  const height = sum(rows.map((row) => rowHeight(row, grid)));
  if (height <= flow.pageRoom / 2) flow.need(height);
  for (const row of rows) drawRow(row, undefined, grid);
}

function cellsOf(table: ViewElement): { heading: Cell[]; rows: Cell[][] } {
  const heading: Cell[] = [];
  const rows: Cell[][] = [];
  const headers = [...elementsOf(table)].filter((element) => element.name === 'th').length;
  const small = headers > COLUMNS_IN_NORMAL_TYPE;
  for (const row of elementsOf(table)) {
    if (row.name !== 'tr') continue;
    const cells = row.children.filter((child) => typeof child !== 'string');
    if (cells.some((cell) => cell.name === 'th')) {
      const style = small ? TEXT.narrowHeading : TEXT.heading;
      heading.push(...cells.map((cell) => breakable(cellOf(cell, style))));
    } else {
      rows.push(cells.map((cell) => cellOf(cell, small ? TEXT.narrow : TEXT.cell)));
    }
  }
  return { heading, rows };
}

/** Column names may be broken where a capital begins: `Operation|Name`. */
function breakable(cell: Cell): Cell {
  const inlines = cell.inlines.map((inline) =>
    inline.kind === 'text'
      ? { ...inline, text: inline.text.replace(/([a-z])(?=[A-Z])/g, `$1${BREAK_HERE}`) }
      : inline,
  );
  return { ...cell, inlines };
}

function cellOf(element: ViewElement, style: TextStyle): Cell {
  const ids = [...elementsOf(element)].flatMap((inner) => inner.attributes['id'] ?? []);
  const shown = hasClass(element, 'muted') ? { ...style, color: COLORS.muted } : style;
  return { inlines: inlinesOf(element, shown), number: hasClass(element, 'number'), ids };
}

/**
 * Widths at which every column takes about the same number of lines: columns of short values get their longest word,
 * and what is left goes to those with long values. When all values fit in one line, some of the spare width is shared.
 */
function columnWidths(
  rows: readonly (readonly Cell[])[],
  columns: number,
  available: number,
  flow: Flow,
): number[] {
  const least: number[] = Array.from({ length: columns }, () => NARROWEST);
  const linesOf: number[][] = Array.from({ length: columns }, () => []);
  for (const row of rows) {
    row.forEach((cell, column) => {
      const { word, line } = measure(cell.inlines, flow.canvas.faces);
      const whole = word > WIDEST_WORD ? BROKEN_WORD : word + 0.5;
      least[column] = Math.max(least[column] ?? NARROWEST, whole);
      linesOf[column]?.push(line + 0.5);
    });
  }
  const widest = linesOf.map((lines) => Math.max(NARROWEST, ...lines));
  const spare = available - sum(widest);
  if (spare >= 0) {
    return widest.map((width) => width + Math.min((spare * width) / sum(widest), MOST_SPARE));
  }
  const usual = linesOf.map((lines) => quantile(lines, 0.9));
  const at = (lines: number): number[] =>
    least.map((width, column) => Math.max(width, ((usual[column] ?? 0) * LINE_WASTE) / lines));
  let [few, many] = [1, MOST_LINES];
  for (let step = 0; step < 24; step++) {
    const middle = (few + many) / 2;
    if (sum(at(middle)) > available) few = middle;
    else many = middle;
  }
  return fit(at(many), available);
}

/** Takes from the widest columns first, so that short values stay whole; gives what is left to all. */
function fit(widths: readonly number[], available: number): number[] {
  const capped = (cap: number): number[] => widths.map((width) => Math.min(width, cap));
  let [low, high] = [0, Math.max(...widths)];
  if (sum(widths) <= available) low = high;
  for (let step = 0; step < 24; step++) {
    const cap = (low + high) / 2;
    if (sum(capped(cap)) > available) high = cap;
    else low = cap;
  }
  const fitted = capped(low);
  const rest = (available - sum(fitted)) / fitted.length;
  return fitted.map((width) => width + rest);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
}

function setCells(cells: readonly Cell[], { flow, widths }: Grid): SetCell[] {
  return cells.map((cell, column) => ({
    lines: breakLines(cell.inlines, widths[column] ?? NARROWEST, flow.canvas.faces),
    number: cell.number,
  }));
}

function rowHeight(cells: readonly SetCell[], { padding }: Grid): number {
  return Math.max(0, ...cells.map((cell) => heightOfLines(cell.lines))) + 2 * padding;
}

function drawHeading(head: readonly SetCell[], grid: Grid): void {
  if (head.length === 0) return;
  const height = drawCells(head, grid);
  grid.flow.advance(height);
  grid.flow.canvas.fill(grid.flow.left, grid.flow.y - 1, grid.flow.width, 1, COLORS.ink);
}

/** `head` is drawn again on each further page; without it the row has no rule under it. */
function drawRow(row: readonly SetCell[], head: readonly SetCell[] | undefined, grid: Grid): void {
  const { flow } = grid;
  const headHeight = head === undefined ? 0 : rowHeight(head, grid);
  // A heading that fills half a page would leave no room to go on in.
  const repeats = headHeight < flow.pageRoom / 2;
  const height = rowHeight(row, grid);
  const nextPage = (): void => {
    flow.nextPage();
    if (head !== undefined && repeats) drawHeading(head, grid);
  };
  if (height > flow.room && height <= flow.pageRoom - headHeight) nextPage();
  let rest = row;
  while (rowHeight(rest, grid) > flow.room) {
    const { now, later } = splitRow(rest, flow.room - 2 * grid.padding);
    if (now.some((cell) => cell.lines.length > 0)) flow.advance(drawCells(now, grid));
    rest = later;
    nextPage();
  }
  flow.advance(drawCells(rest, grid));
  if (head !== undefined) flow.canvas.fill(flow.left, flow.y - 0.5, flow.width, 0.5, COLORS.line);
}

/** What of each cell fits a height, and the rest. */
function splitRow(row: readonly SetCell[], height: number): { now: SetCell[]; later: SetCell[] } {
  const parts = row.map((cell) => {
    let [used, count] = [0, 0];
    for (const line of cell.lines) {
      if (used + line.height > height) break;
      used += line.height;
      count++;
    }
    return {
      now: { ...cell, lines: cell.lines.slice(0, count) },
      later: { ...cell, lines: cell.lines.slice(count) },
    };
  });
  return { now: parts.map((part) => part.now), later: parts.map((part) => part.later) };
}

function drawCells(cells: readonly SetCell[], grid: Grid): number {
  const { flow, widths, gap, padding } = grid;
  let x = flow.left;
  cells.forEach((cell, column) => {
    const width = widths[column] ?? NARROWEST;
    let y = flow.y + padding;
    for (const line of cell.lines) {
      flow.canvas.line(line, cell.number ? x + width - line.width : x, y);
      y += line.height;
    }
    x += width + gap;
  });
  return rowHeight(cells, grid);
}
