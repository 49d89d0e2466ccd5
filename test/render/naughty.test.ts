import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { chromium } from 'playwright-core';
import readSpreadsheet from 'read-excel-file/node';
import { figuresOf } from '../../src/assess/compare';
import type { Mail } from '../../src/core/mail';
import type { Report } from '../../src/core/report';
import type { Cell } from '../../src/core/table';
import { createEmlFolder, emlFileName } from '../../src/mail/eml-folder';
import { renderHtml } from '../../src/render/html';
import { renderRunMail } from '../../src/render/mail';
import type { Views } from '../../src/render/views';
import { visible } from '../../src/render/visible';
import { elementsOf, readView } from '../../src/render/vocabulary';
import { renderOutputs } from '../../src/run/outputs';
import { parseMessage } from '../mail/support/received';
import { NAUGHTY } from '../support/naughty-strings';
import { pdfText, readPdf, squeezed } from '../support/pdf-text';
import { auditResult, hostileReport, periodOf, reportOf, tableOf } from '../support/reports';
import { bytesOf } from '../../src/core/pieces';
import { shippedViews } from '../support/languages';

const CHROMIUM = '/usr/bin/chromium';
const inBrowser = existsSync(CHROMIUM) ? it : it.skip;
if (!existsSync(CHROMIUM)) console.warn('Skipped: no Chromium reads the page.');

/** As many rows of one answer as a page shows. */
const ROWS_OF_AN_AUDIT = 20;

/** A mark of its own for each value, so that a reader's row is found whatever became of its value. */
const mark = (index: number): string => `mark${String(index).padStart(4, '0')}`;
const ROWS: readonly Cell[][] = NAUGHTY.map((text, index) => [mark(index), text]);

let folder: string;
let views: Views;
let report: Report;
let files: ReadonlyMap<string, Uint8Array>;

