import type { ViewElement } from '../vocabulary';
import type { Flow } from './flow';
import { within } from './surface';

/** Points for a CSS pixel. */
const POINTS = 0.75;

/** Sets a picture that is in the page itself, as a figure with its words. */
export function setPicture(picture: ViewElement, flow: Flow): void {
  const { src = '', alt = '', width = '0', height = '0' } = picture.attributes;
  const size = { width: Number(width) * POINTS, height: Number(height) * POINTS };
  const content = Buffer.from(src.slice(src.indexOf(',') + 1), 'base64');
  flow.need(size.height);
  const draw = (): void => {
    flow.canvas.picture(content, flow.left, flow.y, size.width, size.height);
    flow.advance(size.height);
  };
  within(flow.canvas, 'Figure', draw, { alt, box: flow.box(size.height) });
  flow.skip(6);
}
