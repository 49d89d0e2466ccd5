import type { Scope } from './definitions';
import type { Instant, Interval } from './period';
import type { Pieces } from './pieces';
import type { Table } from './table';

/** What a source answered to one query. */
export type Answer = CompleteAnswer | PartialAnswer | FailedAnswer;

interface Answered {
  readonly table: Table;
  /**
   * The answer as received, or, from a source that answers in process, its answer written in the same
   * form as the Log Analytics query API: `{"tables":[{"name":"PrimaryResult","columns":[…],"rows":[…]}]}`.
   */
  readonly body: Pieces;
  readonly executedAt: Instant;
  readonly durationMs: number;
  /** What was spent on it; absent from a source that does not say. */
  readonly cost?: QueryCost;
  /** Whether asking again may rightly give other rows, as with `take` or `dcount`; absent from a source that does not say. */
  readonly approximate?: boolean;
}

/** What a question took, as far as the source says. */
export interface QueryCost {
  /** Requests sent, repetitions and counts included. */
  readonly requests: number;
  readonly rows: number;
  /** Of all answers as text. */
  readonly bytes: number;
  /** Processor time at the source. */
  readonly cpuMs?: number;
}

export interface CompleteAnswer extends Answered {
  readonly status: 'complete';
}

/** The source says, or we found out, that rows may be missing. */
export interface PartialAnswer extends Answered {
  readonly status: 'partial';
  /** A sentence: why it is partial. */
  readonly reason: string;
}

/** No rows can be had. `table-missing`: no record of this kind has ever arrived at the source. */
export interface FailedAnswer {
  readonly status: 'failed';
  readonly code:
    | 'table-missing'
    | 'query-refused'
    | 'access-denied'
    | 'timeout'
    | 'throttled'
    | 'unreachable'
    | 'other';
  /** A sentence: what the source said. */
  readonly reason: string;
  readonly executedAt: Instant;
  readonly durationMs: number;
  readonly cost?: QueryCost;
}

/** A log line that could not be read. It is counted, kept aside and reported. */
export interface UnreadableLine {
  /** The blob's path in the log archive. */
  readonly blob: string;
  /** Of the line's first byte in the blob. */
  readonly offset: number;
  /** In bytes, without the line feed. */
  readonly length: number;
  /** A few words: `not JSON`, `half-written last line`, `no time`. */
  readonly reason: string;
  /** The line, cut after 4,096 bytes; bytes that are not UTF-8 are replaced. */
  readonly text: string;
  /** What is known of its record; undefined in evidence of versions that did not keep it. */
  readonly about?: UnreadableRecord;
}

/** What a blob’s path says of a record that can’t be read. */
export interface UnreadableRecord {
  readonly table: string;
  /** In lower case; undefined for a table whose records are not of one registry. */
  readonly registry?: string;
  /** The record’s own time where the line begins with it, otherwise the hour in which it was received. */
  readonly time: Instant;
}

/** What a source took in to answer; all zero for a source that stores the records itself. */
export interface Intake {
  readonly blobs: number;
  readonly bytes: number;
  readonly records: number;
  /** Records that were delivered more than once; one of each is kept. */
  readonly duplicates: number;
  readonly unreadable: readonly UnreadableLine[];
  /** Registries (resource names, lower case) that the source holds any log of, in order. */
  readonly registries: readonly string[];
}

/** Where answers came from, as a report prints it. */
export interface SourceDescription {
  readonly kind: 'log-analytics' | 'log-archive';
  /** A folder, an account's or container's address, or a workspace id; never a secret. */
  readonly location: string;
  /** Undefined in runs of versions that did not settle it. */
  readonly identity?: SourceIdentity;
}

/** As whom a source was asked. */
export type SourceIdentity =
  /** A folder: files, which no service guards. */
  | { readonly kind: 'none' }
  /** The client id is undefined where none is configured, as with a developer's own login. */
  | { readonly kind: 'entra'; readonly clientId?: string }
  /** Of a storage emulator. */
  | { readonly kind: 'account-key' };

export interface LogRequest {
  readonly scope: Scope;
  /** All records that the queries of this session may ask for, look-back included. */
  readonly window: Interval;
  /** The tables that the queries of this session may name. */
  readonly tables: readonly string[];
}

/** A source of logs. Opening it throws LOGS_UNREACHABLE when nothing can be asked at all. */
export interface LogSource {
  readonly description: SourceDescription;
  open(request: LogRequest): Promise<LogSession>;
  /**
   * Reads ahead what several sessions will ask for, where that is faster than session by session. Until
   * the returned function is called they see the logs as they were when they were read.
   */
  preload?(request: LogRequest): Promise<() => void>;
  /** Lets go of whatever the source keeps between sessions. */
  close(): Promise<void>;
}

/** One run's conversation with a source. Trouble with a single query is a FailedAnswer, never a throw. */
export interface LogSession {
  /** `kql` is whole: the parameters (`let PeriodStart = …;`) stand before the audit's text. */
  query(kql: string): Promise<Answer>;
  /** How many queries may be under way at once; one when absent. */
  readonly maxConcurrent?: number;
  intake(): Intake;
  close(): Promise<void>;
}
