import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { HtmlValidate } from 'html-validate';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import type { Report } from '../../src/core/report';
import { renderHtml } from '../../src/render/html';
import { renderRunMail } from '../../src/render/mail';
import type { Views } from '../../src/render/views';
import { brandedReport, hostileReport, sampleReport } from '../support/reports';
import { weeklyReport } from '../support/weekly-report';
import { firstRows } from '../../src/core/table';
import { shippedViews } from '../support/languages';

const CHROMIUM = '/usr/bin/chromium';
const REPORTS: readonly (readonly [string, () => Report])[] = [
  ['a daily report', sampleReport],
  ['a weekly report', weeklyReport],
  ['a report of hostile logs', hostileReport],
  ['a report in an organisation’s own clothes', brandedReport],
];

let views: Views;
let browser: Browser | undefined;

beforeAll(async () => {
  views = await shippedViews();
  if (!existsSync(CHROMIUM)) {
    console.warn(`${CHROMIUM} is not installed: axe-core does not judge the pages.`);
    return;
  }
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});
afterAll(() => browser?.close());

function mailOf(report: Report): string {
  return renderRunMail(
    {
      report,
      sequence: 325,
      head: 'ab'.repeat(32),
      archiveLocation: 'https://archive.example',
      attachment: 'attached',
    },
    views,
  ).html;
}

describe('html-validate', () => {
  const judge = new HtmlValidate({ extends: ['html-validate:recommended'] });
  const complaints = async (html: string, off: Record<string, 'off'> = {}): Promise<string[]> => {
    const { results } = await judge.validateString(html, {
      extends: ['html-validate:recommended'],
      rules: off,
    });
    return results.flatMap(({ messages }) =>
      messages.map(({ ruleId, line, message }) => `${String(line)}: ${ruleId}: ${message}`),
    );
  };

  it.each(REPORTS)('finds no error in %s', async (_, report) => {
    // A report's title is as long as its author wrote it.
    const html = renderHtml(report(), views);
    expect(await complaints(html, { 'long-title': 'off' })).toEqual([]);
  });

  it('finds no error in a mail but for what old mail programs need', async () => {
    const needed = {
      'no-deprecated-attr': 'off',
      'prefer-tbody': 'off',
      'no-inline-style': 'off',
    } as const;
    expect(await complaints(mailOf(sampleReport()), needed)).toEqual([]);
  });
});

const judged = existsSync(CHROMIUM) ? it : it.skip;

describe('axe-core, in a real browser', () => {
  const violations = async (
    html: string,
    colorScheme: 'light' | 'dark',
    options: axe.RunOptions = {},
  ): Promise<string[]> => {
    const page = await browser!.newPage({ colorScheme, viewport: { width: 1280, height: 900 } });
    try {
      await page.setContent(html, { waitUntil: 'load' });
      await page.evaluate(axe.source);
      const run = `axe.run(document, ${JSON.stringify(options)})`;
      const result = await page.evaluate<axe.AxeResults>(run);
      expect(result.passes.length).toBeGreaterThan(0);
      return result.violations.flatMap(({ id, nodes }) =>
        nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 160)}`),
      );
    } finally {
      await page.close();
    }
  };

  const both = ['light', 'dark'] as const;
  judged.each(
    REPORTS.slice(0, 2).flatMap(([name, make]) =>
      both.map((scheme) => [name, scheme, make] as const),
    ),
  )(
    'finds no violation in %s, %s',
    async (_, scheme, make) => {
      const report = make();
      // Every kind of block once: axe-core takes a minute for hundreds of the same.
      const kept = report.audits.filter(({ id }) => !/^passing-\d\d$/.test(id));
      const audits = kept.map((audit) => ({
        ...audit,
        table: { ...audit.table, rows: firstRows(audit.table.rows, 3) },
      }));
      // In the dark only colours are others.
      const options = scheme === 'dark' ? { runOnly: ['cat.color'] } : {};
      const html = renderHtml({ ...report, audits }, views);
      expect(await violations(html, scheme, options)).toEqual([]);
    },
    120_000,
  );

  // Landmarks are for pages; a mail program has its own around a mail.
  judged.each(both)('finds no violation in a mail, %s', async (scheme) => {
    const runOnly = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
    expect(await violations(mailOf(sampleReport()), scheme, { runOnly })).toEqual([]);
  });
});

describe('a chart on the page', () => {
  judged.each([390, 1280])('is no wider than a page of %i points', async (width) => {
    const page = await browser!.newPage({ viewport: { width, height: 800 } });
    try {
      await page.setContent(renderHtml(weeklyReport(), views), { waitUntil: 'load' });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      const box = await page.locator('.chart svg').first().boundingBox();
      expect(box?.width).toBeGreaterThan(width * 0.6);
      // Labels are ten units of 640: on a phone the chart is scrolled, for them to be read.
      expect((10 * (box?.width ?? 0)) / 640).toBeGreaterThan(8);
      const fill = 'getComputedStyle(document.querySelector(".chart rect")).fill';
      expect(await page.evaluate(fill)).toBe('rgb(47, 111, 171)');
    } finally {
      await page.close();
    }
  });
});

describe('a wide table on the page', () => {
  judged.each([390, 1280])(
    'has rows of one line and leaves the page at %i points',
    async (width) => {
      const page = await browser!.newPage({ viewport: { width, height: 800 } });
      try {
        await page.setContent(renderHtml(weeklyReport(), views), { waitUntil: 'load' });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        const rows = 'document.querySelectorAll("#identities-table tbody tr")';
        const heights = await page.evaluate<number[]>(
          `Array.from(${rows}, (row) => row.getBoundingClientRect().height)`,
        );
        expect(heights.length).toBeGreaterThan(2);
        expect(Math.max(...heights)).toBeLessThan(40);
        const table = await page.locator('#identities-table').boundingBox();
        expect(table?.width).toBeGreaterThan(width / 2);
      } finally {
        await page.close();
      }
    },
  );
});
