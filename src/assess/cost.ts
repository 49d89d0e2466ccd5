import type { Answer } from '../core/logs';
import type { RunCost } from '../core/report';

/** What asking took, added up over all answers of a run. */
export function costOf(answers: Iterable<Answer>, platformRequests: number): RunCost {
  let [questions, requests, rows, bytes, milliseconds] = [0, 0, 0, 0, 0];
  let cpu: number | undefined;
  for (const answer of answers) {
    const answered = answer.status === 'failed' ? undefined : answer;
    questions += 1;
    requests += answer.cost?.requests ?? 1;
    rows += answer.cost?.rows ?? answered?.table.rows.length ?? 0;
    bytes += answer.cost?.bytes ?? answered?.body.size ?? 0;
    milliseconds += answer.durationMs;
    if (answer.cost?.cpuMs !== undefined) cpu = (cpu ?? 0) + answer.cost.cpuMs;
  }
  return {
    ...{ questions, requests, rows, bytes, milliseconds, platformRequests },
    ...(cpu === undefined ? {} : { cpuMilliseconds: cpu }),
  };
}
