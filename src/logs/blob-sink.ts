import type { TokenCredential } from '@azure/identity';
import type { AppendBlobClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { BlobServiceClient, ContainerClient, RestError } from '@azure/storage-blob';
import { TallymanError } from '../core/errors';
import type { LogSink } from '../core/log-sink';
import { isContainerAddress } from './blob-tree';

export interface BlobSinkOptions {
  /** A storage account, in which categories are containers, or one container of it, in which they are folders. */
  readonly url: string;
  readonly credential: TokenCredential | StorageSharedKeyCredential;
}

/** Azure takes no larger block at once. */
const LARGEST_BLOCK_BYTES = 4 * 1024 * 1024;
/** A blob takes 50,000 blocks; so many blobs for one resource and hour are a mistake. */
const MOST_BLOBS = 1000;

/**
 * Writes raw logs as append blobs. A block is appended whole or not at all, so that instances which write at the
 * same time do not break each other's lines.
 */
export function createBlobSink({ url, credential }: BlobSinkOptions): LogSink {
  const location = url.replace(/[?#].*$/, '').replace(/\/$/, '');
  const blobOf = blobFinder(url, credential);
  return {
    location,
    append: (path, lines) =>
      reaching(location, async () => {
        for (const block of blocksOf(lines)) await appendBlock(blobOf, path, block);
      }),
    keepAside: (path, content) =>
      reaching(location, async () => {
        const blob = (await blobOf(path)).getBlockBlobClient();
        await blob
          .upload(content, Buffer.byteLength(content), { conditions: { ifNoneMatch: '*' } })
          .catch(ignoring(409, 412));
      }),
  };
}

type FindBlob = (path: string) => Promise<ReturnType<ContainerClient['getBlobClient']>>;

/** Finds a path's blob; makes the container when it is not there. */
function blobFinder(url: string, credential: BlobSinkOptions['credential']): FindBlob {
  const made = new Map<string, Promise<unknown>>();
  const inContainer = async (
    container: ContainerClient,
    path: string,
  ): Promise<ReturnType<ContainerClient['getBlobClient']>> => {
    const known = made.get(container.containerName) ?? container.createIfNotExists();
    made.set(container.containerName, known);
    await known.catch((error: unknown) => {
      made.delete(container.containerName);
      throw error;
    });
    return container.getBlobClient(path);
  };
  if (isContainerAddress(url)) {
    const container =
      'getToken' in credential
        ? new ContainerClient(url, credential)
        : new ContainerClient(url, credential);
    return (path) => inContainer(container, path);
  }
  const service = new BlobServiceClient(url, credential);
  return (path) => {
    const [category = '', ...rest] = path.split('/');
    return inContainer(service.getContainerClient(category), rest.join('/'));
  };
}

/** Appends to the first blob of the hour that takes a further block. */
async function appendBlock(blobOf: FindBlob, path: string, block: Buffer): Promise<void> {
  for (let number = 0; number < MOST_BLOBS; number++) {
    const name = number === 0 ? path : path.replace(/\.json$/, `_${number}.json`);
    const blob = (await blobOf(name)).getAppendBlobClient();
    if (await appended(blob, block)) return;
  }
  throw new Error(`no blob beside ${path} takes a block`);
}

/** False when the blob is full. */
async function appended(blob: AppendBlobClient, block: Buffer): Promise<boolean> {
  for (;;) {
    try {
      await blob.appendBlock(block, block.byteLength);
      return true;
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      if (error.code === 'BlockCountExceedsLimit') return false;
      if (error.statusCode !== 404) throw error;
      await blob.create({ conditions: { ifNoneMatch: '*' } }).catch(ignoring(409, 412));
    }
  }
}

/** Whole lines, as many as one block takes. */
function* blocksOf(lines: string): Generator<Buffer> {
  let block: Buffer[] = [];
  let bytes = 0;
  for (const line of lines.match(/[^\n]*\n/g) ?? []) {
    const part = Buffer.from(line);
    if (bytes > 0 && bytes + part.byteLength > LARGEST_BLOCK_BYTES) {
      yield Buffer.concat(block);
      [block, bytes] = [[], 0];
    }
    block.push(part);
    bytes += part.byteLength;
  }
  if (bytes > 0) yield Buffer.concat(block);
}

function ignoring(...statuses: number[]): (error: unknown) => void {
  return (error) => {
    if (error instanceof RestError && statuses.includes(error.statusCode ?? 0)) return;
    throw error;
  };
}

async function reaching(location: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const [reason = ''] = (cause as Error).message.split('\n');
    throw new TallymanError(
      'LOGS_UNREACHABLE',
      `Nothing can be written to ${location}: ${reason}`,
      { hint: 'Check the address and the role Storage Blob Data Contributor on it.', cause },
    );
  }
}
