import type { TokenCredential } from '@azure/identity';
import { DefaultAzureCredential } from '@azure/identity';
import type { StorageSharedKeyCredential } from '@azure/storage-blob';
import { BlobServiceClient, ContainerClient } from '@azure/storage-blob';

let credential: TokenCredential | undefined;

/** The identity that the process runs as: a managed identity in Azure, the developer's login elsewhere. */
export function azureCredential(): TokenCredential {
  credential ??= new DefaultAzureCredential();
  return credential;
}

/** What opens a storage account; `connection` is for an emulator only. */
export function blobCredential(
  connection: string | undefined,
): TokenCredential | StorageSharedKeyCredential {
  if (connection === undefined) return azureCredential();
  const { credential: key } = BlobServiceClient.fromConnectionString(connection);
  return key as StorageSharedKeyCredential;
}

/** A client for the container at an address. */
export function blobContainer(url: string, connection: string | undefined): ContainerClient {
  const key = blobCredential(connection);
  // The overloads tell a token from a shared key.
  return 'getToken' in key ? new ContainerClient(url, key) : new ContainerClient(url, key);
}
