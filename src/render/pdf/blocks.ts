import type { ViewElement, ViewNode } from '../vocabulary';
import { elementsOf, hasClass, textOf } from '../vocabulary';
import { setChart } from './chart';
import { setContents } from './contents';
import type { Flow, LineOptions } from './flow';
import { headingLines, headingSetting } from './headings';
import type { Inline } from './inline';
import { inlinesOf } from './inline';
import type { Line } from './lines';
import { breakLines } from './lines';
import type { Pair } from './pairs';
import { setPairs } from './pairs';
import type { Setting } from './setting';
import { setStrip } from './strip';
import { setPicture } from './picture';
import {
  beginningOfElement,
  isElement,
  isShort,
  isWide,
  openingOfEach,
  withoutValues,
} from './section-shape';
import type { Role } from './surface';
import { silentSurface, within } from './surface';
import { setTable } from './table';
import type { TextStyle } from './tokens';
import { COLORS, LANDSCAPE, MARGIN, PORTRAIT, TEXT, VERDICTS } from './tokens';

/** A chapter begins on a new page when less than this is left. */
const CHAPTER_ROOM = 150;

/** A short block is split rather than leave more than this share of a page white. */
const MOST_LEFT_WHITE = 0.35;

/** Further up on a page than this there is room for what belongs under a heading. */
const NEAR_THE_FOOT = 320;

const LIST_INDENT = 12;

/** Where the names before values end, from the page’s edge. */
const NAMES_TO = MARGIN.left + 112;

/** Sets everything inside an element, block by block. White space between blocks means nothing. */
export function setBlocks(element: ViewElement, setting: Setting): void {
  for (const child of element.children) {
    if (typeof child !== 'string') setBlock(child, setting, element);
    else if (child.trim() !== '') {
      setLines('P', [{ kind: 'text', text: child, style: TEXT.body }], setting);
    }
  }
}

function setBlock(element: ViewElement, setting: Setting, parent: ViewElement): void {
  switch (element.name) {
    case 'section':
      setSection(element, setting);
      return;
    case 'h1':
    case 'h2':
    case 'h3':
      setHeading(element, setting, parent);
      return;
    case 'ul':
    case 'ol':
      setList(element, setting);
      return;
    case 'dl':
      // A finding is split before its values and not among them.
      if (setting.splitFinding === parent && hasClass(element, 'values'))
        keepTogether({ ...parent, children: [element] }, setting);
      setDefinitions(element, setting);
      return;
    case 'table':
      markPlace(element, setting);
      setTable(element, setting);
      return;
    case 'pre':
      setCode(element, setting);
      return;
    case 'figure':
      if (hasClass(element, 'chart')) setChart(element, setting.flow);
      else setStrip(element, setting.flow);
      return;
    case 'div':
      setDivision(element, setting);
      return;
    case 'summary':
      // On paper nothing is folded, so there is nothing to unfold.
      return;
    case 'details':
      setBlocks(element, setting);
      return;
    default:
      setParagraph(element, setting);
  }
}

/**
 * Goes to the next page when all of an element fits there and not here. Tells whether it stays whole: not where a page
 * can't hold it, nor, if it may be split, where going to the next page leaves much of this one white.
 */
function keepTogether(element: ViewElement, setting: Setting, maySplit = false): boolean {
  const { flow } = setting;
  const height = flow.heightOf(silentSurface(flow.canvas), (trial) => {
    setBlocks(element, { ...setting, flow: trial });
  });
  if (height > flow.pageRoom) return false;
  if (maySplit && height > flow.room && leavesMuchWhite(flow)) return false;
  flow.need(height);
  return true;
}

/**
 * Goes to the next page when there is no room for a heading, what stands under it and the beginning of what is long.
 * Tells whether its first finding has to be split for that, so that no more than a share of the page is left white.
 */
function keepBeginning(section: ViewElement, setting: Setting): boolean {
  const { flow } = setting;
  const height = heightOfBeginning(section, setting);
  if (height > flow.room && leavesMuchWhite(flow)) {
    const least = heightOfBeginning(withoutValues(section), setting);
    if (least > 0 && least <= flow.room && least < height) return true;
  }
  if (height <= flow.pageRoom) flow.need(height);
  return false;
}

/** Whether going to the next page leaves more white than a block is worth that could be split. */
function leavesMuchWhite({ room, pageRoom }: Flow): boolean {
  return room >= MOST_LEFT_WHITE * pageRoom;
}

/** How high the children of an element are up to the first rows of a table, lines of a query or finding. */
function heightOfBeginning(parent: ViewElement, setting: Setting): number {
  const { flow, tables } = setting;
  const beginning = beginningOfElement(parent);
  if (beginning === undefined) return 0;
  return flow.heightOf(silentSurface(flow.canvas), (trial) => {
    setBlocks(beginning, { ...setting, flow: trial, tables: openingOfEach(tables) });
  });
}

