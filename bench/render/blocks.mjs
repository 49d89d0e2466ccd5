// Our page as plain blocks, so that peers which don't read HTML set the same report: `node blocks.mjs page.html out.json`.
//
//   {"kind": "heading", "level": 2, "text": …}   {"kind": "text", "text": …}   {"kind": "code", "text": …}
//   {"kind": "table", "rows": [[…], …]}          the first row is the head
import { readFileSync, writeFileSync } from 'node:fs';
import { Parser } from 'htmlparser2';

const HEADINGS = /^h[1-4]$/;
const TEXTS = new Set(['p', 'li', 'dt', 'dd', 'figcaption']);
const UNSEEN = new Set(['title', 'style']);

const [, , page, out] = process.argv;
const blocks = [];
let table;
let text = '';
let unseen = 0;

function endText(kind, more = {}) {
  const content = kind === 'code' ? text.trimEnd() : text.replace(/\s+/g, ' ').trim();
  if (content !== '') blocks.push({ kind, ...more, text: content });
  text = '';
}

const parser = new Parser({
  onopentag(name) {
    if (UNSEEN.has(name)) unseen += 1;
    if (name === 'table') table = { kind: 'table', rows: [] };
    if (name === 'tr') table.rows.push([]);
    if (HEADINGS.test(name) || TEXTS.has(name) || name === 'pre') endText('text');
    if (name === 'td' || name === 'th') text = '';
  },
  ontext(part) {
    if (unseen === 0) text += part;
  },
  onclosetag(name) {
    if (UNSEEN.has(name)) unseen -= 1;
    if (HEADINGS.test(name)) endText('heading', { level: Number(name[1]) });
    else if (name === 'pre') endText('code');
    else if (TEXTS.has(name)) endText('text');
    else if (name === 'td' || name === 'th') {
      table.rows.at(-1).push(text.trim());
      text = '';
    } else if (name === 'table') blocks.push(table);
  },
});
parser.end(readFileSync(page, 'utf8'));
writeFileSync(out, JSON.stringify(blocks));
