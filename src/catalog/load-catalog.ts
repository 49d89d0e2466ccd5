import { join } from 'node:path';

import type { Catalog } from '../core/definitions';
import { TallymanError, type Problem } from '../core/errors';
import type { Languages } from '../core/language';
import { allLanguages, readLanguageFiles } from './language-files';
import { readCatalog } from './read-catalog';

/**
 * Every definition of a templates folder: `audits/<id>/{audit.yaml, query.kql}`, `reports/<id>.yaml`,
 * `controls/<framework>.yaml` and the digest of `views/`. Throws CATALOG_INVALID with all problems at
 * once. Queries are not analyzed here, so that a run does not need the Kusto language service.
 */
export async function loadCatalog(folder: string): Promise<Catalog> {
  const { catalog, problems } = await readCatalog(folder);
  if (problems.length === 0) return catalog;
  throw invalidCatalog(folder, problems);
}

/** The languages of a templates folder. Throws CATALOG_INVALID with everything that is missing. */
export async function loadLanguages(folder: string): Promise<Languages> {
  const problems: Problem[] = [];
  const files = await readLanguageFiles(join(folder, 'languages'), problems);
  if (problems.length > 0) throw invalidCatalog(folder, problems);
  return allLanguages(files);
}

/** CATALOG_INVALID, with what is wrong. */
export function invalidCatalog(folder: string, problems: readonly Problem[]): TallymanError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return new TallymanError('CATALOG_INVALID', `The definitions in ${folder} have ${count}.`, {
    hint: 'Mend the places below; `tallyman check` shows them again, and also checks the queries.',
    problems,
  });
}
