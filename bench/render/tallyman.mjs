// Ours, bundled as the app is, as a run makes it: a report value, its views, the page, the PDF. A table of more rows than a tagged document
// may have comes out untagged.
import '../../src/core/late-optimization';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadLanguages } from '../../src/catalog/load-languages';
import { formatCell } from '../../src/render/format';
import { htmlPieces, reportPage } from '../../src/render/html';
import { renderPdf } from '../../src/render/pdf';
import { loadViews } from '../../src/render/views';
import { headings, rows } from './data.mjs';

const [, , templates, countText, reportFile, out, htmlOut] = process.argv;
const count = Number(countText);
/** More rows than this come from an iterator, as they would from a database. */
const HELD = 10_000;
const report = JSON.parse(readFileSync(reportFile, 'utf8'));
const columns = headings.map((heading) => {
  const [name, type = 'string'] = heading.split(':');
  return { name, type };
});
const [trail] = report.audits.filter((audit) => audit.id === 'repository-trail');
trail.table = { columns, rows: [...rows(Math.min(count, HELD))] };

const languages = await loadLanguages(templates);
const views = await loadViews(join(templates, 'views'), languages);
const page = reportPage(report, views, HELD);
if (count > HELD) {
  const zone = report.period.timeZone;
  page.tables.set('answer-repository-trail', {
    count,
    *rows() {
      for (const row of rows(count)) {
        yield columns.map(({ type }, index) => formatCell(row[index], type, zone));
      }
    },
  });
}
if (htmlOut !== undefined) writeFileSync(htmlOut, Array.from(htmlPieces(page)).join(''));
const pdf = await renderPdf(page.main, {
  title: `${report.title}, ${report.period.id}`,
  language: languages.en,
  created: report.startedAt,
  tables: page.tables,
});
writeFileSync(out, pdf);
