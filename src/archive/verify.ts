import type { Archive } from '../core/archive';
import type { Retention } from '../core/custody';
import type { Discrepancy, Note } from './discrepancies';
import { nodeSource } from './node-source';
import type { VerifyOptions } from './verify-options';
import { parseOptions } from './verify-options';
import { verifySource } from './verify-archive';
import type { StreamSummary } from './verify-summary';
import { NEVER_CHECKED, uncheckedOf, verdictOf } from './verify-verdict';
import { WitnessCheck } from './verify-witnesses';

export type { VerifyOptions } from './verify-options';

export interface VerifyResult {
  readonly streams: readonly StreamSummary[];
  readonly discrepancies: readonly Discrepancy[];
  readonly notes: readonly Note[];
  /** Sentences: what this verification can’t tell. */
  readonly notChecked: readonly string[];
  /** How the storage keeps the files; absent when it was not asked. No discrepancy, whatever it is. */
  readonly retention?: Retention;
  /** Whether there is no discrepancy. */
  readonly good: boolean;
  /** The result in a sentence. */
  readonly verdict: string;
}

/**
 * Checks everything in an archive, never stopping at the first defect: chains, signatures, files, what
 * nothing speaks for, and that the periods are whole. Nothing in the archive is trusted.
 * Throws ARGUMENT_INVALID for a range or head that is none, and ARCHIVE_UNREACHABLE.
 */
export async function verifyArchive(
  archive: Archive,
  options: VerifyOptions = {},
): Promise<VerifyResult> {
  const asked = parseOptions(options);
  const { streams, discrepancies, notes, unsealed } = await verifySource(
    nodeSource(archive),
    asked,
    (chain, report) => new WitnessCheck(archive, chain, asked.authorities, report),
  );
  const unchecked = uncheckedOf(asked, streams);
  return {
    streams,
    discrepancies,
    notes,
    notChecked: [...unchecked.map(({ sentence }) => sentence), NEVER_CHECKED],
    ...(asked.retention === undefined ? {} : { retention: asked.retention }),
    good: discrepancies.length === 0,
    verdict: verdictOf(streams, discrepancies.length, unsealed, unchecked, asked.retention),
  };
}
