import type { BrandModel } from './brand-model';
import type { ChangesModel } from './changes-model';
import type { CoverageModel } from './coverage-model';
import type { WaiverModel } from './waiver-model';

/** Sizes of the PDF in points, as src/render/pdf sets them. */
const PAGE = { width: 505, height: 740 };
const BODY = { size: 9, line: 12.8 };
const LEAD = { size: 12.5, line: 16.5, isBold: true };
const TITLE = { size: 18, line: 22.5, isBold: true };
const SMALL = { size: 8, line: 11.4 };
const PANEL = { size: 8, line: 10.8 };
const CELL = { size: 7.5, line: 10.4 };

/** A heading with the space around it. */
const HEADING = 28.5;

/** Under a paragraph. */
const AFTER = 5;

/** Columns of the table of findings. */
const COLUMNS = { text: 174, circumstances: 136, controls: 103 };

interface Type {
  readonly size: number;
  readonly line: number;
  readonly isBold?: boolean;
}

/** What page one holds beside its table of findings. */
export interface PageOneText {
  readonly brand: BrandModel;
  readonly title: string;
  readonly subtitle: string;
  readonly notices: readonly string[];
  /** The word of its badge, which stands before the verdict. */
  readonly outcome: string;
  readonly verdict: string;
  readonly coverage: Pick<CoverageModel, 'verdictOnPageOne' | 'stripsOnPageOne' | 'moreStrips'>;
  readonly changes: ChangesModel;
  readonly pastSentence: string;
  readonly waiting: string;
  readonly waivers: readonly WaiverModel[];
}

/** About how many points of page one are left for the rows of its table: the officer's summary is one page, always. */
export function roomOnPageOne(text: PageOneText): number {
  const strips = text.coverage.stripsOnPageOne.map(
    ({ registry, caption, lines }) =>
      heightOf(`${registry} ${caption}`, CELL) + 1 + 20 * lines.length + AFTER,
  );
  const changes = text.changes.items.map(
    (item) => heightOf(`${item.word} ${item.text}`, BODY, PAGE.width - 16) + 2,
  );
  const waivers = text.waivers.map(
    ({ audit, reason, owner }) =>
      // The phrase around them takes the room of some thirty letters.
      heightOf(`${audit} ${reason} ${owner}${' word'.repeat(6)}`, BODY, PAGE.width - 16) + 2,
  );
  const used = [
    ...brandHeights(text.brand),
    heightOf(text.title, TITLE) + 2,
    paragraph(text.subtitle),
    ...text.notices.map(noticeHeight),
    // The badge has its word in small type and a box around it.
    heightOf(`${text.outcome} ${text.verdict}`, LEAD, PAGE.width - 23) + BODY.line + 20,
    heightOf(text.waiting, BODY, PAGE.width - 80),
    HEADING + paragraph(text.coverage.verdictOnPageOne),
    ...strips,
    paragraph(text.coverage.moreStrips),
    SMALL.line + AFTER,
    HEADING + (changes.length === 0 ? paragraph(text.changes.none) : 4 + total(changes)),
    paragraph(text.pastSentence),
    HEADING + CELL.line + 15.5,
    ...(waivers.length === 0 ? [] : [HEADING + 4 + total(waivers)]),
    2 * SMALL.line + 18.5,
  ];
  return PAGE.height - total(used);
}

/** The banner, and the logo or the name in its place. */
function brandHeights({ classification, logo, organisation }: BrandModel): number[] {
  // A picture's pixel is three quarters of a point.
  const name = logo === false ? paragraph(organisation) : 0.75 * Number(logo.height) + 6;
  return [classification === '' ? 0 : 24.5, name];
}

/** About how many points a row of page one's table takes. */
export function heightOfRow({
  text,
  circumstances,
  controls,
}: {
  readonly text: string;
  readonly circumstances: string;
  readonly controls: readonly string[];
}): number {
  const heights = [
    heightOf(text, CELL, COLUMNS.text),
    heightOf(circumstances, CELL, COLUMNS.circumstances),
    heightOf(controls.join(' '), CELL, COLUMNS.controls),
  ];
  return Math.max(...heights) + 6.4;
}

/** About how many points a notice takes, or the sentence that says what the table leaves out. */
export function noticeHeight(text: string): number {
  return heightOf(text, PANEL, PAGE.width - 11) + 14;
}

function paragraph(text: string): number {
  return text === '' ? 0 : heightOf(text, BODY) + AFTER;
}

function heightOf(text: string, type: Type, width: number = PAGE.width): number {
  return type.line * linesFor(text, width / type.size, type.isBold === true ? 1.07 : 1);
}

/**
 * How many lines a text takes in a column of so many times its size: broken between words, and a word that is longer
 * than a line also where src/render/pdf/lines.ts breaks one.
 */
function linesFor(text: string, column: number, boldness: number): number {
  if (text === '') return 0;
  let lines = 1;
  let used = 0;
  const set = (part: string): void => {
    if (used > 0 && used + widthOf(part.trimEnd(), boldness) > column) {
      lines++;
      used = 0;
    }
    const wide = widthOf(part, boldness);
    lines += Math.max(0, Math.ceil(wide / column) - 1);
    used += wide > column ? wide % column : wide;
  };
  for (const word of text.split(/(?<= )/)) {
    if (widthOf(word, boldness) <= column) {
      set(word);
      continue;
    }
    if (used > 0) lines++;
    used = 0;
    for (const part of word.split(/(?<=[/\-._:,;=&@?])/)) set(part);
  }
  return lines;
}

function widthOf(text: string, boldness: number): number {
  let width = 0;
  for (const character of text) {
    // Letters of East Asian scripts are as wide in bold type.
    const isEastAsian = (character.codePointAt(0) ?? 0) >= 0x1100;
    width += isEastAsian ? 0.93 : boldness * widthOfLetter(character);
  }
  return width;
}

/** Of Noto Sans, in times the size, and rather too wide than too narrow. */
function widthOfLetter(character: string): number {
  if (/[ \u00a0ijl.,:;'|·]/.test(character)) return 0.265;
  if (/[-/()!tfrIJ]/.test(character)) return 0.345;
  if (/[mwMW@%OQ]/.test(character)) return 0.88;
  return /[ABCDGHKNRUVXYZ]/.test(character) ? 0.66 : 0.57;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
