import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { headOf } from '../../src/archive/chain';
import { createBlobStore } from '../../src/archive/blob-store';
import { createEvidencePage } from '../../src/web/evidence-page';
import { ContainerClient } from '@azure/storage-blob';
import { rawRequest, startSite } from './support/site';
import { sealArchive } from './support/sealed-archive';
import type { Site } from './support/site';

const DAYS = ['pass', 'pass', 'fail', 'error', 'info', 'made-up', 'gap', 'pass'] as const;
const RUN = '/files/daily.all/runs/2026-03-03';

describe('the evidence page of a sound archive', () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite(DAYS);
  });
  afterAll(() => site.stop());
  afterEach(() => {
    expect(site.errors).toEqual([]);
  });

  it('lists every stream with its newest period, what its entries say, and its head', async () => {
    const { status, text } = await site.get('/');
    expect(status).toBe(200);
    expect(text).toContain('daily / all');
    expect(text).toContain('Sunday 8 March 2026');
    expect(text).toMatch(/7 reports, 1 of them made late; 1\s+recorded gap; 0 missing/);
    expect(text).toContain(headOf(site.entries));
  });

  it('shows each day of a stream in a calendar and in a table, in words', async () => {
    const { text } = await site.get('/daily.all');
    expect(text).toContain('aria-label="Tuesday 3 March 2026: needs a reviewer"');
    expect(text).toContain('aria-label="Friday 6 March 2026: as expected, made late"');
    expect(text).toContain('aria-label="Saturday 7 March 2026: no report"');
    expect(text.match(/<th scope="row">/g)).toHaveLength(DAYS.length);
  });

  it('shows times in the zone of the stream', async () => {
    const { text } = await site.get('/daily.all/2026-03-03');
    expect(text).toMatch(
      /<time datetime="2026-03-03T22:00:00.000Z"\s*>2026-03-04 07:00:00 \+09:00/,
    );
  });

  it('shows a run with its outcome, its verdict, its files as sealed, and ways to open them', async () => {
    const { text } = await site.get('/daily.all/2026-03-03');
    expect(text).toContain('2 findings need a reviewer');
    expect(text).toContain(`href="${RUN}/report.html"`);
    expect(text).toContain(`href="${RUN}/report.pdf"`);
    expect(text).toContain('href="/packs/daily.all/2026-03-03.zip"');
    expect(text).toMatch(/All 8 files\s+have the digests that the entry signs/);
    expect(text.match(/>as sealed</g)).toHaveLength(8);
    expect(text).toContain(site.entries[3]!.manifestSha256);
  });

  it('shows one year at a time, the newest first, and falls back to it', async () => {
    const newYear = await startSite(['pass'], { first: '2025-12-31' });
    await sealArchive(newYear.folder, ['fail'], { first: '2025-12-31' });
    expect((await newYear.get('/daily.all')).text).toContain('January 2026');
    expect((await newYear.get('/daily.all')).text).not.toContain('December 2025');
    expect((await newYear.get('/daily.all?year=2025')).text).toContain('December 2025');
    for (const year of ['1999', '<b>', '__proto__']) {
      const { text } = await newYear.get(`/daily.all?year=${encodeURIComponent(year)}`);
      expect(text).toContain('January 2026');
      expect(text).not.toContain(year);
    }
    await newYear.stop();
  });

  it('shows why a period has no report', async () => {
    const { text } = await site.get('/daily.all/2026-03-07');
    expect(text).toContain('There is no report for this period');
    expect(text).toContain('The logs could not be read');
  });

  it('makes hostile text visible and harmless', async () => {
    for (const path of ['/daily.all/2026-03-03', '/daily.all/2026-03-07']) {
      const { text } = await site.get(path);
      expect(text).toContain(
        '&lt;script&gt;alert(1)&lt;/script&gt;&lt;U+202E&gt;&quot;quoted&quot;',
      );
      expect(text).not.toContain('<script');
      expect(text).not.toContain('\u202e');
    }
  });

  it('says that a report is due, and says loudly when none came', async () => {
    expect((await site.get('/')).text).not.toContain('overdue');
    expect((await site.get('/daily.all')).text).toMatch(
      /The next report, for\s+Monday 9 March 2026/,
    );
    site.setNow('2026-03-14T00:00:00.000Z');
    for (const path of ['/', '/daily.all']) {
      expect((await site.get(path)).text).toMatch(
        /Nothing newer is sealed\.[^]*Monday 9 March 2026[^]*and 3 later reports are\s+overdue too\./,
      );
      // What is overdue is not among the sealed days, so it is told beside what is missing there.
      expect((await site.get(path)).text).toContain('0 missing up to the newest, 4 overdue since');
    }
    site.setNow('2026-03-09T00:00:00.000Z');
  });

  it('shows an entry that is sealed while it runs', async () => {
    const other = await startSite(['pass']);
    expect((await other.get('/daily.all')).text).toMatch(/1 report for 1 day/);
    await sealArchive(other.folder, ['fail']);
    expect((await other.get('/daily.all')).text).toMatch(/2 reports for 2 days/);
    expect((await other.get('/daily.all/2026-03-02')).text).toContain('needs a reviewer');
    await other.stop();
  });

  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/daily.all', 'text/html; charset=utf-8'],
    ['/daily.all/2026-03-03', 'text/html; charset=utf-8'],
    ['/nothing', 'text/html; charset=utf-8'],
    [`${RUN}/report.html`, 'text/html; charset=utf-8'],
    [`${RUN}/report.pdf`, 'application/pdf'],
    [`${RUN}/findings.csv`, 'text/plain; charset=utf-8'],
    [`${RUN}/evidence/repository-deletions.json`, 'text/plain; charset=utf-8'],
    ['/files/verify.sh', 'text/plain; charset=utf-8'],
    ['/packs/daily.all/2026-03-03.zip', 'application/zip'],
  ])('sends %s as %s with headers that allow nothing else', async (path, type) => {
    const { headers } = await site.get(path);
    expect(headers.get('content-type')).toBe(type);
    const policy = headers.get('content-security-policy')!;
    expect(policy).toMatch(
      /^default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'/,
    );
    expect(policy).not.toMatch(/script|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('keeps a report’s page in a sandbox without scripts', async () => {
    const { headers } = await site.get(`${RUN}/report.html`);
    expect(headers.get('content-security-policy')).toMatch(/; sandbox allow-downloads$/);
    expect(headers.get('content-disposition')).toBe('inline; filename="report.html"');
  });

  it('gives every sealed file byte for byte, to see and to keep', async () => {
    for (const { name } of site.entries[3]!.manifest.subject) {
      const path = `daily.all/${name}`;
      const stored = Buffer.from((await site.archive.read(path))!);
      const shown = await fetch(`${site.url}/files/${path}`);
      expect(Buffer.from(await shown.arrayBuffer()).equals(stored)).toBe(true);
      const kept = await fetch(`${site.url}/files/${path}?download`);
      expect(kept.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+"$/);
      expect(Buffer.from(await kept.arrayBuffer()).equals(stored)).toBe(true);
    }
  });

  it('gives the chain, the manifests and the key', async () => {
    const entry = site.entries[3]!;
    for (const path of [
      'daily.all/chain/00000004.sigstore.json',
      `daily.all/manifests/${entry.manifestSha256}.json`,
      `keys/${entry.manifest.predicate.keyFingerprint}.pem`,
      'README.txt',
    ]) {
      expect((await site.get(`/files/${path}`)).status).toBe(200);
    }
  });

  it('answers HEAD like GET, without the body', async () => {
    for (const path of ['/', `${RUN}/report.pdf`, '/packs/daily.all.zip', '/nothing']) {
      const head = await rawRequest(site.url, path, { method: 'HEAD' });
      const get = await site.get(path);
      expect([head.status, head.text]).toEqual([get.status, '']);
      expect(head.headers['content-type']).toBe(get.headers.get('content-type'));
      expect(head.headers['content-security-policy']).toBe(
        get.headers.get('content-security-policy'),
      );
    }
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s', async (method) => {
    const reply = await rawRequest(site.url, '/', { method });
    expect([reply.status, reply.headers['allow']]).toEqual([405, 'GET, HEAD']);
  });

  it.each([
    '/files/../archive.private/key.pem',
    '/files/daily.all/../../archive.private/key.pem',
    '/files/%2e%2e/archive.private/key.pem',
    '/files/..%2farchive.private%2fkey.pem',
    '/files/daily.all%2f..%2f..%2farchive.private%2fkey.pem',
    '/files//etc/passwd',
    '/files/%00',
    '/files/%',
    '/files/daily.all',
    '/files/daily.all/runs/2026-03-03/',
    '/files/daily.all/runs/2026-03-03/report.html%00.pdf',
    '/files/DAILY.ALL/runs/2026-03-03/report.html',
    '/files/__proto__',
    '/files',
    '/packs/../archive.zip',
    '/packs/daily.all',
    '/packs/daily.all/2026-03-03',
    '/packs/daily.all/2026-03-03.zip/x.zip',
    '/packs/.zip',
    '/daily.all/2026-03-09',
    '/daily.all/../daily.all',
    '/daily.all/2026-03-03/x',
    '/constructor',
    '//evil.example/',
    '/%E0%A4%A',
    'http://evil.example/',
    '*',
  ])('has no page %s', async (path) => {
    const reply = await rawRequest(site.url, path);
    expect(reply.status).toBe(404);
    expect(reply.text).not.toMatch(/PRIVATE KEY|root:/);
  });

  it('does not give a file that is in the folder and that nothing speaks for', async () => {
    await writeFile(join(site.folder, 'daily.all', 'runs', '2026-03-03', 'forged.html'), 'forged');
    expect((await site.get(`${RUN}/forged.html`)).status).toBe(404);
    const { text } = await site.get('/daily.all/2026-03-03');
    expect(text).toMatch(/<code>forged\.html<\/code>: nothing speaks for it/);
    await rm(join(site.folder, 'daily.all', 'runs', '2026-03-03', 'forged.html'));
  });

  it('answers nobody who came by another name, so that other sites cannot read it', async () => {
    for (const host of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example']) {
      expect((await rawRequest(site.url, '/', { headers: { host } })).status).toBe(421);
    }
    for (const host of ['localhost', 'LOCALHOST:8080', '127.0.0.1:1', '[::1]:80']) {
      expect((await rawRequest(site.url, '/', { headers: { host } })).status).toBe(200);
    }
  });

  it('puts nothing that was asked for into a header', async () => {
    const reply = await rawRequest(site.url, '/files/x%0d%0aset-cookie:%20a=b?download=%0d%0aa:b', {
      headers: { 'x-forwarded-host': 'evil.example', 'x-original-url': '/files/README.txt' },
    });
    expect(reply.status).toBe(404);
    expect(JSON.stringify(reply.headers)).not.toMatch(/cookie|evil/);
    expect(reply.text).not.toMatch(/evil/);
  });
});

describe('the evidence page below another path', () => {
  it('links to nothing outside it', async () => {
    const site = await startSite(['pass', 'fail'], { basePath: '/api/evidence' });
    for (const path of ['', '/', '/daily.all', '/daily.all/2026-03-02']) {
      const { status, text } = await site.get(path);
      expect(status).toBe(200);
      const links = [...text.matchAll(/href="([^"]*)"/g)].map(([, href]) => href!);
      expect(links.length).toBeGreaterThan(1);
      for (const href of links.filter((one) => one !== '#main')) {
        expect(href).toMatch(/^\/api\/evidence\//);
        expect((await fetch(new URL(href, site.url))).status).toBe(200);
      }
    }
    expect((await rawRequest(site.url, '/api/evidencex')).status).toBe(404);
    await site.stop();
  });
});

describe('the evidence page of a damaged archive', () => {
  let whole: Site;
  let site: Site;
  beforeAll(async () => {
    whole = await startSite(DAYS);
  });
  afterAll(() => whole.stop());
  beforeEach(async () => {
    site = await startSite([], { like: whole });
  });
  afterEach(() => site.stop());

  it('says which file was changed, and does not show it', async () => {
    await appendFile(join(site.folder, 'daily.all/runs/2026-03-03/report.html'), '<p>all good</p>');
    const page = await site.get('/daily.all/2026-03-03');
    expect(page.text).toMatch(/1 file is\s+not what was sealed/);
    expect(page.text).toMatch(/<code>report\.html<\/code>: changed after sealing/);
    const file = await site.get(`${RUN}/report.html`);
    expect(file.status).toBe(409);
    expect(file.text).not.toContain('all good');
  });

  it('does not repeat the words of a summary that was changed', async () => {
    const path = join(site.folder, 'daily.all/runs/2026-03-03/summary.json');
    await writeFile(
      path,
      JSON.stringify({ schema: 'tallyman/summary/1', verdict: 'All is fine.' }),
    );
    const { text } = await site.get('/daily.all/2026-03-03');
    expect(text).toContain('The sealed summary cannot be read.');
    expect(text).toContain('needs a reviewer');
    expect(text).not.toContain('All is fine.');
  });

  it('says which file is missing', async () => {
    await rm(join(site.folder, 'daily.all/runs/2026-03-03/report.pdf'));
    expect((await site.get('/daily.all/2026-03-03')).text).toMatch(/report\.pdf<\/code>: missing/);
    expect((await site.get(`${RUN}/report.pdf`)).status).toBe(410);
  });

  it('says that the chain is not sound, and still shows what can be read', async () => {
    await rm(join(site.folder, 'daily.all/chain/00000005.sigstore.json'));
    for (const path of ['/', '/daily.all', '/daily.all/2026-03-03']) {
      const { status, text } = await site.get(path);
      expect(status).toBe(200);
      expect(text).toMatch(/The chain of daily \/ all is not sound/);
      expect(text).toContain('sequence-gap');
    }
    const { text } = await site.get('/daily.all');
    expect(text).toMatch(/aria-label="Wednesday 4 March 2026: missing"/);
    expect(text).toMatch(/No entry speaks for\s+1 day/);
    expect((await site.get('/')).text).toMatch(/No entry speaks for\s+1 day/);
  });

  it('notices entries that are cut off and ones that are changed, after it has read them', async () => {
    expect((await site.get('/daily.all')).text).toMatch(/7 reports for 8 days/);
    await rm(join(site.folder, 'daily.all/chain/00000009.sigstore.json'));
    expect((await site.get('/daily.all')).text).toMatch(/6 reports for 7 days/);
    await appendFile(join(site.folder, 'daily.all/chain/00000004.sigstore.json'), ' ');
    site.setNow('2026-03-09T00:06:00.000Z');
    expect((await site.get('/daily.all')).text).toContain('entry-malformed');
  });

  it('shows a stream whose first entry is unreadable', async () => {
    await writeFile(join(site.folder, 'daily.all/chain/00000001.sigstore.json'), '{}');
    const { status, text } = await site.get('/daily.all');
    expect(status).toBe(200);
    expect(text).toContain('entry-malformed');
    expect((await site.get('/daily.all/2026-03-03')).status).toBe(404);
  });

  it('says that an archive which cannot be reached cannot be reached', async () => {
    const container = new ContainerClient('http://127.0.0.1:1/account/evidence', undefined, {
      retryOptions: { maxTries: 1 },
    });
    const page = createEvidencePage({
      archive: createBlobStore(container),
      basePath: '',
      now: () => '2026-03-09T00:00:00.000Z',
    });
    const response = await page({ method: 'GET', path: '/', query: new URLSearchParams() });
    expect(response.status).toBe(503);
  });
});

describe('the evidence page of an empty archive', () => {
  it('says that nothing is sealed', async () => {
    const page = createEvidencePage({
      archive: { location: 'nowhere', create: fail, read: none, open: none, list: nothing },
      basePath: '',
      now: () => '2026-03-09T00:00:00.000Z',
    });
    const response = await page({ method: 'GET', path: '/', query: new URLSearchParams() });
    expect(response.body).toContain('nothing is sealed in it yet');
  });
});

function fail(): Promise<never> {
  return Promise.reject(new Error('read only'));
}

function none(): Promise<undefined> {
  return Promise.resolve(undefined);
}

async function* nothing(): AsyncGenerator<never> {
  // An archive without files.
}
