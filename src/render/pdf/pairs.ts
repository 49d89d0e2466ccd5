import type { Flow } from './flow';
import type { Inline } from './inline';
import type { Line } from './lines';
import { breakLines, heightOfLines } from './lines';
import type { Part } from './surface';
import { within } from './surface';

export interface Pair {
  readonly name: readonly Inline[];
  readonly value: readonly Inline[];
}

const GAP = 8;
const PADDING = 1;

/** Sets names and values side by side, over as many pages as they take: the rows of a definition list. */
export function setPairs(pairs: readonly Pair[], flow: Flow, nameWidth: number): void {
  const { canvas } = flow;
  const width = flow.width - nameWidth - GAP;
  const draw = (): void => {
    for (const pair of pairs) {
      const name = breakLines(pair.name, nameWidth, canvas.faces);
      const value = breakLines(pair.value, width, canvas.faces);
      within(canvas, 'LI', () => {
        const [label, body] = [canvas.open('Lbl'), canvas.open('LBody')];
        setPair({ name, value, label, body }, flow, nameWidth + GAP);
        canvas.close(label);
        canvas.close(body);
      });
    }
  };
  within(canvas, 'L', draw, { numbering: 'None' });
}

function setPair(
  pair: { name: readonly Line[]; value: readonly Line[]; label: Part; body: Part },
  flow: Flow,
  indent: number,
): void {
  let { name, value } = pair;
  const height = Math.max(heightOfLines(name), heightOfLines(value)) + 2 * PADDING;
  if (height <= flow.pageRoom) flow.need(height);
  for (;;) {
    const room = flow.room - 2 * PADDING;
    const [names, values] = [fitting(name, room, flow), fitting(value, room, flow)];
    const used = Math.max(
      drawLines(name.slice(0, names), pair.label, flow.left, flow),
      drawLines(value.slice(0, values), pair.body, flow.left + indent, flow),
    );
    flow.advance(used + 2 * PADDING);
    name = name.slice(names);
    value = value.slice(values);
    if (name.length === 0 && value.length === 0) return;
    flow.nextPage();
  }
}

/** How many lines a height holds; one more than none on an empty page. */
function fitting(lines: readonly Line[], room: number, flow: Flow): number {
  let [used, count] = [0, 0];
  for (const line of lines) {
    if (used + line.height > room) break;
    used += line.height;
    count++;
  }
  return count === 0 && flow.atTop ? Math.min(1, lines.length) : count;
}

function drawLines(lines: readonly Line[], part: Part, x: number, flow: Flow): number {
  let y = flow.y + PADDING;
  flow.canvas.inside(part, () => {
    for (const line of lines) {
      flow.canvas.line(line, x, y);
      y += line.height;
    }
  });
  return y - flow.y - PADDING;
}
