import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Use } from './constructs';

/** What came of one recorded query. */
export type Outcome =
  /** The same answer, and everything that it proves. */
  | { readonly kind: 'right'; readonly uses: readonly Use[] }
  | { readonly kind: 'wrong'; readonly difference: string }
  /** An error with a code. */
  | { readonly kind: 'refused'; readonly why: string }
  /** The real engine rejects it, and it was answered. */
  | { readonly kind: 'accepted' };

export interface Answered {
  readonly id: string;
  readonly kql: string;
  /** Whether the real engine rejects it. */
  readonly invalid: boolean;
  readonly outcome: Outcome;
}

/**
 * Asks every comparable query of a file, in a process of its own: Microsoft's parser, which lives on
 * globals, is several times slower inside Jest.
 */
export async function answerCorpus(path: string): Promise<readonly Answered[]> {
  const child = fork(require.resolve('./corpus-child'), [path], { serialization: 'advanced' });
  const answered: Answered[] = [];
  child.on('message', (message: Answered) => answered.push(message));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the process that asks ended with ${String(code)}`);
  return answered;
}
