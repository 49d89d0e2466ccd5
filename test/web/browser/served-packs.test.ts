import { readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createFolderStore } from '../../../src/archive/folder-store';
import { streamsIn } from '../../../src/archive/streams-in';
import { verifyArchive } from '../../../src/archive/verify';
import { openZipStore } from '../../../src/archive/zip-store';
import { checkArchive } from '../../../src/web/browser/check-archive';
import { filesOfZip } from '../../../src/web/browser/zip-files';
import { createEvidencePage } from '../../../src/web/evidence-page';

const ROOT = join(__dirname, '../../../testdata/archives');
const UNASKED = { heads: '', from: '', to: '' };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-packs-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('whatever is wrong with a stream, the pack that the page fetches shows it:', () => {
  it.each(readdirSync(ROOT).sort())('%s', async (name) => {
    const archive = createFolderStore(join(ROOT, name, 'archive'));
    const now = (): string => '2026-03-09T00:00:00.000Z';
    const respond = createEvidencePage({ archive, basePath: '', now });
    for (const stream of await streamsIn(archive)) {
      const path = `/packs/${stream}.zip`;
      const request = { method: 'GET', path, query: new URLSearchParams() };
      const { status, body } = await respond(request);
      expect(status).toBe(200);
      const zip = await buffer(Readable.from(body as AsyncIterable<Uint8Array>));
      const files = await filesOfZip(new Blob([zip]));
      const { discrepancies } = await checkArchive(files, UNASKED, () => undefined);
      const found = discrepancies.map(({ code, path: where }) => `${code} ${where}`);
      const there = await verifyArchive(archive, { stream });
      for (const { code, path: where } of there.discrepancies) {
        expect(found).toContain(`${code} ${where}`);
      }
      writeFileSync(join(folder, 'pack.zip'), zip);
      const packed = await verifyArchive(await openZipStore(join(folder, 'pack.zip')));
      expect(found).toEqual(packed.discrepancies.map(({ code, path: at }) => `${code} ${at}`));
    }
  });
});
