import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';

import { blobRetention } from '../../src/archive/blob-retention';
import { readContainerPolicy } from '../../src/archive/container-policy';
import type { Retention } from '../../src/core/custody';
import type { Azurite } from '../support/azurite';
import { startAzurite } from '../support/azurite';
import { said } from '../support/languages';

const NOW = '2026-03-10T00:00:00.000Z';
const LATER = 'Wed, 10 Mar 2033 00:00:00 GMT';
const SOONER = 'Sun, 08 Mar 2026 00:00:00 GMT';
const RESOURCE =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acct/blobServices/default/containers/evidence';

/** What a storage account and Azure Resource Manager say; Azurite knows nothing of policies. */
interface Account {
  headers: Record<string, string>;
  /** The properties of each blob, as XML. */
  blobs: string[];
  /** Azure Resource Manager’s answer, with its status. */
  arm: [number, unknown];
}

let account: Account;
let server: Server;
let address: string;
const tokens: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    if (url.pathname.startsWith('/subscriptions/')) {
      tokens.push(request.headers.authorization);
      const [status, body] = account.arm;
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    } else if (url.searchParams.get('comp') === 'list') {
      response.writeHead(200, { 'Content-Type': 'application/xml' });
      response.end(listing(account.blobs, url.searchParams.get('include') ?? ''));
    } else {
      response.writeHead(200, { ETag: '"1"', 'Last-Modified': SOONER, ...account.headers }).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
});
beforeEach(() => {
  account = { headers: {}, blobs: [], arm: [200, { properties: {} }] };
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function listing(blobs: readonly string[], include: string): string {
  const asked = include.includes('immutabilitypolicy') && include.includes('legalhold');
  const items = blobs.map(
    (properties, i) =>
      `<Blob><Name>s.all/chain/${String(i)}</Name><Properties><Content-Length>1</Content-Length>${asked ? properties : ''}</Properties></Blob>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="x" ContainerName="evidence"><Blobs>${items.join('')}</Blobs><NextMarker/></EnumerationResults>`;
}

const kept = (mode: string, until: string): string =>
  `<ImmutabilityPolicyUntilDate>${until}</ImmutabilityPolicyUntilDate><ImmutabilityPolicyMode>${mode}</ImmutabilityPolicyMode>`;

async function read(resource?: string): Promise<Retention> {
  const url = `${address}/acct/evidence`;
  const credential = new StorageSharedKeyCredential('acct', 'a2V5');
  const container = new ContainerClient(url, credential, { retryOptions: { maxTries: 1 } });
  const getToken = (): Promise<{ token: string; expiresOnTimestamp: number }> =>
    Promise.resolve({ token: 'secret', expiresOnTimestamp: 0 });
  return blobRetention(container, {
    now: () => NOW,
    readPolicy:
      resource === undefined ? undefined : () => readContainerPolicy(resource, url, { getToken }),
  })('s.all/chain/');
}

const policy = (state: string, days: number): [number, unknown] => [
  200,
  {
    properties: {
      hasImmutabilityPolicy: true,
      immutabilityPolicy: {
        etag: '"1"',
        properties: { state, immutabilityPeriodSinceCreationInDays: days },
      },
    },
  },
];

describe('retention of a container', () => {
  it('is absent when the storage says so, as Azurite does', async () => {
    const azurite: Azurite = await startAzurite();
    const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
    const container = new ContainerClient(`${azurite.blobUrl}/evidence`, credential, {
      retryOptions: { maxTries: 1 },
    });
    await container.create();
    const readAzurite = blobRetention(container, { now: () => NOW });
    expect(await readAzurite('')).toMatchObject({ status: 'absent' });
    await azurite.stop();
    // And when nobody answers, nothing is known.
    expect(await readAzurite('')).toMatchObject({ status: 'unknown' });
  }, 60_000);

  it('is unknown when the lock of the container’s policy is not to be seen', async () => {
    account.headers = { 'x-ms-has-immutability-policy': 'true' };
    expect(await read()).toMatchObject({ status: 'unknown' });
  });

  it.each([
    ['Locked', 'locked'],
    ['Unlocked', 'unlocked'],
  ])('is what Azure Resource Manager says: %s', async (state, status) => {
    account.headers = { 'x-ms-has-immutability-policy': 'true' };
    account.arm = policy(state, 2557);
    expect(said(await read(address + RESOURCE))).toEqual({
      status,
      detail: 'The container’s policy keeps each file for 2,557 days from when it was written.',
    });
    expect(tokens.at(-1)).toBe('Bearer secret');
  });

  it.each<[string, string, [number, unknown]]>([
    ['refuses', RESOURCE, [403, { error: {} }]],
    ['contradicts the storage', RESOURCE, [200, { properties: {} }]],
    ['answers nonsense', RESOURCE, [200, { properties: { immutabilityPolicy: 'yes' } }]],
    ['speaks of another container', RESOURCE.replace('evidence', 'other'), policy('Locked', 9)],
    ['speaks of another account', RESOURCE.replace('acct', 'other'), policy('Locked', 9)],
  ])('is unknown when Azure Resource Manager %s', async (_, resource, arm) => {
    account.headers = { 'x-ms-has-immutability-policy': 'true' };
    account.arm = arm;
    expect(await read(address + resource)).toMatchObject({ status: 'unknown' });
  });

  it('is unlocked under a legal hold', async () => {
    account.headers = { 'x-ms-has-legal-hold': 'true' };
    expect(await read()).toMatchObject({ status: 'unlocked' });
  });

  it.each<[Retention['status'], string[]]>([
    ['locked', [kept('locked', LATER), kept('Locked', LATER)]],
    ['locked', [kept('locked', SOONER), kept('locked', LATER)]],
    ['unlocked', [kept('locked', LATER), kept('unlocked', LATER)]],
    ['unlocked', [kept('locked', LATER), '']],
    ['unlocked', ['<LegalHold>true</LegalHold>']],
    ['absent', [kept('locked', SOONER)]],
    ['absent', ['', '']],
    ['unknown', []],
  ])('is %s where each file has a policy of its own: %j', async (status, blobs) => {
    account.headers = { 'x-ms-immutable-storage-with-versioning-enabled': 'true' };
    account.blobs = blobs;
    expect(await read()).toMatchObject({ status });
  });

  it('says how many files are kept, and until when', async () => {
    account.headers = { 'x-ms-immutable-storage-with-versioning-enabled': 'true' };
    account.blobs = [kept('locked', LATER), kept('locked', SOONER), ''];
    expect(said(await read())).toEqual({
      status: 'unlocked',
      detail:
        'Each file has a policy of its own: of 3, 1 is kept by a locked policy, 1 is not kept any more, because the time is over, 1 is not kept. The first may be deleted on 2033-03-10.',
    });
  });
});
