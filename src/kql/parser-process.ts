import { fork, type ChildProcess } from 'node:child_process';
import { endsWithUs } from '../core/clean-up';
import { KqlError } from './errors';
import {
  fromTrouble,
  type ParserAnswers,
  type ParserCall,
  type ParserReply,
} from './parser-messages';

/** What the process may take. */
export interface ParserLimits {
  /** A query that takes longer to parse and translate ends the process. Default 60; starting is in it. */
  readonly seconds?: number;
  /** A process whose objects take more ends itself. Default 512; the language service needs some 100. */
  readonly heapMb?: number;
  /** After so long without a query the process ends, which gives its memory back. Default 15. */
  readonly idleSeconds?: number;
}

/**
 * Microsoft's parser and our translation in a process of their own: they are synchronous, take a second to
 * start, and a hostile query may make them hang, overflow or take all memory. Then that process ends and
 * nothing else. It is started when it is first needed, and does not keep the program running.
 */
export class ParserProcess {
  private child: ChildProcess | undefined;
  private idle: NodeJS.Timeout | undefined;
  /** Settles when the queries before are done: the parser takes one at a time. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly limits: ParserLimits = {}) {}

  /** What a call gives. Throws KqlError: the query's own, or KQL_LIMIT when it took too much. */
  ask<Name extends ParserCall['name']>(
    call: Extract<ParserCall, { name: Name }>,
  ): Promise<ParserAnswers[Name]> {
    const answer = this.turn.then(() => this.answer(call));
    this.turn = answer.catch(() => undefined);
    return answer as Promise<ParserAnswers[Name]>;
  }

  /** Ends the process. The next query starts another. */
  close(): void {
    clearTimeout(this.idle);
    this.child?.kill('SIGKILL');
    this.child = undefined;
  }

  private async answer(call: ParserCall): Promise<unknown> {
    clearTimeout(this.idle);
    const started = this.child === undefined;
    try {
      const reply = (await this.send(call)) ?? (started ? undefined : await this.send(call));
      if (reply === undefined) {
        throw new KqlError(
          'KQL_LIMIT',
          'the query ended the parser, most likely because it took too much memory',
          undefined,
          SIMPLER,
        );
      }
      if ('error' in reply) throw fromTrouble(reply.error);
      return reply.value;
    } finally {
      this.rest();
    }
  }

  /** The process's reply; undefined when it ended without one. Throws KqlError when it takes too long. */
  private send(call: ParserCall): Promise<ParserReply | undefined> {
    const child = (this.child ??= this.start());
    const seconds = this.limits.seconds ?? 60;
    child.ref();
    child.channel?.ref();
    return new Promise((resolve, reject) => {
      const settle = (reply?: ParserReply): void => {
        clearTimeout(timer);
        child.removeAllListeners('message');
        child.off('exit', ended);
        child.off('error', ended);
        resolve(reply);
      };
      const ended = (): void => {
        settle();
      };
      const timer = setTimeout(() => {
        this.close();
        const message = `the query took longer than ${seconds} s to parse`;
        reject(new KqlError('KQL_LIMIT', message, undefined, SIMPLER));
      }, seconds * 1000);
      child.on('message', settle);
      child.on('exit', ended);
      child.on('error', ended);
      child.send(call, (error) => {
        if (error !== null) settle();
      });
    });
  }

  private start(): ChildProcess {
    const child = fork(require.resolve('./parser-child'), [], {
      execArgv: [`--max-old-space-size=${this.limits.heapMb ?? 512}`],
      // A process that runs out of memory prints pages about it.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const forget = (): void => {
      if (this.child === child) this.child = undefined;
    };
    child.on('exit', forget);
    child.on('error', forget);
    return endsWithUs(child);
  }

  /** Waiting for a next query keeps no program running, and not for long. */
  private rest(): void {
    const { child } = this;
    child?.unref();
    child?.channel?.unref();
    this.idle = setTimeout(
      () => {
        this.close();
      },
      (this.limits.idleSeconds ?? 15) * 1000,
    ).unref();
  }
}

const SIMPLER = 'Write a shorter or simpler query.';

/** The one that this program uses. */
export const parser = new ParserProcess();
