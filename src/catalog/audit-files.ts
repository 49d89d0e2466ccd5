import { join } from 'node:path';

import type { AuditDefinition, ControlRef } from '../core/definitions';
import type { Problem } from '../core/errors';
import { columnsIn } from '../core/finding-sentence';
import type { KnownTables } from '../core/known-tables';
import type { KustoType } from '../core/table';
import { nearestName } from '../kql/similar';
import type { ActorRules } from './actor-rules';
import { actorPrelude } from './actor-rules';
import { checkCharts } from './charts';
import type { AuditTexts } from './audit-texts';
import { readAuditTexts, TEXT_FILES } from './audit-texts';
import { checkSentence } from './check-sentence';
import { checkShape, soundParts } from './check-shape';
import type { Frameworks } from './control-files';
import { checkId, foldersIn, namesIn } from './names';
import { readText } from './read-text';
import { auditSchema } from './schemas';
import type { AuditFile } from './schemas';
import { checkWhen, whenOf } from './when-columns';
import { parseYaml } from './yaml-file';
import type { YamlFile } from './yaml-file';

/** An audit's folder as far as it could be read. */
export interface AuditFolder {
  readonly id: string;
  /** Undefined when audit.yaml is not right. */
  readonly declared:
    | { readonly audit: AuditDefinition; readonly file: YamlFile; readonly texts: AuditTexts }
    | undefined;
  readonly query: string;
  /** What is put before the query; empty, or lines that each end. */
  readonly prelude: string;
  /** The path of query.kql, as messages show it. */
  readonly queryPath: string;
}

/** What audits may refer to. */
export interface AuditContext {
  readonly frameworks: Frameworks;
  readonly tables: KnownTables;
  readonly actors: ActorRules | undefined;
}

const AUDIT_FILES = ['audit.yaml', 'query.kql'];

/** Every audit below a folder that has a query, in order of id. One problem is added per mistake. */
export async function readAuditFolders(
  folder: string,
  known: AuditContext,
  problems: Problem[],
): Promise<AuditFolder[]> {
  const read: AuditFolder[] = [];
  for (const id of await foldersIn(folder, problems)) {
    const audit = await readAuditFolder(join(folder, id), id, known, problems);
    if (audit !== undefined) read.push(audit);
  }
  return read;
}

async function readAuditFolder(
  folder: string,
  id: string,
  { frameworks, tables, actors }: AuditContext,
  problems: Problem[],
): Promise<AuditFolder | undefined> {
  checkId(id, folder, problems);
  const names = await filesOf(folder, problems);
  const where = join(folder, 'audit.yaml');
  const queryPath = join(folder, 'query.kql');
  const yaml = await readText(where, problems);
  const query = await readText(queryPath, problems);
  if (query?.trim() === '') {
    problems.push({ where: queryPath, line: 1, message: 'Expected a query, came an empty file.' });
  }
  const file = yaml === undefined ? undefined : parseYaml(where, yaml, problems);
  const value = file === undefined ? undefined : checkShape(auditSchema, file, problems);
  if (query === undefined) return undefined;
  const prelude = actorPrelude(query, actors);
  if (file === undefined) return { id, declared: undefined, query, prelude, queryPath };
  const sound = value ?? soundParts(auditSchema, file);
  checkTables(sound.tables ?? [], file, Object.keys(tables.schemas), problems);
  checkFinding(sound, file, problems);
  const controls = resolveControls(sound.controls ?? [], frameworks, file, problems);
  if (value === undefined) return { id, declared: undefined, query, prelude, queryPath };
  checkWhen(value, file, problems);
  checkCharts(value, file, problems);
  const audit = toDefinition(id, value, controls, prelude + query);
  const texts = await readAuditTexts(folder, names, audit, problems);
  return { id, declared: { audit, file, texts }, query, prelude, queryPath };
}

