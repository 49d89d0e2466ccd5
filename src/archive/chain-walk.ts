import type { Archive } from '../core/archive';
import { sha256 } from '../core/digest';
import { parseBundle } from './bundle';
import type { ChainEntry, WalkedEntry } from './chain-entry';
import type { ReportDiscrepancy } from './discrepancies';
import { readAhead } from '../core/in-parallel';
import { KeyTrust } from './key-trust';
import { chainFolder, chainPath, manifestPath, sequenceOf } from './layout';
import type { GenesisPredicate, Manifest } from './manifest';
import { parseManifest } from './manifest';

const READS_AT_ONCE = 16;

/** The sequences for which a stream has a chain entry, in order. */
export async function listSequences(archive: Archive, stream: string): Promise<number[]> {
  const folder = chainFolder(stream);
  const sequences: number[] = [];
  for await (const { path } of archive.list(folder)) {
    const sequence = sequenceOf(path.slice(folder.length));
    if (sequence !== undefined) sequences.push(sequence);
  }
  return sequences;
}

/**
 * Reads a stream’s entries (sequences in order) and checks everything about the chain itself: numbers,
 * bundles, manifests, links, and signatures by the keys that the genesis and rotations name. `known` are
 * checked entries that come before them. Reports each defect and never stops at one. Entries come in
 * order, and those that were taken are forgotten.
 */
export async function* walkEntries(
  archive: Archive,
  stream: string,
  sequences: readonly number[],
  report: ReportDiscrepancy,
  known: readonly ChainEntry[] = [],
): AsyncGenerator<WalkedEntry> {
  const keys = new KeyTrust(archive, stream, report, known);
  const last = known.at(-1);
  let before: Place = { sequence: last?.sequence ?? 0, digest: last?.manifestSha256 };
  const read = (sequence: number): Promise<WalkedEntry> =>
    readEntry(archive, stream, sequence, report);
  for await (const entry of readAhead(sequences, READS_AT_ONCE, read)) {
    const { sequence, seal } = entry;
    checkPlace(stream, entry, before, report);
    await keys.check(entry);
    before = { sequence, digest: seal?.manifestSha256 };
    yield entry;
  }
}

/** All that `walkEntries` gives, at once. */
export async function walkChain(
  ...[archive, stream, sequences, report, known]: Parameters<typeof walkEntries>
): Promise<WalkedEntry[]> {
  const entries: WalkedEntry[] = [];
  for await (const entry of walkEntries(archive, stream, sequences, report, known))
    entries.push(entry);
  return entries;
}

/** The entry before: its number, and its manifest’s digest where that is known. */
interface Place {
  readonly sequence: number;
  readonly digest: string | undefined;
}

async function readEntry(
  archive: Archive,
  stream: string,
  sequence: number,
  report: ReportDiscrepancy,
): Promise<WalkedEntry> {
  const path = chainPath(stream, sequence);
  const content = await archive.read(path);
  const seal = content === undefined ? undefined : parseBundle(content);
  if (seal === undefined) {
    report(
      'entry-malformed',
      path,
      'It is not exactly a Sigstore bundle as this program writes it.',
    );
    return { sequence };
  }
  const file = manifestPath(stream, seal.manifestSha256);
  const manifestContent = await archive.read(file);
  if (manifestContent === undefined) {
    report('manifest-missing', file, `Entry ${sequence} signs it, and it is not there.`);
    return { sequence, seal };
  }
  const found = sha256(manifestContent);
  if (found !== seal.manifestSha256) {
    report('manifest-altered', file, `Its digest is ${found}.`);
    return { sequence, seal };
  }
  const manifest = parseManifest(manifestContent);
  if (typeof manifest === 'string') {
    report('manifest-malformed', file, `Expected a manifest, but ${manifest}.`);
    return { sequence, seal };
  }
  return { sequence, seal, manifest, manifestContent };
}

function checkPlace(
  stream: string,
  { sequence, manifest }: WalkedEntry,
  before: Place,
  report: ReportDiscrepancy,
): void {
  const path = chainPath(stream, sequence);
  const expected = before.sequence + 1;
  if (sequence !== expected) {
    const which =
      sequence === expected + 1
        ? `Entry ${String(expected)} is`
        : `Entries ${String(expected)} to ${String(sequence - 1)} are`;
    report('sequence-gap', chainPath(stream, expected), `${which} missing.`);
  }
  if (manifest === undefined) return;
  const { predicate } = manifest;
  if (predicate.stream !== stream) {
    report('stream-wrong', path, `It was sealed for the stream ${predicate.stream}.`);
  }
  if (predicate.sequence !== sequence) {
    report('sequence-wrong', path, `It was sealed as entry ${String(predicate.sequence)}.`);
  }
  if ((predicate.kind === 'genesis') !== (sequence === 1)) {
    report('genesis-misplaced', path, `Entry ${String(sequence)} is of kind ${predicate.kind}.`);
  }
  const digest = sequence === expected ? before.digest : undefined;
  const problem = linkProblem(sequence, predicate.previous, digest);
  if (problem !== undefined) report('link-broken', path, problem);
}

function linkProblem(
  sequence: number,
  named: { sequence: number; sha256: string } | null,
  before: string | undefined,
): string | undefined {
  if (sequence === 1) {
    return named === null ? undefined : 'The first entry names an entry before it.';
  }
  if (named === null) return 'It names no entry before it.';
  if (named.sequence !== sequence - 1)
    return `It names entry ${named.sequence} as the one before it.`;
  // What is missing or unreadable was reported as such.
  if (before === undefined || before === named.sha256) return undefined;
  return `It names ${named.sha256} as the one before it, and that is ${before}.`;
}

/** What a stream promised when it began, when this is its genesis. */
export function genesisOf(entry: {
  readonly sequence: number;
  readonly manifest?: Manifest;
}): GenesisPredicate | undefined {
  const predicate = entry.manifest?.predicate;
  return entry.sequence === 1 && predicate?.kind === 'genesis' ? predicate : undefined;
}
