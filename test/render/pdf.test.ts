import type { Report } from '../../src/core/report';
import { renderHtml } from '../../src/render/html';
import { renderPdf } from '../../src/render/pdf';
import { reportModel } from '../../src/render/report-model';
import type { Views } from '../../src/render/views';
import { codePointText } from '../../src/render/visible';
import { elementsOf, readView, textOf } from '../../src/render/vocabulary';
import type { PdfContent } from '../support/pdf-text';
import { pdfText, readPdf, squeezed } from '../support/pdf-text';
import {
  auditResult,
  hostileReport,
  periodOf,
  reportOf,
  sampleReport,
  tableOf,
} from '../support/reports';
import { ENGLISH, LANGUAGES, shippedViews } from '../support/languages';

let views: Views;
let sampleBytes: Uint8Array;
let sample: PdfContent;
let hostile: PdfContent;

beforeAll(async () => {
  views = await shippedViews();
  sampleBytes = await pdfOf(sampleReport());
  sample = readPdf(sampleBytes);
  hostile = readPdf(await pdfOf(hostileReport()));
});

function pdfOf(report: Report): Promise<Uint8Array> {
  const title = `${report.title}, ${report.period.id}`;
  return renderPdf(readView(renderHtml(report, views)), {
    language: ENGLISH,
    title,
    created: report.startedAt,
  });
}

function page(body: string): Promise<Uint8Array> {
  const html = `<main>${body}</main>`;
  return renderPdf(readView(html), {
    language: ENGLISH,
    title: 'test',
    created: '2026-11-21T22:00:03.120Z',
  });
}

/** With modules loaded anew, so that nothing is left of earlier documents. */
async function withFreshModules(body: string): Promise<Uint8Array> {
  const fresh: { render?: typeof renderPdf } = {};
  jest.isolateModules(() => {
    fresh.render = jest.requireActual<{ renderPdf: typeof renderPdf }>(
      '../../src/render/pdf',
    ).renderPdf;
  });
  return fresh.render!(readView(`<main>${body}</main>`), {
    language: ENGLISH,
    title: 'test',
    created: '2026-11-21T22:00:03.120Z',
  });
}

function reportWith(headings: readonly string[], rows: readonly (readonly string[])[]): Report {
  const period = periodOf('day', '2026-11-21');
  const table = tableOf(headings, rows);
  return reportOf([auditResult({ id: 'wide', title: 'Wide', expect: 'any', table }, period)], {
    period,
  });
}

/** Characters that the fonts lack, as the PDF shows them. */
function shownInPdf(text: string): string {
  return text.replace(
    /[\u0600-\u06FF\u3000-\u9FFF\uAC00-\uD7AF]|[\u{10000}-\u{10FFFF}]/gu,
    codePointText,
  );
}

/** Nothing is drawn in the margins or below the footer. */
function expectInside(content: PdfContent): void {
  content.pages.forEach((items, index) => {
    for (const item of items) {
      expect(item.x).toBeGreaterThanOrEqual(40);
      expect(item.x + item.width).toBeLessThanOrEqual(content.sizes[index]!.width - 40);
      expect(item.y).toBeGreaterThan(15);
    }
  });
}

