import type { Line } from './lines';
import type { Part, PartOptions, Role } from './structure';
import type { PageFormat, TextStyle } from './tokens';
import type { Typefaces } from './typefaces';

export type { Part, PartOptions, Role };

/** What blocks are set on. Coordinates are points from the page’s top left corner. */
export interface Surface {
  readonly faces: Typefaces;
  addPage(format: PageFormat): void;
  /** A filled rectangle. */
  fill(x: number, y: number, width: number, height: number, color: string): void;
  /** A decorative line that nothing else overlaps, such as the one under a row. */
  rule(x: number, y: number, width: number, height: number, color: string): void;
  /** A PNG without transparency, or a JPEG. */
  picture(content: Buffer, x: number, y: number, width: number, height: number): void;
  /** The outline of a rectangle, drawn inside it. */
  outline(x: number, y: number, width: number, height: number, color: string): void;
  /** A line of text with its top at `y`. */
  line(line: Line, x: number, y: number): void;
  /** One short text, placed by its left edge and centred in a height. */
  text(text: string, style: TextStyle, x: number, y: number, height: number): void;
  /** Characters that need no shaping, in one font: see DocumentFont.advanceOf. */
  plain(text: string, style: TextStyle, x: number, y: number, height: number): void;
  widthOf(text: string, style: TextStyle): number;
  /** Makes a place of the page the target of links to an id. */
  destination(id: string, y: number): void;
  /** An entry of the reader’s outline for this place of the page. */
  bookmark(title: string, level: 'chapter' | 'section', y: number): void;
  /** The number of the page that a destination is on, right-aligned; written when all pages are there. */
  pageNumber(id: string, style: TextStyle, right: number, y: number, height: number): void;
  /** Begins a part of the document’s structure, inside the one that is being drawn. */
  open(role: Role, options?: PartOptions): Part;
  /** What `draw` draws belongs to a part. */
  inside(part: Part, draw: () => void): void;
  /** What `draw` draws is no part of the document: a heading that is only repeated. */
  artifact(draw: () => void): void;
  /** A part gets no more content. */
  close(part: Part): void;
}

/** Draws a part of the document’s structure from beginning to end. */
export function within(
  surface: Surface,
  role: Role,
  draw: () => void,
  options?: PartOptions,
): void {
  const part = surface.open(role, options);
  surface.inside(part, draw);
  surface.close(part);
}

const NO_PART: Part = { id: 0, role: 'Div', parent: 0, page: 0, kids: '', attributes: '' };

/** Takes blocks to find out how high they are, and draws nothing. */
export function silentSurface(surface: Surface): Surface {
  const nothing = (): void => undefined;
  return {
    faces: surface.faces,
    addPage: nothing,
    fill: nothing,
    rule: nothing,
    picture: nothing,
    outline: nothing,
    line: nothing,
    text: nothing,
    plain: nothing,
    widthOf: (text, style) => surface.widthOf(text, style),
    destination: nothing,
    bookmark: nothing,
    pageNumber: nothing,
    open: () => NO_PART,
    inside: (_part, draw) => {
      draw();
    },
    artifact: (draw) => {
      draw();
    },
    close: nothing,
  };
}
