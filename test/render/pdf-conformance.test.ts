import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PDFDocument from 'pdfkit';
import type { Report } from '../../src/core/report';
import { reportPage } from '../../src/render/html';
import { renderPdf } from '../../src/render/pdf';
import type { Views } from '../../src/render/views';
import { readView } from '../../src/render/vocabulary';
import { brandedReport, hostileReport, sampleReport } from '../support/reports';
import { weeklyReport } from '../support/weekly-report';
import { ENGLISH, shippedViews } from '../support/languages';
import { brokenIn, VERAPDF } from '../support/vera-pdf';

const CHECKER = join(__dirname, '../support/check-pdf.mjs');
const hasQpdf = spawnSync('qpdf', ['--version']).status === 0;
const withQpdf = hasQpdf ? it : it.skip;
const withVeraPdf = VERAPDF === '' ? it.skip : it;

const REPORTS: [name: string, report: () => Report][] = [
  ['a report', sampleReport],
  ['a report of a hostile log', hostileReport],
  ['a report in an organisation’s own clothes', brandedReport],
  ['a weekly report', weeklyReport],
];

let folder: string;
let views: Views;

beforeAll(async () => {
  if (!hasQpdf)
    console.warn('qpdf is not installed: the rules of PDF/A and PDF/UA are not checked.');
  if (VERAPDF === '') console.warn('VERAPDF names no validator: veraPDF does not judge the PDF.');
  folder = mkdtempSync(join(tmpdir(), 'pdf-conformance-'));
  views = await shippedViews();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function fileOf(name: string, report: Report): Promise<string> {
  const page = reportPage(report, views);
  const bytes = await renderPdf(page.main, {
    language: ENGLISH,
    title: `${report.title}, ${report.period.id}`,
    created: report.startedAt,
    tables: page.tables,
    ...(report.branding === undefined ? {} : { branding: report.branding }),
    attachments: [
      {
        name: 'findings.csv',
        description: 'Every finding',
        type: 'text/csv',
        relationship: 'Data',
        content: Buffer.from('Severity\r\nhigh\r\n'),
      },
    ],
  });
  return write(name, bytes);
}

function write(name: string, bytes: Uint8Array): string {
  const file = join(folder, `${name}.pdf`);
  writeFileSync(file, bytes);
  return file;
}

function problemsOf(file: string): string[] {
  return JSON.parse(
    execFileSync(process.execPath, [CHECKER, file], { encoding: 'utf8', maxBuffer: 1e8 }),
  ) as string[];
}

/** A document as pdfkit makes it when nobody asks for more. */
function plainDocument(): Promise<Uint8Array> {
  const document = new PDFDocument({ pdfVersion: '1.7' });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  document.rect(10, 10, 10, 10).fill();
  document.end();
  return new Promise((resolve) => {
    document.on('end', () => {
      resolve(Buffer.concat(chunks));
    });
  });
}

describe('the PDF’s conformance', () => {
  withQpdf.each(REPORTS)(
    '%s keeps the rules of PDF/A-3a and PDF/UA-1 that need no validator',
    async (name, report) => {
      const file = await fileOf(name, report());
      expect(execFileSync('qpdf', ['--check', file], { encoding: 'utf8' })).toContain('No syntax');
      expect(problemsOf(file)).toEqual([]);
    },
  );

  withQpdf('is not seen where it is not', async () => {
    const problems = problemsOf(write('plain', await plainDocument()));
    expect(problems.join('\n')).toMatch(/no output intent[^]*does not say PDF\/A-3/);
  });

  withVeraPdf.each(REPORTS)('veraPDF finds nothing wrong with %s', async (name, report) => {
    expect(brokenIn([await fileOf(name, report())], ['3a', 'ua1'])).toEqual([]);
  });

  withVeraPdf('veraPDF finds nothing wrong with a report too long for structure', async () => {
    const row = ['2026-11-21T05:02:11Z', 'payments/api', 'jane.kim@contoso.com'];
    const rows = Array.from({ length: 20_001 }, () => row);
    const table = { count: rows.length, rows: () => rows };
    const view = readView('<main><table><tbody data-rows="long"></tbody></table></main>');
    const bytes = await renderPdf(view, {
      language: ENGLISH,
      title: 'long',
      created: '2026-11-21T22:00:03.120Z',
      tables: new Map([['long', table]]),
    });
    expect(brokenIn([write('long', bytes)], ['3b'])).toEqual([]);
  });

  withVeraPdf('veraPDF finds what is wrong with another document', async () => {
    const [archival = '', accessible = '', ...more] = brokenIn(
      [write('plain', await plainDocument())],
      ['3a', 'ua1'],
    );
    expect(archival).toMatch(/plain\.pdf 3a: .*PDF\/A/);
    expect(accessible).toMatch(/plain\.pdf ua1: .*PDF\/UA/);
    expect(more).toEqual([]);
  });
});
