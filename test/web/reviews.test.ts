import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readChain } from '../../src/archive/chain';
import { reviewFilePaths, reviewsByEntry } from '../../src/archive/reviews';
import { verifyArchive } from '../../src/archive/verify';
import { createChainReader } from '../../src/web/chain-reader';
import { periodPack } from '../../src/web/pack';
import { sealedSlot, timelineOf } from '../../src/web/timeline';
import { HOSTILE } from './support/sealed-archive';
import type { Page, Site } from './support/site';
import { rawRequest, startSite } from './support/site';

/** What a form of the page of a period holds, as a browser would send it. */
function formIn(text: string): Record<string, string> {
  const fields = [...text.matchAll(/<input\s+type="hidden"\s+name="(\w+)"\s+value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]));
}

let site: Site;
/** 1 March passed, 2 March failed, 3 March has no report. */
beforeEach(async () => {
  site = await startSite(['pass', 'fail', 'gap'], { reviewer: `Kim ${HOSTILE}` });
});
afterEach(async () => {
  expect(site.errors).toEqual([]);
  await site.stop();
});

async function signOff(
  day: string,
  change: Record<string, string> = {},
  headers: Record<string, string | undefined> = {},
): Promise<Page> {
  const { text } = await site.get(`/daily.all/${day}`);
  const said = { decision: 'accepted', comment: 'Change 4711.' };
  return site.post({ ...formIn(text), ...said, ...change }, headers);
}

async function reviewCount(): Promise<number> {
  const entries = await readChain(site.archive, 'daily.all');
  return [...reviewsByEntry(entries).values()].flat().length;
}

it('a period waits until somebody accepts it on its page, and the page says who, when and why', async () => {
  expect((await site.get('/daily.all/2026-03-02')).text).toContain('It waits for a reviewer.');
  expect((await site.get('/')).text).toMatch(/Waiting for a reviewer<\/dt>\s*<dd>2 periods/);
  const { status, headers, text } = await signOff('2026-03-02', {
    comment: `First line\r\n${HOSTILE}`,
  });
  expect([status, text]).toEqual([303, '']);
  expect(headers.get('location')).toBe('/daily.all/2026-03-02#review');
  const page = (await site.get('/daily.all/2026-03-02')).text;
  expect(page).not.toContain('It waits');
  expect(page).toMatch(/>accepted<\/span>\s*by <strong>Kim &lt;script&gt;/);
  expect(page).toContain('(as stated by the key’s holder)');
  expect(page).toContain('datetime="2026-03-09T00:00:00.000Z"');
  expect(page).toMatch(
    /First line<br \/>\s*&lt;script&gt;alert\(1\)&lt;\/script&gt;&lt;U\+202E&gt;/,
  );
  expect(page).not.toMatch(/<script|\u202e/);
  expect((await site.get('/')).text).toMatch(/Waiting for a reviewer<\/dt>\s*<dd>1 period</);
  const stream = (await site.get('/daily.all')).text;
  expect(stream).toContain(
    'aria-label="Monday 2 March 2026: needs a reviewer, accepted by a reviewer"',
  );
  expect(stream).toMatch(/waiting for a reviewer: 1\s+period/);
  const { good, streams } = await verifyArchive(site.archive);
  expect([good, streams[0]?.reviews]).toEqual([true, 1]);
});

it('gives the sealed words as a file, and does not repeat words that were changed', async () => {
  await signOff('2026-03-02');
  const [review] = [...reviewsByEntry(await readChain(site.archive, 'daily.all')).values()].flat();
  const [path = ''] = reviewFilePaths(review!);
  expect(JSON.parse((await site.get(`/files/${path}`)).text)).toMatchObject({
    decision: 'accepted',
    comment: 'Change 4711.',
  });
  await appendFile(join(site.folder, path), ' ');
  const { text } = await site.get('/daily.all/2026-03-02');
  expect(text).toContain('the file that says who and why was changed after it was sealed');
  expect(text).not.toContain('Change 4711');
});

