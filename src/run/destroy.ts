import type { ChainEntry } from '../archive/chain';
import {
  appendEntry,
  chainSubject,
  destroyedEntries,
  linkAfter,
  readChain,
  referenceTo,
} from '../archive/chain';
import { manifestOf, maySpeakFor, subjectPath } from '../archive/manifest';
import type { EraseFile } from '../core/archive';
import { TallymanError } from '../core/errors';
import type { Instant } from '../core/period';
import type { Parts } from './parts';

/** What one entry can name. */
const MOST_ENTRIES = 10_000;
const DAY_MS = 86_400_000;

export interface DestructionRequest {
  readonly stream: string;
  /** A date: what was sealed before it began in UTC may go. */
  readonly before: string;
  /** A sentence that names no person: by which rule. It is sealed. */
  readonly reason: string;
}

export interface DestructionPlan {
  /** Entries whose files are to be destroyed, oldest first. */
  readonly entries: readonly ChainEntry[];
  /** Their files that are there. */
  readonly files: readonly string[];
  /** Files that an earlier entry says are destroyed, and that are still there. */
  readonly unfinished: readonly string[];
}

export interface DestructionResult {
  /** The entries that are destroyed now and were not before. */
  readonly entries: readonly ChainEntry[];
  /** The entries that say so; more than one for very many. */
  readonly sealed: readonly ChainEntry[];
  readonly erased: number;
  /** Files that the storage would not let go of, each with its reason. */
  readonly kept: readonly { readonly path: string; readonly error: unknown }[];
}

type DestroyParts = Pick<Parts, 'archive' | 'signer' | 'software' | 'now'>;

/**
 * What `destroyFiles` would do; changes nothing. Throws ARGUMENT_INVALID for a date that is not over or a
 * stream that is not there, ARCHIVE_DAMAGED and ARCHIVE_UNREACHABLE.
 */
export async function planDestruction(
  { archive, now }: Pick<DestroyParts, 'archive' | 'now'>,
  request: DestructionRequest,
  erase?: EraseFile,
): Promise<DestructionPlan> {
  const { stream, before } = request;
  if (daysSince(before, now()) < 1) {
    throw new TallymanError('ARGUMENT_INVALID', `--before: ${before} is not over yet, in UTC.`, {
      hint: 'Give the date before which everything may go.',
    });
  }
  const chain = await readChain(archive, stream);
  if (chain.length === 0) {
    throw new TallymanError('ARGUMENT_INVALID', `The archive has no stream ${stream}.`, {
      hint: '`tallyman verify` lists the streams.',
    });
  }
  // A list of the archive does not show a file of which only an earlier version is left.
  const there = new Set(await erase?.remains?.(`${stream}/`));
  for await (const { path } of archive.list(`${stream}/`)) there.add(path);
  const gone = destroyedEntries(chain);
  const entries = destroyable(chain, before);
  const filesThere = (of: readonly ChainEntry[]): string[] =>
    of.flatMap(filesOf).filter((path) => there.has(path));
  return {
    entries,
    files: filesThere(entries),
    unfinished: filesThere(chain.filter(({ sequence }) => gone.has(sequence))),
  };
}

/**
 * Destroys the files of runs, amendments and reviews that were sealed before a date. That they are destroyed
 * is sealed first: a destruction that was killed is finished by the next call, and nothing that is gone is
 * ever unaccounted for. Throws as `planDestruction` does, and SIGNING_KEY_INVALID.
 */
export async function destroyFiles(
  parts: DestroyParts,
  erase: EraseFile,
  request: DestructionRequest,
): Promise<DestructionResult> {
  const { entries } = await planDestruction(parts, request);
  const sealed: ChainEntry[] = [];
  for (let left = entries.length; left > 0; left -= MOST_ENTRIES) {
    const entry = await sealDestruction(parts, request);
    if (entry !== undefined) sealed.push(entry);
  }
  const { unfinished } = await planDestruction(parts, request, erase);
  const kept: { path: string; error: unknown }[] = [];
  for (const path of unfinished) {
    try {
      await erase(path);
    } catch (error) {
      // A policy of the storage may hold some for longer than others.
      kept.push({ path, error });
    }
  }
  return { entries, sealed, erased: unfinished.length - kept.length, kept };
}

/** Undefined when another call has sealed it since. */
function sealDestruction(
  { archive, signer, software, now }: DestroyParts,
  { stream, before, reason }: DestructionRequest,
): Promise<ChainEntry | undefined> {
  return appendEntry(archive, signer, stream, (previous, chain) => {
    const entries = destroyable(chain, before).slice(0, MOST_ENTRIES);
    if (previous === undefined || entries.length === 0) return undefined;
    const at = now();
    return manifestOf([chainSubject(previous)], {
      kind: 'destruction',
      stream,
      ...linkAfter(previous, signer),
      software,
      startedAt: at,
      sealedAt: at,
      entries: entries.map(referenceTo),
      policy: { text: reason, days: daysSince(before, at) },
      destroyedAt: at,
    });
  });
}

/** The entries with files of their own that were sealed before a date and not destroyed yet. */
function destroyable(chain: readonly ChainEntry[], before: string): ChainEntry[] {
  const gone = destroyedEntries(chain);
  return chain.filter(
    (entry) =>
      !gone.has(entry.sequence) &&
      entry.manifest.predicate.sealedAt < `${before}T00:00:00.000Z` &&
      filesOf(entry).length > 0,
  );
}

/** The paths of the files in an entry’s own folder. A forged manifest can’t name any other. */
function filesOf({ manifest: { predicate, subject } }: ChainEntry): string[] {
  if (!['run', 'amendment', 'review'].includes(predicate.kind)) return [];
  return subject.flatMap(({ name }) =>
    maySpeakFor(predicate, name) ? [subjectPath(predicate.stream, name)] : [],
  );
}

/** Whole days from the beginning of a date in UTC. */
function daysSince(date: string, now: Instant): number {
  return Math.floor((Date.parse(now) - Date.parse(`${date}T00:00:00.000Z`)) / DAY_MS);
}
