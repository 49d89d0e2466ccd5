import { dirname, join } from 'node:path';

import type { AuditDefinition, Branding, ReportDefinition } from '../core/definitions';
import type { Problem } from '../core/errors';
import type { LanguageId } from '../core/language';
import { nearestName } from '../kql/similar';
import { readBranding } from './branding';
import { checkShape, soundParts } from './check-shape';
import { checkId, yamlFilesIn } from './names';
import { readText } from './read-text';
import { reportSchema } from './schemas';
import type { ReportFile } from './schemas';
import { parseYaml } from './yaml-file';
import type { YamlFile } from './yaml-file';

/** The audits that a report can name: an id that is known, with its definition when that is valid. */
export type KnownAudits = ReadonlyMap<string, AuditDefinition | undefined>;

/** A report that is to be read in another language than its file says. */
export interface InLanguage {
  readonly report: string;
  readonly language: LanguageId;
}

/** Every report of a folder, in order of id. One problem is added per mistake. */
export async function readReportFiles(
  folder: string,
  audits: KnownAudits,
  problems: Problem[],
  inLanguage: InLanguage | undefined,
): Promise<ReportDefinition[]> {
  const reports: ReportDefinition[] = [];
  for (const id of await yamlFilesIn(folder, problems)) {
    const where = join(folder, `${id}.yaml`);
    checkId(id, where, problems);
    const text = await readText(where, problems);
    const file = text === undefined ? undefined : parseYaml(where, text, problems);
    if (file === undefined) continue;
    const value = checkShape(reportSchema, file, problems);
    const sound = value ?? soundParts(reportSchema, file);
    checkAudits(sound.audits ?? [], file, audits, problems);
    checkUnique(sound, file, problems);
    checkWaivers(sound, file, audits, problems);
    const branding = await readBranding(sound.branding, dirname(folder), file, problems);
    if (value === undefined) continue;
    const language = inLanguage?.report === id ? inLanguage.language : value.language;
    const title = titleIn(value, language ?? 'en', file, problems);
    const report = toDefinition(id, value, title, audits, branding);
    reports.push(language === undefined ? report : { ...report, language });
  }
  return reports;
}

function toDefinition(
  id: string,
  value: ReportFile,
  title: string,
  audits: KnownAudits,
  branding: Branding | undefined,
): ReportDefinition {
  return {
    id,
    title,
    period: value.period,
    timeZone: value.timeZone,
    deliverAt: value.deliverAt,
    settleHours: value.settle,
    ...(value.ends === undefined ? {} : { ends: value.ends }),
    askAgainDays: value.askAgain,
    scopes: value.scopes,
    recipients: value.recipients,
    audits: value.audits.flatMap((name) => audits.get(name) ?? []),
    waivers: value.waivers,
    ...(value.attachUpTo === undefined ? {} : { attachUpTo: value.attachUpTo }),
    ...(branding === undefined ? {} : { branding }),
    ...(value.exports === undefined ? {} : { exports: value.exports }),
  };
}

/** The report's title in its language. */
function titleIn(
  { title }: ReportFile,
  language: LanguageId,
  file: YamlFile,
  problems: Problem[],
): string {
  if (typeof title === 'string') return title;
  const found = title[language];
  if (found !== undefined) return found;
  problems.push({
    where: file.where,
    ...file.placeOf(['title']),
    message: `The report is in the language '${language}', and its title is not.`,
    remedy: `Add '${language}' to the title's map, or write one title for all.`,
  });
  return '';
}

function checkAudits(
  names: readonly string[],
  file: YamlFile,
  audits: KnownAudits,
  problems: Problem[],
): void {
  names.forEach((name, i) => {
    if (audits.has(name)) return;
    const meant = nearestName(name, [...audits.keys()]);
    problems.push({
      where: file.where,
      ...file.placeOf(['audits', i]),
      message: `Expected an audit of templates/audits, came '${name}'.`,
      remedy: meant === undefined ? `Add the folder audits/${name}.` : `Did you mean '${meant}'?`,
    });
  });
}

/** Nothing may be listed twice: it would be asked, counted or mailed twice. */
function checkUnique(value: Partial<ReportFile>, file: YamlFile, problems: Problem[]): void {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['audits', value.audits ?? []],
    ['exports', value.exports ?? []],
    ['recipients', value.recipients?.map((address) => address.toLowerCase()) ?? []],
    ['scopes', value.scopes?.map((scope) => scope.id) ?? []],
  ];
  for (const [key, names] of lists) {
    names.forEach((name, i) => {
      if (names.indexOf(name) === i) return;
      problems.push({
        where: file.where,
        ...file.placeOf([key, i]),
        message: `'${name}' stands twice under ${key}.`,
        remedy: 'Take one of them away.',
      });
    });
  }
}

function checkWaivers(
  { audits: own, waivers = [] }: Partial<ReportFile>,
  file: YamlFile,
  audits: KnownAudits,
  problems: Problem[],
): void {
  waivers.forEach((waiver, i) => {
    if (own?.includes(waiver.audit) === false) {
      const meant = nearestName(waiver.audit, own);
      problems.push({
        where: file.where,
        ...file.placeOf(['waivers', i, 'audit']),
        message: `Expected an audit of this report, came '${waiver.audit}'.`,
        remedy:
          meant === undefined ? 'Waive findings of its audits only.' : `Did you mean '${meant}'?`,
      });
    }
    const columns = audits.get(waiver.audit)?.columns.map((column) => column.name);
    for (const name of columns === undefined ? [] : Object.keys(waiver.match)) {
      if (columns?.includes(name) === true) continue;
      const meant = nearestName(name, columns ?? []);
      problems.push({
        where: file.where,
        ...file.placeOfKey(['waivers', i, 'match'], name),
        message: `Expected a column of '${waiver.audit}', came '${name}'.`,
        remedy:
          meant === undefined
            ? `Its columns are ${(columns ?? []).join(', ')}.`
            : `Did you mean '${meant}'?`,
      });
    }
  });
}