/** How high a chapter's heading is with the block or chart under it, when that is not to be split; else 0. */
function beginningOf(chapter: ViewElement, setting: Setting): number {
  const { flow, tables } = setting;
  const children = chapter.children.filter((child) => typeof child !== 'string');
  const first = children.findIndex((child) => hasClass(child, 'block') || hasClass(child, 'chart'));
  const block = children[first];
  if (block === undefined || !isShort(block, tables)) return 0;
  const opening = { ...chapter, children: children.slice(0, first + 1) };
  const height = flow.heightOf(silentSurface(flow.canvas), (trial) => {
    setBlocks(opening, { ...setting, flow: trial });
  });
  return height <= flow.pageRoom ? height : 0;
}

function setSection(section: ViewElement, setting: Setting): void {
  const { flow, tables } = setting;
  let inside = setting;
  // A page of contents with numbers is made after page one.
  if (hasClass(section, 'contents')) return;
  if (hasClass(section, 'chapter')) {
    flow.turn(isWide(section) ? LANDSCAPE : PORTRAIT);
    flow.skip(26);
    flow.need(Math.max(CHAPTER_ROOM, beginningOf(section, setting)));
    flow.canvas.fill(flow.left, flow.y, flow.width, 1.5, setting.headingColor);
    flow.advance(4);
  }
  if (hasClass(section, 'block')) {
    const finding = section.children.find(isFinding);
    const isKept = isShort(section, tables) && keepTogether(section, setting, true);
    if (!isKept && keepBeginning(section, setting) && finding !== undefined) {
      inside = { ...setting, splitFinding: finding };
    }
  }
  within(flow.canvas, 'Sect', () => {
    setBlocks(section, inside);
  });
  if (hasClass(section, 'page-one')) {
    flow.nextPage();
    setContents(setting);
  }
}

function isFinding(child: ViewNode): child is ViewElement {
  return isElement(child) && hasClass(child, 'finding');
}

function setHeading(heading: ViewElement, setting: Setting, parent: ViewElement): void {
  const { flow, outline } = setting;
  const { role, before, after, keep, ...heads } = headingSetting(heading, parent);
  const color = heading.name === 'h1' ? setting.headingColor : heads.style.color;
  const lines = headingLines(heading, { ...heads.style, color }, flow);
  const height = lines.reduce((sum, line) => sum + line.height, 0);
  flow.skip(before);
  flow.need(height + after + Math.max(keep, keptUnder(heading, parent, setting)));
  const entry = outline.get(heading);
  if (entry !== undefined) {
    flow.canvas.destination(entry.id, flow.y);
    flow.canvas.bookmark(entry.title, entry.level, flow.y);
  } else markPlace(heading, setting);
  within(flow.canvas, role, () => {
    flow.lines(lines, { after, together: true });
  });
}

/** How much must follow a heading on its page for it not to stand above nothing; a block has seen to it. */
function keptUnder(heading: ViewElement, parent: ViewElement, setting: Setting): number {
  const { flow } = setting;
  if (heading.name !== 'h3' || hasClass(parent, 'block') || flow.room > NEAR_THE_FOOT) return 0;
  const following = parent.children.indexOf(heading) + 1;
  const next = parent.children.findIndex(
    (child, index) => index >= following && isElement(child) && /^h[1-3]$/.test(child.name),
  );
  const end = next < 0 ? parent.children.length : next;
  const own = { ...parent, children: parent.children.slice(following, end) };
  const height = heightOfBeginning(own, setting);
  return height < flow.pageRoom / 2 ? height : 0;
}

function setParagraph(element: ViewElement, setting: Setting): void {
  const { flow } = setting;
  markPlace(element, setting);
  if (hasClass(element, 'notice') || hasClass(element, 'cut')) {
    const padding = 4;
    const bar = { color: COLORS.warn, width: 2.5 };
    const inlines = inlinesOf(element, TEXT.value);
    const lines = linesOf(inlines, flow.width - 2 * padding - bar.width, flow);
    within(flow.canvas, 'P', () => {
      flow.lines(lines, { after: 6, background: COLORS.warnSheet, bar, padding, together: true });
    });
    return;
  }
  const picture = element.children.find(
    (child): child is ViewElement => typeof child !== 'string' && child.name === 'img',
  );
  if (picture !== undefined) {
    setPicture(picture, flow);
    return;
  }
  if (hasClass(element, 'classification')) {
    const lines = linesOf(inlinesOf(element, TEXT.heading), flow.width - 8, flow);
    within(flow.canvas, 'P', () => {
      flow.lines(lines, { after: 6, background: COLORS.sheet, padding: 4 });
    });
    return;
  }
  if (hasClass(element, 'sealed')) {
    flow.skip(8);
    flow.need(40);
    flow.canvas.fill(flow.left, flow.y, flow.width, 0.5, COLORS.line);
    flow.advance(5);
  }
  setLines('P', inlinesOf(element, paragraphStyle(element)), setting, { after: 5 });
}

