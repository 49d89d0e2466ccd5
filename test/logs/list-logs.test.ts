import { StorageSharedKeyCredential } from '@azure/storage-blob';
import { createBlobTree } from '../../src/logs/blob-tree';
import { listLogs } from '../../src/logs/list-logs';
import { LOGIN_EVENTS } from '../../src/logs/registry-tables';
import type { LargeAccount } from './support/large-account';
import { startLargeAccount } from './support/large-account';

const SHAPES = [LOGIN_EVENTS];
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
    categories: SHAPES.map(({ category }) => category),
    registries: REGISTRIES,
    days: Array.from({ length: days }, (_, index) =>
      new Date(Date.parse('2026-03-20') - (days - 1 - index) * DAY_MS).toISOString().slice(0, 10),
    ),
  });
  accounts.push(account);
  const key = new StorageSharedKeyCredential('account', 'a2V5');
  const listing = await listLogs(createBlobTree({ url: account.url, credential: key }), SHAPES, {
    scope: { id: 'scope', registries },
    window: { start: '2026-03-16T00:00:00.000Z', end: '2026-03-17T00:00:00.000Z' },
    tables: SHAPES.map(({ table }) => table),
  });
  const files = (await Promise.all(listing.files.values())).flat();
  return { files, registries: listing.registries, lists: account.lists() };
}

describe('a storage account with the logs of 200 registries', () => {
  it('is listed for a day at the same cost after a year as after a week', async () => {
    const week = await listDay(7, 'all');
    const year = await listDay(365, 'all');
    expect(year.registries).toHaveLength(REGISTRIES);
    expect(year.files).toHaveLength(REGISTRIES * HOURS * SHAPES.length);
    expect(year.files.map(({ path }) => path)).toEqual(week.files.map(({ path }) => path));
    expect(year.lists).toBe(week.lists);
    // For each registry and category five folders down from its resource group, and five days.
    expect(year.lists).toBeLessThan(REGISTRIES * SHAPES.length * 10 + 50);
  });

  it('is listed no further than the registries of a scope', async () => {
    const { files, registries, lists } = await listDay(30, ['registry007', 'registry100']);
    expect(registries).toEqual(['registry007', 'registry100']);
    expect(files).toHaveLength(2 * HOURS * SHAPES.length);
    expect(lists).toBeLessThan(REGISTRIES * SHAPES.length * 5 + 50);
  });
});