it('is in the pack of its period, with the entry that seals it', async () => {
  await signOff('2026-03-02');
  const reading = await createChainReader(site.archive, () => site.now()).read('daily.all');
  const slot = sealedSlot(timelineOf(reading!, site.now())!, '2026-03-02')!;
  const paths = await periodPack(site.archive, reading!, slot);
  const { entry } = slot.reviews[0]!;
  expect(paths).toEqual(
    expect.arrayContaining([
      'daily.all/chain/00000005.sigstore.json',
      `daily.all/manifests/${entry.manifestSha256}.json`,
      ...reviewFilePaths(slot.reviews[0]!),
    ]),
  );
  expect(new Set(paths).size).toBe(paths.length);
});

it('a double click is sealed once, and both clicks come back to the page', async () => {
  const clicks = await Promise.all([1, 2, 3].map(() => signOff('2026-03-02')));
  expect(clicks.map(({ status }) => status)).toEqual([303, 303, 303]);
  expect(await reviewCount()).toBe(1);
});

it('the last review counts, and one of a page that others have overtaken is refused with what was written', async () => {
  const old = formIn((await site.get('/daily.all/2026-03-02')).text);
  await signOff('2026-03-02', { decision: 'rejected', comment: 'The wrong registry.' });
  const late = await site.post({ ...old, decision: 'accepted', comment: `All fine ${HOSTILE}` });
  expect(late.status).toBe(409);
  expect(late.text).toMatch(/Somebody has reviewed it since you read it: entry 5, rejected/);
  expect(late.text).toMatch(/What you wrote[^]*All fine &lt;script&gt;/);
  expect(late.text).not.toContain('<script');
  expect((await site.get('/daily.all/2026-03-02')).text).toContain('It waits for a reviewer.');
  expect((await signOff('2026-03-02')).status).toBe(303);
  const { text } = await site.get('/daily.all/2026-03-02');
  expect(text.indexOf('>accepted</span>')).toBeLessThan(text.indexOf('>rejected</span>'));
  expect(await reviewCount()).toBe(2);
});

it('a gap is signed off as a record, and a quiet report may be', async () => {
  expect((await site.get('/daily.all/2026-03-01')).text).toContain('nobody has to');
  expect((await signOff('2026-03-01', { comment: '' })).status).toBe(303);
  const wordless = await signOff('2026-03-03', { comment: ' ' });
  expect([wordless.status, wordless.text]).toEqual([
    400,
    expect.stringContaining('The review says nothing.'),
  ]);
  expect((await signOff('2026-03-03')).status).toBe(303);
  expect((await site.get('/')).text).toMatch(/Waiting for a reviewer<\/dt>\s*<dd>1 period</);
});

describe('the form', () => {
  it('goes to this site alone, and only its page allows that', async () => {
    for (const path of ['/', '/daily.all', '/daily.all/2026-03-02']) {
      const { headers, text } = await site.get(path);
      const own = path.endsWith('02');
      const policy = headers.get('content-security-policy');
      expect([path, policy]).toEqual([
        path,
        expect.stringContaining(`form-action '${own ? 'self' : 'none'}'`),
      ]);
      expect(policy).toMatch(/^default-src 'none'; base-uri 'none'; /);
      expect(headers.get('referrer-policy')).toBe(own ? 'same-origin' : 'no-referrer');
      expect(text.includes('<form')).toBe(own);
    }
  });

  it('is for nobody where nobody was named, and nothing is taken there', async () => {
    const closed = await startSite([], { like: site });
    const { text, headers } = await closed.get('/daily.all/2026-03-02');
    expect(text).not.toMatch(/<form|Sign off/);
    expect(text).toContain('It waits for a reviewer.');
    expect(text).toContain('Read only.');
    expect(headers.get('content-security-policy')).toContain("form-action 'none'");
    const open = formIn((await site.get('/daily.all/2026-03-02')).text);
    const reply = await closed.post({ ...open, decision: 'accepted', comment: 'x' });
    expect(reply.status).toBe(405);
    expect(await reviewCount()).toBe(0);
    await closed.stop();
  });

  it('is not there while the chain is not sound', async () => {
    await appendFile(join(site.folder, 'daily.all/chain/00000002.sigstore.json'), ' ');
    const { text } = await site.get('/daily.all/2026-03-02');
    expect(text).toContain('is not sound');
    expect(text).not.toContain('<form');
  });
});

