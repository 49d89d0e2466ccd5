// Reads a PDF with an independent reader and prints what is in it as JSON. Jest itself cannot load pdfjs.
import { readFile } from 'node:fs/promises';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

const data = new Uint8Array(await readFile(process.argv[2]));
const pdf = await getDocument({ data, verbosity: 0 }).promise;
const pages = [];
const sizes = [];
const links = [];
for (let number = 1; number <= pdf.numPages; number++) {
  const page = await pdf.getPage(number);
  const [left, bottom, right, top] = page.view;
  sizes.push({ width: right - left, height: top - bottom });
  const { items } = await page.getTextContent();
  pages.push(
    items.map(({ str, transform, width }) => ({
      text: str,
      x: transform[4],
      y: transform[5],
      width,
    })),
  );
  for (const annotation of await page.getAnnotations()) {
    links.push(annotation.url ?? annotation.dest ?? 'none');
  }
}
const { info, metadata } = await pdf.getMetadata();
const outline = (await pdf.getOutline()) ?? [];
console.log(
  JSON.stringify({
    pages,
    sizes,
    links,
    info,
    xmlTitle: metadata?.get('dc:title'),
    outline: outline.map(({ title, items }) => ({ title, items: items.map((item) => item.title) })),
    scripts: (await pdf.getJSActions()) ?? null,
    attachments: (await pdf.getAttachments()) ?? null,
  }),
);
