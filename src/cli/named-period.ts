import type { ReportDefinition } from '../core/definitions';
import { TallymanError } from '../core/errors';
import { parsePeriod, type Period } from '../core/period';

/** The period of a report that `--period` names. Throws ARGUMENT_INVALID. */
export function namedPeriod(report: ReportDefinition, text: string): Period {
  const period = parsePeriod(report.period, report.timeZone, text);
  if (period !== undefined) return period;
  throw new TallymanError(
    'ARGUMENT_INVALID',
    `--period: expected a ${report.period} for ${report.id}, got “${text}”.`,
    { hint: 'Write a date in the period (2026-03-02), or 2026-W10, 2026-03 or 2026-Q1.' },
  );
}
