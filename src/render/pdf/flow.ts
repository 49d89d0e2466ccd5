import type { Line } from './lines';
import { heightOfLines } from './lines';
import type { Surface } from './surface';
import { PAGE } from './tokens';

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
  /** Drawn to the left of the first line. */
  readonly marker?: Line;
  /** Move to the next page rather than split, where a page can hold it all. */
  readonly together?: boolean;
}

/** Fewer lines than this of a longer stack are not left alone at a page’s edge. */
const LINES_TOGETHER = 2;

/** The place on the page where the next block goes, and the rules for going to the next page. */
export class Flow {
  y: number = PAGE.top;
  left: number = PAGE.left;
  width: number = PAGE.width - PAGE.left - PAGE.right;
  /** A thin bar beside everything that is set while this is defined. */
  private sideBar: { readonly x: number; readonly color: string } | undefined;

  /** `bottom` is where a page ends. */
  constructor(
    readonly canvas: Surface,
    readonly bottom: number = PAGE.height - PAGE.bottom,
  ) {}

  /** Height that is left on this page. */
  get room(): number {
    return this.bottom - this.y;
  }

  /** Height of an empty page. */
  get pageRoom(): number {
    return this.bottom - PAGE.top;
  }

  get atTop(): boolean {
    return this.y === PAGE.top;
  }

  /** Goes to the next page when less than this is left, unless the page is empty. */
  need(height: number): void {
    if (height > this.room && !this.atTop) this.nextPage();
  }

  nextPage(): void {
    this.canvas.addPage();
    this.y = PAGE.top;
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
      this.canvas.line(
        marker,
        this.left + (options.indent ?? 0) - marker.width - 4,
        this.y + padding,
      );
    }
    let y = this.y + padding;
    for (const line of lines) {
      this.canvas.line(line, this.left + (options.indent ?? 0) + padding + (bar?.width ?? 0), y);
      y += line.height;
    }
    this.advance(height);
  }
}
