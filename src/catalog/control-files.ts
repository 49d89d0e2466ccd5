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

/** Frameworks by their file's name; undefined for one whose file is not right. */
export type Frameworks = ReadonlyMap<string, Framework | undefined>;

/** Every framework of a folder. One problem is added per mistake. */
export async function readFrameworks(folder: string, problems: Problem[]): Promise<Frameworks> {
  const frameworks = new Map<string, Framework | undefined>();
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
    frameworks.set(id, undefined);
    if (file === undefined || value === undefined) continue;
    const titles = new Map(Object.entries(value.controls));
    // The version of an ISO standard follows its name with a colon: ISO/IEC 27001:2022.
    const space = value.version.startsWith(':') ? '' : ' ';
    frameworks.set(id, { name: `${value.name}${space}${value.version}`, titles, file });
  }
  return frameworks;
}
