import type { ViewElement } from '../vocabulary';
import { elementsOf, hasClass, textOf } from '../vocabulary';
import type { LineOptions } from './flow';
import { Flow } from './flow';
import type { Inline } from './inline';
import { inlinesOf } from './inline';
import type { Line } from './lines';
import { breakLines } from './lines';
import { setStrip } from './strip';
import { silentSurface } from './surface';
import { setPairs, setTable } from './table';
import type { TextStyle } from './tokens';
import { COLORS, PAGE, TEXT, VERDICTS } from './tokens';

/** A chapter begins on a new page when less than this is left. */
const CHAPTER_ROOM = 220;

/** What must follow a heading on its page. */
const AFTER_CHAPTER = 90;
const AFTER_HEADING = 62;

/** A block with no longer table than this is not split when a page can hold it. */
const ROWS_TOGETHER = 6;

const LIST_INDENT = 12;

/** Sets everything inside an element, block by block. White space between blocks means nothing. */
export function setBlocks(element: ViewElement, flow: Flow): void {
  for (const child of element.children) {
    if (typeof child !== 'string') setBlock(child, flow, element);
    else if (child.trim() !== '') setLines([{ kind: 'text', text: child, style: TEXT.body }], flow);
  }
}

function setBlock(element: ViewElement, flow: Flow, parent: ViewElement): void {
  const { id } = element.attributes;
  switch (element.name) {
    case 'section':
      setSection(element, flow);
      return;
    case 'h1':
    case 'h2':
    case 'h3':
      setHeading(element, flow, parent);
      return;
    case 'ul':
    case 'ol':
      setList(element, flow);
      return;
    case 'dl':
      setDefinitions(element, flow);
      return;
    case 'table':
      markPlace(id, flow);
      setTable(element, flow);
      return;
    case 'pre':
      setCode(element, flow);
      return;
    case 'figure':
      setStrip(element, flow);
      return;
    case 'div':
      setDivision(element, flow);
      return;
    default:
      setParagraph(element, flow);
  }
}

/** Goes to the next page when all of an element fits there and not here. */
function keepTogether(element: ViewElement, flow: Flow): void {
  const trial = new Flow(silentSurface(flow.canvas), Number.POSITIVE_INFINITY);
  trial.width = flow.width;
  setBlocks(element, trial);
  const height = trial.y - PAGE.top;
  if (height <= flow.pageRoom) flow.need(height);
}

function setSection(section: ViewElement, flow: Flow): void {
  if (hasClass(section, 'chapter')) {
    flow.skip(26);
    flow.need(CHAPTER_ROOM);
    flow.canvas.fill(flow.left, flow.y, flow.width, 1.5, COLORS.ink);
    flow.advance(4);
  }
  if (hasClass(section, 'block') && isShort(section)) keepTogether(section, flow);
  setBlocks(section, flow);
  if (hasClass(section, 'page-one')) flow.nextPage();
}

/** A query may begin on one page and end on the next: kept whole, each would leave half a page white. */
function isShort(section: ViewElement): boolean {
  const names = [...elementsOf(section)].map((element) => element.name);
  return !names.includes('pre') && names.filter((name) => name === 'tr').length <= ROWS_TOGETHER;
}

function setHeading(heading: ViewElement, flow: Flow, parent: ViewElement): void {
  const { style, before, after, keep } = headingSetting(heading, parent);
  const lines = linesOf(inlinesOf(heading, style), flow.width, flow);
  const height = lines.reduce((sum, line) => sum + line.height, 0);
  flow.skip(before);
  flow.need(height + after + keep);
  markPlace(heading.attributes['id'], flow);
  const title = textWithoutBadges(heading);
  if (title !== '') flow.canvas.bookmark(title, heading.name === 'h3' ? 'section' : 'chapter');
  flow.lines(lines, { after, together: true });
}

function headingSetting(
  heading: ViewElement,
  parent: ViewElement,
): { style: TextStyle; before: number; after: number; keep: number } {
  if (heading.name === 'h1') return { style: TEXT.h1, before: 0, after: 2, keep: 0 };
  if (heading.name === 'h3') return { style: TEXT.h3, before: 14, after: 3, keep: AFTER_HEADING };
  return hasClass(parent, 'chapter')
    ? { style: TEXT.chapter, before: 8, after: 6, keep: AFTER_CHAPTER }
    : { style: TEXT.h2, before: 11, after: 3, keep: AFTER_HEADING };
}

function textWithoutBadges(node: ViewElement): string {
  return node.children
    .map((child) => {
      if (typeof child === 'string') return child;
      return hasClass(child, 'badge') ? '' : textWithoutBadges(child);
    })
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
}

