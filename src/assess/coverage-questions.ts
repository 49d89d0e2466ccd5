/** The two tables whose records are the registry's own events. */
export const EVENT_TABLES = [
  'ContainerRegistryLoginEvents',
  'ContainerRegistryRepositoryEvents',
] as const;

/** The table that counts pulls and pushes on another path than the events. */
export const METRIC_TABLE = 'AzureMetrics';

/** One row of a coverage answer: `HourIndex` counts hours from PeriodStart, -1 is the look-back. */
export const COVERAGE_COLUMNS = [
  'Resource',
  'HourIndex',
  'Records',
  'Counted',
  'Earliest',
] as const;

/**
 * The question that shows whether a table was being filled: records per resource and hour of the
 * period, and the oldest record of the look-back. It is asked, kept and re-performed like any audit.
 */
export function coverageQuestion(table: string): string {
  const counted =
    table === METRIC_TABLE
      ? 'sumif(Total, MetricName in ("TotalPullCount", "TotalPushCount"))'
      : 'todouble(count())';
  return `${table}
| where TimeGenerated >= LookBackStart and TimeGenerated < PeriodEnd
| extend HourIndex = iff(TimeGenerated >= PeriodStart, tolong((TimeGenerated - PeriodStart) / 1h), long(-1))
| summarize Records = count(), Counted = ${counted}, Earliest = min(TimeGenerated)
    by Resource = tolower(_ResourceId), HourIndex
| order by Resource asc, HourIndex asc
`;
}
