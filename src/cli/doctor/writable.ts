import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Why nothing can be written below a folder, which need not be there yet; undefined when it can. */
export function whyNotWritable(folder: string): string | undefined {
  let place = resolve(folder);
  while (!existsSync(place) && dirname(place) !== place) place = dirname(place);
  try {
    if (!statSync(place).isDirectory()) return `${place} is no folder.`;
    accessSync(place, constants.W_OK);
    return undefined;
  } catch (error) {
    return `Nothing can be written into ${place}: ${(error as Error).message}.`;
  }
}
