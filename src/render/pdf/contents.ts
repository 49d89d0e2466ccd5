import { phrase, say } from '../../core/language';
import type { Flow } from './flow';
import type { Line } from './lines';
import { breakLines, heightOfLines } from './lines';
import type { OutlineEntry } from './outline';
import type { Setting } from './setting';
import { within } from './surface';
import { COLORS, TEXT } from './tokens';

/** A document of fewer chapters is its own overview. */
const CHAPTERS = 3;

/** More entries than this stand in two columns. */
const IN_ONE_COLUMN = 44;

const GUTTER = 24;
const SECTION_INDENT = 10;
const NUMBER_WIDTH = 26;

interface Column {
  readonly left: number;
  readonly width: number;
}

/** Sets the contents: each chapter and section, a link to it, with the number of its page. */
export function setContents({ flow, outline, language }: Setting): void {
  const entries = [...outline.values()].filter((entry) => entry.listed);
  if (entries.filter((entry) => entry.level === 'chapter').length < CHAPTERS) return;
  const heading = say(phrase('pdf.contents'), language);
  const title = breakLines(
    [{ kind: 'text', text: heading, style: TEXT.chapter }],
    flow.width,
    flow.canvas.faces,
  );
  flow.canvas.destination('contents', flow.y);
  flow.canvas.bookmark(heading, 'chapter', flow.y);
  within(flow.canvas, 'H2', () => {
    flow.lines(title, { after: 8 });
  });
  within(flow.canvas, 'TOC', () => {
    setEntries(entries, flow);
  });
  flow.nextPage();
}

function setEntries(entries: readonly OutlineEntry[], flow: Flow): void {
  const columns = columnsOf(flow, entries.length > IN_ONE_COLUMN ? 2 : 1);
  const heights = entries.map((entry) => heightOf(entry, flow, columns[0]));
  const total = heights.reduce((sum, height) => sum + height, 0);
  // Columns of equal height look better than a full one beside a short one.
  let end = Math.min(flow.room, total / columns.length + 24);
  let top = flow.y;
  let y = top;
  let at = 0;
  entries.forEach((entry, index) => {
    if (y + (heights[index] ?? 0) > top + end) {
      at++;
      if (at === columns.length) {
        flow.nextPage();
        [at, top, end] = [0, flow.y, flow.room];
      }
      y = top;
    }
    const column = columns[at];
    if (column !== undefined) setEntry(entry, column, y, flow);
    y += heights[index] ?? 0;
  });
}

function columnsOf(flow: Flow, count: number): Column[] {
  const width = (flow.width - GUTTER * (count - 1)) / count;
  return Array.from({ length: count }, (_, index) => ({
    left: flow.left + index * (width + GUTTER),
    width,
  }));
}

function heightOf(entry: OutlineEntry, flow: Flow, column: Column | undefined): number {
  return heightOfLines(linesOf(entry, column?.width ?? flow.width, flow)) + spaceBefore(entry);
}

function spaceBefore(entry: OutlineEntry): number {
  return entry.level === 'chapter' ? 7 : 1;
}

function linesOf(entry: OutlineEntry, width: number, flow: Flow): Line[] {
  const style = entry.level === 'chapter' ? TEXT.contentsChapter : TEXT.contents;
  const room = width - NUMBER_WIDTH - indentOf(entry);
  return breakLines(
    [{ kind: 'text', text: entry.title, style, link: `#${entry.id}` }],
    room,
    flow.canvas.faces,
  );
}

function indentOf(entry: OutlineEntry): number {
  return entry.level === 'chapter' ? 0 : SECTION_INDENT;
}

function setEntry(entry: OutlineEntry, column: Column, top: number, flow: Flow): void {
  const { canvas } = flow;
  const lines = linesOf(entry, column.width, flow);
  const left = column.left + indentOf(entry);
  let y = top + spaceBefore(entry);
  within(canvas, 'TOCI', () => {
    within(canvas, 'Reference', () => {
      lines.forEach((line, index) => {
        canvas.line(line, left, y);
        if (index === lines.length - 1) {
          const right = column.left + column.width;
          leader(left + line.width, right - NUMBER_WIDTH, y + line.height - 3.5, flow);
          canvas.pageNumber(entry.id, TEXT.contents, right, y, line.height);
        }
        y += line.height;
      });
    });
  });
}

/** Dots that lead the eye to the page’s number. */
function leader(from: number, to: number, y: number, flow: Flow): void {
  const step = 4;
  for (let x = Math.ceil((from + 4) / step) * step; x < to; x += step) {
    flow.canvas.rule(x, y, 0.7, 0.7, COLORS.dot);
  }
}
