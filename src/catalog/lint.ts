import type { Catalog } from '../core/definitions';
import type { Problem } from '../core/errors';
import { checkQuery } from './check-query';
import type { LanguageFiles } from './language-files';
import { invalidCatalog } from './invalid-catalog';
import { comparePlaces, readCatalog } from './read-catalog';
import type { CatalogReading } from './read-catalog';
import type { InLanguage } from './report-files';

export interface CatalogCheck {
  /** Present when nothing is wrong. */
  readonly catalog?: Catalog;
  /** As far as they could be read. */
  readonly languages: LanguageFiles;
  readonly problems: readonly Problem[];
}

/**
 * Everything that is wrong with a templates folder: what `loadCatalog` finds, and what only the Kusto
 * language service can tell about the queries, and controls that no audit uses. Never throws for it.
 */
export async function checkCatalog(folder: string): Promise<CatalogCheck> {
  const reading = await readCatalog(folder);
  const problems = [
    ...reading.problems,
    ...(await checkQueries(reading)),
    ...checkUnusedControls(reading),
  ].sort(comparePlaces);
  const { catalog, languages } = reading;
  return problems.length === 0 ? { catalog, languages, problems } : { languages, problems };
}

/**
 * The catalog, as `loadCatalog` gives it, but with its queries checked, too. Throws CATALOG_INVALID. While a folder
 * is being written, a control that no audit uses yet is no hindrance.
 */
export async function loadCheckedCatalog(
  folder: string,
  inLanguage?: InLanguage,
): Promise<Catalog> {
  const reading = await readCatalog(folder, { inLanguage });
  const problems = [...reading.problems, ...(await checkQueries(reading))].sort(comparePlaces);
  if (problems.length === 0) return reading.catalog;
  throw invalidCatalog(folder, problems);
}

async function checkQueries({ folders, catalog }: CatalogReading): Promise<Problem[]> {
  // Of an empty query it is said already that it is empty.
  const asked = folders.filter(({ query }) => query.trim() !== '');
  const found = await Promise.all(asked.map((audit) => checkQuery(audit, catalog.tables)));
  return found.flat();
}

function checkUnusedControls({ catalog, folders, frameworks }: CatalogReading): Problem[] {
  const used = new Set(
    catalog.audits.flatMap(({ controls }) =>
      controls.map(({ framework, id }) => `${framework}/${id}`),
    ),
  );
  // An audit that could not be read may use any of them.
  if (folders.some(({ declared }) => declared === undefined)) return [];
  return [...frameworks].flatMap(([framework, known]) =>
    known === undefined
      ? []
      : [...known.titles.keys()]
          .filter((id) => !used.has(`${framework}/${id}`))
          .map((id) => ({
            where: known.file.where,
            ...known.file.placeOfKey(['controls'], id),
            message: `No audit gives evidence for '${id}'.`,
            remedy: 'Name it in an audit, or take it away: a report must not promise it.',
          })),
  );
}