function setParagraph(element: ViewElement, flow: Flow): void {
  markPlace(element.attributes['id'], flow);
  if (hasClass(element, 'notice') || hasClass(element, 'cut')) {
    const padding = 4;
    const bar = { color: COLORS.warn, width: 2.5 };
    const lines = linesOf(
      inlinesOf(element, TEXT.value),
      flow.width - 2 * padding - bar.width,
      flow,
    );
    flow.lines(lines, { after: 6, background: COLORS.warnSheet, bar, padding, together: true });
    return;
  }
  if (hasClass(element, 'sealed')) {
    flow.skip(8);
    flow.need(40);
    flow.canvas.fill(flow.left, flow.y, flow.width, 0.5, COLORS.line);
    flow.advance(5);
  }
  setLines(inlinesOf(element, paragraphStyle(element)), flow, { after: 5 });
}

function paragraphStyle(element: ViewElement): TextStyle {
  if (hasClass(element, 'lead')) return TEXT.lead;
  if (hasClass(element, 'place') || hasClass(element, 'legend') || hasClass(element, 'sealed')) {
    return TEXT.small;
  }
  return hasClass(element, 'muted') || hasClass(element, 'subtitle') ? TEXT.muted : TEXT.body;
}

function setList(list: ViewElement, flow: Flow): void {
  const items = list.children.filter((child) => typeof child !== 'string');
  items.forEach((item, index) => {
    const text = list.name === 'ol' ? `${String(index + 1)}.` : '•';
    const [marker] = linesOf([{ kind: 'text', text, style: TEXT.body }], LIST_INDENT, flow);
    const lines = linesOf(inlinesOf(item, TEXT.body), flow.width - LIST_INDENT, flow);
    flow.lines(lines, {
      after: 2,
      indent: LIST_INDENT,
      ...(marker === undefined ? {} : { marker }),
    });
  });
  flow.skip(4);
}

function setDefinitions(list: ViewElement, flow: Flow): void {
  const values = hasClass(list, 'values');
  const style = values || hasClass(list, 'appendix') ? TEXT.value : TEXT.body;
  const pairs: { name: Inline[]; value: Inline[] }[] = [];
  for (const child of list.children) {
    if (typeof child === 'string') continue;
    if (child.name === 'dt') {
      pairs.push({ name: inlinesOf(child, { ...style, color: COLORS.muted }), value: [] });
    } else pairs.at(-1)?.value.push(...inlinesOf(child, style));
  }
  setPairs(pairs, flow, values ? 104 : 112);
  flow.skip(6);
}

function setCode(element: ViewElement, flow: Flow): void {
  const padding = 6;
  const width = flow.width - 2 * padding;
  const lines = textOf(element)
    .split('\n')
    .flatMap((text): Line[] => {
      // A browser keeps the spaces of <pre>; no-break spaces do the same here.
      const kept =
        text === '' ? '\u00A0' : text.replace(/^ +/, (indent) => '\u00A0'.repeat(indent.length));
      return linesOf([{ kind: 'text', text: kept, style: TEXT.code }], width, flow);
    });
  flow.lines(lines, { before: 2, after: 10, background: COLORS.sheet, padding });
}

function setDivision(element: ViewElement, flow: Flow): void {
  if (hasClass(element, 'verdict')) setVerdict(element, flow);
  else if (hasClass(element, 'finding')) {
    flow.skip(6);
    keepTogether(element, flow);
    markPlace(element.attributes['id'], flow);
    flow.beside(COLORS.line, 9, () => {
      setBlocks(element, flow);
    });
  } else {
    if (hasClass(element, 'together')) keepTogether(element, flow);
    setBlocks(element, flow);
  }
}

function setVerdict(element: ViewElement, flow: Flow): void {
  const colors = element.classes.map((name) => VERDICTS[name]).find((found) => found !== undefined);
  const bar = { color: colors?.bar ?? COLORS.calm, width: 5 };
  const padding = 9;
  const width = flow.width - 2 * padding - bar.width;
  const lines = [...elementsOf(element)].flatMap((part): Line[] => {
    if (part.name === 'p') return linesOf(inlinesOf(part, paragraphStyle(part)), width, flow);
    return part.name === 'ul' ? linesOf(tallies(part), width, flow) : [];
  });
  const background = colors?.fill ?? COLORS.calmSheet;
  flow.lines(lines, { after: 2, background, bar, padding, together: true });
}

/** A list that the page sets side by side. */
function tallies(list: ViewElement): Inline[] {
  const items = list.children.filter((child) => typeof child !== 'string');
  return items.flatMap((item, index): Inline[] => {
    const space: Inline = { kind: 'text', text: ' \u00A0\u00A0\u00A0 ', style: TEXT.body };
    return index === 0 ? inlinesOf(item, TEXT.body) : [space, ...inlinesOf(item, TEXT.body)];
  });
}

function setLines(inlines: readonly Inline[], flow: Flow, options: LineOptions = {}): void {
  flow.lines(linesOf(inlines, flow.width, flow), options);
}

function linesOf(inlines: readonly Inline[], width: number, flow: Flow): Line[] {
  return breakLines(inlines, width, flow.canvas.faces);
}

function markPlace(id: string | undefined, flow: Flow): void {
  if (id !== undefined) flow.canvas.destination(id, flow.y);
}
