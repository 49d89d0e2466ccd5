import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { contrast } from '../../src/catalog/contrast';
import { checkCatalog } from '../../src/catalog/lint';
import { loadCatalog } from '../../src/catalog/load-catalog';
import { imageOf } from '../../src/catalog/logo-image';
import { formatProblem } from '../../src/core/errors';
import { pngOf, SMALL_JPEG } from '../support/pictures';
import { removeCatalogs, SMALL_CATALOG, writeCatalog } from './small-catalog';

afterAll(removeCatalogs);

async function branded(yaml: string, logo?: Buffer): Promise<string> {
  const folder = await writeCatalog({
    'reports/daily.yaml': `${SMALL_CATALOG['reports/daily.yaml']}${yaml}`,
  });
  if (logo !== undefined) {
    await mkdir(join(folder, 'branding'));
    await writeFile(join(folder, 'branding/logo.png'), logo);
  }
  return folder;
}

async function problemsOf(folder: string): Promise<string> {
  const { problems } = await checkCatalog(folder);
  return problems.map(formatProblem).join('\n');
}

test('what a report wears is read, with its logo', async () => {
  const logo = pngOf(8, 4);
  const folder = await branded(
    `attachUpTo: 2
branding:
  organisation: Contoso
  classification: Confidential
  colour: { light: '#2c5a86', dark: '#8cc1f5' }
  logo: logo.png
`,
    logo,
  );
  const [report] = (await loadCatalog(folder)).reports;
  expect(report?.attachUpTo).toBe(2);
  expect(report?.branding).toEqual({
    organisation: 'Contoso',
    classification: 'Confidential',
    colour: { light: '#2c5a86', dark: '#8cc1f5' },
    logo: { type: 'image/png', width: 8, height: 4, base64: logo.toString('base64') },
  });
});

test.each<[string, string, RegExp]>([
  [
    'too light for white paper',
    "light: '#8cc1f5', dark: '#8cc1f5'",
    /daily\.yaml:\d+:\d+: Expected a contrast of at least 4\.5 on #ffffff, came #8cc1f5 with 1\.9\d/,
  ],
  [
    'too dark for a dark page',
    "light: '#2c5a86', dark: '#2c5a86'",
    /on #12181f, came #2c5a86 with 2\.\d\d.*Choose a lighter colour/,
  ],
  ['that is none', "light: blue, dark: '#8cc1f5'", /must be a colour such as/],
])('a colour %s is a problem', async (_, colours, message) => {
  expect(await problemsOf(await branded(`branding:\n  colour: { ${colours} }\n`))).toMatch(message);
});

test.each<[string, Buffer | undefined, RegExp]>([
  ['that is not there', undefined, /came 'logo\.png', which is not there/],
  ['with transparency', pngOf(4, 4, 6), /Expected a PNG without transparency/],
  ['that is no picture', Buffer.from('<svg onload="alert(1)"/>'), /Expected a PNG/],
  [
    'that is too large',
    Buffer.concat([pngOf(4, 4), Buffer.alloc(100_000)]),
    /at most 100000 bytes/,
  ],
])('a logo %s is a problem', async (_, logo, message) => {
  expect(await problemsOf(await branded('branding:\n  logo: logo.png\n', logo))).toMatch(message);
});

test('a logo is found in its own folder only', async () => {
  const folder = await branded("branding:\n  logo: '../../secret.png'\n");
  expect(await problemsOf(folder)).toMatch(/must be the name of a \.png or \.jpg/);
});

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

test('a JPEG is known by its frame, and half a one is not', () => {
  expect(imageOf(SMALL_JPEG)).toEqual({ type: 'image/jpeg', width: 1, height: 1 });
  for (let length = 0; length < 84; length += 7) {
    expect(imageOf(SMALL_JPEG.subarray(0, length))).toBeUndefined();
    expect(imageOf(pngOf(2, 2).subarray(0, Math.min(length, 32)))).toBeUndefined();
  }
});
