import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import { buildShort } from './cases/intact';
import { codesOf, verifyWithScript } from './support';

let folder: string;
beforeEach(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'tallyman-odd-')), 'archive');
  await buildShort(folder);
});
afterEach(() => {
  rmSync(dirname(folder), { recursive: true });
});

const RUN = 'daily.all/runs/2026-03-02';

it.each([
  [
    'a symbolic link',
    (): void => {
      symlinkSync('/etc/passwd', join(folder, 'passwd'));
    },
  ],
  [
    'a name with a line feed and the name of a sealed file',
    (): void => {
      const name = `${RUN}/report.html\n./${RUN}/report.html`;
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      writeFileSync(join(folder, name), 'x');
    },
  ],
  [
    'a name with a line feed and nothing else',
    (): void => {
      writeFileSync(join(folder, RUN, 'report\nhtml'), 'x');
    },
  ],
  [
    'a folder whose name is no text',
    (): void => {
      const name = Buffer.concat([Buffer.from(`${folder}/a`), Buffer.from([0xff])]);
      mkdirSync(name);
      writeFileSync(Buffer.concat([name, Buffer.from('/x')]), 'x');
    },
  ],
])('both verifiers report %s', async (_name, damage) => {
  damage();
  const [ours, script] = await Promise.all([
    verifyArchive(createFolderStore(folder)),
    verifyWithScript(folder),
  ]);
  expect(codesOf(ours.discrepancies)).toEqual(['file-unlisted']);
  expect(script).toMatchObject({ code: 1, codes: ['file-unlisted'] });
});

it('reports a key that is too large for memory', async () => {
  const path = `keys/${'a'.repeat(64)}.pem`;
  writeFileSync(join(folder, path), '');
  truncateSync(join(folder, path), 2 ** 31);
  const { discrepancies } = await verifyArchive(createFolderStore(folder));
  expect(discrepancies).toMatchObject([{ code: 'file-unlisted', path }]);
});

it('reads no file whole that is too large for memory', async () => {
  const path = 'daily.all/manifests/large.json';
  writeFileSync(join(folder, path), '');
  truncateSync(join(folder, path), 2 ** 31);
  expect(await createFolderStore(folder).read(path)).toBeUndefined();
});

it('says how many files nothing seals, and minds no empty folder', async () => {
  mkdirSync(join(folder, 'an empty folder'));
  for (const name of ['report.html', 'report.pdf']) {
    mkdirSync(join(folder, 'daily.all/runs/2026-03-05'), { recursive: true });
    writeFileSync(join(folder, 'daily.all/runs/2026-03-05', name), 'planted');
  }
  const [ours, script] = await Promise.all([
    verifyArchive(createFolderStore(folder)),
    verifyWithScript(folder),
  ]);
  expect(ours.verdict).toMatch(
    /^Good: .*\); 2 files are not sealed and prove nothing: see the notes\./,
  );
  expect(script).toMatchObject({ code: 0, codes: [], notes: ['unsealed-run'] });
  expect(script.output).toMatch(/^Good: .*are not sealed and prove nothing: 2, see the notes\.$/m);
});
