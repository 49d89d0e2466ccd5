import { listed, phrase } from '../core/language';
import type { Answer } from '../core/logs';
import type { CanaryLogin } from '../core/platform';
import type { CoverageProof } from '../core/report';
import { columnIndex } from '../core/table';

/** The question for the logins that this program makes itself. */
export const CANARY_QUESTION = 'health-Canary';

/** What every such login calls itself; the day follows after a slash. */
export const CANARY_AGENT = 'tallyman-canary';

/** Records of such logins by registry and user agent. */
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
    return { source, status: 'off', text: phrase('proof.canary.off') };
  }
  // A registry that could not be reached has nothing to write down.
  const made = canaries.filter(({ status }) => status > 0);
  if (made.length === 0) {
    return { source, status: 'unknown', text: phrase('proof.canary.notReached') };
  }
  const answer = answers.get(CANARY_QUESTION);
  if (answer?.status !== 'complete') {
    const text = phrase('proof.canary.cannotTell', { reason: answer?.reason ?? '' });
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
    const text = phrase('proof.canary.all', { made: made.length });
    return { source, status: 'supports', text };
  }
  const names = [...new Set(lost.map(({ registry }) => registry))];
  const text = phrase('proof.canary.lost', {
    lost: lost.length,
    made: made.length,
    registries: listed(names.slice(0, 5)),
  });
  return { source, status: 'contradicts', text };
}
