import { rm, rmdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import type { EraseFile } from '../core/archive';
import { isReallyAt, reaching } from './folder-store';
import { pathSegments } from './layout';

/** Deletes files of an archive in a folder, and the folders that become empty. Links are not followed. */
export function folderEraser(folder: string): EraseFile {
  const root = resolve(folder);
  return (path) =>
    reaching(root, async () => {
      const target = join(root, ...pathSegments(path));
      if (!isReallyAt(root, dirname(target))) throw new Error(`${target} is behind a link`);
      await rm(target, { force: true });
      for (let above = dirname(target); above.length > root.length; above = dirname(above)) {
        if (!(await removedEmpty(above))) break;
      }
    });
}

async function removedEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch {
    return false;
  }
}
