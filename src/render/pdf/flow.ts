import type { Line } from './lines';
import { heightOfLines } from './lines';
import type { Part, Surface } from './surface';
import type { PageFormat } from './tokens';
import { MARGIN, PORTRAIT } from './tokens';

/** How a stack of lines is set. All in points. */
export interface LineOptions {
  readonly before?: number;
  readonly after?: number;
  /** Behind the lines. */
  readonly background?: string;
  /** A coloured bar at the left edge. */
  readonly bar?: { readonly color: string; readonly width: number };
  /** Between the panel’s edge and the lines. */
  readonly padding?: number;
  /** From the left edge to the lines. */
  readonly indent?: number;
  /** Drawn to the left of the first line, as the label that it is. */
  readonly marker?: { readonly line: Line; readonly part: Part };
  /** Move to the next page rather than split, where a page can hold it all. */
  readonly together?: boolean;
}

/** Fewer lines than this of a longer stack are not left alone at a page’s edge. */
const LINES_TOGETHER = 2;

/** Far enough from a page's top not to be there, in points. */
const BELOW_TOP = 1;

/** The place on the page where the next block goes, and the rules for going to the next page. */
export class Flow {
  y: number = MARGIN.top;
  left: number = MARGIN.left;
  width: number = widthOf(PORTRAIT);
  /** A thin bar beside everything that is set while this is defined. */
  private sideBar: { readonly x: number; readonly color: string } | undefined;

  private constructor(
    readonly canvas: Surface,
    private format: PageFormat,
    /** A trial has one page without end. */
    private readonly endless: boolean,
  ) {
    this.width = widthOf(format);
  }

  /** Begins the first page. */
  static begin(canvas: Surface, format: PageFormat = PORTRAIT): Flow {
    canvas.addPage(format);
    return new Flow(canvas, format, false);
  }

  /** How high something is that would be set here. */
  heightOf(silent: Surface, set: (trial: Flow) => void): number {
    const trial = new Flow(silent, this.format, true);
    trial.left = this.left;
    trial.width = this.width;
    // Only at a page's top is the white space above the first block left out.
    if (!this.atTop) trial.y += BELOW_TOP;
    const start = trial.y;
    set(trial);
    return trial.y - start;
  }

  /** Height that is left on this page. */
  get room(): number {
    return this.bottom - this.y;
  }

  /** Height of an empty page. */
  get pageRoom(): number {
    return this.bottom - MARGIN.top;
  }

  /** What is set next, `height` points high: left, bottom, right and top from the page’s bottom left corner. */
  box(height: number): [number, number, number, number] {
    const top = this.format.height - this.y;
    return [this.left, top - height, this.left + this.width, top].map(
      (value) => Math.round(value * 100) / 100,
    ) as [number, number, number, number];
  }

  get atTop(): boolean {
    return this.y === MARGIN.top;
  }

  private get bottom(): number {
    return this.endless ? Number.POSITIVE_INFINITY : this.format.height - MARGIN.bottom;
  }

  /** Goes on in another format, on a new page when this one has something. */
  turn(format: PageFormat): void {
    if (format === this.format || this.endless) return;
    this.format = format;
    this.width = widthOf(format);
    this.nextPage();
  }

  /** Goes to the next page when less than this is left, unless the page is empty. */
  need(height: number): void {
    if (height > this.room && !this.atTop) this.nextPage();
  }

  nextPage(): void {
    if (this.endless) return;
    this.canvas.addPage(this.format);
    this.y = MARGIN.top;
  }

  /** White space, which a page’s top does without. */
  skip(height: number): void {
    if (!this.atTop) this.advance(Math.min(height, Math.max(this.room, 0)));
  }

  advance(height: number): void {
    if (this.sideBar !== undefined) {
      this.canvas.fill(this.sideBar.x, this.y, 1.5, height, this.sideBar.color);
    }
    this.y += height;
  }

  /** Sets blocks further in, beside a thin bar. */
  beside(color: string, inset: number, set: () => void): void {
    const [{ left, width, sideBar }] = [this];
    this.sideBar = { x: left, color };
    this.left += inset;
    this.width -= inset;
    set();
    this.left = left;
    this.width = width;
    this.sideBar = sideBar;
  }

  /** Sets lines one under another, over as many pages as they take. */
  lines(lines: readonly Line[], options: LineOptions = {}): void {
    if (lines.length === 0) return;
    const padding = options.padding ?? 0;
    const total = heightOfLines(lines) + 2 * padding;
    this.skip(options.before ?? 0);
    if (options.together === true && total <= this.pageRoom) this.need(total);
    let next = 0;
    while (next < lines.length) {
      const fitting = this.fitting(lines, next, padding);
      if (fitting === 0) {
        this.nextPage();
        continue;
      }
      this.slice(lines.slice(next, next + fitting), next === 0, options);
      next += fitting;
      if (next < lines.length) this.nextPage();
    }
    this.skip(options.after ?? 0);
  }

  /** How many lines from `start` go on this page; 0 when it is better to begin on the next. */
  private fitting(lines: readonly Line[], start: number, padding: number): number {
    let height = 2 * padding;
    let count = 0;
    for (const line of lines.slice(start)) {
      if (height + line.height > this.room) break;
      height += line.height;
      count++;
    }
    const left = lines.length - start;
    if (count === left) return count;
    if (count === 0) return this.atTop ? 1 : 0;
    if (count < Math.min(LINES_TOGETHER, left)) return this.atTop ? count : 0;
    return left - count < LINES_TOGETHER ? Math.max(count - 1, 1) : count;
  }

  private slice(lines: readonly Line[], first: boolean, options: LineOptions): void {
    const padding = options.padding ?? 0;
    const height = heightOfLines(lines) + 2 * padding;
    const { background, bar, marker } = options;
    if (background !== undefined)
      this.canvas.fill(this.left, this.y, this.width, height, background);
    if (bar !== undefined) this.canvas.fill(this.left, this.y, bar.width, height, bar.color);
    if (first && marker !== undefined) {
      const x = this.left + (options.indent ?? 0) - marker.line.width - 4;
      this.canvas.inside(marker.part, () => {
        this.canvas.line(marker.line, x, this.y + padding);
      });
    }
    let y = this.y + padding;
    for (const line of lines) {
      this.canvas.line(line, this.left + (options.indent ?? 0) + padding + (bar?.width ?? 0), y);
      y += line.height;
    }
    this.advance(height);
  }
}

function widthOf(format: PageFormat): number {
  return format.width - MARGIN.left - MARGIN.right;
}
