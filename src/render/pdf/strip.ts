import type { ViewElement } from '../vocabulary';
import { hasClass, textOf } from '../vocabulary';
import type { Flow } from './flow';
import { inlinesOf } from './inline';
import { breakLines, heightOfLines } from './lines';
import { within } from './surface';
import { CELLS, COLORS, TEXT } from './tokens';

const CELL_HEIGHT = 11;
const TICK_HEIGHT = 9;
const WIDEST_CELL = 60;
const GAP = 1;

/** Sets a coverage strip: its caption, then each line of cells with the hours or days under it, on one page. */
export function setStrip(figure: ViewElement, flow: Flow): void {
  const children = figure.children.filter((child) => typeof child !== 'string');
  const captions = children
    .filter((child) => child.name === 'figcaption')
    .flatMap((child) => breakLines(inlinesOf(child, TEXT.cell), flow.width, flow.canvas.faces));
  const bands = children.filter((child) => hasClass(child, 'cells') || hasClass(child, 'ticks'));
  const height = bands.reduce((sum, band) => sum + bandHeight(band), heightOfLines(captions));
  flow.need(height);
  within(flow.canvas, 'P', () => {
    flow.lines(captions, { after: 1 });
  });
  const alt = bands.flatMap((band) => band.attributes['aria-label'] ?? []).join(' ');
  const bandsHeight = bands.reduce((sum, band) => sum + bandHeight(band), 0);
  const draw = (): void => {
    for (const band of bands) {
      if (hasClass(band, 'cells')) drawCells(band, flow);
      else drawTicks(band, flow);
      flow.advance(bandHeight(band));
    }
  };
  within(flow.canvas, 'Figure', draw, { alt, box: flow.box(bandsHeight) });
  flow.skip(4);
}

function bandHeight(band: ViewElement): number {
  return hasClass(band, 'cells') ? CELL_HEIGHT : TICK_HEIGHT;
}

function spansOf(band: ViewElement): ViewElement[] {
  return band.children.filter((child) => typeof child !== 'string');
}

function cellWidth(count: number, flow: Flow): number {
  return Math.min((flow.width - GAP * (count - 1)) / count, WIDEST_CELL);
}

function drawCells(band: ViewElement, flow: Flow): void {
  const cells = spansOf(band);
  const width = cellWidth(cells.length, flow);
  cells.forEach((cell, index) => {
    const style = cell.classes.map((name) => CELLS[name]).find((found) => found !== undefined);
    const x = flow.left + index * (width + GAP);
    const color = style?.color ?? COLORS.ink;
    if (style?.fill !== undefined) flow.canvas.fill(x, flow.y, width, CELL_HEIGHT, style.fill);
    if (style?.stroke !== undefined)
      flow.canvas.outline(x, flow.y, width, CELL_HEIGHT, style.stroke);
    const letter = textOf(cell);
    if (letter === '') return;
    const text = { ...TEXT.cellLetter, color };
    const indent = (width - flow.canvas.widthOf(letter, text)) / 2;
    flow.canvas.text(letter, text, x + indent, flow.y, CELL_HEIGHT);
  });
}

function drawTicks(band: ViewElement, flow: Flow): void {
  const ticks = spansOf(band);
  const width = cellWidth(ticks.length, flow);
  ticks.forEach((tick, index) => {
    const text = textOf(tick);
    if (text === '') return;
    flow.canvas.text(text, TEXT.tick, flow.left + index * (width + GAP), flow.y, TICK_HEIGHT);
  });
}
