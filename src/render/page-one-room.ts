import type { ChangesModel } from './changes-model';
import type { CoverageModel } from './coverage-model';
import type { WaiverModel } from './waiver-model';

/** Lines of ordinary text on a page of the PDF. What is set larger counts for more. */
const LINES_ON_A_PAGE = 58;

/** What page one holds beside its table of findings. */
export interface PageOneText {
  readonly title: string;
  readonly subtitle: string;
  readonly notices: readonly string[];
  /** The word of its badge, which stands before the verdict. */
  readonly outcome: string;
  readonly verdict: string;
  readonly coverage: Pick<CoverageModel, 'verdict' | 'stripsOnPageOne' | 'moreStrips'>;
  readonly changes: ChangesModel;
  readonly pastSentence: string;
  readonly waiting: string;
  readonly waivers: readonly WaiverModel[];
}

/** About how many lines of page one are left for its table: the officer's summary is one page, always. */
export function roomOnPageOne(text: PageOneText): number {
  const strips = text.coverage.stripsOnPageOne.map(
    ({ registry, caption, lines }) =>
      0.4 + 1.57 * lines.length + 0.82 * linesFor(registry + caption, 120),
  );
  const changes = text.changes.items.map((item) => linesFor(item.word + item.text, 100) + 0.2);
  const waivers = text.waivers.map(
    ({ audit, reason, owner }) => linesFor(audit + reason + owner, 70) + 0.2,
  );
  const used = [
    2 * linesFor(text.title, 46),
    linesFor(text.subtitle, 100) + 0.5,
    ...text.notices.map((notice) => 0.95 * linesFor(notice, 105) + 1.2),
    1.3 * linesFor(text.outcome + text.verdict, 74) + 2.6,
    2.2 + linesFor(text.coverage.verdict, 102),
    ...strips,
    1.3 + (text.coverage.moreStrips === '' ? 0 : 1.4),
    2.2 + Math.max(1, total(changes)),
    linesFor(text.pastSentence, 100),
    1.2 * linesFor(text.waiting, 90),
    5.5,
    ...(waivers.length === 0 ? [] : [2.2 + total(waivers)]),
    3.4,
  ];
  return LINES_ON_A_PAGE - total(used);
}

/** About how many lines a row of page one's table takes. */
export function linesOfRow({
  text,
  circumstances,
  controls,
}: Readonly<Record<'text' | 'circumstances' | 'controls', string>>): number {
  const lines = [linesFor(text, 44), linesFor(circumstances, 35), linesFor(controls, 22)];
  return 0.82 * Math.max(...lines) + 0.75;
}

/** Letters of East Asian scripts take the room of two. */
function linesFor(text: string, columns: number): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
  return Math.ceil(width / columns);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
