import type { Archive, Signer } from '../core/archive';
import { sha256 } from '../core/digest';
import { TallymanError } from '../core/errors';
import type { AuditorFiles } from './auditor-files';
import { bundleBytes } from './bundle';
import type { ChainEntry } from './chain-walk';
import { genesisOf, listSequences, walkChain } from './chain-walk';
import type { Discrepancy } from './discrepancies';
import { distinctByPath } from './discrepancies';
import { chainPath, keyPath, manifestPath } from './layout';
import type { GenesisPredicate, Manifest, Predicate, Subject } from './manifest';
import { manifestBytes, manifestOf, maySpeakFor } from './manifest';

export type { ChainEntry } from './chain-walk';

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

/** The run or gap entry of each period, by the period’s id. */
export function coveredPeriods(entries: readonly ChainEntry[]): Map<string, ChainEntry> {
  const covered = new Map<string, ChainEntry>();
  for (const entry of entries) {
    const { predicate } = entry.manifest;
    if (predicate.kind !== 'genesis') covered.set(predicate.period.id, entry);
  }
  return covered;
}

/** The fields of the next entry’s predicate that follow from the chain and the key. */
export function linkAfter(previous: ChainEntry | undefined, signer: Signer): ChainLink {
  return {
    sequence: (previous?.sequence ?? 0) + 1,
    previous: previous ? { sequence: previous.sequence, sha256: previous.manifestSha256 } : null,
    keyFingerprint: signer.fingerprint,
  };
}

/** What a gap is about: it has no files, so it is about the chain that it continues. */
export function gapSubject(previous: ChainEntry): Subject {
  const { stream } = previous.manifest.predicate;
  const name = manifestPath(stream, previous.manifestSha256).slice(`${stream}/`.length);
  return { name, digest: { sha256: previous.manifestSha256 } };
}

/**
 * Begins a stream, unless it has begun, and returns its entries. Writes the public key and the auditor’s
 * files, then the genesis, which speaks for the three as they are in the archive. Safe to call again.
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
 * Throws SIGNING_KEY_INVALID when the stream began with another key, ARCHIVE_DAMAGED, ARCHIVE_CONFLICT
 * and ARCHIVE_UNREACHABLE.
 */
export async function appendEntry(
  archive: Archive,
  signer: Signer,
  stream: string,
  build: (previous: ChainEntry | undefined, entries: readonly ChainEntry[]) => Manifest | undefined,
  known: readonly ChainEntry[] = [],
): Promise<ChainEntry | undefined> {
  let entries = await readChain(archive, stream, known);
  for (;;) {
    const previous = entries.at(-1);
    const manifest = build(previous, entries);
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
  const began = promiseOf(entries)?.keyFingerprint ?? signer.fingerprint;
  if (began !== signer.fingerprint) {
    throw new TallymanError(
      'SIGNING_KEY_INVALID',
      `The stream ${stream} began with the key ${began}, and this is ${signer.fingerprint}.`,
      { hint: 'Use the key with which the archive was begun, or begin a new archive.' },
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
  if (!fits)
    throw new RangeError(
      `the manifest does not follow entry ${previous?.sequence ?? 0} of ${stream}`,
    );
}

/** Writes a file whose name follows from its content. */
async function createOrSame(archive: Archive, path: string, content: Uint8Array): Promise<void> {
  const there = await createOrKeep(archive, path, content);
  if (Buffer.from(content).equals(there)) return;
  throw new TallymanError('ARCHIVE_DAMAGED', `${path} holds other bytes than it must.`, {
    hint: 'Verify the archive, and restore the file from a copy.',
  });
}

/** Writes a file unless there is one, and returns what is there then. */
async function createOrKeep(
  archive: Archive,
  path: string,
  content: Uint8Array,
): Promise<Uint8Array> {
  if ((await archive.create(path, content)) === 'created') return content;
  return (await archive.read(path)) ?? new Uint8Array();
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
