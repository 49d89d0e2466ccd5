import { readFile, stat } from 'node:fs/promises';

import type { Problem } from '../core/errors';

/** More than any sensible definition needs, and little enough to parse without care. */
const MAX_FILE_BYTES = 128 * 1024;

/**
 * The text of a definition file, with line ends as `\n` so that a checkout on Windows gives the same
 * digests. Undefined, and a problem added, when the file is missing, too big or not UTF-8.
 */
export async function readText(path: string, problems: Problem[]): Promise<string | undefined> {
  const bytes = await readBytes(path, problems);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r\n?/g, '\n');
  } catch {
    problems.push({
      where: path,
      message: 'Expected UTF-8 text; some bytes are not.',
      remedy: 'Save the file as UTF-8.',
    });
    return undefined;
  }
}

async function readBytes(path: string, problems: Problem[]): Promise<Uint8Array | undefined> {
  try {
    const file = await stat(path);
    // A device or a pipe has no size and may never end.
    if (!file.isFile()) {
      problems.push({ where: path, message: 'Expected a file, came something else of that name.' });
      return undefined;
    }
    const { size } = file;
    if (size <= MAX_FILE_BYTES) return await readFile(path);
    problems.push({
      where: path,
      message: `Expected at most ${MAX_FILE_BYTES} bytes, came ${size}.`,
      remedy: 'Split the definition.',
    });
  } catch (error) {
    problems.push({
      where: path,
      message: `Expected a readable file, came ${(error as NodeJS.ErrnoException).code ?? 'an error'}.`,
      remedy: 'Add the file, or take away the folder that needs it.',
    });
  }
  return undefined;
}
