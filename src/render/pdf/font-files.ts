import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../core/digest';
import FONTS from './font-list.json';

export type FontName = keyof typeof FONTS;

/** A font's file, by the digest (SHA-256, lower-case hex) of its bytes. */
export interface FontFile {
  readonly name: FontName;
  readonly digest: string;
}

/** Gives the paths of font files that were brought here, whole. Throws when one can't be had. */
export type BringFonts = (files: readonly FontFile[]) => Promise<ReadonlyMap<FontName, string>>;

/** Written beside the bundled app by infra/bundle.mjs: which fonts its package leaves out. */
const LEFT_OUT = join(__dirname, 'fonts-left-out.json');

/** ISO 14496-22, 5.1: the table directory begins after 12 bytes, and each of its entries has 16. */
const DIRECTORY = 12;
const ENTRY = 16;

/** The version of a `post` table without names of glyphs. */
const WITHOUT_NAMES = 0x0003_0000;

let bring: BringFonts | undefined;
let brought: ReadonlyMap<FontName, string> | undefined;

/** Names who brings the fonts that the app's package leaves out, when a PDF is made. */
export function fontsBroughtBy(bringFonts: BringFonts): void {
  bring = bringFonts;
}

/** Sees to it that every font can be opened, whatever a document will need. Throws what bringing them throws. */
export async function readyFonts(): Promise<void> {
  if (brought !== undefined || !existsSync(LEFT_OUT)) return;
  if (bring === undefined) throw new Error('nobody brings the fonts that the package leaves out');
  brought = await bring(JSON.parse(await readFile(LEFT_OUT, 'utf8')) as FontFile[]);
}

export function fontBytes(name: FontName): Buffer {
  return readFileSync(
    brought?.get(name) ?? require.resolve(`@expo-google-fonts/${FONTS[name].file}`),
  );
}

/**
 * A font file that has no names of glyphs. pdfkit asks the `post` table for two numbers, for which fontkit reads
 * thousands of names that stand behind them: a twentieth of the time that a short report takes.
 */
export function fontForText(name: FontName): Buffer {
  const file = fontBytes(name);
  const tables = file.readUInt16BE(4);
  for (let at = DIRECTORY; at < DIRECTORY + tables * ENTRY; at += ENTRY) {
    if (file.toString('latin1', at, at + 4) === 'post') {
      file.writeUInt32BE(WITHOUT_NAMES, file.readUInt32BE(at + 8));
    }
  }
  return file;
}

/** Fonts that a package of the app leaves out for their size, as this program has them. */
export function largeFonts(): FontFile[] {
  return (Object.keys(FONTS) as FontName[])
    .filter((name) => 'isLarge' in FONTS[name])
    .map((name) => ({ name, digest: sha256(fontBytes(name)) }));
}
