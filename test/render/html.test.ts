import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { renderHtml } from '../../src/render/html';
import { reportModel } from '../../src/render/report-model';
import type { Views } from '../../src/render/views';
import type { ViewElement } from '../../src/render/vocabulary';
import { elementsOf, readView, textOf } from '../../src/render/vocabulary';
import { hostileReport, periodOf, sampleReport } from '../support/reports';
import { plainText } from '../support/plain-text';
import { ENGLISH, shippedViews } from '../support/languages';

const CHROMIUM = '/usr/bin/chromium';
let views: Views;

beforeAll(async () => {
  views = await shippedViews();
});

function tablesOf(html: string): Map<string, ViewElement> {
  const tables = [...elementsOf(readView(html))].filter((element) => element.name === 'table');
  return new Map(tables.map((table) => [table.attributes['id'] ?? '', table]));
}

describe('renderHtml', () => {
  it('reads like this', () => {
    expect(plainText(readView(renderHtml(sampleReport(), views)))).toMatchSnapshot();
  });

  it('parts no mark of a legend from its first word, and no name of a control at its hyphen', () => {
    const html = renderHtml(sampleReport(), views);
    const legends = html.match(/<p class="legend">.*?<\/p>/g) ?? [];
    expect(legends.length).toBeGreaterThan(1);
    for (const legend of legends.filter((text) => text.includes('class="cell'))) {
      const marks = legend.match(/<span class="cell/g) ?? [];
      expect(
        legend.match(/<span class="whole"><span class="cell[^>]*>[^<]?<\/span>&#160;\S/gu),
      ).toHaveLength(marks.length);
    }
    expect(html).toContain(
      '<span class="whole">PCI\u00A0DSS\u00A04.0.1\u00A010.2.1.7\u00A0·</span> ',
    );
  });

  it('gives the same bytes each time', () => {
    expect(renderHtml(sampleReport(), views)).toBe(renderHtml(sampleReport(), views));
  });

  it('shows every cell of every answer it does not say it cut', () => {
    for (const report of [sampleReport(), hostileReport()]) {
      const tables = tablesOf(renderHtml(report, views));
      const model = reportModel(report, ENGLISH);
      expect(model.answers.length).toBeGreaterThan(5);
      for (const answer of model.answers) {
        const cells = [...elementsOf(tables.get(`answer-${answer.id}`)!)]
          .filter((element) => element.name === 'td')
          .map(textOf);
        expect(cells).toEqual([...answer.table.rows()].flat());
      }
    }
  });

  it('names the whole data where it cuts', () => {
    const text = textOf(readView(renderHtml(sampleReport(), views)));
    expect(text).toContain(
      'Showing 10 of 1,234 rows; all are in evidence/repository-trail.csv and evidence/repository-trail.json.',
    );
  });

  it('names each hidden character of a hostile log and keeps the rest', () => {
    const text = textOf(readView(renderHtml(hostileReport(), views)));
    for (const shown of [
      '<script>alert(1)</script>',
      '<U+202E>gnp.exe<U+2066><U+0000><U+001B>[31m',
    ]) {
      expect(text).toContain(shown);
    }
    expect(text).toContain('{{constructor}}{{{x}}}&lt;b&gt;');
    // eslint-disable-next-line no-control-regex -- none may be left
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E\u2066\uFEFF]/);
  });

  it('tells that a run was made up, that lines were unreadable and that an answer is partial', () => {
    const report = sampleReport({ madeUp: true });
    const [first, ...rest] = report.audits;
    const audits = [
      { ...first!, execution: { ...first!.execution, answer: 'partial' as const } },
      ...rest,
    ];
    const { notices } = reportModel({ ...report, audits }, ENGLISH);
    expect(notices).toEqual([
      'Made late: this run was not made when it was due. It was made on 2026-11-22 07:00:03\u00A0+09:00 (2026-11-21 22:00:03\u00A0UTC), for its original window.',
      '1 log line could not be read and is in no answer: see “Where the answers came from”.',
      '1 answer may lack rows: repository-deletions.',
    ]);
  });

  it('keeps headings in order and gives each table heading a scope', () => {
    const elements = [...elementsOf(readView(renderHtml(sampleReport(), views)))];
    const levels = elements
      .flatMap((element) => /^h([1-3])$/.exec(element.name)?.[1] ?? [])
      .map(Number);
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, index) => {
      expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    });
    for (const heading of elements.filter((element) => element.name === 'th')) {
      expect(heading.attributes['scope']).toBe('col');
    }
  });

  it('renders a report with nothing in it', () => {
    const report = sampleReport();
    const empty = {
      ...report,
      registries: [],
      audits: [],
      findings: [],
      changes: { appeared: [], gone: [], unusual: [] },
      coverage: { ...report.coverage, registries: [], tables: [], proofs: [] },
      intake: { ...report.intake, unreadable: [], registries: [] },
      period: periodOf('month', '2026-03'),
    };
    const text = textOf(readView(renderHtml(empty, views)));
    expect(text).toContain('There is no sealed run of the period before to compare with.');
    expect(text).toContain('no registry named by the logs');
    expect(text).toContain('But the logs do not cover the whole period');
  });

  const inBrowser = existsSync(CHROMIUM) ? it : it.skip;
  inBrowser('runs nothing, fetches nothing and fits a phone, in a real browser', async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
      const trouble: string[] = [];
      page.on('dialog', (dialog) => {
        trouble.push(`dialog ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('console', (message) => trouble.push(message.text()));
      page.on('request', (request) => {
        if (!request.url().startsWith('data:')) trouble.push(request.url());
      });
      await page.setContent(renderHtml(hostileReport(), views), { waitUntil: 'load' });
      expect(trouble).toEqual([]);
      expect(await page.locator('script, img, iframe').count()).toBe(0);
      const background = 'getComputedStyle(document.querySelector(".verdict")).backgroundColor';
      expect(await page.evaluate(background)).toBe('rgb(247, 241, 251)');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    } finally {
      await browser.close();
    }
  });
});
