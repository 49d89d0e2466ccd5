import { open, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { TallymanError } from '../core/errors';
import type { LogSink } from '../core/log-sink';
import { makeFolder } from '../core/make-folder';

/** Writes raw logs into a folder. Paths come from `captured-records.ts`, which lets none step out of it. */
export function createFolderSink(folder: string): LogSink {
  const root = resolve(folder);
  return {
    location: root,
    append: (path, lines) =>
      reaching(root, async () => {
        const file = join(root, path);
        await makeFolder(dirname(file));
        const handle = await open(file, 'a');
        try {
          await handle.appendFile(lines);
          await handle.sync();
        } finally {
          await handle.close();
        }
      }),
    keepAside: (path, content) =>
      reaching(root, async () => {
        const file = join(root, path);
        await makeFolder(dirname(file));
        await writeFile(file, content, { flag: 'wx' }).catch((error: unknown) => {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
        });
      }),
  };
}

async function reaching(location: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    throw new TallymanError('LOGS_UNREACHABLE', `Nothing can be written to ${location}.`, {
      hint: 'Check that the folder can be written to, and the disk.',
      cause,
    });
  }
}
