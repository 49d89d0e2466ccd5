import { buffer } from 'node:stream/consumers';

import type { ContainerClient } from '@azure/storage-blob';
import { RestError } from '@azure/storage-blob';

import type { Archive, ArchiveFile } from '../core/archive';
import { TallymanError } from '../core/errors';
import { pathSegments } from './layout';

/** How often a download that breaks off is taken up again where it broke. */
const RETRIES = 5;

/**
 * An archive in a container of a storage account. The container must be there: whoever deploys it gives
 * it its retention policy. Transient errors are retried by the client’s own policy.
 * Methods throw ARCHIVE_UNREACHABLE when the service refuses, and a RangeError for a bad path.
 */
export function createBlobStore(container: ContainerClient): Archive {
  const location = withoutQuery(container.url);
  return {
    location,
    create: async (path, content) => {
      const blob = container.getBlockBlobClient(checked(path));
      try {
        await blob.uploadData(content, { conditions: { ifNoneMatch: '*' } });
        return 'created';
      } catch (error) {
        // A refusal because of an existing blob is 409, 412 or, for an identity that may only create, 403.
        const mayExist =
          error instanceof RestError && [403, 409, 412].includes(error.statusCode ?? 0);
        if (mayExist && (await reaching(location, () => blob.exists()))) return 'exists';
        throw unreachable(location, error);
      }
    },
    read: async (path) => {
      const blob = container.getBlobClient(checked(path));
      try {
        const response = await blob.download(0, undefined, { maxRetryRequests: RETRIES });
        return response.readableStreamBody && (await buffer(response.readableStreamBody));
      } catch (error) {
        if (error instanceof RestError && error.code === 'BlobNotFound') return undefined;
        throw unreachable(location, error);
      }
    },
    list: (prefix) => listBlobs(container, location, prefix),
  };
}

async function* listBlobs(
  container: ContainerClient,
  location: string,
  prefix: string,
): AsyncGenerator<ArchiveFile> {
  // Accounts with a hierarchical namespace list in another order, so the whole list is sorted here.
  const files = await reaching(location, async () => {
    const found: ArchiveFile[] = [];
    for await (const blob of container.listBlobsFlat({ prefix })) {
      found.push({ path: blob.name, size: blob.properties.contentLength ?? 0 });
    }
    return found;
  });
  yield* files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Has the service’s trouble told as ARCHIVE_UNREACHABLE. */
export async function reaching<T>(location: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw unreachable(location, error);
  }
}

function unreachable(location: string, cause: unknown): TallymanError {
  const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return new TallymanError(
    'ARCHIVE_UNREACHABLE',
    `The archive ${location} can't be used: ${reason === undefined || reason === '' ? 'the service refused' : reason}`,
    {
      hint: 'Check the address, that the container exists, and that this identity may read, list and create blobs in it.',
      cause,
    },
  );
}

// The query of a container's address may be a shared access signature, which is a secret.
export function withoutQuery(url: string): string {
  return url.split('?')[0] ?? url;
}

function checked(path: string): string {
  return pathSegments(path).join('/');
}
