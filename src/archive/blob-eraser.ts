import type { ContainerClient } from '@azure/storage-blob';

import type { EraseFile } from '../core/archive';
import { reaching, withoutQuery } from './blob-store';
import { pathSegments } from './layout';

/**
 * Deletes files of an archive in a container, with all earlier versions and snapshots. What the account’s
 * soft delete still holds goes by itself when its days are over.
 */
export function blobEraser(container: ContainerClient): EraseFile {
  const location = withoutQuery(container.url);
  const erase = (path: string): Promise<void> =>
    reaching(location, async () => {
      const name = pathSegments(path).join('/');
      const blob = container.getBlobClient(name);
      // In an account with versioning this makes the file a version, which is deleted after that.
      await blob.deleteIfExists({ deleteSnapshots: 'include' });
      const versions = container.listBlobsFlat({ prefix: name, includeVersions: true });
      for await (const version of versions) {
        if (version.name === name && version.versionId !== undefined) {
          await blob.withVersion(version.versionId).deleteIfExists();
        }
      }
    });
  const remains = (prefix: string): Promise<string[]> =>
    reaching(location, async () => {
      const names = new Set<string>();
      for await (const { name } of container.listBlobsFlat({ prefix, includeVersions: true })) {
        names.add(name);
      }
      return [...names];
    });
  return Object.assign(erase, { remains });
}
