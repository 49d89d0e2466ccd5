import type { Catalog, ReportDefinition } from '../../src/core/definitions';
import { LANGUAGES } from './languages';

/** A report over all registries that asks nothing. */
export function reportOf(
  id: string,
  period: ReportDefinition['period'],
  timeZone = 'Asia/Seoul',
): ReportDefinition {
  return {
    id,
    title: id,
    period,
    timeZone,
    deliverAt: '07:00',
    settleHours: 6,
    askAgainDays: [],
    scopes: [{ id: 'all', registries: 'all' }],
    recipients: [],
    audits: [],
    waivers: [],
  };
}

/** A catalog of reports and nothing else. */
export function catalogOf(...reports: readonly ReportDefinition[]): Catalog {
  return {
    reports,
    audits: [],
    tables: { schemas: {}, versions: {}, own: [] },
    languages: LANGUAGES,
    viewsDigest: '',
  };
}

/** A weekly report and the daily one that it rests on. */
export function twoReports(): Catalog {
  return catalogOf(reportOf('weekly', 'week'), reportOf('daily', 'day'));
}
