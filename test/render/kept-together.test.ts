import { renderPdf } from '../../src/render/pdf';
import { readView } from '../../src/render/vocabulary';
import { ENGLISH } from '../support/languages';
import type { PdfContent } from '../support/pdf-text';
import { readPdf } from '../support/pdf-text';

async function page(body: string): Promise<PdfContent> {
  const options = { language: ENGLISH, title: 'test', created: '2026-11-21T22:00:03.120Z' };
  return readPdf(await renderPdf(readView(`<main>${body}</main>`), options));
}

/** The page that a text stands on. */
function pageOf(content: PdfContent, text: string): number {
  return content.pages.findIndex((items) => items.some((item) => item.text.includes(text)));
}

/** Paragraphs, so that what follows begins at another height each time. */
function filler(index: number): string {
  return '<p>Filler.</p>'.repeat((index * 7) % 40);
}

const NUMBERS = Array.from({ length: 16 }, (_, index) => index);

it('keeps a heading with the first row of its table, also where a notice stands between', async () => {
  const tall = 'tall<br>'.repeat(9);
  const sections = NUMBERS.map((index) =>
    [
      `${filler(index)}<h3>Heading${String(index)}.</h3><p class="cut">Notice.</p>`,
      '<table><thead><tr><th scope="col">One</th></tr></thead><tbody>',
      `<tr><td>${tall}First${String(index)}.</td></tr></tbody></table>`,
    ].join(''),
  );
  const content = await page(`<section class="chapter">${sections.join('')}</section>`);
  for (const index of NUMBERS) {
    const [heading, row] = ['Heading', 'First'].map((word) =>
      pageOf(content, `${word}${String(index)}.`),
    );
    expect([index, heading]).toEqual([index, row]);
  }
});

it('keeps what introduces findings with the first of them', async () => {
  const groups = NUMBERS.map((index) => {
    const findings = Array.from({ length: 20 }, (_, n) => {
      const name = n === 0 ? `First${String(index)}.` : 'Another.';
      return `<div class="finding"><p>${name}</p><p>When.</p><p>Who.</p></div>`;
    });
    return `${filler(index)}<section class="block"><h3>Group${String(index)}.</h3>${'<p>Why.</p>'.repeat(8)}${findings.join('')}</section>`;
  });
  const content = await page(`<section class="chapter">${groups.join('')}</section>`);
  for (const index of NUMBERS) {
    const [heading, finding] = ['Group', 'First'].map((word) =>
      pageOf(content, `${word}${String(index)}.`),
    );
    expect([index, heading]).toEqual([index, finding]);
  }
});

it('keeps the heading of a chapter with the chart under it', async () => {
  const svg = '<svg viewBox="0 0 400 200"><text x="1" y="9">Drawn.</text></svg>';
  const chapters = NUMBERS.map((index) => {
    const caption = `<figcaption>Chart${String(index)}.</figcaption>`;
    const chart = `<figure class="chart">${caption}${svg}</figure>`;
    const heading = `<h2>Heading${String(index)}.</h2>`;
    return `${filler(index)}<section class="chapter">${heading}${chart}</section>`;
  });
  const content = await page(chapters.join(''));
  for (const index of NUMBERS) {
    const [heading, chart] = ['Heading', 'Chart'].map((word) =>
      pageOf(content, `${word}${String(index)}.`),
    );
    expect([index, heading]).toEqual([index, chart]);
  }
});

