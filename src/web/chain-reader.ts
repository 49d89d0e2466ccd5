import { listSequences, walkChain } from '../archive/chain-walk';
import type { ChainEntry } from '../archive/chain';
import { destroyedEntries, promiseOf } from '../archive/chain';
import type { Discrepancy } from '../archive/discrepancies';
import { chainPath, isStreamName, manifestPath } from '../archive/layout';
import type { GenesisPredicate } from '../archive/manifest';
import { maySpeakFor, subjectPath } from '../archive/manifest';
import { streamsIn } from '../archive/streams-in';
import type { Archive } from '../core/archive';
import type { Instant } from '../core/period';

/** A stream as it was found: what can be read, and everything that is wrong with its chain. */
export interface StreamReading {
  readonly stream: string;
  /** Oldest first; without those that could not be read. */
  readonly entries: readonly ChainEntry[];
  readonly promise: GenesisPredicate | undefined;
  /** Defects of the chain; the run files are checked when they are opened. */
  readonly defects: readonly Discrepancy[];
  /** When the whole chain was last read and checked. */
  readonly checkedAt: Instant;
  /** Every file that the chain speaks for, by its path, with its digest; a chain entry has none. */
  readonly files: ReadonlyMap<string, string | undefined>;
  /** Those of them that were destroyed under retention, as an entry says. */
  readonly destroyed: ReadonlySet<string>;
}

/** Reads chains for pages. */
export interface ChainReader {
  /** The names of all streams, in order. */
  streams(): Promise<readonly string[]>;
  /** Undefined when there is no chain of that name. Throws ARCHIVE_UNREACHABLE. */
  read(stream: string): Promise<StreamReading | undefined>;
}

/** Entries that were read and found good are not read again for this long. */
const TRUST_MS = 5 * 60_000;

/**
 * A reader that shows defects instead of throwing. New entries are seen at once; a sound chain is read and
 * checked again as a whole every five minutes.
 */
export function createChainReader(archive: Archive, now: () => Instant): ChainReader {
  const sound = new Map<string, StreamReading>();
  let names: { at: Instant; streams: readonly string[] } | undefined;
  const isFresh = (at: Instant): boolean => Date.parse(now()) - Date.parse(at) < TRUST_MS;
  return {
    async streams(): Promise<readonly string[]> {
      if (names === undefined || !isFresh(names.at)) {
        names = { at: now(), streams: await streamsIn(archive) };
      }
      return names.streams;
    },
    async read(stream): Promise<StreamReading | undefined> {
      if (!isStreamName(stream)) return undefined;
      const before = sound.get(stream);
      const base = before !== undefined && isFresh(before.checkedAt) ? before : undefined;
      const reading = await readStream(archive, stream, base, now());
      if (reading?.defects.length === 0) sound.set(stream, reading);
      else sound.delete(stream);
      return reading;
    },
  };
}

async function readStream(
  archive: Archive,
  stream: string,
  base: StreamReading | undefined,
  now: Instant,
): Promise<StreamReading | undefined> {
  const known = base?.entries ?? [];
  const sequences = await listSequences(archive, stream);
  if (sequences.length === 0) return undefined;
  // Fewer entries than were seen: the chain was cut, and what was known no longer counts.
  if (sequences.length < known.length) return readStream(archive, stream, undefined, now);
  if (base !== undefined && sequences.length === known.length) return base;
  const defects: Discrepancy[] = [];
  const walked = await walkChain(
    archive,
    stream,
    sequences.filter((sequence) => sequence > known.length),
    (code, path, message) => defects.push({ code, path, message }),
    known,
  );
  const read = walked.flatMap(({ sequence, seal, manifest }) =>
    seal && manifest?.predicate.stream === stream
      ? [{ sequence, manifestSha256: seal.manifestSha256, manifest }]
      : [],
  );
  const entries = [...known, ...read];
  return {
    stream,
    entries,
    promise: promiseOf(entries),
    defects,
    checkedAt: base?.checkedAt ?? now,
    files: sealedFiles(stream, entries),
    destroyed: destroyedFiles(stream, entries),
  };
}

function destroyedFiles(stream: string, entries: readonly ChainEntry[]): Set<string> {
  const gone = destroyedEntries(entries);
  const destroyed = entries.filter(({ sequence }) => gone.has(sequence));
  return new Set(
    destroyed.flatMap(({ manifest }) =>
      manifest.subject.map(({ name }) => subjectPath(stream, name)),
    ),
  );
}

function sealedFiles(
  stream: string,
  entries: readonly ChainEntry[],
): ReadonlyMap<string, string | undefined> {
  const files = new Map<string, string | undefined>();
  for (const { sequence, manifestSha256, manifest } of entries) {
    files.set(chainPath(stream, sequence), undefined);
    files.set(manifestPath(stream, manifestSha256), manifestSha256);
    for (const { name, digest } of manifest.subject) {
      if (maySpeakFor(manifest.predicate, name)) {
        files.set(subjectPath(stream, name), digest.sha256);
      }
    }
  }
  return files;
}
