import { join } from 'node:path';

import type { Catalog, ReportDefinition } from '../core/definitions';
import type { Problem } from '../core/errors';
import type { LanguageId } from '../core/language';
import { withOwnTables, type KnownTables } from '../core/known-tables';
import { readActorRules } from './actor-rules';
import { readAuditFolders } from './audit-files';
import { wordReport } from './audit-texts';
import type { AuditFolder } from './audit-files';
import { readFrameworks } from './control-files';
import type { Frameworks } from './control-files';
import type { Glossary, LanguageFiles } from './language-files';
import { allLanguages, readLanguageFiles } from './language-files';
import type { LazyLanguages } from './load-languages';
import { foldersIn } from './names';
import type { InLanguage } from './report-files';
import { readReportFiles } from './report-files';
import { readTableFiles } from './table-files';
import { digestViews } from './views-digest';

/** A templates folder as far as it could be read, with everything that is wrong with it. */
export interface CatalogReading {
  readonly catalog: Catalog;
  readonly folders: readonly AuditFolder[];
  readonly frameworks: Frameworks;
  readonly languages: LanguageFiles;
  /** In order of file, then place. The catalog is whole only when this is empty. */
  readonly problems: readonly Problem[];
}

export interface ReadingOptions {
  readonly inLanguage?: InLanguage | undefined;
  /** Used as they are, and not compared with each other. */
  readonly languages?: LazyLanguages;
}

/** Reads and cross-checks every definition below a folder. Never throws for what it finds there. */
export async function readCatalog(
  folder: string,
  { inLanguage, languages: lazy }: ReadingOptions = {},
): Promise<CatalogReading> {
  const problems: Problem[] = [];
  const auditsFolder = join(folder, 'audits');
  const frameworks = await readFrameworks(join(folder, 'controls'), problems);
  const tables = withOwnTables(await readTableFiles(join(folder, 'tables'), problems));
  const actors = await readActorRules(join(folder, 'actors.yaml'), problems);
  const folders = await readAuditFolders(auditsFolder, { frameworks, tables, actors }, problems);
  const audits = folders.flatMap(({ declared }) => (declared === undefined ? [] : declared.audit));
  // A broken audit is still an audit, so that reports that name it are not called wrong too.
  const ids = await foldersIn(auditsFolder, []);
  const known = new Map(ids.map((id) => [id, audits.find((audit) => audit.id === id)]));
  const read = await readReportFiles(join(folder, 'reports'), known, problems, inLanguage);
  const languages: LanguageFiles =
    lazy === undefined ? await readLanguageFiles(join(folder, 'languages'), problems) : new Map();
  const glossaryOf = (id: LanguageId): Glossary | undefined =>
    lazy === undefined ? languages.get(id)?.glossary : lazy.glossaryOf(id);
  const texts = new Map(
    folders.flatMap(({ id, declared }) =>
      declared === undefined ? [] : [[id, declared.texts] as const],
    ),
  );
  const reports = read.map((report) =>
    wordReport(report, glossaryOf, { folder: auditsFolder, texts }, problems),
  );
  const viewsDigest = await digestViews(folder, problems);
  return {
    catalog: {
      reports: reports.map((report) => withTablesOf(report, tables)),
      audits,
      tables,
      languages: lazy?.languages ?? allLanguages(languages),
      viewsDigest,
    },
    folders,
    frameworks,
    languages,
    problems: problems.sort(comparePlaces),
  };
}

/** A report keeps the own tables that it reads, because what they hold is part of what it asks. */
function withTablesOf(report: ReportDefinition, { own }: KnownTables): ReportDefinition {
  const read = new Set(report.audits.flatMap(({ tables }) => tables));
  const ownTables = own.filter(({ name }) => read.has(name));
  return ownTables.length === 0 ? report : { ...report, ownTables };
}

/** Orders problems by file, then line, then column. */
export function comparePlaces(a: Problem, b: Problem): number {
  if (a.where !== b.where) return a.where < b.where ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
