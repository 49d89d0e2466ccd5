import type { Answer } from '../core/logs';
import type { CanaryLogin } from '../core/platform';
import type { CoverageProof } from '../core/report';
import { columnIndex } from '../core/table';

/** The question for the logins that this program makes itself. */
export const CANARY_QUESTION = 'health-Canary';

/** What every such login calls itself; the day follows after a slash. */
export const CANARY_AGENT = 'tallyman-canary';

export const CANARY_QUERY = `ContainerRegistryLoginEvents
| where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd
| where UserAgent has "${CANARY_AGENT}"
| summarize Records = count() by Resource = tolower(_ResourceId), UserAgent
| order by Resource asc, UserAgent asc
`;

/** Whether the logins that this program made at the registries came back in the logs. */
export function canaryProof(
  canaries: readonly CanaryLogin[] | undefined,
  answers: ReadonlyMap<string, Answer>,
): CoverageProof {
  const source = 'canary';
  if (canaries === undefined) {
    return { source, status: 'off', text: 'No canary login was made.' };
  }
  // A registry that could not be reached has nothing to write down.
  const made = canaries.filter(({ status }) => status > 0);
  if (made.length === 0) {
    return { source, status: 'unknown', text: 'No canary login of the period reached a registry.' };
  }
  const answer = answers.get(CANARY_QUESTION);
  if (answer?.status !== 'complete') {
    const text =
      `Whether the canary logins came back can’t be told. ${answer?.reason ?? ''}`.trim();
    return { source, status: 'unknown', text };
  }
  const [resource, agent] = ['Resource', 'UserAgent'].map((name) =>
    columnIndex(answer.table, name),
  );
  const found = Array.from(answer.table.rows, (row) => ({
    resource: String(row[resource ?? -1]),
    agent: String(row[agent ?? -1]),
  }));
  const lost = made.filter(
    ({ registry, userAgent }) =>
      !found.some(
        (row) => row.resource.endsWith(`/registries/${registry}`) && row.agent.includes(userAgent),
      ),
  );
  if (lost.length === 0) {
    const text = `All ${made.length} canary logins that this program made in the period are in the logs.`;
    return { source, status: 'supports', text };
  }
  const names = [...new Set(lost.map(({ registry }) => registry))];
  const text = `${lost.length} of ${made.length} canary logins that this program made are not in the logs: ${names.slice(0, 5).join(', ')}.`;
  return { source, status: 'contradicts', text };
}
