import type { EntryReference } from './manifest';
import type { Outline, OutlinedEntry, OutlineOf } from './outline';
import { periodOf } from './outline';

/** What an entry says of its times or of an earlier entry, and can't be so. */
export interface WrongReference {
  readonly code: 'time-wrong' | 'amendment-wrong' | 'review-wrong' | 'destruction-wrong';
  readonly sequence: number;
  readonly message: string;
}

/** What the entries of a chain say of each other. */
export interface References {
  readonly wrong: readonly WrongReference[];
  /** The entries whose files a destruction speaks for, and that destruction's sequence. */
  readonly destroyed: ReadonlyMap<number, number>;
  /** Whether a run or a gap speaks for a period. */
  readonly periods: ReadonlyMap<string, 'run' | 'gap'>;
  /** The highest amendment number of each period that has amendments. */
  readonly amendments: ReadonlyMap<string, number>;
}

/**
 * Checks what entries say of their times, and amendments, reviews and destructions of earlier entries. An entry
 * that is missing or unreadable is not held against those that refer to it: it is reported itself.
 */
export function checkReferences(entries: readonly OutlinedEntry[]): References {
  const seen = new Map<number, OutlinedEntry>();
  /** The entry that spoke last for each period. */
  const newest = new Map<string, OutlinedEntry>();
  const periods = new Map<string, 'run' | 'gap'>();
  const amendments = new Map<string, number>();
  const destroyed = new Map<number, number>();
  const wrong: WrongReference[] = [];
  for (const entry of entries) {
    const { sequence, outline } = entry;
    const check = (code: WrongReference['code'], problem: string | undefined): void => {
      if (problem !== undefined) wrong.push({ code, sequence, message: problem });
    };
    check('time-wrong', timeProblem(outline));
    switch (outline.kind) {
      case 'run':
      case 'gap':
        newest.set(outline.period.id, entry);
        periods.set(outline.period.id, outline.kind);
        break;
      case 'amendment':
        check('amendment-wrong', amendmentProblem(entry, outline, seen, newest, amendments));
        newest.set(outline.period.id, entry);
        amendments.set(
          outline.period.id,
          Math.max(outline.number, amendments.get(outline.period.id) ?? 0),
        );
        break;
      case 'review':
        check(
          'review-wrong',
          targetProblem(sequence, outline.reviews, seen, SPEAKS_FOR_PERIOD, outline),
        );
        break;
      case 'destruction':
        for (const reference of outline.entries) {
          const problem = destructionProblem(sequence, outline, reference, seen, destroyed);
          if (problem === undefined) destroyed.set(reference.sequence, sequence);
          check('destruction-wrong', problem);
        }
        break;
      case 'genesis':
      case 'key-rotation':
      case 'definition-change':
        break;
    }
    seen.set(sequence, entry);
  }
  return { wrong, destroyed, periods, amendments };
}

/**
 * Why an entry's times can't be so. They are not compared with those of the entry before it, which another
 * host may have sealed by another clock.
 */
function timeProblem(outline: Outline): string | undefined {
  const { startedAt, sealedAt } = outline;
  // Sealed instants are all in UTC and of one length, so they compare as texts.
  if (startedAt > sealedAt) return `It began at ${startedAt}, and was sealed at ${sealedAt}.`;
  const period = periodOf(outline);
  if (period !== undefined && period.end > sealedAt) {
    return `It was sealed at ${sealedAt}, and ${period.id} ended at ${period.end}.`;
  }
  return outline.kind === 'destruction' && outline.destroyedAt > sealedAt
    ? `It was sealed at ${sealedAt}, and destroys files at ${outline.destroyedAt}.`
    : undefined;
}

const SPEAKS_FOR_PERIOD: readonly Outline['kind'][] = ['run', 'gap', 'amendment'];
const HAS_FILES: readonly Outline['kind'][] = ['run', 'amendment', 'review'];

function amendmentProblem(
  { sequence }: OutlinedEntry,
  amendment: OutlineOf<'amendment'>,
  seen: ReadonlyMap<number, OutlinedEntry>,
  newest: ReadonlyMap<string, OutlinedEntry>,
  amendments: ReadonlyMap<string, number>,
): string | undefined {
  const { amends, period, number } = amendment;
  const problem = targetProblem(sequence, amends, seen, SPEAKS_FOR_PERIOD, amendment);
  if (problem !== undefined) return problem;
  if (number <= (amendments.get(period.id) ?? 0)) {
    return `It is amendment ${String(number)} of ${period.id}, and there is one of that number or a higher one before it.`;
  }
  const last = newest.get(period.id);
  return last === undefined || !seen.has(amends.sequence) || last.sequence === amends.sequence
    ? undefined
    : `It amends entry ${String(amends.sequence)}, and entry ${String(last.sequence)} spoke for ${period.id} after that.`;
}

function destructionProblem(
  sequence: number,
  { policy, destroyedAt }: OutlineOf<'destruction'>,
  reference: EntryReference,
  seen: ReadonlyMap<number, OutlinedEntry>,
  destroyed: ReadonlyMap<number, number>,
): string | undefined {
  const problem = targetProblem(sequence, reference, seen, HAS_FILES);
  if (problem !== undefined) return problem;
  const before = destroyed.get(reference.sequence);
  if (before !== undefined) {
    return `Entry ${String(before)} has destroyed the files of entry ${String(reference.sequence)} already.`;
  }
  const target = seen.get(reference.sequence);
  if (target === undefined || mayBeDestroyed(target.outline, policy.days, destroyedAt)) {
    return undefined;
  }
  return `The files of entry ${String(reference.sequence)} were to be kept for ${String(policy.days)} days from ${target.outline.sealedAt}, and it destroys them at ${destroyedAt}.`;
}

/** Whether files that are kept for so many days from the sealing of their entry may be destroyed at a time. */
export function mayBeDestroyed(
  entry: { readonly sealedAt: string },
  days: number,
  at: string,
): boolean {
  const wholeSeconds = (time: string): number => Math.floor(Date.parse(time) / 1000);
  return wholeSeconds(at) >= wholeSeconds(entry.sealedAt) + days * 86_400;
}

/** Why an entry can't refer to another: not before it, not what it names, not of a fitting kind or period. */
function targetProblem(
  sequence: number,
  named: EntryReference,
  seen: ReadonlyMap<number, OutlinedEntry>,
  kinds: readonly Outline['kind'][],
  about?: OutlineOf<'amendment' | 'review'>,
): string | undefined {
  const name = `entry ${String(named.sequence)}`;
  if (named.sequence >= sequence) return `It names ${name}, which is not before it.`;
  const target = seen.get(named.sequence);
  if (target === undefined) return undefined;
  if (target.manifestSha256 !== named.sha256) {
    return `It names ${named.sha256} as ${name}, and that is ${target.manifestSha256}.`;
  }
  if (!kinds.includes(target.outline.kind)) return `It names ${name}, a ${target.outline.kind}.`;
  if (about === undefined) return undefined;
  const period = periodOf(target.outline);
  const isSame = JSON.stringify(period) === JSON.stringify(about.period);
  return isSame
    ? undefined
    : `It is about ${about.period.id}, and ${name} is about another period.`;
}
