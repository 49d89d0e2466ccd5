import type { Stats } from 'node:fs';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createFolderStore, FOLDER_RETENTION } from './archive/folder-store';
import { openSigningKey, signerFromPem } from './archive/signing-key';
import type { Archive, EraseFile, Signer, TimeAuthority } from './core/archive';
import type { ReadRetention, Retention } from './core/custody';
import { TallymanError } from './core/errors';
import { say } from './core/language';
import { systemClock } from './machine';
import type { Parts } from './run/parts';
import type { KeepingSettings, Place, SigningKeySettings } from './settings';
import { openEnglish, software } from './shipped';

/** The archive and the private store beside it. */
export interface Stores {
  readonly archive: Archive;
  readonly privateStore: Archive;
  /** Where the signing key lies when no setting says otherwise; undefined for an archive in a container. */
  readonly keyFile: string | undefined;
}

/** Opens an archive for writing. */
export async function openStores(settings: KeepingSettings): Promise<Stores> {
  const { archive: place, storageConnection } = settings;
  if (place.kind === 'blob') {
    const { createRememberingStore } = await import('./archive/remembering-store.js');
    return {
      archive: createRememberingStore(await openBlobStore(place.url, storageConnection)),
      privateStore: await openPrivateBlobStore(`${place.url}-private`, storageConnection),
      keyFile: undefined,
    };
  }
  const root = resolve(place.path);
  const beside = `${root}.private`;
  return {
    archive: createFolderStore(root),
    privateStore: createFolderStore(beside, { temporary: join(beside, 'tmp') }),
    keyFile: join(beside, 'signing-key.pem'),
  };
}

/** An archive in a container, for reading or writing. */
export async function openBlobStore(url: string, storageConnection?: string): Promise<Archive> {
  const { createBlobStore } = await import('./archive/blob-store.js');
  const { blobContainer } = await import('./azure-clients.js');
  return createBlobStore(blobContainer(url, storageConnection));
}

/** The private container is ours alone, so it is made when it is not there; the archive's is deployed. */
async function openPrivateBlobStore(url: string, storageConnection?: string): Promise<Archive> {
  const { blobContainer } = await import('./azure-clients.js');
  const container = blobContainer(url, storageConnection);
  await container.createIfNotExists();
  const { createBlobStore } = await import('./archive/blob-store.js');
  return createBlobStore(container);
}

/** The key that the settings name; a key file is made when it is not there. `keyFile` is the one beside the archive. */
export async function openSigner(
  key: SigningKeySettings,
  keyFile: string | undefined,
): Promise<Signer> {
  switch (key.kind) {
    case 'vault':
      return openVaultKey(key.keyId);
    case 'pem':
      return signerFromPem(key.pem);
    case 'file':
      return openSigningKey(key);
    case 'beside-archive':
      // Settings are refused that name no key for an archive in a container.
      if (keyFile === undefined) throw new TypeError('no key lies beside a container');
      return openSigningKey({ file: keyFile });
  }
}

/** A key in Azure Key Vault or a managed HSM, with the process’s identity. */
export async function openVaultKey(keyId: string): Promise<Signer> {
  const { azureCredential } = await import('./azure-clients.js');
  const { openKeyVaultSigner } = await import('./archive/key-vault-signer.js');
  return openKeyVaultSigner({ keyId, credential: azureCredential() });
}

/** What reads back how well the storage of an archive keeps files from being deleted. */
export async function openRetention(
  place: Place,
  {
    archiveResource,
    storageConnection,
  }: Pick<KeepingSettings, 'archiveResource' | 'storageConnection'>,
  now: () => string,
): Promise<ReadRetention> {
  if (place.kind === 'folder') return () => Promise.resolve(FOLDER_RETENTION);
  const { blobRetention } = await import('./archive/blob-retention.js');
  const { readContainerPolicy } = await import('./archive/container-policy.js');
  const { azureCredential, blobContainer } = await import('./azure-clients.js');
  return blobRetention(blobContainer(place.url, storageConnection), {
    now,
    readPolicy:
      archiveResource === undefined
        ? undefined
        : () => readContainerPolicy(archiveResource, place.url, azureCredential()),
  });
}