describe('renderPdf', () => {
  it('holds every block and cell of the page, inside the margins', () => {
    const html = renderHtml(sampleReport(), views);
    const text = pdfText(sample);
    const blocks = [...elementsOf(readView(html))].filter((element) =>
      ['h1', 'h2', 'h3', 'p', 'li', 'dt', 'td', 'figcaption'].includes(element.name),
    );
    expect(blocks.length).toBeGreaterThan(600);
    const lost = blocks
      .map((block) => squeezed(textOf(block)))
      .filter((block) => !text.includes(block));
    expect(lost).toEqual([]);
    expectInside(sample);
  });

  it('keeps each cell’s lines together in the order of reading', async () => {
    const long = Array.from({ length: 60 }, (_, index) => `word${String(index)}`).join(' ');
    const content = readPdf(await pdfOf(reportWith(['A', 'B'], [[long, 'beside']])));
    expect(pdfText(content)).toContain(squeezed(long));
  });

  it('says on each page which of how many it is', () => {
    sample.pages.forEach((items, index) => {
      const texts = items.map((item) => item.text);
      expect(texts).toContain(`Page ${String(index + 1)} of ${String(sample.pages.length)}`);
    });
  });

  it('keeps the summary on one page, the contents on the next, and then come the findings', () => {
    const [first = '', second = '', third = ''] = sample.pages.map((items) =>
      items.map((item) => item.text).join(''),
    );
    expect(first).toContain('See also: What this report does not prove');
    expect(second).toMatch(/^ContentsFindings in full/);
    expect(third).toMatch(/^Findings in full/);
  });

  it('gives the same bytes again', async () => {
    expect(Buffer.from(await pdfOf(sampleReport())).equals(Buffer.from(sampleBytes))).toBe(true);
  });

  it('gives bytes that do not depend on what was rendered before', async () => {
    // A ligature of three letters and the one character for it are the same glyph.
    const [letters, ligature] = ['<p>office</p>', '<p>o\uFB03ce</p>'];
    await page(letters);
    const after = await page(ligature);
    const alone = await withFreshModules(ligature);
    expect(Buffer.from(after).equals(Buffer.from(alone))).toBe(true);
  });

  it('repeats a table’s heading on each of its pages', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => `<tr><td>${String(index)}</td></tr>`);
    const head = '<thead><tr><th scope="col">Heading</th></tr></thead>';
    const content = readPdf(await page(`<table>${head}<tbody>${rows.join('')}</tbody></table>`));
    expect(content.pages.length).toBeGreaterThan(1);
    for (const items of content.pages) {
      expect(items.map((item) => item.text)).toContain('Heading');
    }
  });

  it('splits a row that is taller than a page and loses none of it', async () => {
    const words = Array.from({ length: 4_000 }, (_, index) => `w${String(index)}`);
    const table = `<table><thead><tr><th scope="col">One</th><th scope="col">Two</th></tr></thead><tbody><tr><td>${words.join(' ')}</td><td>short</td></tr></tbody></table>`;
    const content = readPdf(await page(table));
    const found = content.pages.flat().flatMap((item) => item.text.split(' '));
    expect(content.pages.length).toBeGreaterThan(3);
    expect(found.filter((word) => /^w\d+$/.test(word))).toEqual(words);
    expect(found.filter((word) => word === 'One')).toHaveLength(content.pages.length);
    expectInside(content);
  });

  it('breaks a token of 32 KB and loses none of it', async () => {
    const token = Array.from({ length: 32_768 }, (_, index) => 'abcdefghij'[index % 10]).join('');
    const content = readPdf(await page(`<p>${token}</p><p>${'\u{1F680}'.repeat(3_000)}</p>`));
    const text = pdfText(content);
    expect(text.includes(token)).toBe(true);
    expect(text.slice(token.length) === '<U+1F680>'.repeat(3_000)).toBe(true);
    expectInside(content);
  });

  it('sets a table of many columns as lists', async () => {
    const headings = Array.from({ length: 40 }, (_, index) => `Column${String(index)}`);
    const row = headings.map((_, index) => `value${String(index)}`);
    const content = readPdf(await pdfOf(reportWith(headings, [row, row])));
    const text = pdfText(content);
    headings.forEach((heading, index) => {
      expect(text).toContain(`${heading}value${String(index)}`);
    });
    expect(text).toContain('Row2');
  });

  it('shows a character that no font has as its code point, and never an empty box', async () => {
    const content = readPdf(await page('<p>한 \u{1F680} é \u0915\u094D\u0937 \u2192</p>'));
    expect(pdfText(content)).toContain('한<U+1F680>é\u0915\u094D\u0937\u2192');
  });

  it('leads nowhere but inside itself and to https', () => {
    expect(hostile.links.length).toBeGreaterThan(5);
    for (const link of hostile.links) expect(link).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(hostile.scripts).toBeNull();
  });

  it('holds every cell of a hostile log as plain text', () => {
    const text = pdfText(hostile);
    const values = reportModel(hostileReport(), ENGLISH).answers.flatMap((answer) =>
      [...answer.table.rows()].flat().map(squeezed),
    );
    expect(values.length).toBeGreaterThan(90);
    // pdf.js gives the accent of a letter with the letter or after it; both say the same.
    const plain = (value: string): string => value.normalize('NFC').replace(/[^ -~]/g, '');
    const shown = plain(shownInPdf(text));
    expect(values.filter((value) => !shown.includes(plain(shownInPdf(value))))).toEqual([]);
  });

  it('writes a title with markup in it as text, in both places where a PDF keeps one', async () => {
    const title = 'A & B <b>";</rdf:li>';
    const bytes = await renderPdf(readView('<main><h1>x</h1></main>'), {
      language: ENGLISH,
      title,
      created: '2026-11-21T22:00:03.120Z',
    });
    const content = readPdf(bytes);
    expect(content.info['Title']).toBe(title);
    expect(content.xmlTitle).toBe(title);
    expect(content.info['CreationDate']).toBe('D:20261121220003Z');
  });

  it('offers a table of contents', () => {
    const { outline } = sample;
    const titles = outline.map((item) => item.title);
    expect(titles).toEqual(
      expect.arrayContaining(['Findings in full', 'The answers', 'How to check this report']),
    );
    expect(outline.find((item) => item.title === 'Findings in full')?.items).toContain(
      'Repositories and manifests deleted by a person',
    );
  });
});

