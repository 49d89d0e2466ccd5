import { EVENT_TABLES } from './coverage-questions';

/** Questions that only a workspace can answer: they are about itself. */
export interface HealthQuestion {
  /** No audit's folder can have it: `health-` and a capital or a word of ours. */
  readonly id: string;
  readonly query: string;
}

/** What the workspace has written down of its own ingestion: data that it dropped, limits that it reached. */
export const HEALTH_OPERATIONS = 'health-Operations';

const OPERATIONS_QUERY = `_LogOperation
| where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd
| where Category =~ "Ingestion"
| summarize Records = count(), Newest = max(TimeGenerated) by Level, Operation, Detail
| order by Newest desc, Level asc, Operation asc, Detail asc
`;

/** Says how long records took to arrive. */
export function delayQuestionId(table: string): string {
  return `health-Delay-${table}`;
}

/** All of them, in the order in which they are asked. */
export function healthQuestions(): HealthQuestion[] {
  return [
    { id: HEALTH_OPERATIONS, query: OPERATIONS_QUERY },
    ...EVENT_TABLES.map((table) => ({ id: delayQuestionId(table), query: delayQuery(table) })),
  ];
}

function delayQuery(table: string): string {
  return `${table}
| where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd
| extend Arrived = ingestion_time()
| extend DelayMinutes = (Arrived - TimeGenerated) / 1m
| summarize Records = count(), NewestArrival = max(Arrived), LongestMinutes = max(DelayMinutes),
    UsualMinutes = percentile(DelayMinutes, 95)
`;
}
