import type { Catalog } from '../core/definitions';
import { invalidCatalog } from './invalid-catalog';
import { openLanguages } from './load-languages';
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
