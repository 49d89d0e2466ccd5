// What one field of 32 KB adds to the time of a page and its PDF, in milliseconds, whatever is in it: a table's cell and a
// finding's value have it. Prints the most, and for which text.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadLanguages } from '../../src/catalog/load-languages';
import { htmlPieces, reportPage } from '../../src/render/html';
import { renderPdf } from '../../src/render/pdf';
import { loadViews } from '../../src/render/views';

const BYTES = 32_768;
const ROUNDS = 5;
const TEXTS = {
  'one long word': 'abcdefghij',
  words: 'word ',
  markup: '<b>&"\'',
  Hangul: '김민수 ',
  Arabic: 'أداة ',
  'both directions': '\u202Eא(ب)',
  accents: 'e\u0301',
  'an accent on an accent': '\u0301',
  emoji: '😀',
};

const [, , templates, reportFile] = process.argv;
const languages = await loadLanguages(templates);
const views = await loadViews(join(templates, 'views'), languages);
const text = readFileSync(reportFile, 'utf8');

// Code that V8 has not seen would be counted as the report's own.
await least();
const before = await least();
const more = [];
for (const [name, part] of Object.entries(TEXTS)) {
  const field = part.repeat(Math.ceil(BYTES / Buffer.byteLength(part)));
  more.push({ name, milliseconds: (await least(field)) - before });
}
const [most] = more.sort((a, b) => b.milliseconds - a.milliseconds);
console.log(
  `One field of 32 KB takes at most ${most.milliseconds.toFixed(0)} ms more (${most.name}).`,
);

async function least(field) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await timeWith(field));
  return Math.min(...times);
}

async function timeWith(field) {
  const report = JSON.parse(text);
  if (field !== undefined) {
    const { table } = report.audits.find((audit) => audit.table.rows.length > 0);
    table.rows[0][table.columns.findIndex(({ type }) => type === 'string')] = field;
    const [finding] = report.audits.find((audit) => audit.findings.length > 0).findings;
    finding.values[Object.keys(finding.values)[0]] = field;
  }
  const start = performance.now();
  const page = reportPage(report, views);
  Array.from(htmlPieces(page));
  await renderPdf(page.main, {
    title: report.title,
    language: languages.en,
    created: report.startedAt,
    tables: page.tables,
  });
  return performance.now() - start;
}
