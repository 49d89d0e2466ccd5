import { readFileSync, writeFileSync } from 'node:fs';
import type { Answer, Intake, LogSource } from '../../../src/core/logs';
import { piecesOf, textOf } from '../../../src/core/pieces';
import { readWireAnswer } from '../../../src/kql/wire-answer';

/** What a log source answered, so that a child process needs no engine. */
interface Recording {
  readonly description: LogSource['description'];
  readonly answers: Record<string, KeptAnswer>;
  readonly intakes: Record<string, Intake>;
}

/** An answer with its body as text, from which its table is read again. */
interface KeptAnswer {
  readonly answer: Omit<Answer, 'body' | 'table'>;
  readonly body?: string;
}

function kept(answer: Answer): KeptAnswer {
  if (answer.status === 'failed') return { answer };
  const { body, ...rest } = answer;
  const withoutTable = { ...rest, table: undefined };
  return { answer: withoutTable, body: textOf(body) };
}

function answerOf({ answer, body }: KeptAnswer): Answer {
  if (body === undefined) return answer as Answer;
  const pieces = piecesOf(body);
  return { ...answer, body: pieces, table: readWireAnswer(pieces).table } as Answer;
}

/** A source that keeps everything that another one answers. */
export function recordingSource(source: LogSource): LogSource & { save(file: string): void } {
  const recording: Recording = { description: source.description, answers: {}, intakes: {} };
  return {
    description: source.description,
    open: async (request) => {
      const session = await source.open(request);
      return {
        query: async (kql) => {
          const answer = await session.query(kql);
          recording.answers[kql] = kept(answer);
          return answer;
        },
        intake: () => (recording.intakes[JSON.stringify(request.window)] = session.intake()),
        close: () => session.close(),
      };
    },
    close: () => source.close(),
    save: (file) => {
      writeFileSync(file, JSON.stringify(recording));
    },
  };
}

/** Answers as the recorded source did; throws for anything that it was not asked. */
export function replayedSource(file: string): LogSource {
  const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  return {
    description: recording.description,
    open: ({ window }) =>
      Promise.resolve({
        query: (kql) => Promise.resolve(answerOf(known(recording.answers, kql))),
        intake: () => known(recording.intakes, JSON.stringify(window)),
        close: () => Promise.resolve(),
      }),
    close: () => Promise.resolve(),
  };
}

function known<T>(all: Record<string, T>, key: string): T {
  const found = all[key];
  if (found === undefined) throw new Error(`not recorded: ${key}`);
  return found;
}
