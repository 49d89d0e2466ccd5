import type { WalkedEntry } from './chain-entry';
import type { ReportDiscrepancy } from './discrepancies';
import { chainPath } from './layout';
import type { Manifest } from './manifest';
import type { OutlinedEntry } from './outline';
import { outlineOf } from './outline';
import { fileFolder, maySpeakFor, subjectPath, unlistedFiles } from './speaks-for';
import type { ChainSource } from './verify-source';
import { walkEntries } from './walk-entries';

/** What verification keeps of a chain while it goes through the files. */
export interface VerifiedChain {
  readonly stream: string;
  readonly sequences: readonly number[];
  /** The entries that say something of this stream, about files that they may speak for. */
  readonly speaking: readonly OutlinedEntry[];
  /** The digests of the entries’ manifests, oldest first. */
  readonly digests: readonly string[];
  /** SHA-256 of each entry’s signature, by its sequence: what a witness has seen. */
  readonly signatures: ReadonlyMap<number, string>;
  /** Sealed files outside the folders of runs and reviews, with their digests. */
  readonly others: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Walks a stream’s chain and keeps little of each entry, so that long chains take little memory. */
export async function verifyChain(
  source: ChainSource,
  stream: string,
  sequences: readonly number[],
  report: ReportDiscrepancy,
): Promise<VerifiedChain> {
  const speaking: OutlinedEntry[] = [];
  const digests: string[] = [];
  const signatures = new Map<number, string>();
  const others = new Map<string, Set<string>>();
  for await (const entry of walkEntries(source, stream, sequences, report)) {
    const { sequence, seal } = entry;
    if (seal === undefined) continue;
    digests.push(seal.manifestSha256);
    signatures.set(sequence, await source.sha256(seal.signature));
    const manifest = speakingManifest(stream, entry, report);
    if (manifest === undefined) continue;
    const outline = outlineOf(manifest.predicate);
    speaking.push({ sequence, manifestSha256: seal.manifestSha256, outline });
    if (fileFolder(stream, outline) !== undefined) continue;
    for (const { name, digest } of manifest.subject) {
      const path = subjectPath(stream, name);
      others.set(path, (others.get(path) ?? new Set()).add(digest.sha256));
    }
  }
  return { stream, sequences, speaking, digests, signatures, others };
}

/** The manifest of an entry that may speak; reports one that lists files that an entry of its kind must not. */
function speakingManifest(
  stream: string,
  { sequence, manifest }: WalkedEntry,
  report: ReportDiscrepancy,
): Manifest | undefined {
  if (manifest?.predicate.stream !== stream) return undefined;
  const path = chainPath(stream, sequence);
  const misplaced = manifest.subject.find(({ name }) => !maySpeakFor(manifest.predicate, name));
  if (misplaced !== undefined) {
    report('subject-misplaced', path, `It lists ${misplaced.name}.`);
    return undefined;
  }
  const unlisted = unlistedFiles(stream, manifest);
  if (unlisted.length > 0) {
    report('subject-incomplete', path, `It does not list ${unlisted.join(' and ')}.`);
  }
  return manifest;
}
