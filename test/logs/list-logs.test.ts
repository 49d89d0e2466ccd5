import { StorageSharedKeyCredential } from '@azure/storage-blob';
import { createBlobTree } from '../../src/logs/blob-tree';
import { listLogs } from '../../src/logs/list-logs';
import { LOGIN_EVENTS } from '../../src/logs/registry-tables';
import type { LargeAccount } from './support/large-account';
import { startLargeAccount } from './support/large-account';

const REGISTRIES = 200;
const DAY_MS = 86_400_000;
/** The day, an hour before it, and the 49 hours in which records may still come. */
const HOURS = 24 + 1 + 49;

jest.setTimeout(120_000);

let accounts: LargeAccount[] = [];

afterEach(async () => {
  for (const account of accounts) await account.stop();
  accounts = [];
});

/** Lists one day of an account that holds so many days up to that day's end and beyond. */
async function listDay(days: number, registries: 'all' | readonly string[]) {
  const account = await startLargeAccount({
    categories: [LOGIN_EVENTS.category],
    registries: REGISTRIES,
    days: Array.from({ length: days }, (_, index) =>
      new Date(Date.parse('2026-03-20') - (days - 1 - index) * DAY_MS).toISOString().slice(0, 10),
    ),
  });
  accounts.push(account);
  const key = new StorageSharedKeyCredential('account', 'a2V5');
  const listing = await listLogs(
    createBlobTree({ url: account.url, credential: key }),
    [LOGIN_EVENTS],
    {
      scope: { id: 'scope', registries },
      window: { start: '2026-03-16T00:00:00.000Z', end: '2026-03-17T00:00:00.000Z' },
      tables: [LOGIN_EVENTS.table],
    },
  );
  const files = (await Promise.all(listing.files.values())).flat();
  return { files, registries: listing.registries, lists: account.lists() };
}

describe('a storage account with the logs of 200 registries', () => {
  it('is listed for a day at a cost that a year of logs does not raise', async () => {
    const { files, registries, lists } = await listDay(365, 'all');
    expect(registries).toHaveLength(REGISTRIES);
    expect(files).toHaveLength(REGISTRIES * HOURS);
    // For each registry five folders down from its resource group, and five days.
    expect(lists).toBeLessThan(REGISTRIES * 10 + 20);
  });

  it('is listed no further than the registries of a scope', async () => {
    const { files, registries, lists } = await listDay(30, ['registry007', 'registry100']);
    expect(registries).toEqual(['registry007', 'registry100']);
    expect(files).toHaveLength(2 * HOURS);
    expect(lists).toBeLessThan(REGISTRIES * 5 + 50);
  });
});
