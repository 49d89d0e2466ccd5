import { join } from 'node:path';

import type { AuditDefinition, ReportDefinition } from '../core/definitions';
import type { Problem } from '../core/errors';
import { columnsIn } from '../core/finding-sentence';
import type { LanguageId } from '../core/language';
import { LANGUAGE_IDS } from '../core/language';
import { nearestName } from '../kql/similar';
import { checkSentence } from './check-sentence';
import { checkShape } from './check-shape';
import type { Glossary } from './language-files';
import { readText } from './read-text';
import type { AuditTextFile } from './schemas';
import { auditTextSchema } from './schemas';
import type { YamlFile } from './yaml-file';
import { parseYaml } from './yaml-file';

/** An audit's own texts in other languages than English. */
export type AuditTexts = ReadonlyMap<LanguageId, AuditTextFile>;

/** The name of the file that holds an audit's texts in a language: `audit.ko.yaml`. */
export function textFileOf(language: LanguageId): string {
  return `audit.${language}.yaml`;
}

/** Files of texts that an audit's folder may have. */
export const TEXT_FILES: readonly string[] = LANGUAGE_IDS.filter((id) => id !== 'en').map(
  textFileOf,
);

/** An audit's texts in the languages that its folder has files for. One problem is added per mistake. */
export async function readAuditTexts(
  folder: string,
  present: readonly string[],
  audit: AuditDefinition,
  problems: Problem[],
): Promise<AuditTexts> {
  const texts = new Map<LanguageId, AuditTextFile>();
  for (const language of LANGUAGE_IDS) {
    const name = textFileOf(language);
    if (language === 'en' || !present.includes(name)) continue;
    const where = join(folder, name);
    const text = await readText(where, problems);
    const file = text === undefined ? undefined : parseYaml(where, text, problems);
    const value = file === undefined ? undefined : checkShape(auditTextSchema, file, problems);
    if (file === undefined || value === undefined) continue;
    checkTexts(value, file, audit, problems);
    texts.set(language, value);
  }
  return texts;
}

/** The same columns in the sentence, a title for each chart, and no column that is not there. */
function checkTexts(
  value: AuditTextFile,
  file: YamlFile,
  audit: AuditDefinition,
  problems: Problem[],
): void {
  checkSentence(value.finding, { where: file.where, ...file.placeOf(['finding']) }, problems);
  const named = columnsIn(value.finding);
  const wanted = columnsIn(audit.finding);
  if (named.join() !== wanted.join()) {
    problems.push({
      where: file.where,
      ...file.placeOf(['finding']),
      message: `Expected the columns ${wanted.join(', ')} in the finding, came ${named.join(', ') || 'none'}.`,
      remedy: 'Name each column of the English sentence, as {{Column}}.',
    });
  }
  const [charts, titles] = [audit.charts?.length ?? 0, value.charts?.length ?? 0];
  if (charts !== titles) {
    problems.push({
      where: file.where,
      ...file.placeOf(['charts']),
      message: `Expected titles for ${charts} charts, came ${titles}.`,
      remedy: 'List a title for each chart, in the order of audit.yaml.',
    });
  }
  const columns = audit.columns.map(({ name }) => name);
  for (const key of ['columns', 'words'] as const) {
    for (const name of Object.keys(value[key] ?? {})) {
      if (columns.includes(name)) continue;
      const meant = nearestName(name, columns);
      problems.push({
        where: file.where,
        ...file.placeOfKey([key], name),
        message: `Expected a column of the audit, came '${name}'.`,
        remedy:
          meant === undefined
            ? `Its columns are ${columns.join(', ')}.`
            : `Did you mean '${meant}'?`,
      });
    }
  }
}

/** Where an audit's texts are, for whoever has to add them. */
export interface TextsOfAudits {
  readonly folder: string;
  readonly texts: ReadonlyMap<string, AuditTexts>;
}

/** What Azure's own activity is recorded in. */
const ACTIVITY_TABLE = 'AzureActivity';

/**
 * A report with its audits, and Azure's operations if it reads of any, worded in its language. An audit without texts in it is a problem, because a reader would
 * get two languages.
 */
export function wordReport(
  report: ReportDefinition,
  glossaryOf: (language: LanguageId) => Glossary | undefined,
  { folder, texts }: TextsOfAudits,
  problems: Problem[],
): ReportDefinition {
  const { language = 'en' } = report;
  const operations = report.audits.some(({ tables }) => tables.includes(ACTIVITY_TABLE))
    ? glossaryOf(language)?.operations
    : undefined;
  const worded = operations === undefined ? report : { ...report, operations };
  if (language === 'en') return worded;
  const audits = report.audits.map((audit) => {
    const own = texts.get(audit.id)?.get(language);
    if (own === undefined) {
      problems.push({
        where: join(folder, audit.id, textFileOf(language)),
        message: `The report '${report.id}' is in the language '${language}', and this audit has no texts in it.`,
        remedy:
          'Write title, purpose, finding and remediation into this file; docs/adding-an-audit.md shows how.',
      });
      return audit;
    }
    return wordAudit(audit, own, glossaryOf(language));
  });
  return { ...worded, audits };
}

function wordAudit(
  audit: AuditDefinition,
  own: AuditTextFile,
  glossary: Glossary | undefined,
): AuditDefinition {
  const names = audit.columns.map(({ name }) => name);
  const ofColumns = <T>(values: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
  const { charts } = audit;
  return {
    ...audit,
    title: own.title,
    purpose: own.purpose.trim(),
    finding: own.finding.trim(),
    remediation: own.remediation.trim(),
    ...(charts === undefined
      ? {}
      : {
          charts: charts.map((chart, i) => ({ ...chart, title: own.charts?.[i] ?? chart.title })),
        }),
    headings: ofColumns({ ...glossary?.columns, ...own.columns }),
    words: ofColumns({ ...glossary?.words, ...own.words }),
    ...(glossary?.nothing === undefined ? {} : { nothing: glossary.nothing }),
  };
}
