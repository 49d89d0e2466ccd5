import { join } from 'node:path';

import type { Catalog } from '../core/definitions';
import { TallymanError, type Problem } from '../core/errors';
import type { Languages } from '../core/language';
import type { LazyLanguages } from './language-files';
import { openLanguageFiles } from './language-files';
import { readCatalog } from './read-catalog';

/**
 * Every definition of a templates folder: `audits/<id>/{audit.yaml, query.kql}`, `reports/<id>.yaml`,
 * `controls/<framework>.yaml` and the digest of `views/`. Throws CATALOG_INVALID with all problems at
 * once. Queries are not analyzed here, so that a run does not need the Kusto language service.
 */
export async function loadCatalog(folder: string): Promise<Catalog> {
  const languages = await openLanguages(folder);
  const { catalog, problems } = await readCatalog(folder, { languages });
  if (problems.length === 0) return catalog;
  throw invalidCatalog(folder, problems);
}

/**
 * The languages of a templates folder, each parsed when it is first asked for; asking throws CATALOG_INVALID with what it
 * lacks. `tallyman check` compares them all.
 */
export async function loadLanguages(folder: string): Promise<Languages> {
  return (await openLanguages(folder)).languages;
}

function openLanguages(folder: string): Promise<LazyLanguages> {
  return openLanguageFiles(join(folder, 'languages'), (problems) =>
    invalidCatalog(folder, problems),
  );
}

/** CATALOG_INVALID, with what is wrong. */
export function invalidCatalog(folder: string, problems: readonly Problem[]): TallymanError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return new TallymanError('CATALOG_INVALID', `The definitions in ${folder} have ${count}.`, {
    hint: 'Mend the places below; `tallyman check` shows them again, and also checks the queries.',
    problems,
  });
}
