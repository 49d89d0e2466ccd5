import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Problem } from '../core/errors';
import { ID } from './schemas';

/** The names of a folder's folders, in order; a file among them is a problem. */
export async function foldersIn(folder: string, problems: Problem[]): Promise<string[]> {
  const { folders, files } = await entriesOf(folder, problems);
  for (const name of files) {
    problems.push({
      where: join(folder, name),
      message: 'Expected a folder, came a file.',
      remedy: 'Each audit is a folder with audit.yaml and query.kql.',
    });
  }
  return folders;
}

/** The names of a folder's YAML files without `.yaml`, in order; anything else is a problem. */
export async function yamlFilesIn(folder: string, problems: Problem[]): Promise<string[]> {
  const { folders, files } = await entriesOf(folder, problems);
  const yaml = files.filter((name) => name.endsWith('.yaml'));
  for (const name of [...folders, ...files]) {
    if (yaml.includes(name)) continue;
    problems.push({
      where: join(folder, name),
      message: 'Expected only files whose names end in .yaml.',
      remedy: 'Rename it, or move it elsewhere: nothing would read it here.',
    });
  }
  return yaml.map((name) => name.slice(0, -'.yaml'.length));
}

/** Adds a problem unless a name can be an id. */
export function checkId(id: string, where: string, problems: Problem[]): void {
  if (ID.test(id)) return;
  problems.push({
    where,
    message: `Expected a name of lower-case letters, digits and single hyphens, came '${id}'.`,
    remedy: 'The name is the id that reports and archives use; rename it.',
  });
}

async function entriesOf(
  folder: string,
  problems: Problem[],
): Promise<{ folders: string[]; files: string[] }> {
  const folders: string[] = [];
  const files: string[] = [];
  const remedy = 'Name the folder that holds audits, reports, controls and views.';
  for (const name of await namesIn(folder, remedy, problems)) {
    if (name.startsWith('.')) continue;
    const where = join(folder, name);
    try {
      // stat follows links: mounted configuration is often made of them.
      ((await stat(where)).isDirectory() ? folders : files).push(name);
    } catch (error) {
      problems.push({
        where,
        message: `Expected something that can be read, came ${codeOf(error)}.`,
        remedy: 'Take the link away, or restore what it points to.',
      });
    }
  }
  return { folders, files };
}

/** The names of what is in a folder, in order; none, and a problem, when it can't be read. */
export async function namesIn(
  folder: string,
  remedy: string,
  problems: Problem[],
): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    problems.push({
      where: folder,
      message: `Expected a folder that can be read, came ${codeOf(error)}.`,
      remedy,
    });
    return [];
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'an error';
}
