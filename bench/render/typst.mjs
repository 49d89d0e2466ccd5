// typst with the same report, from plain blocks: tagged PDF/A-3a.
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';

const require = createRequire(import.meta.url);
const folderOf = (file) => dirname(require.resolve(`@expo-google-fonts/${file}`));

const MAIN = `
#set document(title: "Registry audit")
#set page(margin: 45pt, numbering: "1 / 1")
#set text(font: ("Noto Sans", "Noto Sans KR", "Noto Sans SC", "Noto Sans Arabic"), size: 9pt, lang: "en")
#show raw: set text(font: "Noto Sans Mono", size: 6.5pt)
#show table: set text(size: 6.5pt)
#show table.cell.where(y: 0): strong
#let blocks = json(bytes(sys.inputs.blocks))
#for block in blocks {
  if block.kind == "heading" { heading(level: block.level, block.text) }
  else if block.kind == "code" { raw(block.text, block: true) }
  else if block.kind == "table" {
    let (head, ..rows) = block.rows
    table(columns: head.len() * (1fr,), stroke: none, table.header(..head), ..rows.flatten())
  }
  else { par(block.text) }
}
`;

const [, , blocksFile, out] = process.argv;
const compiler = NodeCompiler.create({
  fontArgs: [
    {
      fontPaths: [
        'noto-sans/400Regular/NotoSans_400Regular.ttf',
        'noto-sans/700Bold/NotoSans_700Bold.ttf',
        'noto-sans-mono/400Regular/NotoSansMono_400Regular.ttf',
        'noto-sans-kr/400Regular/NotoSansKR_400Regular.ttf',
        'noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf',
        'noto-sans-arabic/400Regular/NotoSansArabic_400Regular.ttf',
      ].map(folderOf),
    },
  ],
  inputs: { blocks: readFileSync(blocksFile, 'utf8') },
});
const result = compiler.compile({ mainFileContent: MAIN });
if (result.hasError()) {
  result.printErrors();
  process.exit(1);
}
writeFileSync(out, compiler.pdf(result.result, { pdfStandard: 'a-3a', creationTimestamp: 0 }));
