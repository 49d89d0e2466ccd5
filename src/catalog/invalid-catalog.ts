import type { Problem } from '../core/errors';
import { TallymanError } from '../core/errors';

/** CATALOG_INVALID, with what is wrong. */
export function invalidCatalog(folder: string, problems: readonly Problem[]): TallymanError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return new TallymanError('CATALOG_INVALID', `The definitions in ${folder} have ${count}.`, {
    hint: 'Mend the places below; `tallyman check` shows them again, and also checks the queries.',
    problems,
  });
}
