import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, and gives the uppermost that it made; undefined when the folder is there
 * already. Node's own `recursive` never ends under a folder that is there and lets nobody make another, such as
 * `/proc`: it is told ENOENT for the child, and goes up and down for good (seen with Node 20.20). Throws what the
 * file system said.
 */
export async function makeFolder(folder: string, mode?: number): Promise<string | undefined> {
  try {
    return await makeOne(folder, mode);
  } catch (error) {
    const above = dirname(folder);
    if (!isCode(error, 'ENOENT') || above === folder) throw error;
    const uppermost = await makeFolder(above, mode);
    const made = await makeOne(folder, mode);
    return uppermost ?? made;
  }
}

/** The same at once, for who can't wait. */
export function makeFolderSync(folder: string, mode?: number): void {
  try {
    makeOneSync(folder, mode);
  } catch (error) {
    const above = dirname(folder);
    if (!isCode(error, 'ENOENT') || above === folder) throw error;
    makeFolderSync(above, mode);
    makeOneSync(folder, mode);
  }
}

function makeOneSync(folder: string, mode: number | undefined): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if (!isCode(error, 'EEXIST') || !statSync(folder).isDirectory()) throw error;
  }
}

async function makeOne(folder: string, mode: number | undefined): Promise<string | undefined> {
  try {
    await mkdir(folder, { mode });
    return folder;
  } catch (error) {
    if (isCode(error, 'EEXIST') && (await stat(folder)).isDirectory()) return undefined;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException).code === code;
}
