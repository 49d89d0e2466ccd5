import { join } from 'node:path';

import type { Problem } from '../core/errors';
import { checkShape } from './check-shape';
import { yamlFilesIn } from './names';
import { readText } from './read-text';
import { controlsSchema, FRAMEWORK_ID } from './schemas';
import { parseYaml } from './yaml-file';
import type { YamlFile } from './yaml-file';

/** The controls of one version of one framework that audits refer to. */
export interface Framework {
  /** Name and version, as reports show it: `PCI DSS 4.0.1`. */
  readonly name: string;
  /** Short titles by control id. */
  readonly titles: ReadonlyMap<string, string>;
  readonly file: YamlFile;
}

/** Every framework of a folder, by its file's name. One problem is added per mistake. */
export async function readFrameworks(
  folder: string,
  problems: Problem[],
): Promise<Map<string, Framework>> {
  const frameworks = new Map<string, Framework>();
  for (const id of await yamlFilesIn(folder, problems)) {
    const where = join(folder, `${id}.yaml`);
    if (!FRAMEWORK_ID.test(id)) {
      problems.push({
        where,
        message: `Expected a name such as pci-dss-4.0.1, came '${id}'.`,
        remedy: 'Use lower-case letters, digits, dots and hyphens.',
      });
    }
    const text = await readText(where, problems);
    const file = text === undefined ? undefined : parseYaml(where, text, problems);
    const value = file === undefined ? undefined : checkShape(controlsSchema, file, problems);
    if (file === undefined || value === undefined) continue;
    const titles = new Map(Object.entries(value.controls));
    // The version of an ISO standard follows its name with a colon: ISO/IEC 27001:2022.
    const space = value.version.startsWith(':') ? '' : ' ';
    frameworks.set(id, { name: `${value.name}${space}${value.version}`, titles, file });
  }
  return frameworks;
}
