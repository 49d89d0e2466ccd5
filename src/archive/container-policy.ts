import type { TokenCredential } from '@azure/identity';
import { z } from 'zod';

const API_VERSION = '2023-05-01';
const LONGEST_WAIT_MS = 30_000;

/** A container’s time-based retention policy. */
export interface ContainerPolicy {
  /** A locked policy can be made longer and nothing else. */
  readonly locked: boolean;
  /** For which a file is kept, counted from its writing. */
  readonly days: number;
}

/** https://learn.microsoft.com/rest/api/storagerp/blob-containers/get */
const answerSchema = z.object({
  properties: z.object({
    immutabilityPolicy: z
      .object({
        properties: z.object({
          state: z.enum(['Locked', 'Unlocked']),
          immutabilityPeriodSinceCreationInDays: z.int().min(0),
        }),
      })
      .optional(),
  }),
});

/**
 * Asks Azure Resource Manager for a container’s policy; undefined when it has none. `address` is the
 * container’s resource there (`https://management.azure.com/subscriptions/…/containers/evidence`), and must
 * be that of the container at `url`. Throws an Error with a sentence when it can’t be told.
 */
export async function readContainerPolicy(
  address: string,
  url: string,
  credential: Pick<TokenCredential, 'getToken'>,
): Promise<ContainerPolicy | undefined> {
  if (!isResourceOf(address, url)) {
    throw new Error('the resource that was named is that of another container.');
  }
  const token = await credential.getToken(`${new URL(address).origin}/.default`);
  const response = await fetch(`${address}?api-version=${API_VERSION}`, {
    headers: { Authorization: `Bearer ${token?.token ?? ''}` },
    signal: AbortSignal.timeout(LONGEST_WAIT_MS),
    // A token goes to nobody but the one it is for.
    redirect: 'error',
  });
  if (!response.ok) {
    throw new Error(`Azure Resource Manager answered ${String(response.status)}.`);
  }
  const answer = answerSchema.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) throw new Error('Azure Resource Manager’s answer was not understood.');
  const policy = answer.data.properties.immutabilityPolicy?.properties;
  return (
    policy && {
      locked: policy.state === 'Locked',
      days: policy.immutabilityPeriodSinceCreationInDays,
    }
  );
}

/** Whether a resource has the account and the container of a container’s address. */
function isResourceOf(address: string, url: string): boolean {
  const [, account = '', container = ''] =
    /\/storageAccounts\/([^/]+)\/blobServices\/default\/containers\/([^/?#]+)$/i.exec(address) ??
    [];
  const { hostname, pathname } = new URL(url);
  const path = pathname.split('/').filter((part) => part !== '');
  // An emulator has the account in the path.
  const named = path.length > 1 ? path[0] : hostname.split('.')[0];
  return container !== '' && named === account.toLowerCase() && path.at(-1) === container;
}
