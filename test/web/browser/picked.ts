import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PickedFile } from '../../../src/web/browser/picked-files';
import { filesIn } from '../../archive/forge';

/** The files of a folder as a browser gives them when it is picked. */
export function pickedFrom(folder: string, prefix = ''): PickedFile[] {
  return filesIn(folder).map((path) => {
    const content = readFileSync(join(folder, path));
    return {
      path: prefix + path,
      size: content.length,
      read: () => Promise.resolve(new Uint8Array(content)),
    };
  });
}
