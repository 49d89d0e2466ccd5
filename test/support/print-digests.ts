// Renders the sample report and prints the digests of its page and its PDF.
import { sha256 } from '../../src/core/digest';
import { htmlPieces, reportPage } from '../../src/render/html';
import { renderPdf } from '../../src/render/pdf';
import { ENGLISH, shippedViews } from './languages';
import { sampleReport } from './reports';

async function main(): Promise<void> {
  const report = sampleReport();
  const page = reportPage(report, await shippedViews());
  const { main: view, tables } = page;
  const pdf = await renderPdf(view, {
    title: report.title,
    language: ENGLISH,
    created: report.startedAt,
    tables,
  });
  const digests = { html: sha256([...htmlPieces(page)].join('')), pdf: sha256(pdf) };
  process.stdout.write(JSON.stringify(digests));
}

void main();
