import type { WitnessSummary } from './verify-witnesses';

/** What was found of a stream. */
export interface StreamSummary {
  readonly stream: string;
  readonly entries: number;
  readonly runs: number;
  readonly gaps: number;
  readonly amendments: number;
  readonly reviews: number;
  /** How many entries had their files destroyed under retention. */
  readonly destroyed: number;
  readonly witnesses: WitnessSummary;
  /** Whether a head that was given is one of its entries. */
  readonly headSeen: boolean;
  /** The newest entry’s digest; undefined when there is none that can be read. */
  readonly head?: string;
  /** The dates that entries speak for, half-open, in the stream’s zone. */
  readonly from?: string;
  readonly to?: string;
}
