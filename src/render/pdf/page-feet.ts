import type { ContentBytes } from './content-bytes';
import type { FontName } from './font-files';
import type { Mark } from './page-content';
import { PageContent } from './page-content';
import { baselineOf, showPieces } from './text-runs';
import type { PageFormat, TextStyle } from './tokens';
import { MARGIN, TEXT } from './tokens';
import type { Typefaces } from './typefaces';
import { widthOf } from './typefaces';

/** A number of a page that is known when all pages are there. */
export interface LateNumber {
  /** The id of what is on that page. */
  readonly target: string;
  readonly style: TextStyle;
  readonly right: number;
  readonly y: number;
  readonly height: number;
  readonly mark: Mark;
}

/** What is written on a page when all pages are there. */
export interface PageFoot {
  readonly number: number;
  readonly format: PageFormat;
  readonly late: readonly LateNumber[];
}

/** Between a footer's text and the number of the page, in points. */
const FOOTER_GAP = 12;

/** Characters at a footer's end that are kept: a comma and a period. */
const FOOTER_END = 12;

/** Writes the footers of all pages, and the numbers of pages that texts before them name. */
export class PageFeet {
  constructor(
    private readonly faces: Typefaces,
    private readonly marked: boolean,
    private readonly bytes: ContentBytes,
    /** Stands at the foot of every page. */
    private readonly text: string,
    /** `Page 3 of 12` */
    private readonly pagePlace: (page: number, pages: number) => string,
  ) {}

  /** The fonts of a page’s foot, which the page names before the foot is written. */
  fontsOf(page: number): FontName[] {
    return [this.text, this.pagePlace(page, page)].flatMap((text) =>
      this.faces.shape(text, TEXT.footer.face).map(({ font }) => font),
    );
  }

  /** The content of one page’s foot; `pageOf` tells the page that a destination is on. */
  contentOf(foot: PageFoot, pages: number, pageOf: ReadonlyMap<string, number>): Uint8Array {
    const content = new PageContent(this.marked, this.bytes);
    for (const { target, style, right, y, height, mark } of foot.late) {
      const number = String(pageOf.get(target) ?? '');
      const x = right - this.widthOf(number, style);
      this.show(content, mark, number, style, x, y + this.baseline(style, height));
    }
    const style = TEXT.footer;
    const y = foot.format.height - MARGIN.footer + this.baseline(style, style.size);
    const place = this.pagePlace(foot.number, pages);
    const right = foot.format.width - MARGIN.right - this.widthOf(place, style);
    const text = this.withoutMiddle(this.text, style, right - MARGIN.left - FOOTER_GAP);
    this.show(content, 'artifact', text, style, MARGIN.left, y);
    this.show(content, 'artifact', place, style, right, y);
    return content.finish();
  }

  private show(
    content: PageContent,
    mark: Mark,
    text: string,
    style: TextStyle,
    x: number,
    baseline: number,
  ): void {
    let left = x;
    for (const piece of this.faces.shape(text, style.face)) {
      showPieces(content, mark, this.faces.font(piece.font), [piece], style, left, baseline);
      left += (piece.width * style.size) / 1000;
    }
  }

  /** A text that is not wider than a width; its end, which tells the period, is kept. */
  private withoutMiddle(text: string, style: TextStyle, width: number): string {
    const characters = Array.from(text);
    const end = characters.splice(-FOOTER_END).join('');
    let shown = text;
    while (characters.length > 0 && this.widthOf(shown, style) > width) {
      characters.pop();
      shown = `${characters.join('').trimEnd()}…${end}`;
    }
    return shown;
  }

  private widthOf(text: string, style: TextStyle): number {
    return widthOf(this.faces.shape(text, style.face), style);
  }

  private baseline(style: TextStyle, height: number): number {
    return baselineOf(this.faces.font(style.face), style, height);
  }
}
