import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
])('both verifiers report %s', async (_name, damage) => {
  damage();
  const [ours, script] = await Promise.all([
    verifyArchive(createFolderStore(folder)),
    verifyWithScript(folder),
  ]);
  expect(codesOf(ours.discrepancies)).toEqual(['file-unlisted']);
  expect(script).toMatchObject({ code: 1, codes: ['file-unlisted'] });
});
