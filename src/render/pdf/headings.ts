import type { ViewElement } from '../vocabulary';
import { hasClass } from '../vocabulary';
import type { Flow } from './flow';
import { inlinesOf } from './inline';
import type { Line } from './lines';
import { breakLines } from './lines';
import type { Role } from './surface';
import type { TextStyle } from './tokens';
import { TEXT } from './tokens';

/** What must follow a heading on its page. */
const AFTER_CHAPTER = 90;
const AFTER_HEADING = 62;

/** Sizes in which a title is tried that is a little too long for one line. */
const TITLE_SIZES = [17, 16, 15] as const;

/** How a heading is set: its style, the white space around it, and the height that must follow it on its page. */
export function headingSetting(
  heading: ViewElement,
  parent: ViewElement,
): { role: Role; style: TextStyle; before: number; after: number; keep: number } {
  if (heading.name === 'h1') {
    return { role: 'H1', style: TEXT.h1, before: 0, after: 2, keep: 0 };
  }
  if (heading.name === 'h3') {
    return { role: 'H3', style: TEXT.h3, before: 14, after: 3, keep: AFTER_HEADING };
  }
  return hasClass(parent, 'chapter')
    ? { role: 'H2', style: TEXT.chapter, before: 8, after: 6, keep: AFTER_CHAPTER }
    : { role: 'H2', style: TEXT.h2, before: 11, after: 3, keep: AFTER_HEADING };
}

/** A heading in lines; a title that is a word or two too long for one line is set in one, somewhat smaller. */
export function headingLines(heading: ViewElement, style: TextStyle, flow: Flow): Line[] {
  const linesAt = (size: number): Line[] =>
    breakLines(inlinesOf(heading, { ...style, size }), flow.width, flow.canvas.faces);
  const lines = linesAt(style.size);
  if (heading.name !== 'h1' || lines.length === 1) return lines;
  return TITLE_SIZES.map(linesAt).find((smaller) => smaller.length === 1) ?? lines;
}