it('leaves no few letters of a value in a line of their own, and breaks a GUID after a hyphen', async () => {
  const guid = '677e13d6-7294-4b15-932b-baea38ec36c0';
  const digest = '7a855ac00fcf…f0d86f4d';
  const agent = 'docker/28.0.1 go/go1.23.6 kernel/6.8.0-1021-azure os/linux arch/amd64 Upstream';
  const cells = [
    guid,
    digest,
    `${agent} ${agent}`,
    guid,
    digest,
    '10.1.20.6',
    'contoso.azurecr.io',
  ];
  const headings = cells.map((_, index) => `<th scope="col">C${String(index)}</th>`).join('');
  const row = `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  const content = await page(
    `<table><thead><tr>${headings}</tr></thead><tbody>${row}</tbody></table>`,
  );
  const lines = content.pages.flat().map((item) => item.text.trim());
  const guidLines = lines.filter((line) => line !== '' && guid.includes(line));
  expect(guidLines.length).toBeLessThanOrEqual(2 * 3);
  for (const line of guidLines) expect(line.endsWith('-') || guid.endsWith(line)).toBe(true);
  const digestLines = lines.filter((line) => line !== '' && digest.includes(line));
  for (const line of digestLines) expect(line.length).toBeGreaterThanOrEqual(4);
});

it('splits a short block rather than leave a third of a page white', async () => {
  const finding = (name: string): string =>
    `<div class="finding">${`<p>${name}</p>`.repeat(12)}</div>`;
  const block = `<section class="block"><h3>Group.</h3>${finding('First.')}${finding('Second.')}</section>`;
  const content = await page(`${'<p>Filler.</p>'.repeat(20)}${block}`);
  expect(['Group', 'First', 'Second'].map((word) => pageOf(content, `${word}.`))).toEqual([
    0, 0, 1,
  ]);
  const lower = await page(`${'<p>Filler.</p>'.repeat(30)}${block}`);
  expect(['Group', 'First', 'Second'].map((word) => pageOf(lower, `${word}.`))).toEqual([1, 1, 1]);
});

it('sets a title in one line when it is a little too long, and in more when it is longer', async () => {
  const linesOf = async (title: string): Promise<number> => {
    const { pages } = await page(`<h1>${title}</h1>`);
    const set = pages[0]?.filter(({ text }) => text.trim() !== '' && !/^(Page|test)/.test(text));
    return new Set(set?.map(({ y }) => y)).size;
  };
  const title = 'Weekly access review, Week 9, 23 February – 1 March 2026';
  expect(await linesOf('Short')).toBe(1);
  expect(await linesOf(title)).toBe(1);
  expect(await linesOf(`${title} ${title}`)).toBe(3);
});

it('splits a first finding before its values rather than leave a third of a page white', async () => {
  const values = `<dl class="values">${'<dt>Name</dt><dd>Value.</dd>'.repeat(16)}</dl>`;
  const finding = `<div class="finding"><p>Sentence.</p><dl class="facts"><dt>Who</dt><dd>Someone.</dd></dl>${values}</div>`;
  const group = `<section class="block"><h3>Group.</h3>${'<p>Why.</p>'.repeat(8)}${finding}</section>`;
  const places = async (lines: number): Promise<number[]> => {
    const content = await page(`${'<p>Filler.</p>'.repeat(lines)}${group}`);
    return ['Group', 'Sentence', 'Someone'].map((word) => pageOf(content, `${word}.`));
  };
  expect(await places(24)).toEqual([0, 0, 0]);
  expect(await places(32)).toEqual([1, 1, 1]);
});

it('keeps the heading of a table with its first row, however tall that is', async () => {
  const cell = 'tall<br>'.repeat(40);
  const table = `<table><thead><tr><th scope="col">One.</th></tr></thead><tbody><tr><td>${cell}Row.</td></tr></tbody></table>`;
  const content = await page(`${'<p>Filler.</p>'.repeat(20)}${table}`);
  expect(['One', 'Row'].map((word) => pageOf(content, `${word}.`))).toEqual([1, 1]);
});

it('cuts a footer that would run into the page’s number, and not the period at its end', async () => {
  const title = `${'월간 레지스트리 감사 보고서 '.repeat(12)}, 2026-11-21`;
  const options = { language: ENGLISH, title, created: '2026-11-21T22:00:03.120Z' };
  const { pages } = readPdf(await renderPdf(readView('<main><p>Text.</p></main>'), options));
  const items = pages[0]?.filter(({ text }) => text.trim() !== '') ?? [];
  const number = items.find(({ text }) => text.startsWith('Page 1'));
  const line = items.filter((item) => item.y === number?.y && item !== number);
  expect(line.map(({ text }) => text).join('')).toMatch(/…, 2026-11-21$/);
  for (const { x, width } of line) expect(x + width).toBeLessThan(number?.x ?? 0);
});

function tableOf(rows: number, text: string): string {
  const row = `<tr><td>${text}</td></tr>`.repeat(rows);
  return `<table><thead><tr><th scope="col">One</th></tr></thead><tbody>${row}</tbody></table>`;
}

/** How many rows stand on each page. */
async function rowsOnPages(body: string): Promise<number[]> {
  const { pages } = await page(body);
  return pages.map((items) => items.filter(({ text }) => text.trim() === 'Row.').length);
}

it('leaves fewer than three rows of a table alone on no page', async () => {
  for (const rows of [2, 6, 12]) {
    for (let lines = 30; lines < 39; lines++) {
      const pages = await rowsOnPages('<p>Filler.</p>'.repeat(lines) + tableOf(rows, 'Row.'));
      const few = pages.filter((count) => count > 0 && count < 3);
      expect({ rows, lines, few }).toEqual({ rows, lines, few: rows === 2 ? [2] : [] });
    }
  }
});

it('splits a short table rather than leave a third of a page white', async () => {
  const table = tableOf(10, 'Row.<br>More.<br>More.');
  const block = `<section class="block"><h3>Group.</h3>${table}</section>`;
  for (const lines of [15, 17, 19, 21]) {
    const [first = 0] = await rowsOnPages('<p>Filler.</p>'.repeat(lines) + block);
    expect([lines, first > 2]).toEqual([lines, true]);
  }
  expect(await rowsOnPages('<p>Filler.</p>'.repeat(30) + block)).toEqual([0, 10]);
});
