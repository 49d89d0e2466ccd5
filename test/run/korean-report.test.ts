import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { HtmlValidate } from 'html-validate';
import type { ParsedMail } from 'mailparser';
import { simpleParser } from 'mailparser';
import { chromium } from 'playwright-core';
import { parse } from 'yaml';
import { readChain } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import { compose } from '../../src/compose';
import { openMaker } from '../../src/shipped';
import { parsePeriod } from '../../src/core/period';
import { reperformRun } from '../../src/run/reperform';
import { tellAll } from '../../src/run/run-due';
import { runReport } from '../../src/run/run-report';
import { streamsOf } from '../../src/run/streams';
import { parseSettings } from '../../src/settings';
import { LANGUAGES } from '../support/languages';
import { readPdf } from '../support/pdf-text';
import { copyTemplates } from '../support/templates';
import { brokenIn, VERAPDF } from '../support/vera-pdf';

const AUDITS = [
  'activity-by-day',
  'activity-by-hour',
  'deletions-by-kind',
  'identity-activity',
  'recent-events',
  'registry-changes',
  'repository-deletions',
  'silent-hours',
];
const PERIODS = { daily: '2026-03-10', weekly: '2026-W11', monthly: '2026-03' } as const;
const CHROMIUM = '/usr/bin/chromium';
const hasQpdf = spawnSync('qpdf', ['--version']).status === 0;

let folder: string;
let templates: string;
const mails: ParsedMail[] = [];

const archive = (): ReturnType<typeof createFolderStore> =>
  createFolderStore(join(folder, 'archive'));
const fileOf = (report: keyof typeof PERIODS, name: string): string =>
  join(folder, 'archive', `${report}.all`, 'runs', PERIODS[report], name);

