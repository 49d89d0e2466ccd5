import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { sha256, stableJson } from '../core/digest';
import type { Problem } from '../core/errors';

/** SHA-256 over the names and contents of all views and languages of a templates folder. */
export async function digestViews(templates: string, problems: Problem[]): Promise<string> {
  return sha256(
    stableJson({
      views: await digestsIn(join(templates, 'views'), problems),
      // What is wrong with languages is told where they are read.
      languages: await digestsIn(join(templates, 'languages'), []),
    }),
  );
}

async function digestsIn(folder: string, problems: Problem[]): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  const visit = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await visit(path);
      else digests[path] = sha256(await readFile(join(folder, path)));
    }
  };
  try {
    await visit('');
  } catch (error) {
    problems.push({
      where: folder,
      message: `Expected the views that reports are made with, came ${(error as NodeJS.ErrnoException).code ?? 'an error'}.`,
      remedy: 'Copy templates/views beside your definitions.',
    });
  }
  return digests;
}
