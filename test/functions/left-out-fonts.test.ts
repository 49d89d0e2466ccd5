import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ContainerClient } from '@azure/storage-blob';
import { checkFonts } from '../../src/cli/doctor/check-fonts';
import { sha256 } from '../../src/core/digest';
import { bringFonts, fontPath } from '../../src/open-fonts';
import type { FontFile } from '../../src/render/pdf/font-files';
import { fontBytes, largeFonts } from '../../src/render/pdf/font-files';
import type { Place } from '../../src/settings';
import type { Azurite } from '../support/azurite';
import { startAzurite } from '../support/azurite';

const ROOT = join(__dirname, '../..');
const CONTENT = Buffer.from('as if it were a font');
const FONT: FontFile = { name: 'korean', digest: sha256(CONTENT) };

jest.setTimeout(60_000);

let folder: string;
let fonts: Place;
let scratch: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-fonts-'));
  fonts = { kind: 'folder', path: folder };
  scratch = join(folder, 'scratch');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const bring = async (): Promise<Buffer> => {
  const paths = await bringFonts([FONT], { fonts, scratch, storageConnection: undefined });
  return readFileSync(paths.get('korean') ?? '');
};

describe('a font that the package leaves out', () => {
  it('is copied once, and a copy that is not whole is made again', async () => {
    writeFileSync(join(folder, fontPath(FONT)), CONTENT);
    expect(await bring()).toEqual(CONTENT);
    rmSync(join(folder, fontPath(FONT)));
    expect(await bring()).toEqual(CONTENT);
    const [copy = ''] = readdirSync(join(scratch, 'tallyman-fonts'));
    writeFileSync(join(scratch, 'tallyman-fonts', copy), CONTENT.subarray(4));
    await expect(bring()).rejects.toMatchObject({ code: 'FONTS_MISSING' });
    writeFileSync(join(folder, fontPath(FONT)), CONTENT);
    expect(await bring()).toEqual(CONTENT);
  });

  it('is refused when it is not there, is another file, or nobody says where it is', async () => {
    await expect(bring()).rejects.toMatchObject({ code: 'FONTS_MISSING' });
    writeFileSync(join(folder, fontPath(FONT)), 'another file');
    await expect(bring()).rejects.toMatchObject({
      code: 'FONTS_MISSING',
      message: expect.stringContaining('another file than its name says') as string,
    });
    const nowhere: Place = { kind: 'folder', path: join(folder, 'nowhere') };
    await expect(
      bringFonts([FONT], { fonts: nowhere, scratch, storageConnection: undefined }),
    ).rejects.toMatchObject({ code: 'FONTS_MISSING' });
    expect(await checkFonts({ fonts: nowhere, storageConnection: undefined })).toMatchObject({
      status: 'bad',
      remedy: expect.stringContaining('cp -r dist-bundle-fonts') as string,
    });
    await expect(
      bringFonts([FONT], { fonts: undefined, scratch, storageConnection: undefined }),
    ).rejects.toMatchObject({ code: 'FONTS_MISSING', message: 'TALLYMAN_FONTS is not set.' });
  });
});

describe('infra/upload-fonts.mjs', () => {
  let azurite: Azurite;
  let place: Place;

  beforeAll(async () => {
    azurite = await startAzurite();
    place = { kind: 'blob', url: `${azurite.blobUrl}/fonts` };
    await new ContainerClient(azurite.connectionString, 'fonts').create();
  });
  afterAll(async () => {
    await azurite.stop();
  });

  it('puts fonts into a container, from where they are brought, and the doctor says so', async () => {
    const settings = { fonts: place, scratch, storageConnection: azurite.connectionString };
    expect(await checkFonts(settings)).toMatchObject({
      status: 'bad',
      remedy: expect.stringContaining('infra/upload-fonts.mjs') as string,
    });
    const upload = join(folder, 'upload');
    const files = largeFonts();
    mkdirSync(upload);
    for (const file of files) writeFileSync(join(upload, fontPath(file)), fontBytes(file.name));
    const printed = await promisify(execFile)(
      process.execPath,
      [join(ROOT, 'infra/upload-fonts.mjs'), upload],
      {
        env: {
          ...process.env,
          TALLYMAN_FONTS: place.kind === 'blob' ? place.url : '',
          TALLYMAN_STORAGE_CONNECTION: azurite.connectionString,
        },
      },
    );
    for (const file of files) expect(printed.stdout).toContain(`${fontPath(file)}: uploaded`);
    const paths = await bringFonts(files, settings);
    for (const { name, digest } of files) {
      expect(sha256(readFileSync(paths.get(name) ?? ''))).toBe(digest);
    }
    expect(await checkFonts(settings)).toMatchObject({ status: 'good' });
  });
});