describe('what is refused', () => {
  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a neighbour of the same site', { 'sec-fetch-site': 'same-site' }],
    ['nowhere, as far as the browser tells', { 'sec-fetch-site': 'none' }],
    [
      'an old browser of another site',
      { 'sec-fetch-site': undefined, origin: 'http://evil.example' },
    ],
    ['a page that hides where it is', { 'sec-fetch-site': undefined, origin: 'null' }],
    ['who says nothing', { 'sec-fetch-site': undefined }],
    ['two answers at once', { 'sec-fetch-site': 'same-origin, cross-site' }],
  ])('a form from %s', async (_, headers) => {
    const { status, text } = await signOff('2026-03-02', {}, headers);
    expect([status, text]).toEqual([403, expect.stringContaining('did not come from a page')]);
    expect(await reviewCount()).toBe(0);
  });

  it('and a browser that tells only the origin is believed when it is this one', async () => {
    const headers = { 'sec-fetch-site': undefined, origin: new URL(site.url).origin };
    expect((await signOff('2026-03-02', {}, headers)).status).toBe(303);
  });

  it.each(['text/plain', 'multipart/form-data; boundary=x', 'application/json', undefined])(
    'a body of the type %s, which a page of another site may send',
    async (type) => {
      const { status } = await signOff('2026-03-02', {}, { 'content-type': type });
      expect(status).toBe(415);
      expect(await reviewCount()).toBe(0);
    },
  );

  it('a form that is too long, before it is read as a whole', async () => {
    const { status, text } = await signOff('2026-03-02', { comment: 'x'.repeat(3_000_000) });
    expect([status, text]).toEqual([413, expect.stringContaining('too long')]);
    expect((await signOff('2026-03-02', { comment: '한'.repeat(2000) })).status).toBe(303);
  });

  it('a comment that is longer than it may be', async () => {
    expect((await signOff('2026-03-02', { comment: 'x'.repeat(2001) })).status).toBe(400);
  });

  it.each([
    ['', 400],
    ['stream=daily.all', 400],
    ['stream=daily.all&run=3&sha256=x&decision=accepted&comment=a&seen=-1', 400],
    ['stream=daily.all&run=3&run=2&sha256=x&decision=accepted&comment=a&seen=0', 400],
    ['stream=..%2Fx&run=3&sha256=x&decision=accepted&comment=a&seen=0', 400],
    ['stream=daily.all&run=%00&sha256=x&decision=accepted&comment=a&seen=0', 400],
    ['stream=daily.all&run=3&sha256=x&decision=%3Cscript%3E&comment=a&seen=0', 400],
    ['stream=daily.all&run=3&sha256=x&decision=accepted&comment=a&seen=0', 409],
    ['%zz=%ff%fe', 400],
  ])('the form %p', async (body, status) => {
    const reply = await site.post(body);
    expect([reply.status, reply.text]).toEqual([status, expect.not.stringContaining('<script')]);
    expect(await reviewCount()).toBe(0);
  });

  it('another method, and another name of the server', async () => {
    const get = await rawRequest(site.url, '/review');
    expect([get.status, get.headers['allow']]).toEqual([405, 'POST']);
    const rebound = await rawRequest(site.url, '/review', {
      method: 'POST',
      headers: { host: 'evil.example', 'sec-fetch-site': 'same-origin' },
    });
    expect(rebound.status).toBe(421);
  });
});
