import type { ContainerClient } from '@azure/storage-blob';

import type { ReadRetention, Retention } from '../core/custody';
import { listed, phrase, sentences } from '../core/language';
import type { Instant } from '../core/period';
import type { ContainerPolicy } from './container-policy';

export interface BlobRetentionOptions {
  readonly now: () => Instant;
  /** Asks Azure Resource Manager; undefined when nobody said where to. */
  readonly readPolicy?: (() => Promise<ContainerPolicy | undefined>) | undefined;
}

/**
 * Reads how well a container keeps files from being deleted: by a policy of the container, or of each file
 * (version-level), or by a legal hold. The storage tells of a container’s policy only that there is one;
 * whether it is locked, Azure Resource Manager knows.
 */
export function blobRetention(
  container: ContainerClient,
  options: BlobRetentionOptions,
): ReadRetention {
  return async (prefix) => {
    try {
      const properties = await container.getProperties();
      if (properties.isImmutableStorageWithVersioningEnabled === true) {
        return judgeFiles(await countFiles(container, prefix, options.now()));
      }
      if (properties.hasImmutabilityPolicy === true) return await ofContainer(options);
      if (properties.hasLegalHold === true) {
        return { status: 'unlocked', detail: phrase('retention.legalHold') };
      }
      return { status: 'absent', detail: phrase('retention.noPolicy') };
    } catch (error) {
      const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
      return { status: 'unknown', detail: phrase('retention.notRead', { reason: reason ?? '' }) };
    }
  };
}

async function ofContainer({ readPolicy }: BlobRetentionOptions): Promise<Retention> {
  if (readPolicy === undefined) {
    return { status: 'unknown', detail: phrase('retention.lockNotSeen') };
  }
  const policy = await readPolicy();
  if (policy === undefined) {
    return { status: 'unknown', detail: phrase('retention.contradicted') };
  }
  return {
    status: policy.locked ? 'locked' : 'unlocked',
    detail: phrase('retention.container', { days: phrase('count.days', { count: policy.days }) }),
  };
}

/** How many files are kept in which way. */
interface FileCounts {
  locked: number;
  /** By a policy that can be taken away, or by a legal hold. */
  unlocked: number;
  /** They were kept once. */
  over: number;
  none: number;
  /** When the first of the kept files may be deleted; undefined when none has a policy. */
  earliest: string | undefined;
}

async function countFiles(
  container: ContainerClient,
  prefix: string,
  now: Instant,
): Promise<FileCounts> {
  const counts: FileCounts = { locked: 0, unlocked: 0, over: 0, none: 0, earliest: undefined };
  const include = { includeImmutabilityPolicy: true, includeLegalHold: true };
  for await (const { properties } of container.listBlobsFlat({ prefix, ...include })) {
    const until = properties.immutabilityPolicyExpiresOn?.toISOString();
    const isKept = until !== undefined && until > now;
    if (isKept && (counts.earliest === undefined || until < counts.earliest)) {
      counts.earliest = until;
    }
    if (isKept && properties.immutabilityPolicyMode?.toLowerCase() === 'locked') counts.locked += 1;
    else if (isKept || properties.legalHold === true) counts.unlocked += 1;
    else if (until !== undefined) counts.over += 1;
    else counts.none += 1;
  }
  return counts;
}

/** As good as the worst kept file; files whose time is over were kept as long as they had to be. */
function judgeFiles({ locked, unlocked, over, none, earliest }: FileCounts): Retention {
  const all = locked + unlocked + over + none;
  if (all === 0) return { status: 'unknown', detail: phrase('retention.noFiles') };
  const parts = [
    phrase('retention.locked', { count: locked }),
    phrase('retention.unlocked', { count: unlocked }),
    phrase('retention.over', { count: over }),
    phrase('retention.none', { count: none }),
  ];
  const said = parts.filter(({ values }) => values?.['count'] !== 0);
  return {
    status:
      locked + unlocked === 0 ? 'absent' : unlocked === 0 && none === 0 ? 'locked' : 'unlocked',
    detail: sentences([
      phrase('retention.eachFile', { all, said: listed(said) }),
      ...(earliest === undefined
        ? []
        : [phrase('retention.earliest', { date: earliest.slice(0, 10) })]),
    ]),
  };
}
