import type { AuditDefinition, ReportDefinition } from '../core/definitions';
import { isTimeZone, toInstant } from '../core/period';
import type { Instant, Interval } from '../core/period';

/** The names that a run defines before an audit's text, one `let` on one line each. */
export const PARAMETERS = ['PeriodStart', 'PeriodEnd', 'LookBackStart', 'PeriodTimeZone'] as const;

export interface BoundQuery {
  /** The parameters, each on a line of its own, and then the audit's text. */
  readonly kql: string;
  /** All records that the query may read: `[LookBackStart, PeriodEnd)`. */
  readonly window: Interval;
}

const DAY_MS = 86_400_000;

/**
 * An audit's query for one period. LookBackStart is `lookBackDays` times 24 hours before the period.
 * Throws a RangeError when an instant or the time zone is not one, so that nothing but a literal can
 * get into a query.
 */
export function bindParameters(
  audit: Pick<AuditDefinition, 'query' | 'lookBackDays'>,
  report: Pick<ReportDefinition, 'timeZone'>,
  period: Interval,
): BoundQuery {
  const lookBackStart = toInstant(new Date(Date.parse(period.start) - audit.lookBackDays * DAY_MS));
  const literals: Record<(typeof PARAMETERS)[number], string> = {
    PeriodStart: datetimeLiteral(period.start),
    PeriodEnd: datetimeLiteral(period.end),
    LookBackStart: datetimeLiteral(lookBackStart),
    PeriodTimeZone: timeZoneLiteral(report.timeZone),
  };
  const lets = PARAMETERS.map((name) => `let ${name} = ${literals[name]};\n`).join('');
  return { kql: lets + audit.query, window: { start: lookBackStart, end: period.end } };
}

/** Seven fractional digits, as Kusto writes a datetime. */
function datetimeLiteral(instant: Instant): string {
  const normal = toInstant(new Date(instant));
  return `datetime(${normal.slice(0, -1)}0000Z)`;
}

function timeZoneLiteral(name: string): string {
  if (!/^[\w+/-]+$/.test(name) || !isTimeZone(name)) {
    throw new RangeError(`not an IANA time zone: ${name}`);
  }
  return `'${name}'`;
}
