import type { ChainEntry } from '../archive/chain';
import type { PeriodFigures } from '../assess/compare';
import type { Archive } from '../core/archive';
import { sha256 } from '../core/digest';
import { TallymanError } from '../core/errors';
import { decodeSummary } from './summary';

/**
 * The figures that a sealed run left for the next one to compare with; undefined when nothing was sealed for
 * it to compare with. Throws ARCHIVE_DAMAGED when they are missing or not what was sealed.
 */
export async function sealedFigures(
  archive: Archive,
  stream: string,
  runId: string | null,
  entries: readonly ChainEntry[],
): Promise<PeriodFigures | undefined> {
  if (runId === null) return undefined;
  const name = `runs/${runId}/summary.json`;
  const subjects = entries.flatMap(({ manifest }) => manifest.subject);
  const digest = subjects.find((subject) => subject.name === name)?.digest.sha256;
  if (digest === undefined) return undefined;
  const content = await archive.read(`${stream}/${name}`);
  if (content === undefined || sha256(content) !== digest) {
    throw new TallymanError(
      'ARCHIVE_DAMAGED',
      `${stream}/${name} is missing or not what was sealed.`,
      { hint: 'Run `tallyman verify` on the archive.' },
    );
  }
  return decodeSummary(content)?.figures;
}
