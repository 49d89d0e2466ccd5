import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { z } from 'zod';
import { TallymanError, type Problem } from '../core/errors';
import { STANDARD_COLUMNS, type OwnTable } from '../core/known-tables';
import type { Column, KustoType } from '../core/table';
import { TABLE_SCHEMAS } from '../core/table-schemas';
import { checkShape } from './check-shape';
import { yamlFilesIn } from './names';
import { readText } from './read-text';
import { tableSchema } from './schemas';
import { parseYaml, type YamlFile } from './yaml-file';

type TableFile = z.infer<typeof tableSchema>;

/** Categories whose records are Azure Monitor’s tables already. */
const TAKEN: readonly string[] = [
  'containerregistryloginevents',
  'containerregistryrepositoryevents',
];

/** The tables that a folder describes, each in a YAML file; none when there is no folder. One problem is added per mistake. */
export async function readTableFiles(folder: string, problems: Problem[]): Promise<OwnTable[]> {
  if (!existsSync(folder)) return [];
  const tables: OwnTable[] = [];
  for (const id of await yamlFilesIn(folder, problems)) {
    const where = join(folder, `${id}.yaml`);
    const text = await readText(where, problems);
    const file = text === undefined ? undefined : parseYaml(where, text, problems);
    const value = file === undefined ? undefined : checkShape(tableSchema, file, problems);
    if (file === undefined || value === undefined) continue;
    const before = problems.length;
    checkNames(value, file, tables, problems);
    checkColumns(value, file, problems);
    if (problems.length === before) tables.push(ownTable(value));
  }
  return tables;
}

/** The same, for who needs the tables alone. Throws CATALOG_INVALID with all problems at once. */
export async function loadTableFiles(folder: string): Promise<readonly OwnTable[]> {
  const problems: Problem[] = [];
  const tables = await readTableFiles(folder, problems);
  if (problems.length === 0) return tables;
  throw new TallymanError('CATALOG_INVALID', `The tables in ${folder} can’t be used.`, {
    hint: 'Mend the places below, or take the files away.',
    problems,
  });
}

function ownTable({ table, version, category, columns, fields }: TableFile): OwnTable {
  const own = Object.entries<KustoType>(columns)
    .map(([name, type]): Column => ({ name, type }))
    .filter(({ name }) => standardType(name) === undefined);
  return {
    name: table,
    version,
    category,
    columns: [...STANDARD_COLUMNS, ...own],
    fields: Object.fromEntries(own.map(({ name }) => [name, fields?.[name] ?? name])),
  };
}

function checkNames(
  { table, category }: TableFile,
  file: YamlFile,
  others: readonly OwnTable[],
  problems: Problem[],
): void {
  const same = (name: string): boolean => name.toLowerCase() === table.toLowerCase();
  if ([...Object.keys(TABLE_SCHEMAS), ...others.map(({ name }) => name)].some(same)) {
    problems.push({
      where: file.where,
      ...file.placeOf(['table']),
      message: `Expected a name that no other table has, came '${table}'.`,
      remedy: 'Rename it: Azure Monitor’s own tables and those of other files stay as they are.',
    });
  }
  if ([...TAKEN, ...others.map((other) => other.category)].includes(category)) {
    problems.push({
      where: file.where,
      ...file.placeOf(['category']),
      message: `Expected a category that fills no other table, came '${category}'.`,
      remedy: 'Describe all columns of a category in one table.',
    });
  }
}

function checkColumns(
  { columns, fields = {} }: TableFile,
  file: YamlFile,
  problems: Problem[],
): void {
  const seen = new Set<string>();
  for (const [name, type] of Object.entries<KustoType>(columns)) {
    const place = { where: file.where, ...file.placeOfKey(['columns'], name) };
    const standard = standardType(name);
    if (standard !== undefined && standard !== type) {
      problems.push({
        ...place,
        message: `Expected '${name}: ${standard}', as every table has it, came '${type}'.`,
        remedy: 'Take it away: it is added by itself.',
      });
    }
    if (standard === undefined && name.startsWith('_')) {
      problems.push({
        ...place,
        message: `Expected a column that does not begin with '_', came '${name}'.`,
        remedy: 'Rename it; use fields to say which field it is read from.',
      });
    }
    if (seen.has(name.toLowerCase())) {
      problems.push({
        ...place,
        message: `Expected columns that differ in more than upper and lower case, came '${name}' again.`,
        remedy: 'Rename one of them; use fields to say which field it is read from.',
      });
    }
    seen.add(name.toLowerCase());
  }
  for (const name of Object.keys(fields)) {
    if (Object.hasOwn(columns, name) && standardType(name) === undefined) continue;
    problems.push({
      where: file.where,
      ...file.placeOfKey(['fields'], name),
      message: `Expected a column of this table, came '${name}'.`,
      remedy: 'Declare it under columns, with its type.',
    });
  }
}

function standardType(name: string): KustoType | undefined {
  return STANDARD_COLUMNS.find((column) => column.name === name)?.type;
}
