/** The two tables whose records are the registry's own events. */
export const EVENT_TABLES = [
  'ContainerRegistryLoginEvents',
  'ContainerRegistryRepositoryEvents',
] as const;

/** The table that counts pulls and pushes on another path than the events. */
export const METRIC_TABLE = 'AzureMetrics';

/**
 * The question that shows whether a table was being filled: records per resource and hour of the
 * period (HourIndex -1 is the look-back), and the oldest record seen. It is asked, kept and
 * re-performed like any audit.
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
