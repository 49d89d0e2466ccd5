import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderStore } from '../../src/archive/folder-store';
import { createEvidencePage } from '../../src/web/evidence-page';
import { streamPack } from '../../src/web/pack';
import { createChainReader } from '../../src/web/chain-reader';
import type { Intact } from '../archive/cases/case';
import { buildLong } from '../archive/cases/intact';

const now = (): string => '2027-06-01T00:00:00.000Z';
let root: string;
let intact: Intact;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'tallyman-every-kind-'));
  intact = await buildLong(join(root, 'archive'));
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

async function page(path: string): Promise<string> {
  const archive = createFolderStore(intact.folder);
  const respond = createEvidencePage({ archive, basePath: '', now });
  const { status, body } = await respond({ method: 'GET', path, query: new URLSearchParams() });
  expect([path, status]).toEqual([path, 200]);
  if (typeof body !== 'string') throw new Error('a page is text');
  return body.replace(/<style>[\s\S]*?<\/style>/, '').replace(/\s+/g, ' ');
}

describe('the evidence page of a chain with entries of every kind', () => {
  it('shows the amendment of a period before anything else', async () => {
    const html = await page('/daily.all/2026-03-02');
    const amended = html.indexOf('The report was amended');
    expect(amended).toBeGreaterThan(0);
    expect(html).toContain('1 row added, 0 vanished, 0 changed');
    expect(html).toContain('/files/daily.all/chain/00000005.sigstore.json');
    // This one has no report, so there is nothing to open.
    expect(html).not.toContain('Open the amended report');
    expect(amended).toBeLessThan(html.indexOf('The entry'));
  });

  it('shows a review of what was amended later apart, and what became of its words', async () => {
    const html = await page('/daily.all/2026-03-02');
    expect(html).toMatch(
      /Before it was amended.*>accepted<.*the file that says who and why was destroyed under retention.*entry 7</,
    );
    expect(html).toContain('Nobody has reviewed it');
    expect(await page('/daily.all')).not.toContain('by a reviewer"');
  });

  it('says that a gap was made up later', async () => {
    const html = await page('/daily.all/2026-03-03');
    expect(html).toContain('The report was made later');
    expect(html).toContain('/files/daily.all/chain/00000006.sigstore.json');
  });

  it('says that files were destroyed under retention, and never that they are missing', async () => {
    const html = await page('/daily.all/2026-03-02');
    expect(html).toContain('destroyed when the retention was over');
    expect(html).not.toContain('missing');
    expect(html).not.toContain('not what was sealed');
  });

  it('has every period once, days and then weeks, and none that is missing', async () => {
    const html = await page('/daily.all');
    for (const id of ['2026-03-02', '2026-03-03', '2026-03-06', '2026-W11']) {
      expect(html).toContain(`href="/daily.all/${id}"`);
    }
    expect(html).toContain(', 0 missing');
  });

  it('packs every key with which the stream was ever signed', async () => {
    const archive = createFolderStore(intact.folder);
    const reading = await createChainReader(archive, now).read(intact.stream);
    const paths = await streamPack(archive, reading!);
    for (const { fingerprint } of [intact.signer, intact.newSigner]) {
      expect(paths).toContain(`keys/${fingerprint}.pem`);
    }
  });
});
