import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { renderHtml } from '../../src/render/html';
import { shippedViews } from '../support/languages';
import { sampleReport } from '../support/reports';
import { weeklyReport } from '../support/weekly-report';
import { startSite } from './support/site';
import type { Site } from './support/site';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);
const describeWithBrowser = CHROMIUM === undefined ? describe.skip : describe;
if (CHROMIUM === undefined) console.warn('Skipped: no Chromium is installed on this machine.');

describeWithBrowser('the evidence page in a browser', () => {
  let browser: Browser;
  let site: Site;
  beforeAll(async () => {
    site = await startSite(['pass', 'fail', 'error', 'made-up', 'gap'], { reviewer: 'Kim' });
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
  });

  async function open(
    path: string,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ page: Page; complaints: string[]; requested: string[] }> {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    const requested: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requested.push(request.url()));
    await page.goto(`${site.url}${path}`);
    return { page, complaints, requested };
  }

  it.each(['/', '/daily.all', '/daily.all/2026-03-02', '/daily.all/2026-03-05'])(
    'shows %s in its style, without a complaint and without asking for anything else',
    async (path) => {
      const { page, complaints, requested } = await open(path);
      expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).fontSize')).toBe(
        '28px',
      );
      expect(complaints).toEqual([]);
      const others = requested.filter((url) => !url.endsWith('/favicon.ico'));
      expect(others).toEqual([`${site.url}${path}`]);
      await page.close();
    },
  );

  it('leads from the first page to a report by the keyboard alone', async () => {
    const { page } = await open('/');
    const press = async (name: RegExp): Promise<void> => {
      for (let tab = 0; tab < 80; tab += 1) {
        await page.keyboard.press('Tab');
        const text = await page.evaluate(
          '(document.activeElement.getAttribute("aria-label") ?? "") + document.activeElement.textContent',
        );
        if (name.test(String(text))) {
          const before = page.url();
          await page.keyboard.press('Enter');
          await page.waitForURL((url) => url.href !== before);
          return;
        }
      }
      throw new Error(`nothing to press is called ${String(name)}`);
    };
    await press(/^daily \/ all/);
    await press(/^Monday 2 March 2026: needs a reviewer/);
    await press(/^Open the report/);
    expect(page.url()).toMatch(/\/files\/daily\.all\/runs\/2026-03-02\/report\.html$/);
    await page.close();
  });

  it('signs a report off without a script, and shows it to the next who looks', async () => {
    const other = await startSite(['fail'], { reviewer: 'Kim' });
    const page = await browser.newPage({ javaScriptEnabled: false });
    await page.goto(`${other.url}/daily.all/2026-03-01`);
    await page.getByRole('radio', { name: /^accepted/ }).check();
    await page.getByRole('textbox').fill('Change 4711.\nAsked Choi.');
    await page.getByRole('button', { name: 'Sign off' }).click();
    expect(page.url()).toBe(`${other.url}/daily.all/2026-03-01#review`);
    expect(await page.locator('.reviews li').innerText()).toMatch(
      /accepted by Kim [^]*Change 4711\.\nAsked Choi\./,
    );
    await page.close();
    expect(other.errors).toEqual([]);
    await other.stop();
  });

  it('takes no form from a page of another site', async () => {
    const other = await startSite(['fail'], { reviewer: 'Kim' });
    const sha256 = other.entries[1]!.manifestSha256;
    const fields = { stream: 'daily.all', run: '2', sha256, seen: '0', comment: 'x' };
    const inputs = Object.entries({ ...fields, decision: 'accepted' }).map(
      ([name, value]) => `<input name="${name}" value="${value}">`,
    );
    const body = `<form method="post" action="${other.url}/review">${inputs.join('')}<button>x</button></form>`;
    for (const from of ['http://evil.example/', `data:text/html,${encodeURIComponent(body)}`]) {
      const page = await browser.newPage();
      await page.route('http://evil.example/', (route) =>
        route.fulfill({ contentType: 'text/html', body }),
      );
      await page.goto(from);
      const [reply] = await Promise.all([
        page.waitForResponse(`${other.url}/review`),
        page.getByRole('button').click({ noWaitAfter: true }),
      ]);
      expect([from.slice(0, 20), reply.status()]).toEqual([from.slice(0, 20), 403]);
      await page.close();
    }
    expect((await other.get('/daily.all/2026-03-01')).text).toContain('It waits for a reviewer.');
    await other.stop();
  });

  it('shows a report in its own style, follows its links to the evidence, and runs no script', async () => {
    const { page } = await open('/files/daily.all/runs/2026-03-02/report.html');
    expect(await page.title()).toBe('Report 2026-03-02');
    expect(await page.evaluate('getComputedStyle(document.querySelector("h1")).color')).toBe(
      'rgb(1, 2, 3)',
    );
    await page.click('text=evidence');
    await page.waitForURL(/evidence\/repository-deletions\.json$/);
    expect(await page.textContent('body')).toContain('tables');
    await page.close();
  });

  it.each([
    { width: 380, colorScheme: 'light' as const },
    { width: 380, colorScheme: 'dark' as const },
    { width: 1280, colorScheme: 'dark' as const },
  ])('fits a window of $width pixels in $colorScheme, with readable contrast', async (look) => {
    for (const path of ['/daily.all', '/daily.all/2026-03-02']) {
      const { page } = await open(path, {
        viewport: { width: look.width, height: 800 },
        colorScheme: look.colorScheme,
      });
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
      expect(width).toBeLessThanOrEqual(look.width);
      await page.evaluate(
        'for (const one of document.querySelectorAll("details")) one.open = true',
      );
      expect(await page.evaluate(CUT_TABLES)).toEqual([]);
      expect(await page.evaluate(BROKEN_WORDS)).toEqual([]);
      expect(await page.evaluate(LOWEST_CONTRAST)).toBeGreaterThanOrEqual(4.5);
      await page.close();
    }
  });

  it.each(['daily', 'weekly'] as const)('shows a %s report whole on a phone', async (kind) => {
    const report = kind === 'daily' ? sampleReport() : weeklyReport();
    const views = await shippedViews();
    for (const language of ['en', 'ko'] as const) {
      const page = await browser.newPage({ viewport: { width: 380, height: 800 } });
      await page.setContent(renderHtml({ ...report, language }, views));
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(380);
      expect(await page.evaluate(BROKEN_WORDS)).toEqual([]);
      // The rows of logs have more columns than a phone is wide, and are scrolled to.
      expect(
        await page.evaluate(
          `${CUT_TABLES}.filter((id) => !/^(answer|numbers|identities)/.test(id))`,
        ),
      ).toEqual([]);
      await page.close();
    }
  });
});