/** An archive for reading: no key, no templates, no log source. */
export async function openArchiveForReading(
  place: Place,
  storageConnection?: string,
): Promise<Archive> {
  if (place.kind === 'folder') {
    const stats = statsOf(place.path);
    if (stats === undefined) {
      throw new TallymanError('ARCHIVE_UNREACHABLE', `There is no folder ${place.path}.`, {
        hint: 'Give the folder that holds keys/ and one folder for each stream, or a ZIP file of it.',
      });
    }
    if (!stats.isFile()) return createFolderStore(place.path);
    const { openZipStore } = await import('./archive/zip-store.js');
    return openZipStore(place.path);
  }
  return openBlobStore(place.url, storageConnection);
}

/** Undefined when nothing is there. Throws ARCHIVE_UNREACHABLE. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    throw new TallymanError('ARCHIVE_UNREACHABLE', `${path} can’t be reached.`, {
      hint: 'Check that this process may read it and the folders above it.',
      cause,
    });
  }
}

/** An archive to write into, its private store and its key. */
export async function openArchive(
  settings: KeepingSettings,
  now: () => string,
): Promise<Pick<Parts, 'archive' | 'privateStore' | 'readRetention' | 'signer'>> {
  const { archive, privateStore, keyFile } = await openStores(settings);
  return {
    archive,
    privateStore,
    readRetention: await openRetention(settings.archive, settings, now),
    signer: await openSigner(settings.signingKey, keyFile),
  };
}

/** What commands work with that keep an archive and ask no logs. */
export async function openKeeping(
  settings: KeepingSettings,
  now = systemClock,
): Promise<
  Pick<Parts, 'archive' | 'privateStore' | 'readRetention' | 'signer' | 'software' | 'now'>
> {
  return { ...(await openArchive(settings, now)), software: software(), now };
}

/** The archive and, apart from it, the key: `tallyman doctor` looks at each, and makes no key. */
export async function openKeepingParts(settings: KeepingSettings): Promise<{
  readonly archive: Archive;
  readonly privateStore: Archive;
  /** Undefined when the key is a file that the first run will make. */
  readonly openSigner: () => Promise<Signer | undefined>;
}> {
  const { archive, privateStore, keyFile } = await openStores(settings);
  return {
    archive,
    privateStore,
    openSigner: async () => {
      const { signingKey } = settings;
      const isBeside = signingKey.kind === 'beside-archive';
      const file = signingKey.kind === 'file' ? signingKey.file : isBeside ? keyFile : undefined;
      if (file !== undefined && !existsSync(file)) return undefined;
      return openSigner(signingKey, keyFile);
    },
  };
}

/** The key that is to sign from now on: a file, made when it is not there, or a Key Vault key. */
export async function openNewKey(
  where: { readonly file: string } | { readonly vaultKey: string },
): Promise<Signer> {
  return 'file' in where ? openSigningKey(where) : openVaultKey(where.vaultKey);
}

/** What destroys files of an archive. */
export async function openEraser({
  archive: place,
  storageConnection,
}: Pick<KeepingSettings, 'archive' | 'storageConnection'>): Promise<EraseFile> {
  if (place.kind === 'folder') {
    const { folderEraser } = await import('./archive/folder-eraser.js');
    return folderEraser(place.path);
  }
  const { blobEraser } = await import('./archive/blob-eraser.js');
  const { blobContainer } = await import('./azure-clients.js');
  return blobEraser(blobContainer(place.url, storageConnection));
}

/** Reads a container’s retention back; undefined for a copy in a folder or a ZIP file, which can’t tell it. */
export async function readArchiveRetention(
  place: Place,
  settings: Pick<KeepingSettings, 'archiveResource' | 'storageConnection'>,
): Promise<(Retention & { readonly detail: string }) | undefined> {
  if (place.kind === 'folder') return undefined;
  const read = await openRetention(place, settings, systemClock);
  const { status, detail } = await read('');
  return { status, detail: say(detail, await openEnglish()) };
}

/** Who witnesses signatures; undefined when no authority is set. */
export async function openTimeAuthority(
  url: string | undefined,
): Promise<TimeAuthority | undefined> {
  if (url === undefined) return undefined;
  const { createTimeAuthority } = await import('./archive/time-stamp.js');
  return createTimeAuthority(url);
}
