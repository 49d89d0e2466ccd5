import type { Archive } from '../core/archive';
import type { ChainEntry, WalkedEntry } from './chain-entry';
import type { ReportDiscrepancy } from './discrepancies';
import { chainFolder, sequenceOf } from './layout';
import type { GenesisPredicate, Manifest } from './manifest';
import { nodeSource } from './node-source';
import { walkEntries } from './walk-entries';

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

/** All that `walkEntries` gives of an archive, at once. */
export async function walkChain(
  archive: Archive,
  stream: string,
  sequences: readonly number[],
  report: ReportDiscrepancy,
  known: readonly ChainEntry[] = [],
): Promise<WalkedEntry[]> {
  const entries: WalkedEntry[] = [];
  for await (const entry of walkEntries(nodeSource(archive), stream, sequences, report, known))
    entries.push(entry);
  return entries;
}

/** What a stream promised when it began, when this is its genesis. */
export function genesisOf(entry: {
  readonly sequence: number;
  readonly manifest?: Manifest;
}): GenesisPredicate | undefined {
  const predicate = entry.manifest?.predicate;
  return entry.sequence === 1 && predicate?.kind === 'genesis' ? predicate : undefined;
}
