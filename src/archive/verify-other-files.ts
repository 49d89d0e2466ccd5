import type { Archive } from '../core/archive';
import { sha256 } from '../core/digest';
import type { Note } from './discrepancies';
import { isArchivePath, manifestPath, reviewPath, runFolder } from './layout';
import { isPeriodId, parseManifest } from './manifest';
import type { References } from './references';
import type { VerifiedChain } from './verify-chain';
import { firstDateOf } from './verify-periods';

/** What a file may be that no entry speaks for; undefined when nothing explains it. */
export async function noteOf(
  archive: Archive,
  chain: VerifiedChain,
  references: References,
  path: string,
): Promise<Note | undefined> {
  if (!isArchivePath(path)) return undefined;
  return (
    (await uncommittedManifest(archive, chain.stream, path)) ??
    (await unsealedReview(archive, chain, path)) ??
    unsealedRun(chain, references, path)
  );
}

async function uncommittedManifest(
  archive: Archive,
  stream: string,
  path: string,
): Promise<Note | undefined> {
  const digest = /\/manifests\/([0-9a-f]{64})\.json$/.exec(path)?.[1];
  if (digest === undefined || path !== manifestPath(stream, digest)) return undefined;
  const content = await archive.read(path);
  if (content === undefined || sha256(content) !== digest) return undefined;
  const manifest = parseManifest(content);
  if (typeof manifest === 'string' || manifest.predicate.stream !== stream) return undefined;
  const message = `No chain entry names it; it would be entry ${String(manifest.predicate.sequence)}.`;
  return { code: 'uncommitted-manifest', path, message };
}

async function unsealedReview(
  archive: Archive,
  { stream, sequences }: VerifiedChain,
  path: string,
): Promise<Note | undefined> {
  const [, of = '', digest = ''] = /\/reviews\/(\d{8})\/([0-9a-f]{64})\.json$/.exec(path) ?? [];
  const sequence = Number(of);
  if (!sequences.includes(sequence) || path !== reviewPath(stream, sequence, digest)) {
    return undefined;
  }
  const content = await archive.read(path);
  if (content === undefined || sha256(content) !== digest) return undefined;
  return { code: 'unsealed-review', path, message: 'No review entry names it.' };
}

/** A file of a run, or of a period’s next amendment, that has no entry yet. */
function unsealedRun(
  { stream }: VerifiedChain,
  { periods, amendments }: References,
  path: string,
): Note | undefined {
  const [, runs, id = '', ...rest] = path.split('/');
  const isPeriod = isPeriodId(id) && firstDateOf(id) !== undefined;
  if (runs !== 'runs' || rest.length === 0 || !isPeriod) return undefined;
  const folder = runFolder(stream, id);
  const speaks = periods.get(id);
  const isAmendment = rest[0] === 'amendments' && rest.length > 2;
  if (speaks === undefined || (speaks === 'gap' && !isAmendment)) {
    return { code: 'unsealed-run', path: folder, message: `No sealed run speaks for ${id}.` };
  }
  const next = String((amendments.get(id) ?? 0) + 1);
  if (!isAmendment || rest[1] !== next) return undefined;
  return {
    code: 'unsealed-amendment',
    path: `${folder}amendments/${next}/`,
    message: `No entry speaks for amendment ${next} of ${id}.`,
  };
}
