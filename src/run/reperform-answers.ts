import type { ChainEntry } from '../archive/chain';
import { listsAreUnordered, natureOf } from '../assess/query-nature';
import { differenceOfRows } from '../assess/row-difference';
import type { Archive } from '../core/archive';
import { mapInParallel } from '../core/in-parallel';
import type { Answer, LogSource } from '../core/logs';
import type { Row } from '../core/table';
import { requestOf } from './ask';
import { remakeReport } from './sealed-report';

/** What asking one question again gave. */
export type ReperformedAnswer = { readonly id: string } & (
  | { readonly status: 'same'; readonly rows: number }
  | {
      readonly status: 'different';
      readonly rows: number;
      /** Rows that only one of the answers has, each as often as it is missing in the other. */
      readonly added: readonly Row[];
      readonly missing: readonly Row[];
      /** The declared columns are others. */
      readonly columns?: true;
    }
  | { readonly status: 'could-not-tell'; readonly reason: string }
);

/**
 * Asks every question of a sealed run again and compares the rows with those in the sealed evidence, by the rules
 * by which closed periods are asked again: order, the last digits of a real and lists without order say nothing. Throws LOGS_UNREACHABLE, and ARCHIVE_DAMAGED as `reperformRun` does.
 */
export async function reperformAnswers(
  archive: Archive,
  entry: ChainEntry,
  entries: readonly ChainEntry[],
  source: LogSource,
): Promise<ReperformedAnswer[]> {
  const { facts, definition, questions, evidence } = await remakeReport(archive, entry, entries);
  const session = await source.open(requestOf(definition, facts.scopeId, facts.period));
  try {
    return await mapInParallel(questions, session.maxConcurrent ?? 1, async ({ id, kql }) => {
      const sealed = evidence.answers.get(id);
      if (sealed === undefined) throw new TypeError(`no answer for ${id}`);
      return { id, ...compareAnswers(kql, sealed, await session.query(kql)) };
    });
  } finally {
    await session.close();
  }
}

type Comparison = ReperformedAnswer extends infer T
  ? T extends unknown
    ? Omit<T, 'id'>
    : never
  : never;

/** What the answer to a query is now, compared with the sealed one. */
export function compareAnswers(kql: string, sealed: Answer, now: Answer): Comparison {
  for (const [answer, which] of [
    [sealed, 'sealed'],
    [now, 'new'],
  ] as const) {
    if (answer.status !== 'complete') {
      return {
        status: 'could-not-tell',
        reason: `The ${which} answer is ${answer.status}: ${answer.reason}`,
      };
    }
  }
  const [before, after] = [tableOf(sealed), tableOf(now)];
  // With every column for identity no row is paired with another as its changed self.
  const { added, vanished: missing } = differenceOfRows(before, after, {
    identity: () => true,
    unorderedLists: listsAreUnordered(kql),
  });
  const rows = after.rows.length;
  const columns = JSON.stringify(before.columns) !== JSON.stringify(after.columns);
  if (missing.length === 0 && added.length === 0 && !columns) return { status: 'same', rows };
  if (isApproximate(kql, now) && !columns) {
    return {
      status: 'could-not-tell',
      reason:
        'Its query estimates, or takes rows in no fixed order, so a difference proves nothing.',
    };
  }
  return { status: 'different', rows, added, missing, ...(columns ? { columns } : {}) };
}

/** Whether the query, or the source that answered it, may rightly give other rows for the same records. */
function isApproximate(kql: string, answer: Answer): boolean {
  const saidSo = answer.status !== 'failed' && answer.approximate === true;
  return saidSo || natureOf(kql) === 'approximate';
}

function tableOf(answer: Answer): Extract<Answer, { status: 'complete' }>['table'] {
  if (answer.status === 'failed') throw new TypeError('a failed answer has no rows');
  return answer.table;
}
