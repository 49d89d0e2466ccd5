import type { Text } from './language';
import type { Instant, Period } from './period';

/** An entry of a chain, by its number and its manifest's digest. */
export interface EntryReference {
  readonly sequence: number;
  readonly sha256: string;
}

/**
 * What asking a closed period again came to. `lost`: records or rows that a sealed report rests on are not
 * there any more, or not the same; `cannot-tell`; `late`: there are more than there were; `same`.
 */
export type AskedAgainResult = 'lost' | 'cannot-tell' | 'late' | 'same';

/** How many rows of the audits' answers are new, gone, or there under the same name and not the same. */
export interface RowCounts {
  readonly added: number;
  readonly vanished: number;
  readonly changed: number;
}

/** The record of having asked a closed period again. */
export interface AskedAgain {
  readonly period: Period;
  /** It was due this many days after the period's run was. */
  readonly after: number;
  readonly askedAt: Instant;
  /** The run or amendment whose evidence the answers were compared with. */
  readonly comparedWith: EntryReference;
  readonly result: AskedAgainResult;
  readonly rows: RowCounts;
  /** Log records of the period, over all tables that the report needs to hear from. */
  readonly records: { readonly added: number; readonly lost: number };
  /** Sentences: what was lost or can't be told, and what was not compared. */
  readonly reasons: readonly Text[];
  /** What was answered, for whoever was there to compare it with. */
  readonly answers: readonly {
    readonly id: string;
    readonly querySha256: string;
    readonly rows: number;
    /** Of the answer's bytes; null when the question failed. */
    readonly answerSha256: string | null;
  }[];
}

/** A mail of the stream that did not reach its reader. */
export interface MailTrouble {
  readonly to: string;
  readonly subject: string;
  readonly at: Instant;
  readonly status: 'failed' | 'waiting';
  readonly attempts: number;
  /** What the mail server said last. */
  readonly detail: string;
}

/** How well the archive's storage keeps files from being deleted, as it was read back. */
export interface Retention {
  /** `unknown`: there may be a policy, and it can't be read or its lock can't be seen. */
  readonly status: 'locked' | 'unlocked' | 'absent' | 'unknown';
  /** A sentence: what was read, or why it could not be. */
  readonly detail: Text;
}

/** Reads retention back for the files below a prefix of an archive. Trouble is `unknown`, never a throw. */
export type ReadRetention = (prefix: string) => Promise<Retention>;

/** What an authority outside has confirmed of the stream. */
export interface Witness {
  /** Its address. */
  readonly authority: string;
  /** The newest entry for which a time stamp is held; null when there is none yet. */
  readonly newest: number | null;
  /** Entries that have no token yet. */
  readonly waiting: number;
}

/** How the evidence has been kept up to the beginning of a run: settled then, and sealed with it. */
export interface Custody {
  /** What was asked again since the run before. */
  readonly askedAgain: readonly AskedAgain[];
  readonly mailTrouble: readonly MailTrouble[];
  /** Undefined in runs of versions that did not read it. */
  readonly retention?: Retention;
  /** Undefined when no authority is asked. */
  readonly witness?: Witness;
}

/** Of a run before which nothing was asked again. */
export const NO_CUSTODY: Custody = { askedAgain: [], mailTrouble: [] };
