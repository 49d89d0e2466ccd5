import type { Archive, Signer } from '../core/archive';
import { sha256 } from '../core/digest';
import { TallymanError } from '../core/errors';
import type { AuditorFiles } from './auditor-files';
import { bundleBytes } from './bundle';
import type { ChainEntry } from './chain-entry';
import { genesisOf, listSequences, walkChain } from './chain-walk';
import { createOrKeep, createOrSame } from './create';
import type { Discrepancy } from './discrepancies';
import { distinctByPath } from './discrepancies';
import { keyAfter } from './key-trust';
import { chainPath, keyPath, manifestPath } from './layout';
import type { EntryReference, GenesisPredicate, Manifest, Predicate, Subject } from './manifest';
import { manifestBytes, manifestOf, maySpeakFor } from './manifest';
import type { OutlinedEntry } from './outline';
import { checkReferences } from './references';
import type { ScheduleSegment } from './schedule';
import { scheduleHistory } from './schedule';

export type { ChainEntry } from './chain-entry';

/** What a new stream promises; the rest of its genesis follows from the chain and the key. */
export type StreamPromise = Omit<
  GenesisPredicate,
  'kind' | 'sequence' | 'previous' | 'keyFingerprint'
>;

/** The fields of a predicate that follow from the chain and the key. */
export type ChainLink = Pick<Predicate, 'sequence' | 'previous' | 'keyFingerprint'>;

/**
 * A stream’s entries, oldest first, with everything about the chain checked, signatures included; the
 * run files are not read. `known` are entries that were read earlier: only newer ones are read then.
 * Throws ARCHIVE_DAMAGED when the chain is not sound, and ARCHIVE_UNREACHABLE.
 */
export async function readChain(
  archive: Archive,
  stream: string,
  known: readonly ChainEntry[] = [],
): Promise<ChainEntry[]> {
  const sequences = await listSequences(archive, stream);
  const newer = sequences.filter((sequence) => sequence > known.length);
  const found: Discrepancy[] = [];
  const walked = await walkChain(
    archive,
    stream,
    newer,
    (code, path, message) => found.push({ code, path, message }),
    known,
  );
  if (found.length > 0) throw damaged(stream, found);
  const entries = walked.flatMap(({ sequence, seal, manifest }) =>
    seal && manifest ? [{ sequence, manifestSha256: seal.manifestSha256, manifest }] : [],
  );
  return [...known, ...entries];
}

/** The digest of the newest entry, which stands for the whole chain; undefined for an empty chain. */
export function headOf(entries: readonly ChainEntry[]): string | undefined {
  return entries.at(-1)?.manifestSha256;
}

/** What the stream promised when it began; undefined for an empty chain. */
export function promiseOf(entries: readonly ChainEntry[]): GenesisPredicate | undefined {
  return entries[0] === undefined ? undefined : genesisOf(entries[0]);
}

/** What the rules about a chain need of its entries. */
export function outlinesOf(entries: readonly ChainEntry[]): OutlinedEntry[] {
  return entries.map(({ sequence, manifestSha256, manifest }) => ({
    sequence,
    manifestSha256,
    outline: manifest.predicate,
  }));
}

/** What a chain promises, by its genesis and its definition changes; see `scheduleHistory`. */
export function promisesOf(entries: readonly ChainEntry[]): ScheduleSegment[] {
  return scheduleHistory(outlinesOf(entries));
}

/** The amendments of a period, oldest first. */
export function amendmentsOf(entries: readonly ChainEntry[], periodId: string): ChainEntry[] {
  return entries.filter(
    ({ manifest: { predicate } }) =>
      predicate.kind === 'amendment' && predicate.period.id === periodId,
  );
}

/** An entry as others refer to it. */
export function referenceTo({ sequence, manifestSha256 }: ChainEntry): EntryReference {
  return { sequence, sha256: manifestSha256 };
}

/** The run or gap entry of each period, by the period’s id. */
export function coveredPeriods(entries: readonly ChainEntry[]): Map<string, ChainEntry> {
  const covered = new Map<string, ChainEntry>();
  for (const entry of entries) {
    const { predicate } = entry.manifest;
    if (predicate.kind === 'run' || predicate.kind === 'gap')
      covered.set(predicate.period.id, entry);
  }
  return covered;
}

/** The entries whose files a destruction speaks for. */
export function destroyedEntries(entries: readonly ChainEntry[]): Set<number> {
  return new Set(
    entries.flatMap(({ manifest: { predicate } }) =>
      predicate.kind === 'destruction' ? predicate.entries.map(({ sequence }) => sequence) : [],
    ),
  );
}

/** The run, gap or amendment that spoke for a period last. */
export function spokeLast(
  entries: readonly ChainEntry[],
  periodId: string,
): ChainEntry | undefined {
  return amendmentsOf(entries, periodId).at(-1) ?? coveredPeriods(entries).get(periodId);
}

/** The fields of the next entry’s predicate that follow from the chain and the key. */
export function linkAfter(previous: ChainEntry | undefined, signer: Signer): ChainLink {
  return {
    sequence: (previous?.sequence ?? 0) + 1,
    previous: previous ? { sequence: previous.sequence, sha256: previous.manifestSha256 } : null,
    keyFingerprint: signer.fingerprint,
  };
}

/** What an entry without files (a gap, a definition change, a destruction) is about: the chain it continues. */
export function chainSubject(previous: ChainEntry): Subject {
  const { stream } = previous.manifest.predicate;
  const name = manifestPath(stream, previous.manifestSha256).slice(`${stream}/`.length);
  return { name, digest: { sha256: previous.manifestSha256 } };
}

/**
 * Begins a stream, unless it has begun, and returns its entries. Writes the public key and the auditor’s
 * files, then the genesis, which speaks for them as they are in the archive. Safe to call again.
 */
