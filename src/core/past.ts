import type { EntryReference } from './custody';
import type { Outcome, Severity } from './outcome';
import type { Period } from './period';
import type { Decision } from './review';

/** What a chain says of one period: figures of what spoke for it last. */
export interface PastPeriod {
  readonly period: Period;
  /** `gap`: a signed record says why there is no report. */
  readonly outcome: Outcome | 'gap';
  /** Findings that no waiver accepts. */
  readonly findings: Readonly<Record<Severity, number>>;
  /** Audits that could not be determined. */
  readonly untold: number;
  /** Log records that were read for the period, look-back included. */
  readonly records: number;
  readonly entry: EntryReference;
  /** What the newest review of it decided; undefined when nobody has reviewed it. */
  readonly review?: Decision;
}

/** What a report over more than a day is told beside: settled when its run begins, and sealed with it. */
export interface Past {
  /** Earlier periods of the same stream, oldest first. */
  readonly before: readonly PastPeriod[];
  /** Days of this period in the daily stream over the same registries. */
  readonly days: readonly PastPeriod[];
  /** That stream; undefined when the catalog has none. */
  readonly dailyStream?: string;
}
