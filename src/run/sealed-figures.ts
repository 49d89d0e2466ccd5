import type { ChainEntry } from '../archive/chain';
import { destroyedEntries } from '../archive/chain';
import type { PeriodFigures } from '../assess/compare';
import type { Archive } from '../core/archive';
import { sha256 } from '../core/digest';
import { TallymanError } from '../core/errors';
import { decodeSummary } from './summary';

/**
 * The figures that a sealed run left for the next one to compare with; undefined when nothing was sealed for
 * it to compare with. Throws ARCHIVE_DAMAGED when they are missing or not what was sealed,
 * and EVIDENCE_DESTROYED.
 */
export async function sealedFigures(
  archive: Archive,
  stream: string,
  runId: string | null,
  entries: readonly ChainEntry[],
): Promise<PeriodFigures | undefined> {
  if (runId === null) return undefined;
  const name = `runs/${runId}/summary.json`;
  const entry = entries.find(({ manifest }) => manifest.subject.some((one) => one.name === name));
  const digest = entry?.manifest.subject.find((subject) => subject.name === name)?.digest.sha256;
  if (entry === undefined || digest === undefined) return undefined;
  const content = await archive.read(`${stream}/${name}`);
  if (content === undefined && destroyedEntries(entries).has(entry.sequence)) {
    throw new TallymanError(
      'EVIDENCE_DESTROYED',
      `The run of ${runId}, with which this one was compared, was destroyed under retention.`,
      { hint: 'Nothing that rests on it can be made again.' },
    );
  }
  if (content === undefined || sha256(content) !== digest) {
    throw new TallymanError(
      'ARCHIVE_DAMAGED',
      `${stream}/${name} is missing or not what was sealed.`,
      { hint: 'Run `tallyman verify` on the archive.' },
    );
  }
  return decodeSummary(content)?.figures;
}
