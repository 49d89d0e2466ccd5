import type { ContainerClient } from '@azure/storage-blob';

import type { ReadRetention, Retention } from '../core/custody';
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
        const detail = 'A legal hold keeps the files until somebody takes it away.';
        return { status: 'unlocked', detail };
      }
      return { status: 'absent', detail: 'The container has no immutability policy.' };
    } catch (error) {
      const [reason] = (error instanceof Error ? error.message : String(error)).split('\n');
      return { status: 'unknown', detail: `It could not be read: ${reason ?? ''}` };
    }
  };
}

async function ofContainer({ readPolicy }: BlobRetentionOptions): Promise<Retention> {
  if (readPolicy === undefined) {
    const detail =
      'The container has an immutability policy. Whether it is locked is to be seen in Azure Resource Manager alone, and nobody said where the container is there.';
    return { status: 'unknown', detail };
  }
  const policy = await readPolicy();
  if (policy === undefined) {
    const detail =
      'The container says that it has an immutability policy, and Azure Resource Manager has none of it.';
    return { status: 'unknown', detail };
  }
  const days = policy.days.toLocaleString('en-US');
  return {
    status: policy.locked ? 'locked' : 'unlocked',
    detail: `The container’s policy keeps each file for ${days} ${policy.days === 1 ? 'day' : 'days'} from when it was written.`,
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
  if (all === 0) return { status: 'unknown', detail: 'There are no files yet to read it from.' };
  const parts: [number, string][] = [
    [locked, `kept by a locked policy`],
    [unlocked, 'kept by a policy or a legal hold that can be taken away'],
    [over, 'not kept any more, because the time is over'],
    [none, 'not kept'],
  ];
  const said = parts.flatMap(([count, what]) =>
    count === 0 ? [] : [`${count.toLocaleString('en-US')} ${count === 1 ? 'is' : 'are'} ${what}`],
  );
  const until =
    earliest === undefined ? '' : ` The first may be deleted on ${earliest.slice(0, 10)}.`;
  return {
    status:
      locked + unlocked === 0 ? 'absent' : unlocked === 0 && none === 0 ? 'locked' : 'unlocked',
    detail: `Each file has a policy of its own: of ${all.toLocaleString('en-US')}, ${said.join(', ')}.${until}`,
  };
}
