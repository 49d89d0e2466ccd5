import type { TokenCredential } from '@azure/identity';
import { DefaultAzureCredential } from '@azure/identity';
import { BlobServiceClient, ContainerClient } from '@azure/storage-blob';

let credential: TokenCredential | undefined;

/** The identity that the process runs as: a managed identity in Azure, the developer's login elsewhere. */
export function azureCredential(): TokenCredential {
  credential ??= new DefaultAzureCredential();
  return credential;
}

/** A client for a storage account's blobs; `connection` is for an emulator only. */
export function blobService(url: string, connection: string | undefined): BlobServiceClient {
  return connection === undefined
    ? new BlobServiceClient(url, azureCredential())
    : BlobServiceClient.fromConnectionString(connection);
}

/** A client for the container at an address; `connection` is for an emulator only. */
export function blobContainer(url: string, connection: string | undefined): ContainerClient {
  if (connection === undefined) return new ContainerClient(url, azureCredential());
  const name = new URL(url).pathname.split('/').at(-1) ?? '';
  return new ContainerClient(connection, name);
}
