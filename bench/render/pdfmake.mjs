// pdfmake with the same head and the same rows; it has no tags.
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { headings, rows } from './data.mjs';

const require = createRequire(import.meta.url);
const pdfmake = require('pdfmake');
const noto = (file) => require.resolve(`@expo-google-fonts/${file}`);
pdfmake.addFonts({
  Noto: {
    normal: noto('noto-sans/400Regular/NotoSans_400Regular.ttf'),
    bold: noto('noto-sans/700Bold/NotoSans_700Bold.ttf'),
    italics: noto('noto-sans/400Regular_Italic/NotoSans_400Regular_Italic.ttf'),
    bolditalics: noto('noto-sans/700Bold/NotoSans_700Bold.ttf'),
  },
});
const [, , count, out] = process.argv;
const names = headings.map((heading) => heading.split(':')[0]);
const bytes = await pdfmake
  .createPdf({
    pageOrientation: 'landscape',
    pageMargins: [45, 45, 45, 54],
    subset: 'PDF/A-3a',
    version: '1.7',
    tagged: true,
    defaultStyle: { font: 'Noto', fontSize: 6.5 },
    footer: (page, pages) => ({ text: `Page ${page} of ${pages}`, alignment: 'right', margin: 20 }),
    content: [
      { text: 'Registry audit', fontSize: 18, bold: true },
      {
        table: {
          headerRows: 1,
          widths: names.map(() => '*'),
          body: [names.map((text) => ({ text, bold: true })), ...rows(Number(count))],
        },
        layout: 'lightHorizontalLines',
      },
    ],
  })
  .getBuffer();
writeFileSync(out, bytes);
