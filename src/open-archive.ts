import { join, resolve } from 'node:path';
import { createFolderStore, FOLDER_RETENTION } from './archive/folder-store';
import { openSigningKey, signerFromPem } from './archive/signing-key';
import type { Archive, Signer } from './core/archive';
import type { ReadRetention } from './core/custody';
import type { KeepingSettings, Place } from './settings';

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

/** The key that the settings name; a key file is made when it is not there. */
export async function openSigner(
  settings: KeepingSettings,
  keyFile: string | undefined,
): Promise<Signer> {
  if (settings.signingKeyVaultKey !== undefined) return openVaultKey(settings.signingKeyVaultKey);
  if (settings.signingKeyPem !== undefined) return signerFromPem(settings.signingKeyPem);
  return openSigningKey({ file: settings.signingKeyFile ?? keyFile ?? '' });
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
