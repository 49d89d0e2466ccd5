import type { Archive } from '../core/archive';
import { sha256 } from '../core/digest';
import type { Seal } from './bundle';
import { parseBundle } from './bundle';
import type { ReportDiscrepancy } from './discrepancies';
import { mapInParallel } from '../core/in-parallel';
import { chainFolder, chainPath, keyPath, manifestPath, sequenceOf } from './layout';
import type { GenesisPredicate, Manifest } from './manifest';
import { parseManifest } from './manifest';
import type { PublicKey } from './public-key';
import { isSignedBy, parsePublicKey } from './public-key';

/** A sealed entry of a stream. */
export interface ChainEntry {
  readonly sequence: number;
  /** The digest that is the chain’s head while this entry is its newest. */
  readonly manifestSha256: string;
  readonly manifest: Manifest;
}

/** A chain entry as far as it could be read. */
export interface WalkedEntry {
  readonly sequence: number;
  /** Undefined when the entry itself could not be read. */
  readonly seal?: Seal;
  /** Undefined when it is missing, altered or malformed. */
  readonly manifest?: Manifest;
  readonly manifestContent?: Uint8Array;
}

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
 * bundles, manifests, links, and signatures by the key that the genesis names. `known` are checked
 * entries that come before them. Reports each defect and never stops at one.
 */
export async function walkChain(
  archive: Archive,
  stream: string,
  sequences: readonly number[],
  report: ReportDiscrepancy,
  known: readonly ChainEntry[] = [],
): Promise<WalkedEntry[]> {
  checkSequences(stream, sequences, known.length, report);
  const entries = await mapInParallel(sequences, READS_AT_ONCE, (sequence) =>
    readEntry(archive, stream, sequence, report),
  );
  checkLinks(stream, entries, report, known);
  await checkSignatures(archive, stream, entries, report, known);
  return entries;
}

function checkSequences(
  stream: string,
  sequences: readonly number[],
  last: number,
  report: ReportDiscrepancy,
): void {
  let expected = last + 1;
  for (const sequence of sequences) {
    if (sequence !== expected) {
      const missing = sequence - expected;
      const which =
        missing === 1 ? `Entry ${expected} is` : `Entries ${expected} to ${sequence - 1} are`;
      report('sequence-gap', chainPath(stream, expected), `${which} missing.`);
    }
    expected = sequence + 1;
  }
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

function checkLinks(
  stream: string,
  entries: readonly WalkedEntry[],
  report: ReportDiscrepancy,
  known: readonly ChainEntry[],
): void {
  const digests = new Map<number, string>();
  for (const { sequence, manifestSha256 } of known.slice(-1)) digests.set(sequence, manifestSha256);
  for (const { sequence, seal } of entries) if (seal) digests.set(sequence, seal.manifestSha256);
  for (const { sequence, manifest } of entries) {
    if (manifest === undefined) continue;
    const { predicate } = manifest;
    const path = chainPath(stream, sequence);
    if (predicate.stream !== stream) {
      report('stream-wrong', path, `It was sealed for the stream ${predicate.stream}.`);
    }
    if (predicate.sequence !== sequence) {
      report('sequence-wrong', path, `It was sealed as entry ${predicate.sequence}.`);
    }
    if ((predicate.kind === 'genesis') !== (sequence === 1)) {
      report('genesis-misplaced', path, `Entry ${sequence} is of kind ${predicate.kind}.`);
    }
    const problem = linkProblem(sequence, predicate.previous, digests.get(sequence - 1));
    if (problem !== undefined) report('link-broken', path, problem);
  }
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

async function checkSignatures(
  archive: Archive,
  stream: string,
  entries: readonly WalkedEntry[],
  report: ReportDiscrepancy,
  known: readonly ChainEntry[],
): Promise<void> {
  const first = known[0] ?? entries[0];
  const trusted = first === undefined ? undefined : genesisOf(first)?.keyFingerprint;
  // Without a genesis nothing says which key to trust; that there is none was reported.
  if (trusted === undefined) return;
  const key = await readKey(archive, trusted, report);
  for (const { sequence, seal, manifest, manifestContent } of entries) {
    if (seal === undefined || manifest === undefined || manifestContent === undefined) continue;
    const path = chainPath(stream, sequence);
    const other = [seal.keyFingerprint, manifest.predicate.keyFingerprint].find(
      (f) => f !== trusted,
    );
    if (other !== undefined) {
      report(
        'key-unknown',
        path,
        `It names the key ${other}, and the stream began with ${trusted}.`,
      );
    } else if (key !== undefined && !isSignedBy(key, manifestContent, seal.signature)) {
      report('signature-wrong', path, `Its signature is not one of the key ${trusted}.`);
    }
  }
}

async function readKey(
  archive: Archive,
  fingerprint: string,
  report: ReportDiscrepancy,
): Promise<PublicKey | undefined> {
  const path = keyPath(fingerprint);
  const content = await archive.read(path);
  if (content === undefined) {
    report('key-missing', path, 'The stream began with this key.');
    return undefined;
  }
  const key = parsePublicKey(content);
  if (key?.fingerprint === fingerprint) return key;
  report('key-altered', path, `Expected the P-256 public key with the fingerprint ${fingerprint}.`);
  return undefined;
}

/** What a stream promised when it began, when this is its genesis. */
export function genesisOf(entry: {
  readonly sequence: number;
  readonly manifest?: Manifest;
}): GenesisPredicate | undefined {
  const predicate = entry.manifest?.predicate;
  return entry.sequence === 1 && predicate?.kind === 'genesis' ? predicate : undefined;
}
