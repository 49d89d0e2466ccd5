import type { Entry, ZipFile } from 'yauzl';
import { parseExtraFields } from 'yauzl';

/** Info-ZIP's Unicode Path: version, checksum, and the name under which `unzip` writes the file. */
const UNICODE_PATH = 0x7075;

/**
 * Every name under which some program may unpack a file, that of the directory first: the file's own header
 * and an extra field of either may have others.
 */
export async function namesOf(zip: ZipFile, entry: Entry): Promise<string[]> {
  const local = await localHeader(zip, entry);
  const extra = [entry.extraFieldRaw, ...(local ? [local.extra] : [])].flatMap(unicodePaths);
  const names = [entry.fileNameRaw, ...(local ? [local.name] : []), ...extra];
  return [...new Set(names.map((name) => name.toString('utf8')))];
}

/** Whether a folder's name may be unpacked outside the folder where it is to be. */
export function leadsElsewhere(folder: string): boolean {
  return folder.startsWith('/') || /\\|(^|\/)\.+(\/|$)/.test(folder);
}

/** Undefined when it can't be read, and then neither can the file. */
async function localHeader(
  zip: ZipFile,
  entry: Entry,
): Promise<{ readonly name: Buffer; readonly extra: Buffer } | undefined> {
  try {
    const { fileName, extraField } = await zip.readLocalFileHeaderPromise(entry);
    return { name: fileName, extra: extraField };
  } catch {
    return undefined;
  }
}

function unicodePaths(extra: Buffer): Buffer[] {
  try {
    return parseExtraFields(extra)
      .filter(({ id, data }) => id === UNICODE_PATH && data.length > 5)
      .map(({ data }) => data.subarray(5));
  } catch {
    return [];
  }
}
