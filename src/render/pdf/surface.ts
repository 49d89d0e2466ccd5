import type { Line } from './lines';
import type { TextStyle } from './tokens';
import type { Typefaces } from './typefaces';

/** What blocks are set on. Coordinates are points from the page’s top left corner. */
export interface Surface {
  readonly faces: Typefaces;
  addPage(): void;
  /** A filled rectangle. */
  fill(x: number, y: number, width: number, height: number, color: string): void;
  /** The outline of a rectangle, drawn inside it. */
  outline(x: number, y: number, width: number, height: number, color: string): void;
  /** A line of text with its top at `y`. */
  line(line: Line, x: number, y: number): void;
  /** One short text, placed by its left edge and centred in a height. */
  text(text: string, style: TextStyle, x: number, y: number, height: number): void;
  widthOf(text: string, style: TextStyle): number;
  /** Makes a place of the page the target of links to an id. */
  destination(id: string, y: number): void;
  /** An entry of the reader’s table of contents for this page. */
  bookmark(title: string, level: 'chapter' | 'section'): void;
}

/** Takes blocks to find out how high they are, and draws nothing. */
export function silentSurface(surface: Surface): Surface {
  const nothing = (): void => undefined;
  return {
    faces: surface.faces,
    addPage: nothing,
    fill: nothing,
    outline: nothing,
    line: nothing,
    text: nothing,
    widthOf: (text, style) => surface.widthOf(text, style),
    destination: nothing,
    bookmark: nothing,
  };
}
