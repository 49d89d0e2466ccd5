import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createFolderStore } from './archive/folder-store';
import type { Archive } from './core/archive';
import { sha256 } from './core/digest';
import { TallymanError } from './core/errors';
import { makeFolder } from './core/make-folder';
import type { Pieces } from './core/pieces';
import { newId } from './machine';
import { openBlobStore } from './open-archive';
import type { FontFile, FontName } from './render/pdf/font-files';
import { fontsBroughtBy } from './render/pdf/font-files';
import type { Place, Settings } from './settings';

/** What a font is called where deployments keep it. */
export function fontPath({ digest }: Pick<FontFile, 'digest'>): string {
  return `${digest}.ttf`;
}

/** Where fonts are kept. A folder that is not there holds none. */
export async function openFontStore(place: Place, storageConnection?: string): Promise<Archive> {
  if (place.kind === 'folder') return createFolderStore(place.path);
  return openBlobStore(place.url, storageConnection);
}

type FontSettings = Pick<Settings, 'fonts' | 'scratch' | 'storageConnection'>;

/** Has PDFs made with the fonts that the app's package leaves out, from where the settings say that they are. */
export function bringFontsWith(settings: FontSettings): void {
  fontsBroughtBy((files) => bringFonts(files, settings));
}

/** Paths of copies of the fonts, which are as their digests say. Throws FONTS_MISSING and ARCHIVE_UNREACHABLE. */
export async function bringFonts(
  files: readonly FontFile[],
  { fonts, scratch, storageConnection }: FontSettings,
): Promise<Map<FontName, string>> {
  if (fonts === undefined) throw fontsMissing('TALLYMAN_FONTS is not set.');
  const store = await openFontStore(fonts, storageConnection);
  const folder = join(resolve(scratch ?? tmpdir()), 'tallyman-fonts');
  await makeFolder(folder, 0o700);
  const paths = new Map<FontName, string>();
  for (const file of files) paths.set(file.name, await bringFont(file, store, folder));
  return paths;
}

/** The path of a font's copy, which another process may have made. */
async function bringFont(file: FontFile, store: Archive, folder: string): Promise<string> {
  const path = join(folder, fontPath(file));
  if ((await digestOf(path)) === file.digest) return path;
  const content = await store.open(fontPath(file));
  if (content === undefined) {
    throw fontsMissing(`${store.location} does not hold ${fontPath(file)}, the font ${file.name}.`);
  }
  if (sha256(content) !== file.digest) {
    throw fontsMissing(
      `${fontPath(file)} in ${store.location} is another file than its name says.`,
    );
  }
  await writeWhole(path, content);
  return path;
}

/** Undefined when there is no such file. */
async function digestOf(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}

/** A process that reads the file meanwhile has the old one or the new one. */
async function writeWhole(path: string, content: Pieces): Promise<void> {
  const begun = `${path}.${newId()}`;
  try {
    await pipeline(Readable.from(content.read()), createWriteStream(begun, { mode: 0o600 }));
    await rename(begun, path);
  } finally {
    await rm(begun, { force: true });
  }
}

function fontsMissing(message: string): TallymanError {
  return new TallymanError('FONTS_MISSING', message, {
    hint: 'Upload them from where the app was bundled, `node infra/upload-fonts.mjs dist-bundle-fonts <container>`, and set TALLYMAN_FONTS to that container.',
  });
}
