import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createFolderStore } from '../../src/archive/folder-store';
import { verifyArchive } from '../../src/archive/verify';
import type { Expectation } from './cases/write';
import { writeCases } from './cases/write';
import { filesIn } from './forge';
import { codesOf, verifyWithScript } from './support';

const ROOT = join(__dirname, '../../testdata/archives');
const NAMES = readdirSync(ROOT).sort();

it('is what `npm run testdata` writes', async () => {
  const again = mkdtempSync(join(tmpdir(), 'tallyman-testdata-'));
  await writeCases(again);
  const files = filesIn(ROOT);
  expect(filesIn(again)).toEqual(files);
  const differs = (path: string): boolean =>
    !readFileSync(join(again, path)).equals(readFileSync(join(ROOT, path)));
  expect(files.filter(differs)).toEqual([]);
  rmSync(again, { recursive: true });
});

describe('both verifiers find what the case says:', () => {
  test.concurrent.each(NAMES)('%s', async (name) => {
    const folder = join(ROOT, name, 'archive');
    const expected = JSON.parse(readFileSync(join(ROOT, name, 'case.json'), 'utf8')) as Expectation;
    const { asked, discrepancies, notes } = expected;
    const ours = await verifyArchive(createFolderStore(folder), asked);
    expect({ codes: codesOf(ours.discrepancies), notes: codesOf(ours.notes) }).toEqual({
      codes: discrepancies,
      notes,
    });
    expect(ours.verdict).toMatch(discrepancies.length === 0 ? /^Good: / : /^Not good: /);
    const { output, ...script } = await verifyWithScript(folder, asked);
    const code = discrepancies.length === 0 ? 0 : 1;
    expect({ ...script, output }).toEqual({ code, codes: discrepancies, notes, output });
    expect(name.endsWith('_fail')).toBe(discrepancies.length > 0);
  });
});
