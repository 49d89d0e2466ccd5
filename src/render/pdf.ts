import type { Instant } from '../core/period';
import { Canvas } from './pdf/canvas';
import { Flow } from './pdf/flow';
import { setBlocks } from './pdf/blocks';
import { visible } from './visible';
import { readView } from './vocabulary';

export interface PdfOptions {
  readonly title: string;
  /** Written as the creation date; the same page, title and instant give the same bytes. */
  readonly created: Instant;
}

/**
 * The report’s page as a PDF: A4, embedded fonts, a table of contents for the reader, links inside the document.
 * It reads the same HTML that people open, and throws CATALOG_INVALID for an element that it does not know.
 */
export async function renderPdf(html: string, options: PdfOptions): Promise<Uint8Array> {
  const title = visible(options.title, 200);
  const canvas = new Canvas(title, options.created);
  setBlocks(readView(html), new Flow(canvas));
  return canvas.finish(title);
}
