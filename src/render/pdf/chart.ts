import type { ViewElement } from '../vocabulary';
import { elementsOf, hasClass, textOf } from '../vocabulary';
import type { Flow } from './flow';
import { inlinesOf } from './inline';
import { breakLines, heightOfLines } from './lines';
import { within } from './surface';
import type { TextStyle } from './tokens';
import { CELLS, COLORS, TEXT } from './tokens';

/** Units of a drawing that are a point on the page, when it is as wide as the text. */
const RULE_HEIGHT = 0.4;

/** Font sizes of labels in units of the drawing, as style.css has them. */
const LABEL_SIZE = 10;

const LABEL_STYLES: Readonly<Record<string, TextStyle>> = {
  doubt: { ...TEXT.tick, face: 'bold', color: COLORS.doubt },
  name: { ...TEXT.tick, color: COLORS.ink },
  number: { ...TEXT.tick, color: COLORS.ink },
};

/** Sets a chart: its title, what it shows in words, the drawing and its legend, all on one page. */
export function setChart(figure: ViewElement, flow: Flow): void {
  const children = figure.children.filter((child) => typeof child !== 'string');
  const svg = children.find(({ name }) => name === 'svg');
  if (svg === undefined) return;
  const [, , unitsWide = 1, unitsHigh = 0] = (svg.attributes['viewbox'] ?? '')
    .split(' ')
    .map(Number);
  const scale = flow.width / unitsWide;
  const height = unitsHigh * scale;
  const caption = children.find(({ name }) => name === 'figcaption');
  const words = children.filter(({ name }) => name === 'p');
  const lines = (element: ViewElement, style: TextStyle): ReturnType<typeof breakLines> =>
    breakLines(inlinesOf(element, style), flow.width, flow.canvas.faces);
  const title = caption === undefined ? [] : lines(caption, TEXT.cell);
  const paragraphs = words.map((word) => lines(word, TEXT.small));
  flow.skip(6);
  flow.need(heightOfLines([title, ...paragraphs].flat()) + height + 12);
  within(flow.canvas, 'P', () => {
    flow.lines(title, { after: 2 });
  });
  const alt = svg.attributes['aria-label'] ?? '';
  const draw = (): void => {
    drawMarks(svg, flow, scale);
    flow.advance(height);
  };
  within(flow.canvas, 'Figure', draw, { alt, box: flow.box(height) });
  flow.skip(2);
  for (const paragraph of paragraphs) {
    within(flow.canvas, 'P', () => {
      flow.lines(paragraph, { after: 2 });
    });
  }
  flow.skip(6);
}

function drawMarks(svg: ViewElement, { canvas, left, y: top }: Flow, scale: number): void {
  for (const mark of elementsOf(svg)) {
    const number = (name: string): number => Number(mark.attributes[name] ?? 0) * scale;
    if (mark.name === 'line') {
      const color = hasClass(mark, 'axis') ? COLORS.muted : COLORS.line;
      const width = number('x2') - number('x1');
      canvas.fill(left + number('x1'), top + number('y1'), width, RULE_HEIGHT, color);
    } else if (mark.name === 'rect') {
      const style = mark.classes.map((name) => CELLS[name]).find((found) => found !== undefined);
      const color = style?.fill ?? COLORS.calm;
      canvas.fill(left + number('x'), top + number('y'), number('width'), number('height'), color);
    } else if (mark.name === 'text') {
      const base = mark.classes.map((name) => LABEL_STYLES[name]).find((it) => it !== undefined);
      const style = { ...(base ?? TEXT.tick), size: LABEL_SIZE * scale };
      const text = textOf(mark);
      const anchor = mark.attributes['text-anchor'];
      const share = anchor === 'end' ? 1 : anchor === 'middle' ? 0.5 : 0;
      const x = left + number('x') - share * canvas.widthOf(text, style);
      // A text is placed by the height that it is centred in; its baseline is at about seven tenths of it.
      const height = style.size * 1.2;
      canvas.text(text, style, x, top + number('y') - height * 0.79, height);
    }
  }
}