function toDefinition(
  id: string,
  value: AuditFile,
  controls: readonly ControlRef[],
  query: string,
): AuditDefinition {
  return {
    id,
    title: value.title,
    purpose: value.purpose.trim(),
    tables: value.tables,
    expect: value.expect,
    severity: value.severity,
    columns: Object.entries<KustoType>(value.columns).map(([name, type]) => ({ name, type })),
    finding: value.finding.trim(),
    controls,
    remediation: value.remediation.trim(),
    lookBackDays: value.lookBack?.days ?? 0,
    lookBackAtLeastDays: value.lookBack?.atLeast ?? 0,
    ...(value.lookBack?.rowsNeedIt === false ? { rowsNeedLookBack: false } : {}),
    query,
    ...(value.charts === undefined ? {} : { charts: value.charts }),
    ...(value.when === undefined ? {} : { when: whenOf(value.when) }),
  };
}

/** The names of a folder's files; one that nothing would read is a problem. */
async function filesOf(folder: string, problems: Problem[]): Promise<string[]> {
  const names = await namesIn(folder, 'Let this process read it.', problems);
  for (const name of names) {
    if (name.startsWith('.') || [...AUDIT_FILES, ...TEXT_FILES].includes(name)) continue;
    problems.push({
      where: join(folder, name),
      message: `Expected only ${AUDIT_FILES.join(' and ')} in an audit's folder, and ${TEXT_FILES.join(' and ')} for its texts, came ${name}.`,
      remedy: 'Move it elsewhere: nothing would read it here.',
    });
  }
  return names;
}

function checkTables(
  tables: readonly string[],
  file: YamlFile,
  known: readonly string[],
  problems: Problem[],
): void {
  tables.forEach((table, i) => {
    const place = { where: file.where, ...file.placeOf(['tables', i]) };
    if (tables.indexOf(table) !== i) {
      problems.push({ ...place, message: `The table '${table}' is named twice.` });
    }
    if (known.includes(table)) return;
    const meant = nearestName(table, known);
    problems.push({
      ...place,
      message: `Expected a table that is known here, came '${table}'.`,
      remedy: meant === undefined ? `Known: ${known.join(', ')}.` : `Did you mean '${meant}'?`,
    });
  });
}

/** Each `{{…}}` of the sentence must be a declared column, written without blanks, and each `[[…]]` must name one. */
function checkFinding(
  { finding, columns }: Partial<AuditFile>,
  file: YamlFile,
  problems: Problem[],
): void {
  if (finding === undefined || columns === undefined) return;
  const place = { where: file.where, ...file.placeOf(['finding']) };
  for (const name of columnsIn(finding)) {
    if (Object.hasOwn(columns, name)) continue;
    const meant = nearestName(name, Object.keys(columns));
    problems.push({
      ...place,
      message: `The finding names {{${name}}}, which is no column of this audit.`,
      remedy: meant === undefined ? 'Declare it under columns.' : `Did you mean '${meant}'?`,
    });
  }
  checkSentence(finding, place, problems);
}

function resolveControls(
  refs: readonly string[],
  frameworks: Frameworks,
  file: YamlFile,
  problems: Problem[],
): ControlRef[] {
  return refs.flatMap((ref, i) => {
    const slash = ref.indexOf('/');
    const [framework, id] = [ref.slice(0, slash), ref.slice(slash + 1)];
    const known = frameworks.get(framework);
    const title = known?.titles.get(id);
    const twice = refs.indexOf(ref) !== i;
    // What is wrong with the framework's own file is told there.
    if (known === undefined && frameworks.has(framework) && !twice) return [];
    if (known !== undefined && title !== undefined && !twice) {
      return [{ framework, id, title, frameworkName: known.name }];
    }
    const candidates =
      known === undefined
        ? [...frameworks.keys()].map((name) => `${name}/${id}`)
        : [...known.titles.keys()].map((name) => `${framework}/${name}`);
    const meant = nearestName(ref, candidates);
    problems.push({
      where: file.where,
      ...file.placeOf(['controls', i]),
      message: twice
        ? `The control '${ref}' is named twice.`
        : `Expected a control of templates/controls, came '${ref}'.`,
      ...(twice
        ? {}
        : {
            remedy:
              meant === undefined
                ? `Add '${id}' to controls/${framework}.yaml.`
                : `Did you mean '${meant}'?`,
          }),
    });
    return [];
  });
}