function file(path: string): Buffer {
  const content = files.get(path);
  if (content === undefined) throw new Error(`no file ${path}`);
  return Buffer.from(content);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-naughty-'));
  views = await shippedViews();
  const period = periodOf('day', '2026-11-21');
  const audits = [];
  for (let first = 0; first < ROWS.length; first += ROWS_OF_AN_AUDIT) {
    const table = tableOf(['Mark', 'Text'], ROWS.slice(first, first + ROWS_OF_AN_AUDIT));
    const id = `naughty-${String(first)}`;
    const finding = ({ Mark, Text }: Readonly<Record<string, Cell>>): string =>
      `${String(Mark)} says ${String(Text)}`;
    audits.push(auditResult({ id, title: `Values from ${String(first)}`, table, finding }, period));
  }
  report = reportOf(audits, { period, exports: ['jsonl', 'parquet', 'xlsx'] });
  const figures = figuresOf(period.id, audits, report.coverage);
  const made = await renderOutputs(report, figures, views);
  files = new Map(made.map(({ path, content }) => [path, bytesOf(content)]));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What an independent reader found, by mark. */
function byMark(rows: readonly (readonly unknown[])[]): Map<string, unknown> {
  return new Map(rows.map(([name, text]) => [String(name), text]));
}

/** Where a value is shown: hidden characters are code points, and nothing is left out. */
const SHOWN = new Map(NAUGHTY.map((text, i) => [mark(i), visible(text)]));
const RAW = new Map(NAUGHTY.map((text, i) => [mark(i), text]));

async function duckdb(sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** All rows of the answers' files with an ending, through a reader. */
async function readAll(
  path: (id: string) => string,
  read: (file: string) => Promise<readonly (readonly unknown[])[]>,
): Promise<Map<string, unknown>> {
  const rows: (readonly unknown[])[] = [];
  for (const { id } of report.audits) {
    const copy = join(folder, path(id).replaceAll('/', '-'));
    writeFileSync(copy, file(path(id)));
    rows.push(...(await read(copy)));
  }
  return byMark(rows);
}

/** What a spreadsheet runs. */
const FORMULA = /^\s*[=+\-@|＝＋－＠｜]/;

describe('naughty values of a log', () => {
  inBrowser('are shown by a browser, which runs and fetches nothing', async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      const trouble: string[] = [];
      page.on('dialog', (dialog) => {
        trouble.push(dialog.message());
        void dialog.dismiss();
      });
      page.on('console', (message) => trouble.push(message.text()));
      page.on('request', (request) => trouble.push(request.url()));
      await page.setContent(file('report.html').toString(), { waitUntil: 'load' });
      const rows = await page.evaluate<string[][]>(
        `[...document.querySelectorAll('table[id^="answer-naughty"] tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))`,
      );
      // A long text is cut in the page, and the page says by how much.
      const cut = new Set(
        rows.flatMap(([name = '', text = '']) => (/… \(\+\d/.test(text) ? [name] : [])),
      );
      expect([...cut].filter((name) => (SHOWN.get(name) ?? '').length < 1_000)).toEqual([]);
      const ofWhole = ([name]: readonly [string, unknown]): boolean => !cut.has(name);
      expect([...byMark(rows)].filter(ofWhole)).toEqual([...SHOWN].filter(ofWhole));
      expect(trouble).toEqual([]);
      expect(await page.locator('script, img, iframe, base, svg[onload]').count()).toBe(0);
    } finally {
      await browser.close();
    }
  });

  it('are found in the PDF', () => {
    const pdf = readPdf(file('report.pdf'));
    const text = pdfText(pdf);
    // Words that run from right to left stand elsewhere in a line; Latin and Korean ones stay whole.
    const lost = [...SHOWN].filter(([name, shown]) => {
      const words = shown.match(/[\x21-\x7E]{2,}|[가-힣]+/g) ?? [];
      return ![name, ...words].every((word) => text.includes(squeezed(word)));
    });
    expect(lost).toEqual([]);
    expect(pdf.links.filter((link) => JSON.stringify(link).includes('evil.example'))).toEqual([]);
    expect(pdf.scripts).toBeFalsy();
  });

  it('are whole in the CSV files, and none is a formula', async () => {
    const read = await readAll(
      (id) => `evidence/${id}.csv`,
      (copy) =>
        duckdb(
          `select * from read_csv('${copy}', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', nullstr = '\\N')`,
        ),
    );
    const safe = [...SHOWN].map(([name, text]): [string, string] => [
      name,
      FORMULA.test(text) ? `'${text}` : text,
    ]);
    expect(read).toEqual(new Map(safe));
    const run = [...read].filter(([, text]) => FORMULA.test(String(text)));
    expect(run).toEqual([]);
  });

  it('are whole in the workbook', async () => {
    const sheets = await readSpreadsheet(file('exports/report.xlsx'));
    const rows = sheets.slice(1).flatMap(({ data }) => data.slice(1));
    const read = new Map(
      // This reader has no value for a cell without characters, and cuts blanks at the ends.
      [...byMark(rows)].map(([name, text]) => [name, typeof text === 'string' ? text : '']),
    );
    const trimmed = (values: ReadonlyMap<string, string>): Map<string, string> =>
      new Map([...values].map(([name, text]) => [name, text.trim()]));
    expect(trimmed(read)).toEqual(trimmed(SHOWN));
  });

  it('are raw in JSON Lines and Parquet', async () => {
    const lines = await readAll(
      (id) => `exports/${id}.jsonl.gz`,
      (copy) => {
        const text = gunzipSync(readFileSync(copy)).toString();
        const rows = text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, string>);
        return Promise.resolve(rows.map((row) => [row['Mark'], row['Text']]));
      },
    );
    expect(lines).toEqual(RAW);
    const parquet = await readAll(
      (id) => `exports/${id}.parquet`,
      (copy) => duckdb(`select Mark, hex(encode(Text)) from '${copy}'`),
    );
    // UTF-8 has no half of a surrogate pair.
    expect(parquet).toEqual(
      new Map(
        [...RAW].map(([name, text]) => [name, Buffer.from(text).toString('hex').toUpperCase()]),
      ),
    );
  });

  it('are shown in a mail, and none is in its headers', async () => {
    const { subject, text, html } = renderRunMail(mailInput(report), views);
    const mail: Mail = {
      ...{ key: 'ab'.repeat(32), from: 'tallyman@example.com', to: 'reader@example.com' },
      ...{ subject, text, html, attachments: [], date: '2026-11-22T00:00:00.000Z' },
    };
    expect(await createEmlFolder(folder).send(mail)).toMatchObject({ status: 'accepted' });
    const bytes = readFileSync(join(folder, emlFileName(mail)));
    const received = await parseMessage(bytes);
    expect(received).toMatchObject({ subject, to: 'reader@example.com', attachments: [] });
    expect(bytes.toString().split('\r\n\r\n')[0]).not.toMatch(/evil|mark0|Bcc/i);
    const shown = [...SHOWN].filter(([name]) => received.text.includes(`${name} says`));
    expect(shown.length).toBeGreaterThan(5);
  });
});

describe('a naughty value in every field', () => {
  // Several at once, so that each field of a report has every value in a few renderings.
  const groups = Array.from({ length: 3 }, (_, group) =>
    NAUGHTY.filter((text, i) => i % 3 === group && text.length < 1_000).join(' ¦ '),
  );
  const skeleton = (html: string): string[] =>
    [...elementsOf(readView(html))].map(({ name }) => name);

  it.each(groups.map((text, i) => [i, text] as const))(
    'leaves the page and the mail as they are built: group %i',
    (_, text) => {
      // How much of the first page is filled depends on how long the words are.
      const harmless = hostileReport('x '.repeat(visible(text).length / 2));
      const naughty = hostileReport(text);
      expect(skeleton(renderHtml(naughty, views))).toEqual(skeleton(renderHtml(harmless, views)));
      const mail = renderRunMail(mailInput(naughty), views);
      expect(mail.html).not.toMatch(/<(script|img|iframe|svg|base|meta http|plaintext)/i);
      expect(mail.subject + mail.text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202E\u2066]/u);
      expect(mail.subject).not.toMatch(/[\r\n]/);
    },
  );
});

function mailInput(of: Report): Parameters<typeof renderRunMail>[0] {
  return {
    ...{ report: of, sequence: 325, head: '7c1e'.padEnd(64, '0') },
    ...{ archiveLocation: 'https://archive.example', attachment: 'attached' },
  };
}
