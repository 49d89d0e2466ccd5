import type { VerifiedChain } from './verify-chain';
import { coveredBy } from './verify-periods';
import type { WitnessSummary } from './verify-source';

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

/** What a chain alone tells of a stream. */
export function summaryOf({
  stream,
  sequences,
  speaking,
  digests,
}: VerifiedChain): Omit<StreamSummary, 'destroyed' | 'witnesses' | 'headSeen'> {
  const count = (kind: string): number =>
    speaking.filter(({ outline }) => outline.kind === kind).length;
  const head = digests.at(-1);
  const covered = coveredBy(speaking).map(({ period }) => period);
  const from = covered.map((period) => period.from).sort()[0];
  const to = covered
    .map((period) => period.to)
    .sort()
    .at(-1);
  return {
    stream,
    entries: sequences.length,
    runs: count('run'),
    gaps: count('gap'),
    amendments: count('amendment'),
    reviews: count('review'),
    ...(head !== undefined && { head }),
    ...(from !== undefined && to !== undefined && { from, to }),
  };
}
