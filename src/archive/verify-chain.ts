import { sha256 } from '../core/digest';
import type { Archive } from '../core/archive';
import type { WalkedEntry } from './chain-entry';
import { walkEntries } from './chain-walk';
import type { ReportDiscrepancy } from './discrepancies';
import {
  amendmentFolder,
  chainPath,
  DEFINITION_FILE,
  FACTS_FILE,
  reviewFolder,
  runFolder,
} from './layout';
import type { Manifest } from './manifest';
import { maySpeakFor, subjectPath } from './manifest';
import type { Outline, OutlinedEntry } from './outline';
import { outlineOf } from './outline';

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
  archive: Archive,
  stream: string,
  sequences: readonly number[],
  report: ReportDiscrepancy,
): Promise<VerifiedChain> {
  const speaking: OutlinedEntry[] = [];
  const digests: string[] = [];
  const signatures = new Map<number, string>();
  const others = new Map<string, Set<string>>();
  for await (const entry of walkEntries(archive, stream, sequences, report)) {
    const { sequence, seal } = entry;
    if (seal === undefined) continue;
    digests.push(seal.manifestSha256);
    signatures.set(sequence, sha256(seal.signature));
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

/** The folder whose files an entry speaks for; undefined when it has none of its own. */
export function fileFolder(stream: string, outline: Outline): string | undefined {
  switch (outline.kind) {
    case 'run':
      return runFolder(stream, outline.period.id);
    case 'amendment':
      return amendmentFolder(stream, outline.period.id, outline.number);
    case 'review':
      return reviewFolder(stream, outline.reviews.sequence);
    default:
      return undefined;
  }
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

/** The files that an entry of its kind must list, and this one does not. */
function unlistedFiles(stream: string, { predicate, subject }: Manifest): string[] {
  if (predicate.kind !== 'run' && predicate.kind !== 'amendment') return [];
  const folder = fileFolder(stream, predicate);
  const listed = new Set(subject.map(({ name }) => subjectPath(stream, name)));
  return [DEFINITION_FILE, FACTS_FILE].filter((name) => !listed.has(`${String(folder)}${name}`));
}
