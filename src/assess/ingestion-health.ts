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
      text: 'The workspace’s own record of its ingestion was not asked.',
    };
  }
  // The table comes into being with its first record.
  if (answer.status === 'failed' && answer.code === 'table-missing') {
    return {
      source,
      status: 'supports',
      text: 'The workspace has never recorded trouble with its ingestion.',
    };
  }
  if (answer.status !== 'complete') {
    const text = `The workspace’s own record of its ingestion could not be had. ${answer.reason}`;
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
    const more = losses.length > TOLD ? ` There are ${losses.length - TOLD} more.` : '';
    const text = `The workspace recorded that it did not take in everything. ${told.join(' ')}${more}`;
    return { source, status: 'contradicts', text };
  }
  const text =
    rows.length === 0
      ? 'The workspace recorded no trouble with its ingestion in the period.'
      : `The workspace recorded ${rows.length} warnings or notes about its ingestion, and no loss.`;
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
    return { source, status: 'off', text: 'How long records took to arrive was not asked.' };
  }
  const parts: string[] = [];
  let unknown = false;
  for (const { table, answer } of asked) {
    if (answer?.status !== 'complete') {
      const isMissing = answer?.status === 'failed' && answer.code === 'table-missing';
      unknown ||= !isMissing;
      if (!isMissing) parts.push(`${table}: ${answer?.reason ?? 'not asked.'}`);
      continue;
    }
    const [row] = answer.table.rows;
    const value = (name: string): unknown => row?.[columnIndex(answer.table, name)];
    if (!(Number(value('Records')) > 0)) continue;
    const minutes = (name: string): string => Number(value(name)).toFixed(1);
    const settled = (Date.parse(answer.executedAt) - Date.parse(period.end)) / 60_000;
    parts.push(
      `${table}: 95 of 100 records arrived within ${minutes('UsualMinutes')} minutes, the slowest after ${minutes('LongestMinutes')}; it was asked ${Math.round(settled).toLocaleString('en-US')} minutes after the period’s end.`,
    );
    if (Number(value('UsualMinutes')) > settled) unknown = true;
  }
  const text =
    parts.length === 0 ? 'No record of the period shows how long arriving takes.' : parts.join(' ');
  return { source, status: unknown || parts.length === 0 ? 'unknown' : 'supports', text };
}
