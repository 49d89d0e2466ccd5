import type { Branding } from '../core/definitions';
import type { Language } from '../core/language';
import { phrase, say } from '../core/language';
import type { Instant } from '../core/period';
import type { LongTables } from './long-table';
import type { Attachment } from './pdf/archival-document';
import { attachedChapter, chooseAttachments } from './pdf/attached';
import { setBlocks } from './pdf/blocks';
import { Canvas } from './pdf/canvas';
import { Flow } from './pdf/flow';
import { readyFonts } from './pdf/font-files';
import { outlineOf } from './pdf/outline';
import { COLORS } from './pdf/tokens';
import { visible } from './visible';
import type { ViewElement } from './vocabulary';

export type { Attachment };

export interface PdfOptions {
  readonly title: string;
  readonly language: Language;
  /** Written as the creation date; the same page, title and instant give the same bytes. */
  readonly created: Instant;
  /** The rows of the page’s placeholders. */
  readonly tables?: LongTables;
  /** Files to attach, best first; those for which there is no room are named and left out. */
  readonly attachments?: readonly Attachment[];
  readonly branding?: Branding;
}

/**
 * Rows that a tagged document may have in all. Each costs some hundred bytes of structure; beyond this a document is
 * PDF/A-3b instead of PDF/A-3a and PDF/UA-1, and the attached or archived data is what a screen reader should read.
 */
const TAGGED_ROWS = 20_000;

/**
 * The report’s page as a PDF: A4, embedded fonts, an outline and a contents page, links inside the document, and
 * structure for readers that do not see it: PDF/A-3a and PDF/UA-1. It is given what readView read from the HTML that
 * people open. Throws FONTS_MISSING when the app’s package leaves fonts out that can’t be brought.
 */
export async function renderPdf(view: ViewElement, options: PdfOptions): Promise<Uint8Array> {
  await readyFonts();
  return layOut(view, options);
}

function layOut(view: ViewElement, options: PdfOptions): Uint8Array {
  const title = visible(options.title, 200);
  const created = new Date(options.created);
  const tables: LongTables = options.tables ?? new Map();
  const rows = [...tables.values()].reduce((sum, table) => sum + table.count, 0);
  const files = chooseAttachments(options.attachments ?? []);
  const main =
    options.attachments === undefined
      ? view
      : { ...view, children: [...view.children, attachedChapter(files, options.language)] };
  const { classification, colour } = options.branding ?? {};
  const footer = classification === undefined ? title : `${visible(classification, 40)} · ${title}`;
  const tagged = rows <= TAGGED_ROWS;
  const { language } = options;
  const canvas = new Canvas(
    { title, created, language: language.id, tagged },
    footer,
    (page, pages) => say(phrase('pdf.page', { page, pages }), language),
  );
  const outline = outlineOf(main);
  const headingColor = colour?.light ?? COLORS.ink;
  setBlocks(main, { flow: Flow.begin(canvas), tables, outline, headingColor, language });
  for (const file of files.attached) canvas.attach(file, created);
  return canvas.finish();
}