it('breaks a time in a narrow column between date and time, and nowhere else', () => {
  const texts = sample.pages.flat().map(({ text }) => text.trim());
  expect(texts.filter((text) => /^\d\d:\d\d:\d\d\s\+09:00$/.test(text)).length).toBeGreaterThan(9);
  expect(texts.filter((text) => /^\+09:00/.test(text))).toEqual([]);
});

it('keeps the query of a further question with its name', async () => {
  const report = sampleReport();
  const otherQuestions = Array.from({ length: 24 }, (_, index) => {
    const query = `FirstLine${String(index)}.\n${'| more\n'.repeat(index % 5)}`;
    const execution = { ...report.otherQuestions[0]!.execution, query };
    return { id: `question-${String(index)}.`, execution };
  });
  const { pages } = readPdf(await pdfOf({ ...report, otherQuestions }));
  const pageOf = (text: string): number =>
    pages.findIndex((items) => items.some((item) => item.text.includes(text)));
  for (const index of otherQuestions.keys()) {
    const [name, line] = ['question-', 'FirstLine'].map((word) =>
      pageOf(`${word}${String(index)}.`),
    );
    expect([index, name]).toEqual([index, line]);
    expect(name).toBeGreaterThan(0);
  }
});

it('sets the values of a finding under those of what introduces it', async () => {
  const list = (name: string): string => `<dl class="${name}"><dt>Name</dt><dd>Value.</dd></dl>`;
  const finding = `<div class="finding"><p>Sentence.</p>${list('facts')}${list('values')}</div>`;
  const { pages } = readPdf(await page(list('facts') + finding));
  const places = pages.flat().flatMap(({ text, x }) => (text === 'Value.' ? [x] : []));
  expect(places.map((x) => x - (places[0] ?? 0))).toEqual([0, 0, 0]);
});

it('numbers the pages of a Korean document that has no other Korean letter', async () => {
  const bytes = await renderPdf(readView('<main><p>Text.</p></main>'), {
    language: LANGUAGES.ko,
    title: 'test',
    created: '2026-11-21T22:00:03.120Z',
  });
  const texts = readPdf(bytes).pages.flat();
  expect(texts.map(({ text }) => text).join('')).toContain('1 / 1쪽');
});
