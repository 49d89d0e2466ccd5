import type { Language } from '../../core/language';
import { phrase, say } from '../../core/language';
import type { CellContent } from './cells';
import type { Flow } from './flow';
import type { Inline } from './inline';
import { breakLines } from './lines';
import type { Pair } from './pairs';
import { setPairs } from './pairs';
import { within } from './surface';
import { COLORS, TEXT } from './tokens';

/** What a card needs to begin on a page. */
const CARD_ROOM = 60;

const NAME_WIDTH = 130;

/** A table too wide for a page: each row as a list of its columns’ names and values. */
export function setCards(
  heading: readonly CellContent[],
  rows: Iterable<readonly CellContent[]>,
  flow: Flow,
  language: Language,
): void {
  let number = 0;
  for (const row of rows) {
    number++;
    const text = say(phrase('pdf.row', { row: number }), language);
    const title: Inline[] = [{ kind: 'text', text, style: TEXT.heading }];
    flow.skip(6);
    flow.need(CARD_ROOM);
    flow.canvas.rule(flow.left, flow.y, flow.width, 0.5, COLORS.line);
    flow.advance(3);
    within(flow.canvas, 'P', () => {
      flow.lines(breakLines(title, flow.width, flow.canvas.faces));
    });
    const pairs = row.map((cell, column): Pair => {
      const name = heading[column];
      return { name: name === undefined ? [] : inlinesIn(name), value: inlinesIn(cell) };
    });
    setPairs(pairs, flow, NAME_WIDTH);
  }
  flow.skip(8);
}

function inlinesIn({ content, style }: CellContent): readonly Inline[] {
  return typeof content === 'string' ? [{ kind: 'text', text: content, style }] : content;
}
