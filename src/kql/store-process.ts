import { fork, type ChildProcess } from 'node:child_process';
import { endsWithUs } from '../core/clean-up';
import type { Pieces } from '../core/pieces';
import type { Column } from '../core/table';
import { takeAnswer, type AnswerFile } from './answer-file';
import type { CompiledQuery } from './compile';
import { removeDatabase } from './database-file';
import { KqlError } from './errors';
import type { QueryLimits, StoreOptions } from './store';
import type { StoreCall, StoreReply, StoreRequest } from './store-messages';
import { fromTrouble } from './store-messages';

/** How a store is opened in a process of its own. */
export interface StoreProcessOptions extends StoreOptions {
  /** A process that grows beyond this is ended. Default 1,500. */
  readonly processMemoryMb?: number;
}

const MEMORY_MB = 1500;

/** A process that does not answer for so long after its time has passed is ended. */
const GRACE_SECONDS = 10;

/** The process ended before it had answered. */
class StoreProcessEnded extends Error {}

interface Waiting {
  /** The process that was asked. */
  readonly child: ChildProcess;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What answers the queries of a log archive. */
export type QueryStore = Pick<
  StoreProcess,
  'execute' | 'select' | 'createTable' | 'answer' | 'close'
>;

let started: ChildProcess | undefined;

/** Starts a process for the store that is opened next, so that it loads the database in the meantime. */
export function startAhead(): void {
  started ??= forkStore(MEMORY_MB);
  // When no store is opened after all, this process must be free to end.
  started.unref();
  started.channel?.unref();
}

function takeStarted(memoryMb: number): ChildProcess | undefined {
  const child = memoryMb === MEMORY_MB ? started : undefined;
  if (child?.connected !== true) return undefined;
  started = undefined;
  child.ref();
  child.channel?.ref();
  return child;
}

function forkStore(memoryMb: number): ChildProcess {
  const child = fork(require.resolve('./store-child'), [String(memoryMb * 1e6)], {
    serialization: 'advanced',
  });
  return endsWithUs(child);
}

/**
 * A TableStore in a process of its own. A query that takes all memory, or crashes the database's native
 * code, ends that process and nothing else: it is started again with the tables as they were.
 */
export class StoreProcess {
  private child: Promise<ChildProcess> | undefined;
  private running: ChildProcess | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private closed = false;
  /** Settles when no query has the process to itself. */
  private alone: Promise<unknown> = Promise.resolve();

  private constructor(private readonly options: StoreProcessOptions) {}

  /** Starts a process with an empty store. The folder is made when it does not exist. */
  static async open(options: StoreProcessOptions): Promise<StoreProcess> {
    const store = new StoreProcess(options);
    store.child = store.start(false);
    await store.child;
    return store;
  }

  /** Runs trusted SQL of our own, for loading. */
  async execute(sql: string): Promise<void> {
    await this.call({ name: 'execute', sql });
  }

  /** Runs trusted SQL of our own and gives its rows as DuckDB's values (BIGINT as bigint). */
  async select(sql: string): Promise<readonly (readonly unknown[])[]> {
    return (await this.call({ name: 'select', sql })) as readonly (readonly unknown[])[];
  }

  /** Creates an empty table in the physical form described at PHYSICAL_TYPES. */
  async createTable(name: string, columns: readonly Column[]): Promise<void> {
    await this.call({ name: 'createTable', table: name, columns });
  }

  /**
   * Answers a compiled query, as JSON text in the query API's form; rows without an order of their own
   * come in a fixed one. Throws KqlError as TableStore.query does, and KQL_LIMIT when the query ends the process.
   */
  async answer(query: CompiledQuery, limits: QueryLimits = {}): Promise<Pieces> {
    await this.alone;
    try {
      return await this.ask(query, limits);
    } catch (error) {
      if (!(error instanceof StoreProcessEnded)) throw error;
    }
    // Perhaps another query was at fault: this one gets a second chance with nobody beside it.
    const again = this.alone.then(() => this.ask(query, limits));
    this.alone = again.catch(() => undefined);
    try {
      return await again;
    } catch (error) {
      if (!(error instanceof StoreProcessEnded)) throw error;
      throw new KqlError(
        'KQL_LIMIT',
        `the query ended the engine, most likely because it took more than ${this.memoryMb} MB of memory`,
        undefined,
        'Filter earlier, or summarize into fewer and shorter lists.',
      );
    }
  }

  /** Ends the process and removes its database. */
  async close(): Promise<void> {
    this.closed = true;
    const child = await this.child?.catch(() => undefined);
    this.child = undefined;
    if (child !== undefined) await ended(child);
    await removeDatabase(this.options.directory);
  }

  private get memoryMb(): number {
    return this.options.processMemoryMb ?? MEMORY_MB;
  }

  private async ask(query: CompiledQuery, limits: QueryLimits): Promise<Pieces> {
    const { signal, ...rest } = limits;
    const seconds = limits.seconds ?? 600;
    let timer: NodeJS.Timeout | undefined;
    let stop: (() => void) | undefined;
    try {
      const answer = await this.call({ name: 'answer', query, limits: rest }, (id, child) => {
        timer = setTimeout(() => child.kill('SIGKILL'), (seconds + GRACE_SECONDS) * 1000);
        stop = (): void => {
          this.call({ name: 'abort', call: id }).catch(() => undefined);
        };
        if (signal?.aborted === true) stop();
        signal?.addEventListener('abort', stop);
      });
      return takeAnswer(answer as AnswerFile);
    } finally {
      clearTimeout(timer);
      if (stop !== undefined) signal?.removeEventListener('abort', stop);
    }
  }

  private async call(
    call: StoreCall,
    onSent?: (id: number, child: ChildProcess) => void,
  ): Promise<unknown> {
    // A process that is started now would never be ended.
    if (this.closed) throw new Error('the store is closed');
    this.child ??= this.start(true);
    const child = await this.child;
    return this.send(child, call, onSent);
  }

  private send(
    child: ChildProcess,
    call: StoreCall,
    onSent?: (id: number, child: ChildProcess) => void,
  ): Promise<unknown> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { child, resolve, reject });
      const request: StoreRequest = { id, call };
      child.send(request, (error) => {
        if (error !== null) this.settle(id)?.reject(new StoreProcessEnded(error.message));
      });
      onSent?.(id, child);
    });
  }

  private async start(resume: boolean): Promise<ChildProcess> {
    const child = takeStarted(this.memoryMb) ?? forkStore(this.memoryMb);
    this.running = child;
    child.on('message', (reply: StoreReply) => {
      const waiting = this.settle(reply.id);
      if ('error' in reply) waiting?.reject(fromTrouble(reply.error));
      else waiting?.resolve(reply.value);
    });
    const end = (): void => {
      if (this.running === child) this.child = this.running = undefined;
      for (const [id, waiting] of this.waiting) {
        if (waiting.child !== child) continue;
        this.settle(id)?.reject(new StoreProcessEnded('the process of the store ended'));
      }
    };
    child.on('exit', end);
    child.on('error', end);
    try {
      await this.send(child, { name: 'open', options: this.options, resume });
    } catch (error) {
      end();
      child.kill('SIGKILL');
      throw error;
    }
    return child;
  }

  private settle(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.kill('SIGKILL');
  });
}
