import type { AuditDefinition, Catalog } from '../core/definitions';
import type { Problem } from '../core/errors';
import { TallymanError } from '../core/errors';

/** Whether an audit can be asked of records as they come: each row is a finding, and it looks no further back. */
function isSuitable({ lookBackDays, expect }: AuditDefinition): boolean {
  return lookBackDays === 0 && expect === 'none';
}

/** What is wrong with the audits that TALLYMAN_IMMEDIATE_AUDITS chooses. */
export function immediateProblems(
  { audits, reports }: Pick<Catalog, 'audits' | 'reports'>,
  chosen: readonly string[],
): Problem[] {
  const suitable = audits.filter(
    (audit) =>
      isSuitable(audit) &&
      reports.some((report) => report.audits.some(({ id }) => id === audit.id)),
  );
  const ids = suitable.map(({ id }) => id).sort();
  return chosen
    .filter((id) => !ids.includes(id))
    .map((id) => ({
      where: 'TALLYMAN_IMMEDIATE_AUDITS',
      message: audits.some((audit) => audit.id === id)
        ? `“${id}” can’t be told of at once: an audit must expect no rows, look at the period alone and be in a report.`
        : `There is no audit “${id}”.`,
      remedy: ids.length === 0 ? 'Leave it empty.' : `These can be had: ${ids.join(', ')}.`,
    }));
}

/** The chosen audits. Throws SETTINGS_INVALID with every one that can’t be had. */
export function immediateAudits(
  catalog: Pick<Catalog, 'audits' | 'reports'>,
  chosen: readonly string[],
): AuditDefinition[] {
  const problems = immediateProblems(catalog, chosen);
  if (problems.length > 0) {
    throw new TallymanError('SETTINGS_INVALID', 'A setting does not fit the definitions.', {
      problems,
    });
  }
  return catalog.audits.filter(({ id }) => chosen.includes(id));
}
