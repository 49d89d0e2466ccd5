import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderStore } from '../../src/archive/folder-store';
import type { Archive } from '../../src/core/archive';
import { sha256 } from '../../src/core/digest';
import { RunFolder } from '../../src/run/run-folder';
import { piecesOf, textOf, type Content } from '../../src/core/pieces';

let folder: string;
let archive: Archive;
let journal: Archive;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tallyman-'));
  archive = createFolderStore(join(folder, 'archive'));
  journal = createFolderStore(join(folder, 'archive.private'));
});

afterEach(() => rm(folder, { recursive: true }));

const open = () => RunFolder.ofRun(archive, journal, 'daily.all', '2026-03-02');
const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (content: Content | undefined): string => textOf(content ?? piecesOf(''));

it('gives back what an earlier attempt wrote, not what this one would', async () => {
  await (await open()).write([{ path: 'run.json', content: bytes('first') }]);
  const again = await open();
  expect(text(await again.read('run.json'))).toBe('first');
  const [stored] = await again.write([{ path: 'run.json', content: bytes('second') }]);
  expect(text(stored)).toBe('first');
});

it('lists the digests of what the archive holds, as manifests name them', async () => {
  await (await open()).write([{ path: 'b.txt', content: bytes('first') }]);
  const again = await open();
  await again.write([
    { path: 'b.txt', content: bytes('second') },
    { path: 'a/b.txt', content: bytes('other') },
  ]);
  expect(again.subjects()).toEqual([
    { name: 'runs/2026-03-02/a/b.txt', sha256: sha256('other') },
    { name: 'runs/2026-03-02/b.txt', sha256: sha256('first') },
  ]);
});

it('adopts what an earlier version of the program wrote besides', async () => {
  await (await open()).write([{ path: 'extra.txt', content: bytes('extra') }]);
  const again = await open();
  await again.adoptRest();
  expect(again.subjects().map(({ name }) => name)).toEqual(['runs/2026-03-02/extra.txt']);
});

it('does not adopt a planted file', async () => {
  await archive.create('daily.all/runs/2026-03-02/extra.txt', bytes('planted'));
  await expect((await open()).adoptRest()).rejects.toMatchObject({ code: 'ARCHIVE_CONFLICT' });
});

it('refuses a file that somebody else put there', async () => {
  await archive.create('daily.all/runs/2026-03-02/evidence/x.json', bytes('planted'));
  const run = await open();
  const conflict = expect.objectContaining({ code: 'ARCHIVE_CONFLICT' });
  await expect(run.read('evidence/x.json')).rejects.toEqual(conflict);
  await expect(run.write([{ path: 'evidence/x.json', content: bytes('mine') }])).rejects.toEqual(
    conflict,
  );
});

it('believes what another worker wrote at the same time', async () => {
  const [one, two] = [await open(), await open()];
  await one.write([{ path: 'run.json', content: bytes('one') }]);
  const [stored] = await two.write([{ path: 'run.json', content: bytes('two') }]);
  expect(text(stored)).toBe('one');
});
