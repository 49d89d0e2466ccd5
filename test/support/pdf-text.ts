import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PdfItem {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface PdfContent {
  readonly pages: readonly (readonly PdfItem[])[];
  /** Of each page, in points. */
  readonly sizes: readonly { readonly width: number; readonly height: number }[];
  readonly links: readonly unknown[];
  readonly info: Readonly<Record<string, unknown>>;
  readonly xmlTitle: unknown;
  readonly outline: readonly { readonly title: string; readonly items: readonly string[] }[];
  readonly scripts: unknown;
  readonly attachments: unknown;
}

/** What pdf.js, which shares no code with the writer, finds in a PDF. */
export function readPdf(bytes: Uint8Array): PdfContent {
  const folder = mkdtempSync(join(tmpdir(), 'pdf-'));
  try {
    const file = join(folder, 'report.pdf');
    writeFileSync(file, bytes);
    const output = execFileSync(process.execPath, [join(__dirname, 'read-pdf.mjs'), file], {
      maxBuffer: 256 * 1024 * 1024,
    });
    return JSON.parse(output.toString('utf8')) as PdfContent;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Text without white space and line breaks, which differ between outputs. */
export function squeezed(text: string): string {
  return text.replace(/[\s\u00A0]+/g, '');
}

/** Points from the bottom of a page below which its footer stands. */
const FOOTER = 50;

/** All text of a PDF in reading order without footers, squeezed. */
export function pdfText(content: PdfContent): string {
  const items = content.pages.flat().filter((item) => item.y > FOOTER);
  return squeezed(items.map((item) => item.text).join(''));
}
