import { parseBundle } from '../archive/bundle';
import { chainPath, witnessPath } from '../archive/layout';
import { listSequences } from '../archive/chain-walk';
import type { Witness } from '../core/custody';
import type { Parts } from './parts';

/** Tokens that one wake-up asks for in one stream. */
const MOST_AT_ONCE = 40;

/**
 * Has the authority stamp the signature of every entry that holds no token yet, the newest first, because a
 * token of an entry stands for all before it. An authority that does not answer is left alone until the next
 * wake-up; it never keeps a run from being made or told of. False when it did not answer.
 */
export async function witnessStream(parts: Parts, stream: string): Promise<boolean> {
  const { archive, timeAuthority } = parts;
  if (timeAuthority === undefined) return true;
  const { waiting } = await witnessed(parts, stream);
  for (const sequence of waiting.reverse().slice(0, MOST_AT_ONCE)) {
    const entry = await archive.read(chainPath(stream, sequence));
    const seal = entry === undefined ? undefined : parseBundle(entry);
    // What is wrong with the entry is for verification to tell.
    if (seal === undefined) continue;
    const result = await timeAuthority.stamp(seal.signature);
    if (result.status === 'refused') {
      parts.onProgress({ kind: 'not-witnessed', stream, reason: result.reason });
      return false;
    }
    await archive.create(witnessPath(stream, sequence), result.response);
  }
  return true;
}

/** What the authority has confirmed up to now; undefined when none is asked. */
export async function witnessOf(parts: Parts, stream: string): Promise<Witness | undefined> {
  const { timeAuthority } = parts;
  if (timeAuthority === undefined) return undefined;
  const { newest, waiting } = await witnessed(parts, stream);
  return { authority: timeAuthority.location, newest, waiting: waiting.length };
}

async function witnessed(
  { archive }: Parts,
  stream: string,
): Promise<{ newest: number | null; waiting: number[] }> {
  const held = new Set<string>();
  for await (const { path } of archive.list(`${stream}/witnesses/`)) held.add(path);
  const sequences = await listSequences(archive, stream);
  const isHeld = (sequence: number): boolean => held.has(witnessPath(stream, sequence));
  return {
    newest: sequences.findLast(isHeld) ?? null,
    waiting: sequences.filter((sequence) => !isHeld(sequence)),
  };
}
