import type { Text } from '../core/language';
import { phrase, sentences } from '../core/language';
import type { Answer } from '../core/logs';
import type { Interval } from '../core/period';
import type { CoverageProof } from '../core/report';
import { columnIndex } from '../core/table';
import { EVENT_TABLES } from './coverage-questions';
import { delayQuestionId, HEALTH_OPERATIONS } from './health-questions';

/** Words of the workspace that say that it did not take something in. */
const LOST = /over ?quota|stopped|dropped|discarded|rejected/i;

/** Troubles that are told one by one. */
const TOLD = 3;

/** Whether the workspace has written down that it dropped data in the period. */
export function healthProof(answers: ReadonlyMap<string, Answer>): CoverageProof {
  const source = 'ingestion-health';
  const answer = answers.get(HEALTH_OPERATIONS);
  if (answer === undefined) {
    return {
      source,
      status: 'off',
      text: phrase('proof.health.off'),
    };
  }
  // The table comes into being with its first record.
  if (answer.status === 'failed' && answer.code === 'table-missing') {
    return {
      source,
      status: 'supports',
      text: phrase('proof.health.never'),
    };
  }
  if (answer.status !== 'complete') {
    const text = phrase('proof.health.notHad', { reason: answer.reason });
    return { source, status: 'unknown', text };
  }
  const rows = [...answer.table.rows];
  const [level, operation, detail] = ['Level', 'Operation', 'Detail'].map((name) =>
    columnIndex(answer.table, name),
  );
  const cell = (row: (typeof rows)[number], index: number | undefined): string =>
    String(row[index ?? -1] ?? '');
  const losses = rows.filter(
    (row) =>
      /^error$/i.test(cell(row, level)) ||
      LOST.test(`${cell(row, operation)} ${cell(row, detail)}`),
  );
  if (losses.length > 0) {
    const told = losses
      .slice(0, TOLD)
      .map((row) => `${cell(row, operation)}: ${cell(row, detail)}`);
    const more = losses.length - TOLD;
    const text = sentences([
      phrase('proof.health.losses'),
      ...told,
      ...(more > 0 ? [phrase('proof.health.more', { more })] : []),
    ]);
    return { source, status: 'contradicts', text };
  }
  const text =
    rows.length === 0
      ? phrase('proof.health.none')
      : phrase('proof.health.notes', { notes: rows.length });
  return { source, status: 'supports', text };
}

/** How long records took to arrive, and whether the last of them came after the question was asked soon after. */
export function delayProof(answers: ReadonlyMap<string, Answer>, period: Interval): CoverageProof {
  const source = 'ingestion-delay';
  const asked = EVENT_TABLES.map((table) => ({
    table,
    answer: answers.get(delayQuestionId(table)),
  }));
  if (asked.every(({ answer }) => answer === undefined)) {
    return { source, status: 'off', text: phrase('proof.delay.off') };
  }
  const parts: Text[] = [];
  let unknown = false;
  for (const { table, answer } of asked) {
    if (answer?.status !== 'complete') {
      const isMissing = answer?.status === 'failed' && answer.code === 'table-missing';
      unknown ||= !isMissing;
      if (!isMissing) {
        const text = answer?.reason ?? phrase('proof.delay.notAsked');
        parts.push(phrase('said.of', { name: table, text }));
      }
      continue;
    }
    const [row] = answer.table.rows;
    const value = (name: string): unknown => row?.[columnIndex(answer.table, name)];
    if (!(Number(value('Records')) > 0)) continue;
    const minutes = (name: string): string => Number(value(name)).toFixed(1);
    const settled = (Date.parse(answer.executedAt) - Date.parse(period.end)) / 60_000;
    parts.push(
      phrase('proof.delay.arrived', {
        table,
        usual: minutes('UsualMinutes'),
        longest: minutes('LongestMinutes'),
        settled: Math.round(settled),
      }),
    );
    if (Number(value('UsualMinutes')) > settled) unknown = true;
  }
  const text = parts.length === 0 ? phrase('proof.delay.nothing') : sentences(parts);
  return { source, status: unknown || parts.length === 0 ? 'unknown' : 'supports', text };
}
