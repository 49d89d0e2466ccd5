import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { headOf } from '../../src/archive/chain';
import { createFolderStore } from '../../src/archive/folder-store';
import type { VerifyOptions } from '../../src/archive/verify';
import { verifyArchive } from '../../src/archive/verify';
import { openZipStore } from '../../src/archive/zip-store';
import { startSite } from './support/site';
import type { Site } from './support/site';

const CHROMIUM = '/usr/bin/chromium';
const CASES = join(__dirname, '../../testdata/archives');
const describeWithBrowser = existsSync(CHROMIUM) ? describe : describe.skip;
if (!existsSync(CHROMIUM)) console.warn('Skipped: no Chromium is installed on this machine.');

interface Shown {
  /** `pass` good, `warn` open, `fail` not good, `error` could not tell. */
  readonly style: string;
  readonly codes: readonly string[];
  readonly text: string;
}

describeWithBrowser('the check in a browser', () => {
  let browser: Browser;
  let site: Site;
  let folder: string;
  let range: Record<string, string>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tallyman-check-'));
    site = await startSite(['pass', 'fail', 'error', 'made-up', 'gap']);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    range = { heads: headOf(site.entries)!, from: '2026-03-01', to: '2026-03-06' };
  });
  afterAll(async () => {
    await browser.close();
    await site.stop();
    rmSync(folder, { recursive: true });
  });

  async function open(
    url: string,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url);
    return { page, complaints };
  }

  async function check(page: Page, known: Record<string, string> = {}): Promise<Shown> {
    for (const name of ['heads', 'from', 'to'])
      await page.fill(`#check-${name}`, known[name] ?? '');
    await page.click('#check-start');
    await page.waitForSelector('#check-result .notice');
    const shown = await page.evaluate(
      `(() => {
        const notice = document.querySelector('#check-result .notice');
        const wrong = [...notice.querySelectorAll('h3')].find((one) => one.textContent === 'What is wrong');
        const lines = wrong === undefined ? [] : [...wrong.nextElementSibling.children];
        return {
          style: notice.className.replace('notice verdict ', ''),
          codes: [...new Set(lines.map((line) => line.querySelector('code').textContent))].sort(),
          text: notice.innerText,
        };
      })()`,
    );
    return shown as Shown;
  }

  /** Downloads a stream’s pack, and unpacks it as an auditor would. */
  async function unpacked(name: string): Promise<{ pack: string; zip: string }> {
    const zip = join(folder, `${name}.zip`);
    const response = await fetch(`${site.url}/packs/daily.all.zip`);
    writeFileSync(zip, new Uint8Array(await response.arrayBuffer()));
    const pack = join(folder, name);
    execFileSync('unzip', ['-q', zip, '-d', pack]);
    return { pack, zip };
  }

  it('finds a sound stream good on the server’s page, with head and range, and says what it did not look at', async () => {
    const { page, complaints } = await open(`${site.url}/daily.all`);
    await page.click('text=Check it in this browser');
    const shown = await check(page, range);
    expect(shown).toMatchObject({ style: 'pass', codes: [] });
    expect(shown.text).toContain(
      'Good: everything is as it was sealed (1 stream, 6 entries, 4 runs',
    );
    expect(shown.text).toContain(range['heads']);
    expect(shown.text).toMatch(/Not checked[^]*retention policy/);
    const open_ = await check(page);
    expect(open_.style).toBe('warn');
    expect(open_.text).toMatch(/No head was given/);
    expect((await check(page, { ...range, to: '2026-04-01' })).codes).toEqual(['range-uncovered']);
    expect((await check(page, { heads: 'ab'.repeat(32) })).codes).toEqual(['head-unknown']);
    expect((await check(page, { heads: 'abc' })).style).toBe('error');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('sees damage that the server passes on as it is, and hostile names as text', async () => {
    const damaged = await startSite([], { like: site });
    writeFileSync(join(damaged.folder, 'daily.all/runs/2026-03-02/report.html'), 'forged');
    writeFileSync(join(damaged.folder, 'daily.all/runs/2026-03-02/extra.csv'), 'forged');
    const { page } = await open(`${damaged.url}/check/daily.all`);
    const shown = await check(page, range);
    expect(shown).toMatchObject({ style: 'fail', codes: ['file-altered', 'file-unlisted'] });
    expect(shown.text).toMatch(
      /file-altered Expected the digest [^]*runs\/2026-03-02\/report\.html/,
    );
    await damaged.stop();
    // The server has gone, which is no news of the archive.
    expect(await check(page, range)).toMatchObject({ style: 'error', codes: [] });
    await page.close();
  });

  it('can be cancelled, and then says nothing good', async () => {
    const { page } = await open(`${site.url}/check/daily.all`);
    await page.route('**/packs/**', () => undefined);
    await page.click('#check-start');
    await page.click('#check-cancel');
    await page.waitForSelector('#check-result .notice.error');
    expect(await page.textContent('#check-result')).toContain('Cancelled');
    expect(await page.isEnabled('#check-start')).toBe(true);
    await page.close();
  });

  it('allows one script by its digest, on the pages that have it', async () => {
    const { headers, text } = await site.get('/check/daily.all');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-[^' ]+'; script-src 'sha256-[^' ]+'; connect-src 'self'$/,
    );
    expect(text.match(/<script/g)).toHaveLength(1);
    for (const path of ['/check', '/check/none.all', '/check/daily.all/x']) {
      expect((await site.get(path)).status).toBe(404);
    }
    const { page, complaints } = await open(`${site.url}/check/daily.all`);
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 1' }))`,
    );
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(complaints.join()).toContain('Content Security Policy');
    await page.close();
  });

  it('finds its way below the address that a function app has', async () => {
    const below = await startSite([], { like: site, basePath: '/api/evidence' });
    const { page } = await open(`${below.url}/check/daily.all`);
    expect(await check(page, range)).toMatchObject({ style: 'pass', codes: [] });
    await page.close();
    await below.stop();
  });

  it('says without a script what to do instead', async () => {
    const { page } = await open(`${site.url}/check/daily.all`, { javaScriptEnabled: false });
    expect(await page.isVisible('#check-form')).toBe(false);
    expect(await page.innerText('main')).toContain('sh verify.sh');
    await page.close();
  });

  it('opens from a pack without a network: days, calendar, search, and both ways to check', async () => {
    const { pack, zip } = await unpacked('whole');
    const { page, complaints } = await open(pathToFileURL(join(pack, 'index.html')).href);
    expect(await page.innerText('main')).toContain(
      '4 of 5 days, 1 made late, 0 amended, 1 recorded gap, 0 missing',
    );
    await page.fill('#search-text', 'could not tell');
    expect(await page.textContent('#search-count')).toBe('1 of 5 shown');
    expect(await page.locator('#periods tbody tr:visible').innerText()).toContain('3 March 2026');
    await page.setInputFiles('#check-folder', pack);
    expect(await check(page, range)).toMatchObject({ style: 'pass', codes: [] });
    expect((await check(page)).style).toBe('warn');
    await page.setInputFiles('#check-zip', zip);
    expect((await check(page)).text).toContain('not both');
    await page.reload();
    await page.setInputFiles('#check-zip', zip);
    expect(await check(page, range)).toMatchObject({ style: 'pass', codes: [] });
    expect(complaints).toEqual([]);
    await page.click('[aria-label^="Monday 2 March 2026"]');
    expect(await page.textContent('h1')).toBe('Report 2026-03-02');
    await page.close();
    // The archive in it is one for the other verifiers as well.
    const { heads: head, from, to } = range as { heads: string; from: string; to: string };
    for (const archive of [createFolderStore(join(pack, 'archive')), await openZipStore(zip)]) {
      expect((await verifyArchive(archive, { head, from, to })).discrepancies).toEqual([]);
    }
  });

  it('sees what was done to an unpacked archive', async () => {
    const { pack } = await unpacked('damaged');
    rmSync(join(pack, 'archive/daily.all/chain/00000003.sigstore.json'));
    const { page } = await open(pathToFileURL(join(pack, 'index.html')).href);
    await page.setInputFiles('#check-folder', pack);
    const shown = await check(page, range);
    const { discrepancies } = await verifyArchive(createFolderStore(join(pack, 'archive')));
    expect(shown.style).toBe('fail');
    expect(shown.codes).toEqual([...new Set(discrepancies.map(({ code }) => code))].sort());
    expect(shown.codes).toContain('sequence-gap');
    await page.close();
  });

  it('finds in every archive that there is to test with what the case says', async () => {
    const { pack } = await unpacked('page');
    const { page, complaints } = await open(pathToFileURL(join(pack, 'index.html')).href);
    for (const name of readdirSync(CASES)) {
      const text = readFileSync(join(CASES, name, 'case.json'), 'utf8');
      const { asked } = JSON.parse(text) as { asked: VerifyOptions };
      const archive = join(CASES, name, 'archive');
      const { from = '', to = '', head = [] } = asked;
      // The page checks all streams, whichever was asked for.
      const rest = Object.entries(asked).filter(([key]) => key !== 'stream');
      const ours = await verifyArchive(createFolderStore(archive), Object.fromEntries(rest));
      if (existsSync(archive)) await page.setInputFiles('#check-folder', archive);
      const { codes, style } = await check(page, { from, to, heads: [head].flat().join(' ') });
      if (readFileCount(archive) === 0) {
        // A browser does not give an empty folder at all.
        expect([name, style]).toEqual([name, 'error']);
        continue;
      }
      const wanted = [...new Set(ours.discrepancies.map(({ code }) => code))].sort();
      expect([name, codes]).toEqual([name, wanted]);
      expect([name, style === 'fail']).toEqual([name, !ours.good]);
    }
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);

  it.each(['light', 'dark'] as const)('passes axe-core on a phone, in %s', async (colorScheme) => {
    const { pack } = await unpacked(`look-${colorScheme}`);
    const urls = [`${site.url}/check/daily.all`, pathToFileURL(join(pack, 'index.html')).href];
    for (const [index, url] of urls.entries()) {
      const { page } = await open(url, { viewport: { width: 380, height: 800 }, colorScheme });
      if (index === 1) await page.setInputFiles('#check-folder', pack);
      await check(page, { ...range, to: '2026-04-01' });
      expect(Number(await page.evaluate('document.documentElement.scrollWidth'))).toBe(380);
      const pictures = process.env['TALLYMAN_PICTURES'];
      if (pictures !== undefined) {
        await page.screenshot({
          path: `${pictures}/${String(index)}-${colorScheme}.png`,
          fullPage: true,
        });
      }
      // The page's policy keeps another script out, so it is judged beside it.
      const judged = await browser.newPage({ viewport: { width: 380, height: 800 }, colorScheme });
      const html = (await page.content()).replace(
        /<meta http-equiv[^>]*>|<script>[^]*<\/script>/g,
        '',
      );
      await judged.setContent(html);
      await judged.evaluate(axe.source);
      const { violations } = await judged.evaluate<axe.AxeResults>('axe.run()');
      expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      await judged.close();
      await page.close();
    }
  });

  it('passes html-validate', async () => {
    const { pack } = await unpacked('valid');
    const judge = new HtmlValidate({
      extends: ['html-validate:recommended'],
      // How a page is written down is no fault of it.
      rules: { 'void-style': 'off', 'doctype-style': 'off', 'no-trailing-whitespace': 'off' },
    });
    const pages = [
      (await site.get('/check/daily.all')).text,
      readFileSync(join(pack, 'index.html'), 'utf8'),
    ];
    for (const text of pages) {
      const { results } = await judge.validateString(text);
      const found = results.flatMap(({ messages }) =>
        messages.map(({ ruleId, line, message }) => `${String(line)}: ${ruleId}: ${message}`),
      );
      expect(found).toEqual([]);
    }
  });
});

function readFileCount(folder: string): number {
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
        .length
    : 0;
}
