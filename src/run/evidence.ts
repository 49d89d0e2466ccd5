import { sha256 } from '../core/digest';
import type { Answer, FailedAnswer, QueryCost } from '../core/logs';
import type { Instant, Interval } from '../core/period';
import { bytesOf, joined, partOf, piecesOf, type Content, type Pieces } from '../core/pieces';
import type { Execution } from '../core/report';
import { readWireAnswer } from '../kql/wire-answer';

/** A query that a run asks, whole. */
export interface Question {
  /** The audit's id, or `coverage-<table>`. */
  readonly id: string;
  readonly kql: string;
  readonly window: Interval;
}

interface ExecutionRecord {
  readonly id: string;
  readonly querySha256: string;
  readonly window: Interval;
  readonly executedAt: Instant;
  readonly durationMs: number;
  readonly status: Answer['status'];
  readonly code?: FailedAnswer['code'];
  readonly reason?: string;
  /** What was spent on the question, as far as the source says. */
  readonly cost?: QueryCost;
  /** Of the bytes between `"answer":` and the final brace. */
  readonly answerSha256?: string;
}

const ANSWER_MARK = ',\n"answer":';
const ANSWER_END = '\n}\n';

/** What stands before the answer is not longer. */
const LONGEST_RECORD = 1 << 20;

/**
 * One evidence file: how the query was executed, and the answer's bytes as received. It is valid JSON,
 * and the answer stands in it unchanged, so that its digest can be taken again.
 */
export function encodeEvidence(question: Question, answer: Answer): Pieces {
  const record: ExecutionRecord = {
    id: question.id,
    querySha256: sha256(question.kql),
    window: question.window,
    executedAt: answer.executedAt,
    durationMs: answer.durationMs,
    status: answer.status,
    ...(answer.status === 'failed' ? { code: answer.code } : { answerSha256: sha256(answer.body) }),
    ...(answer.status === 'complete' ? {} : { reason: answer.reason }),
    ...(answer.cost === undefined ? {} : { cost: answer.cost }),
  };
  const body = answer.status === 'failed' ? 'null' : answer.body;
  return joined([`{"execution":${JSON.stringify(record)}${ANSWER_MARK}`, body, ANSWER_END]);
}

/** The answer that an evidence file of ours holds. */
export function decodeEvidence(content: Content): Answer {
  const { record, body } = splitEvidence(piecesOf(content));
  const when = {
    executedAt: record.executedAt,
    durationMs: record.durationMs,
    ...(record.cost === undefined ? {} : { cost: record.cost }),
  };
  const reason = record.reason ?? '';
  if (record.status === 'failed') {
    return { status: 'failed', code: record.code ?? 'other', reason, ...when };
  }
  const answered = { table: readWireAnswer(body).table, body, ...when };
  return record.status === 'partial'
    ? { status: 'partial', reason, ...answered }
    : { status: 'complete', ...answered };
}

/** How the query was executed, for the report's last pages. */
export function executionOf(question: Question, answer: Answer): Omit<Execution, 'csvFile'> {
  const failed = answer.status === 'failed';
  return {
    query: question.kql,
    querySha256: sha256(question.kql),
    window: question.window,
    executedAt: answer.executedAt,
    durationMs: answer.durationMs,
    answer: answer.status,
    rowCount: failed ? 0 : answer.table.rows.length,
    queryFile: `evidence/${question.id}.kql`,
    answerFile: evidenceFile(question.id),
    ...(failed ? {} : { answerSha256: sha256(answer.body) }),
  };
}

/** Where a question's evidence lies below the run's folder. */
export function evidenceFile(id: string): string {
  return `evidence/${id}.json`;
}

function splitEvidence(content: Pieces): { record: ExecutionRecord; body: Pieces } {
  const start = Buffer.from(bytesOf(partOf(content, 0, Math.min(content.size, LONGEST_RECORD))));
  const mark = start.indexOf(ANSWER_MARK);
  const head = `${start.subarray(0, mark).toString('utf8')}}`;
  const { execution } = JSON.parse(head) as { execution: ExecutionRecord };
  const body = partOf(content, mark + ANSWER_MARK.length, content.size - ANSWER_END.length);
  return { record: execution, body };
}