/** Runs that are made in time are told of in a mail each; the month is made late, for a digest. */
const NOW = {
  daily: '2026-03-10T22:30:00.000Z',
  weekly: '2026-03-15T22:30:00.000Z',
  monthly: '2026-05-02T22:30:00.000Z',
} as const;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-korean-'));
  templates = copyTemplates(join(folder, 'templates'), AUDITS);
  cpSync(join(__dirname, '../../templates/actors.yaml'), join(templates, 'actors.yaml'));
  const daily = readFileSync(join(templates, 'reports/daily.yaml'), 'utf8')
    .replace('title: Registry audit', 'title: { en: Registry audit, ko: 레지스트리 감사 보고서 }')
    .concat('language: ko\nexports: [xlsx]\n');
  for (const [id, kind] of [
    ['daily', 'day'],
    ['weekly', 'week'],
    ['monthly', 'month'],
  ] as const) {
    const text = daily.replace('period: day', `period: ${kind}`);
    writeFileSync(join(templates, `reports/${id}.yaml`), text);
  }
  const settings = parseSettings({
    TALLYMAN_LOG_ARCHIVE: join(__dirname, '../../samples/logs'),
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_TEMPLATES: templates,
    TALLYMAN_MAIL: 'eml',
    TALLYMAN_MAIL_FOLDER: join(folder, 'mail'),
    TALLYMAN_MAIL_FROM: 'tallyman@example.com',
  });
  let now: string = NOW.daily;
  const composed = await compose(settings, { now: () => now });
  const { parts } = composed;
  for (const id of ['daily', 'weekly', 'monthly'] as const) {
    now = NOW[id];
    const stream = streamsOf(parts.catalog).find(({ report }) => report.id === id)!;
    const { period: kind, timeZone } = stream.report;
    await runReport(parts, stream, parsePeriod(kind, timeZone, PERIODS[id])!, 'manual');
    await tellAll(parts);
  }
  await composed.close();
  for (const name of readdirSync(join(folder, 'mail'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.eml')) continue;
    mails.push(await simpleParser(readFileSync(join(folder, 'mail', name))));
  }
}, 240_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** English sentences that no Korean document may hold: those of the program, and the audits’ own. */
function englishProse(): string[] {
  const forms = [...LANGUAGES.en.phrases.values()];
  const texts = forms.flatMap((form) => (typeof form === 'string' ? form : Object.values(form)));
  const audits = AUDITS.flatMap((id) => {
    const audit = parse(readFileSync(join(templates, `audits/${id}/audit.yaml`), 'utf8')) as {
      readonly title: string;
      readonly purpose: string;
      readonly remediation: string;
    };
    return [audit.title, audit.purpose, audit.remediation];
  });
  const pieces = [...texts, ...audits].flatMap((text) => text.split(/\{\w+\}/));
  // A name alone, such as sha256, is no prose.
  return pieces.map((piece) => piece.trim()).filter((piece) => /[a-z]{2,} [a-z]{2,}/.test(piece));
}

/** What people read of a page: not its style, nor the queries, which are evidence. */
function shownText(html: string): string {
  return html
    .replace(/<style>[^]*?<\/style>/g, '')
    .replace(/<pre class="query">[^]*?<\/pre>/g, '')
    .replace(/<[a-z][^>]*?(?:(?:title|aria-label|alt)="([^"]*)")?[^>]*>|<\/[^>]*>/g, '\n$1\n')
    .replace(/&#x27;|&#39;/g, "'")
    .replace(/&quot;/g, '"');
}

function leftIn(text: string): string[] {
  const squeezed = text.replace(/\s+/g, ' ');
  return englishProse().filter((piece) => squeezed.includes(piece.replace(/\s+/g, ' ')));
}

it('knows English prose when there is some', () => {
  expect(englishProse().length).toBeGreaterThan(300);
  expect(leftIn('1 finding needs a reviewer.')).toContain('finding needs a reviewer.');
});

describe.each(['daily', 'weekly', 'monthly'] as const)('a %s report in Korean', (id) => {
  const html = (): string => readFileSync(fileOf(id, 'report.html'), 'utf8');

  it('has a page without a word of English prose', () => {
    expect(html()).toContain('<html lang="ko">');
    expect(html()).toContain('<title>레지스트리 감사 보고서, 2026년 ');
    expect(html()).toContain('로그가 빠짐없이 수집되었는가');
    expect(html()).toContain('다른 프로그램용 파일(이 보고서와 함께 보관): exports/report.xlsx.');
    expect(existsSync(fileOf(id, 'exports/report.xlsx'))).toBe(true);
    expect(leftIn(shownText(html()))).toEqual([]);
  });

  it('has a page that html-validate finds no error in', async () => {
    const judge = new HtmlValidate({ extends: ['html-validate:recommended'] });
    const { results } = await judge.validateString(html(), {
      extends: ['html-validate:recommended'],
      rules: { 'long-title': 'off' },
    });
    expect(results.flatMap(({ messages }) => messages)).toEqual([]);
  });

  it('has a PDF that says its language, with bookmarks and pages in it', () => {
    const bytes = readFileSync(fileOf(id, 'report.pdf'));
    const pdf = readPdf(bytes);
    expect(pdf.info['Language']).toBe('ko');
    expect(pdf.outline.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['목차', '지적 사항 상세', '전체 감사 항목과 결과', '질의 재수행']),
    );
    const first = pdf.pages[0]!.map(({ text }) => text).join('');
    expect(first).toContain(`1 / ${String(pdf.pages.length)}쪽`);
    const chapters = pdf.outline.flatMap(({ title, items }) => [title, ...items]);
    expect(leftIn(chapters.join('\n'))).toEqual([]);
    // What the longest one has, the others have too.
    if (!hasQpdf || id !== 'monthly') return;
    const checker = join(__dirname, '../support/check-pdf.mjs');
    const problems = execFileSync(process.execPath, [checker, fileOf(id, 'report.pdf')], {
      encoding: 'utf8',
    });
    expect(JSON.parse(problems)).toEqual([]);
    if (VERAPDF !== '') expect(brokenIn([fileOf(id, 'report.pdf')], ['3a', 'ua1'])).toEqual([]);
  });

  it('comes out of its evidence again, byte for byte', async () => {
    const entries = await readChain(archive(), `${id}.all`);
    const entry = entries.find(({ manifest }) => manifest.predicate.kind === 'run')!;
    const again = await reperformRun(archive(), entry, entries, await openMaker(templates));
    expect(again).toMatchObject({ outcome: 'same' });
  });

  it('keeps evidence and codes as they are in every language', () => {
    const answer = readFileSync(fileOf(id, 'evidence/identity-activity.csv'), 'utf8');
    expect(answer).toMatch(/Identity,Actor,Seen/);
    expect(answer).toContain('person');
    const summary = JSON.parse(readFileSync(fileOf(id, 'summary.json'), 'utf8')) as {
      readonly outcome: string;
      readonly verdict: string;
    };
    expect(['pass', 'info', 'fail', 'error']).toContain(summary.outcome);
    expect(summary.verdict).toMatch(/지적 사항/);
  });
});

it('has a page that axe-core finds no violation in', async () => {
  if (!existsSync(CHROMIUM)) {
    console.warn(`${CHROMIUM} is not installed: axe-core does not judge the Korean page.`);
    return;
  }
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const html = readFileSync(fileOf('weekly', 'report.html'), 'utf8');
    // Rows are alike; some of each table are enough.
    await page.setContent(html.replace(/(<tbody>\n(?:<tr>.*\n){3})(?:<tr>.*\n)+/g, '$1'));
    await page.evaluate(axe.source);
    const { violations, passes } = await page.evaluate<axe.AxeResults>('axe.run(document)');
    expect(passes.length).toBeGreaterThan(10);
    expect(violations.map(({ id }) => id)).toEqual([]);
  } finally {
    await browser.close();
  }
}, 90_000);

describe('the mails of Korean reports', () => {
  it('are in Korean, subject and both forms, and small', () => {
    expect(mails.map(({ subject }) => subject).sort()).toEqual([
      expect.stringMatching(/^레지스트리 감사 보고서, 11주차: .*\[weekly \/ all\]$/),
      expect.stringMatching(/^레지스트리 감사 보고서, 3월 10일\(화\): .*\[daily \/ all\]$/),
      expect.stringMatching(/^레지스트리 감사 보고서, 지연된 보고서 1건: .*\[monthly \/ all\]$/),
    ]);
    for (const { text = '', html } of mails) {
      expect(leftIn(text)).toEqual([]);
      expect(leftIn(shownText(String(html)))).toEqual([]);
      expect(String(html)).toContain('<html lang="ko">');
      expect(Buffer.byteLength(String(html))).toBeLessThanOrEqual(8_192);
      expect(text).toContain('이 메일을 보관하십시오.');
    }
  });
});
