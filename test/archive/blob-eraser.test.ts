import { ContainerClient } from '@azure/storage-blob';
import { blobEraser } from '../../src/archive/blob-eraser';
import type { EraseFile } from '../../src/core/archive';
import type { VersionedAccount } from './support/versioned-account';
import { startVersionedAccount } from './support/versioned-account';

const FILE = 'daily.all/runs/2026-03-09/evidence/logins.json';
const VERSIONS = ['2026-03-09T22:30:00.0000001Z', '2026-03-10T22:30:00.0000001Z'] as const;

let account: VersionedAccount;
let erase: EraseFile;

beforeEach(async () => {
  account = await startVersionedAccount();
  erase = blobEraser(
    new ContainerClient(account.containerUrl, undefined, { retryOptions: { maxTries: 1 } }),
  );
  // Names that begin as the file's does, around it in a listing.
  for (const name of [`${FILE}l`, FILE, `${FILE}.sigstore.json`]) {
    account.versions.set(name, [...VERSIONS]);
    account.current.add(name);
  }
});
afterEach(async () => {
  await account.stop();
});

describe('a file of an account with versioning', () => {
  it('goes with its earlier versions, and no other file goes', async () => {
    await erase(FILE);
    expect([...account.versions.keys()].sort()).toEqual([`${FILE}.sigstore.json`, `${FILE}l`]);
    expect(account.deletions).toEqual([
      `DELETE ${FILE}`,
      ...VERSIONS.map((id) => `DELETE ${FILE}?versionid=${id}`),
    ]);
  });

  it('whose versions were left behind by a process that was killed goes the next time', async () => {
    account.current.delete(FILE);
    expect(await erase.remains?.('daily.all/runs/')).toContain(FILE);
    await erase(FILE);
    expect(await erase.remains?.('daily.all/runs/')).not.toContain(FILE);
    expect(account.versions.has(FILE)).toBe(false);
  });

  it('that is gone already may be erased again', async () => {
    await erase(FILE);
    await erase(FILE);
    expect(account.versions.size).toBe(2);
  });

  it.each([
    ['the file itself', VERSIONS[1]],
    ['an earlier version', VERSIONS[0]],
  ])('is told to be kept when a policy protects %s', async (_, version) => {
    account.immutable.add(`${FILE} ${version}`);
    await expect(erase(FILE)).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
    expect(account.versions.get(FILE)).toContain(version);
  });
});
