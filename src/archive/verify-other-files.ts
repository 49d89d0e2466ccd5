import type { Note } from './discrepancies';
import { isArchivePath, manifestPath, reviewPath, runFolder } from './layout';
import type { References } from './references';
import type { VerifiedChain } from './verify-chain';
import { firstDateOf } from './verify-periods';
import type { ChainSource } from './verify-source';

/** What a file may be that no entry speaks for; undefined when nothing explains it. */
export async function noteOf(
  source: ChainSource,
  chain: VerifiedChain,
  references: References,
  path: string,
): Promise<Note | undefined> {
  if (!isArchivePath(path)) return undefined;
  return (
    (await uncommittedManifest(source, chain.stream, path)) ??
    (await unsealedReview(source, chain, path)) ??
    unsealedRun(chain, references, path)
  );
}

async function uncommittedManifest(
  source: ChainSource,
  stream: string,
  path: string,
): Promise<Note | undefined> {
  const digest = /\/manifests\/([0-9a-f]{64})\.json$/.exec(path)?.[1];
  if (digest === undefined || path !== manifestPath(stream, digest)) return undefined;
  const content = await source.read(path);
  if (content === undefined || (await source.sha256(content)) !== digest) return undefined;
  const manifest = source.parseManifest(content);
  if (typeof manifest === 'string' || manifest.predicate.stream !== stream) return undefined;
  const message = `No chain entry names it; it would be entry ${String(manifest.predicate.sequence)}.`;
  return { code: 'uncommitted-manifest', path, message };
}

async function unsealedReview(
  source: ChainSource,
  { stream, sequences }: VerifiedChain,
  path: string,
): Promise<Note | undefined> {
  const [, of = '', digest = ''] = /\/reviews\/(\d{8})\/([0-9a-f]{64})\.json$/.exec(path) ?? [];
  const sequence = Number(of);
  if (!sequences.includes(sequence) || path !== reviewPath(stream, sequence, digest)) {
    return undefined;
  }
  const content = await source.read(path);
  if (content === undefined || (await source.sha256(content)) !== digest) return undefined;
  return { code: 'unsealed-review', path, message: 'No review entry names it.' };
}

/** A file of a run, or of a period’s next amendment, that has no entry yet. */
function unsealedRun(
  { stream }: VerifiedChain,
  { periods, amendments }: References,
  path: string,
): Note | undefined {
  const [, runs, id = '', ...rest] = path.split('/');
  if (runs !== 'runs' || rest.length === 0 || firstDateOf(id) === undefined) return undefined;
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
