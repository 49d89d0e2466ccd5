import { readAhead } from '../core/in-parallel';
import { parseBundle } from './bundle';
import type { ChainEntry, WalkedEntry } from './chain-entry';
import type { ReportDiscrepancy } from './discrepancies';
import { KeyTrust } from './key-trust';
import { chainPath, manifestPath } from './layout';
import type { ChainSource } from './verify-source';

const READS_AT_ONCE = 16;

/**
 * Reads a stream’s entries (sequences in order) and checks everything about the chain itself: numbers,
 * bundles, manifests, links, and signatures by the keys that the genesis and rotations name. `known` are
 * checked entries that come before them. Reports each defect and never stops at one. Entries come in
 * order, and those that were taken are forgotten.
 */
export async function* walkEntries(
  source: ChainSource,
  stream: string,
  sequences: readonly number[],
  report: ReportDiscrepancy,
  known: readonly ChainEntry[] = [],
): AsyncGenerator<WalkedEntry> {
  const keys = new KeyTrust(source, stream, report, known);
  const last = known.at(-1);
  let before: Place = { sequence: last?.sequence ?? 0, digest: last?.manifestSha256 };
  const read = (sequence: number): Promise<WalkedEntry> =>
    readEntry(source, stream, sequence, report);
  for await (const entry of readAhead(sequences, READS_AT_ONCE, read)) {
    const { sequence, seal } = entry;
    checkPlace(stream, entry, before, report);
    await keys.check(entry);
    before = { sequence, digest: seal?.manifestSha256 };
    yield entry;
  }
}

/** The entry before: its number, and its manifest’s digest where that is known. */
interface Place {
  readonly sequence: number;
  readonly digest: string | undefined;
}

async function readEntry(
  source: ChainSource,
  stream: string,
  sequence: number,
  report: ReportDiscrepancy,
): Promise<WalkedEntry> {
  const path = chainPath(stream, sequence);
  const content = await source.read(path);
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
  const manifestContent = await source.read(file);
  if (manifestContent === undefined) {
    report('manifest-missing', file, `Entry ${sequence} signs it, and it is not there.`);
    return { sequence, seal };
  }
  const found = await source.sha256(manifestContent);
  if (found !== seal.manifestSha256) {
    report('manifest-altered', file, `Its digest is ${found}.`);
    return { sequence, seal };
  }
  const manifest = source.parseManifest(manifestContent);
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
