import type { ViewElement } from '../vocabulary';
import { elementsOf, hasClass, textOf } from '../vocabulary';
import type { DocumentFont } from './fonts';
import type { Inline } from './inline';
import { inlinesOf } from './inline';
import type { Line } from './lines';
import { breakLines, BREAK_HERE, measure, SOFT_BREAK, SOFT_BREAK_SLACK } from './lines';
import type { TextStyle } from './tokens';
import { COLORS } from './tokens';
import type { Typefaces } from './typefaces';

/** What is in a cell: bare text, as of a log, or whatever else a view puts there. */
export interface CellContent {
  readonly content: string | readonly Inline[];
  readonly style: TextStyle;
  readonly number: boolean;
  readonly ids: readonly string[];
}

/** A cell in lines; a line is a string where every character of it is plain. */
export interface SetCell {
  readonly lines: readonly (string | Line)[];
  readonly style: TextStyle;
  readonly number: boolean;
}

const NO_IDS: readonly string[] = [];

/** The cell of a long table. */
export function textCell(content: string, style: TextStyle, number: boolean): CellContent {
  return { content, style, number, ids: NO_IDS };
}

/** The cell of a table in a view. */
export function viewCell(element: ViewElement, style: TextStyle): CellContent {
  const shown = hasClass(element, 'muted') ? { ...style, color: COLORS.muted } : style;
  const number = hasClass(element, 'number');
  if (element.children.every((child) => typeof child === 'string')) {
    const ids = element.attributes['id'] === undefined ? NO_IDS : [element.attributes['id']];
    return { content: textOf(element), style: shown, number, ids };
  }
  const ids = [...elementsOf(element)].flatMap((inner) => inner.attributes['id'] ?? []);
  return { content: inlinesOf(element, shown), style: shown, number, ids };
}

/** The heading of a column. A name may be broken where a capital begins: `Operation|Name`. */
export function headingCell(element: ViewElement, style: TextStyle): CellContent {
  const text = textOf(element).replace(/([a-z])(?=[A-Z])/g, `$1${BREAK_HERE}`);
  const content: Inline[] = [{ kind: 'text', text, style }];
  return { content, style, number: hasClass(element, 'number'), ids: NO_IDS };
}

/** The widths that a cell wants: of its longest word, and all in one line. */
export function measureCell(cell: CellContent, faces: Typefaces): { word: number; line: number } {
  const { content, style } = cell;
  if (typeof content !== 'string') return measure(content, faces);
  const font = faces.font(style.face);
  const line = font.plainWidth(content);
  if (line < 0) return measure(inlines(content, style), faces);
  const words = content.split(' ').map((word) => font.plainWidth(word));
  const scale = style.size / 1000;
  return { word: Math.max(0, ...words) * scale, line: line * scale };
}

export function setCell(cell: CellContent, width: number, faces: Typefaces): SetCell {
  const { content, style, number } = cell;
  const lines =
    typeof content === 'string'
      ? textLines(content, style, width, faces)
      : breakLines(content, width, faces);
  return { lines, style, number };
}

/** The height of a cell’s lines from `first` on, as many as `count`. */
export function linesHeight(cell: SetCell, first = 0, count = cell.lines.length - first): number {
  let height = 0;
  for (let i = first; i < first + count; i++) height += lineHeight(cell, i);
  return height;
}

export function lineHeight(cell: SetCell, index: number): number {
  const line = cell.lines[index];
  return line === undefined || typeof line === 'string'
    ? cell.style.size * cell.style.leading
    : line.height;
}

function textLines(
  text: string,
  style: TextStyle,
  width: number,
  faces: Typefaces,
): readonly (string | Line)[] {
  if (text === '') return [];
  const font = faces.font(style.face);
  const limit = (width * 1000) / style.size;
  const whole = font.plainWidth(text);
  if (whole < 0) return breakLines(inlines(text, style), width, faces);
  if (whole <= limit) return [text];
  // Characters beyond the basic plane are two units each, which only the general breaker keeps together.
  if (/[\uD800-\uDFFF]/.test(text)) return breakLines(inlines(text, style), width, faces);
  return plainLines(text, font, limit);
}

function inlines(text: string, style: TextStyle): Inline[] {
  return [{ kind: 'text', text, style }];
}

/**
 * Breaks plain text into lines as breakLines does: at a space; a longer word where it looks best. Every character is
 * measured once.
 */
function plainLines(text: string, font: DocumentFont, limit: number): string[] {
  const lines: string[] = [];
  let start = 0;
  let used = 0;
  // Where the line could end, and how wide it would be with what stands before the next one.
  let [space, usedToSpace] = [-1, 0];
  let [soft, usedToSoft] = [-1, 0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const advance = font.advanceOf(code);
    if (code === SPACE) {
      if (i === start) start++;
      else {
        used += advance;
        [space, usedToSpace] = [i, used];
      }
      continue;
    }
    if (used + advance > limit && i > start) {
      if (space > start) {
        lines.push(text.slice(start, space).trimEnd());
        start = space + 1;
        used -= usedToSpace;
        if (soft <= start) soft = -1;
        else usedToSoft -= usedToSpace;
      } else if (soft > start && usedToSoft > limit * (1 - SOFT_BREAK_SLACK)) {
        lines.push(text.slice(start, soft));
        start = soft;
        used -= usedToSoft;
        soft = -1;
      } else {
        const end = hardBreak(text, start, i);
        lines.push(text.slice(start, end));
        used = 0;
        for (let k = end; k < i; k++) used += font.advanceOf(text.charCodeAt(k));
        start = end;
        soft = -1;
      }
      space = -1;
      // What is left of a word may still be too long for a line.
      if (used + advance > limit && i > start) {
        lines.push(text.slice(start, i));
        [start, used, soft] = [i, 0, -1];
      }
    }
    used += advance;
    if (SOFT_BREAK.test(text.charAt(i))) [soft, usedToSoft] = [i + 1, used];
  }
  if (start < text.length) {
    const rest = text.slice(start).trimEnd();
    if (rest !== '') lines.push(rest);
  }
  return lines;
}

/** Where a word is broken that does not fit: a few letters earlier when else fewer would stand alone. */
function hardBreak(text: string, start: number, full: number): number {
  const space = text.indexOf(' ', full);
  const left = (space < 0 ? text.length : space) - full;
  const early = full - (LETTERS_TOGETHER - left);
  return left < LETTERS_TOGETHER && early - start >= LETTERS_TOGETHER ? early : full;
}

/** Fewer letters of a word do not stand in a line of their own. */
const LETTERS_TOGETHER = 4;

const SPACE = 0x20;
