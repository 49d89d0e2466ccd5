import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { buildShort } from './cases/intact';
import { verifyWithScript } from './support';

let folder: string;
let head: string;
beforeAll(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'tallyman-arguments-')), 'archive');
  const { digests } = await buildShort(folder);
  head = digests.at(-1)!;
});
afterAll(() => {
  rmSync(dirname(folder), { recursive: true });
});

it.each([
  { head: '' },
  { head: 'abc' },
  { stream: '' },
  { stream: 'daily.all/runs' },
  { from: '' },
  { from: '2026-99-99' },
  { to: '2026-02-30' },
  { from: '2026-03-05', to: '2026-03-05' },
  { 'tsa-ca': '' },
])('verify.sh refuses %j', async (asked) => {
  const { code, output } = await verifyWithScript(folder, asked);
  expect({ code, output }).toMatchObject({ code: 64, output: expect.stringMatching(/^usage: /) });
});

it('verify.sh takes a head in capitals', async () => {
  const { code, output } = await verifyWithScript(folder, { head: head.toUpperCase() });
  expect({ code, output }).toMatchObject({ code: 0 });
  expect(output).not.toContain('no --head');
});

it('verify.sh names each stream whose head was not given', async () => {
  const { code, output } = await verifyWithScript(folder, { head: 'a'.repeat(64) });
  expect(code).toBe(1);
  expect(output).toContain('Not checked: no --head of daily.all was given');
});
