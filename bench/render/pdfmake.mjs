// pdfmake with the same report, from plain blocks.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const pdfmake = require('pdfmake');
const noto = (file) => require.resolve(`@expo-google-fonts/${file}`);
const sans = {
  normal: noto('noto-sans/400Regular/NotoSans_400Regular.ttf'),
  bold: noto('noto-sans/700Bold/NotoSans_700Bold.ttf'),
  italics: noto('noto-sans/400Regular_Italic/NotoSans_400Regular_Italic.ttf'),
  bolditalics: noto('noto-sans/700Bold/NotoSans_700Bold.ttf'),
};
const mono = noto('noto-sans-mono/400Regular/NotoSansMono_400Regular.ttf');
pdfmake.addFonts({
  Noto: sans,
  Mono: { normal: mono, bold: mono, italics: mono, bolditalics: mono },
});

const SIZES = { 1: 18, 2: 14, 3: 11, 4: 9 };
const SET = {
  heading: ({ text, level }) => ({
    text,
    fontSize: SIZES[level],
    bold: true,
    headlineLevel: level,
  }),
  text: ({ text }) => ({ text, fontSize: 9 }),
  code: ({ text }) => ({ text, font: 'Mono', preserveLeadingSpaces: true }),
  table: ({ rows: [head, ...rows] }) => ({
    table: {
      headerRows: 1,
      widths: head.map(() => '*'),
      body: [head.map((text) => ({ text, bold: true })), ...rows],
    },
    layout: 'lightHorizontalLines',
  }),
};

const [, , blocksFile, out] = process.argv;
const blocks = JSON.parse(readFileSync(blocksFile, 'utf8'));
const bytes = await pdfmake
  .createPdf({
    pageMargins: [45, 45, 45, 54],
    subset: 'PDF/A-3a',
    version: '1.7',
    tagged: true,
    defaultStyle: { font: 'Noto', fontSize: 6.5 },
    footer: (page, pages) => ({ text: `Page ${page} of ${pages}`, alignment: 'right', margin: 20 }),
    content: blocks.map((block) => SET[block.kind](block)),
  })
  .getBuffer();
writeFileSync(out, bytes);