export async function startStream(
  archive: Archive,
  signer: Signer,
  promise: StreamPromise,
  files: AuditorFiles,
): Promise<ChainEntry[]> {
  const { stream } = promise;
  const entries = await readChain(archive, stream);
  if (entries.length > 0) return entries;
  await createOrSame(archive, keyPath(signer.fingerprint), Buffer.from(signer.publicKeyPem));
  const subject = [
    subjectOf(`../${keyPath(signer.fingerprint)}`, Buffer.from(signer.publicKeyPem)),
    // An older version may have begun other streams of this archive: its files stay.
    subjectOf('../verify.sh', await createOrKeep(archive, 'verify.sh', files.verifyScript)),
    subjectOf('../verify.jq', await createOrKeep(archive, 'verify.jq', files.verifyRules)),
    subjectOf('../README.txt', await createOrKeep(archive, 'README.txt', files.readme)),
  ];
  await appendEntry(archive, signer, stream, (previous) =>
    previous === undefined
      ? manifestOf(subject, { kind: 'genesis', ...promise, ...linkAfter(previous, signer) })
      : undefined,
  );
  return readChain(archive, stream);
}

/**
 * Seals the next entry of a stream. `build` makes its manifest from the newest entry and all entries, and
 * is called again when another writer was faster; it returns undefined when there is nothing left to
 * seal, and then so does this. The files that the manifest lists must have been written before.
 * Throws SIGNING_KEY_INVALID when the stream has another key by now, ARCHIVE_DAMAGED, ARCHIVE_CONFLICT
 * and ARCHIVE_UNREACHABLE.
 */
export async function appendEntry(
  archive: Archive,
  signer: Signer,
  stream: string,
  build: (
    previous: ChainEntry | undefined,
    entries: readonly ChainEntry[],
  ) => Manifest | undefined | Promise<Manifest | undefined>,
  known: readonly ChainEntry[] = [],
): Promise<ChainEntry | undefined> {
  let entries = await readChain(archive, stream, known);
  for (;;) {
    const previous = entries.at(-1);
    const manifest = await build(previous, entries);
    if (manifest === undefined) return undefined;
    checkFits(manifest, stream, previous, entries, signer);
    const entry = await trySeal(archive, signer, stream, manifest);
    if (entry !== undefined) return entry;
    const seen = entries.length;
    entries = await readChain(archive, stream, entries);
    if (entries.length === seen) {
      throw new TallymanError(
        'ARCHIVE_CONFLICT',
        `The chain of ${stream} has an entry ${seen + 1} that it doesn't list.`,
        { hint: 'Try again; if it stays so, verify the archive.' },
      );
    }
  }
}

/** The entry, or undefined when another writer has taken its place in the chain. */
async function trySeal(
  archive: Archive,
  signer: Signer,
  stream: string,
  manifest: Manifest,
): Promise<ChainEntry | undefined> {
  const content = manifestBytes(manifest);
  const manifestSha256 = sha256(content);
  const { sequence } = manifest.predicate;
  const signature = await signer.sign(content);
  const entry = bundleBytes({ manifestSha256, signature, keyFingerprint: signer.fingerprint });
  await createOrSame(archive, manifestPath(stream, manifestSha256), content);
  const path = chainPath(stream, sequence);
  if ((await archive.create(path, entry)) === 'exists') {
    // When a response was lost, the entry that is in the way is our own.
    const there = await archive.read(path);
    if (there === undefined || !Buffer.from(entry).equals(there)) return undefined;
  }
  return { sequence, manifestSha256, manifest };
}

function checkFits(
  manifest: Manifest,
  stream: string,
  previous: ChainEntry | undefined,
  entries: readonly ChainEntry[],
  signer: Signer,
): void {
  const key = keyAfter(entries) ?? signer.fingerprint;
  if (key !== signer.fingerprint) {
    throw new TallymanError(
      'SIGNING_KEY_INVALID',
      `The stream ${stream} is signed with the key ${key}, and this is ${signer.fingerprint}.`,
      {
        hint: 'Use the key with which the archive was begun or that its last key rotation named, or begin a new archive.',
      },
    );
  }
  const link = linkAfter(previous, signer);
  const { predicate } = manifest;
  const fits =
    predicate.stream === stream &&
    predicate.sequence === link.sequence &&
    predicate.previous?.sha256 === link.previous?.sha256 &&
    predicate.keyFingerprint === link.keyFingerprint;
  const misplaced = manifest.subject.find(({ name }) => !maySpeakFor(predicate, name));
  if (misplaced !== undefined) {
    throw new RangeError(`a ${predicate.kind} can't speak for ${misplaced.name}`);
  }
  if (!fits) {
    const after = String(previous?.sequence ?? 0);
    throw new RangeError(`the manifest does not follow entry ${after} of ${stream}`);
  }
  const next = { sequence: link.sequence, manifestSha256: '', outline: predicate };
  const [wrong] = checkReferences([...outlinesOf(entries), next]).wrong.filter(
    ({ sequence }) => sequence === link.sequence,
  );
  if (wrong !== undefined) throw new RangeError(`${wrong.code}: ${wrong.message}`);
}

function subjectOf(name: string, content: Uint8Array): Subject {
  return { name, digest: { sha256: sha256(content) } };
}

function damaged(stream: string, found: readonly Discrepancy[]): TallymanError {
  return new TallymanError('ARCHIVE_DAMAGED', `The chain of ${stream} is not sound.`, {
    hint: 'Nothing was added to it. Verify the archive to see everything that is wrong, and restore it from a copy.',
    problems: distinctByPath(found).map(({ code, path, message }) => ({
      where: path,
      message: `${code}: ${message}`,
    })),
  });
}