/** Tables of which a part has to be scrolled to. */
const CUT_TABLES = `[...document.querySelectorAll('table')]
  .filter((table) => table.scrollWidth > document.documentElement.clientWidth
    || (table.parentElement.scrollWidth > table.parentElement.clientWidth + 1))
  .map((table) => table.id || table.parentElement.getAttribute('aria-label'))`;

/** Words that go on in the next line without a hyphen. Digests, queries and paths of logs have no words. */
const BROKEN_WORDS = `(() => {
  const broken = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.parentElement.closest('svg, code, pre, thead') !== null) continue;
    for (const { 0: word, index } of text.data.matchAll(/(?<!\\S{24,})[\\p{L}\\p{M}]+(?!\\S{24})/gu)) {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top / 4)));
      if (lines.size > 1) broken.push(word);
    }
  }
  return broken;
})()`;

/** The lowest WCAG contrast ratio of any text on the page, against the nearest background that is a colour. */
const LOWEST_CONTRAST = `(() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const linear = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  };
  const background = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = numbers(getComputedStyle(one).backgroundColor);
      if (color.length < 4 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  let lowest = 21;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim() === '') continue;
    const [a, b] = [luminance(numbers(getComputedStyle(element).color)), luminance(background(element))];
    lowest = Math.min(lowest, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
  }
  return lowest;
})()`;