function paragraphStyle(element: ViewElement): TextStyle {
  if (hasClass(element, 'lead')) return TEXT.lead;
  if (hasClass(element, 'place') || hasClass(element, 'legend') || hasClass(element, 'sealed')) {
    return TEXT.small;
  }
  return hasClass(element, 'muted') || hasClass(element, 'subtitle') ? TEXT.muted : TEXT.body;
}

function setList(list: ViewElement, { flow }: Setting): void {
  const { canvas } = flow;
  const items = list.children.filter((child) => typeof child !== 'string');
  const draw = (): void => {
    items.forEach((item, index) => {
      const text = list.name === 'ol' ? `${String(index + 1)}.` : '•';
      const [label] = linesOf([{ kind: 'text', text, style: TEXT.body }], LIST_INDENT, flow);
      const lines = linesOf(inlinesOf(item, TEXT.body), flow.width - LIST_INDENT, flow);
      within(canvas, 'LI', () => {
        const part = canvas.open('Lbl');
        const marker = label === undefined ? {} : { marker: { line: label, part } };
        within(canvas, 'LBody', () => {
          flow.lines(lines, { after: 2, indent: LIST_INDENT, ...marker });
        });
        canvas.close(part);
      });
    });
  };
  within(canvas, 'L', draw, { numbering: list.name === 'ol' ? 'Decimal' : 'Disc' });
  flow.skip(4);
}

function setDefinitions(list: ViewElement, { flow }: Setting): void {
  const values = hasClass(list, 'values');
  const style = values || hasClass(list, 'appendix') ? TEXT.value : TEXT.body;
  const pairs: { name: Pair['name']; value: Inline[] }[] = [];
  for (const child of list.children) {
    if (typeof child === 'string') continue;
    if (child.name === 'dt') {
      pairs.push({ name: inlinesOf(child, { ...style, color: COLORS.muted }), value: [] });
    } else pairs.at(-1)?.value.push(...inlinesOf(child, style));
  }
  // Values stand under one another also where a finding is set further in.
  setPairs(pairs, flow, NAMES_TO - flow.left);
  flow.skip(6);
}

function setCode(element: ViewElement, { flow }: Setting): void {
  const padding = 4;
  const width = flow.width - 2 * padding;
  const lines = textOf(element)
    .split('\n')
    .flatMap((text): Line[] => {
      // A browser keeps the spaces of <pre>; no-break spaces do the same here.
      const kept =
        text === '' ? '\u00A0' : text.replace(/^ +/, (indent) => '\u00A0'.repeat(indent.length));
      return linesOf([{ kind: 'text', text: kept, style: TEXT.code }], width, flow);
    });
  within(flow.canvas, 'P', () => {
    within(flow.canvas, 'Code', () => {
      flow.lines(lines, { after: 6, background: COLORS.sheet, padding });
    });
  });
}

function setDivision(element: ViewElement, setting: Setting): void {
  const { flow } = setting;
  if (hasClass(element, 'verdict')) setVerdict(element, flow);
  else if (hasClass(element, 'finding')) {
    flow.skip(6);
    if (setting.splitFinding !== element) keepTogether(element, setting);
    markPlace(element, setting);
    flow.beside(COLORS.line, 9, () => {
      within(flow.canvas, 'Div', () => {
        setBlocks(element, setting);
      });
    });
  } else {
    if (hasClass(element, 'together')) keepTogether(element, setting);
    setBlocks(element, setting);
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
  within(flow.canvas, 'P', () => {
    flow.lines(lines, { after: 2, background, bar, padding, together: true });
  });
}

/** A list that the page sets side by side. */
function tallies(list: ViewElement): Inline[] {
  const items = list.children.filter((child) => typeof child !== 'string');
  return items.flatMap((item, index): Inline[] => {
    const space: Inline = { kind: 'text', text: ' \u00A0\u00A0\u00A0 ', style: TEXT.body };
    return index === 0 ? inlinesOf(item, TEXT.body) : [space, ...inlinesOf(item, TEXT.body)];
  });
}

function setLines(
  role: Role,
  inlines: readonly Inline[],
  { flow }: Setting,
  options: LineOptions = {},
): void {
  const lines = linesOf(inlines, flow.width, flow);
  within(flow.canvas, role, () => {
    flow.lines(lines, options);
  });
}

function linesOf(inlines: readonly Inline[], width: number, flow: Flow): Line[] {
  return breakLines(inlines, width, flow.canvas.faces);
}

function markPlace(element: ViewElement, { flow }: Setting): void {
  const { id } = element.attributes;
  if (id !== undefined) flow.canvas.destination(id, flow.y);
}
