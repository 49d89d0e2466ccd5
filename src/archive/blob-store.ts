import { Readable } from 'node:stream';

import type {
  BlobClient,
  BlobDownloadResponseParsed,
  BlockBlobClient,
  ContainerClient,
  ContainerListBlobFlatSegmentResponse,
} from '@azure/storage-blob';
import { RestError } from '@azure/storage-blob';

import type { Archive, ArchiveFile } from '../core/archive';
import { sha256Later } from '../core/digest';
import { TallymanError } from '../core/errors';
import type { Patience } from '../core/patiently';
import { BrokenAnswer, patiently, readWhole, STORAGE_PATIENCE } from '../core/patiently';
import { bytesOf, piecesOf, type Content, type Pieces } from '../core/pieces';
import { spooledLater } from '../core/spool';
import { pathSegments } from './layout';

/** How often a download that breaks off is taken up again where it broke. */
const RETRIES = 5;

const FOREIGN = 'what answered is not the storage service';

/** What is larger is sent in blocks of so many bytes. */
const BLOCK = 8 << 20;
const BLOCKS_AT_ONCE = 2;

/**
 * An archive in a container of a storage account. The container must be there: whoever deploys it gives
 * it its retention policy. Transient trouble is retried, by the client’s own policy and beyond it.
 * Methods throw ARCHIVE_UNREACHABLE when the service refuses, and a RangeError for a bad path.
 */
export function createBlobStore(
  container: ContainerClient,
  patience: Patience = STORAGE_PATIENCE,
): Archive {
  const location = withoutQuery(container.url);
  const reach: Reach = (request) => reaching(location, () => patiently(request, patience));
  return {
    location,
    create: async (path, content) =>
      createBlob(container.getBlockBlobClient(checked(path)), content, reach),
    read: async (path) => {
      const content = await takeBlob(container.getBlobClient(checked(path)), reach, spooledLater);
      return content && bytesOf(content);
    },
    open: async (path) => takeBlob(container.getBlobClient(checked(path)), reach, spooledLater),
    digest: async (path) =>
      (await takeBlob(container.getBlobClient(checked(path)), reach, sha256Later))?.sha256,
    list: (prefix) => listBlobs(container, prefix, reach),
  };
}

/** Makes one request, however often. */
type Reach = <T>(request: (abortSignal: AbortSignal) => Promise<T>) => Promise<T>;

async function createBlob(
  blob: BlockBlobClient,
  content: Content,
  reach: Reach,
): Promise<'created' | 'exists'> {
  return reach(async (abortSignal) => {
    try {
      await upload(blob, piecesOf(content), { conditions: { ifNoneMatch: '*' }, abortSignal });
      return 'created';
    } catch (error) {
      // A refusal because of an existing blob is 409, 412 or, for an identity that may only create, 403.
      const mayExist =
        error instanceof RestError && [403, 409, 412].includes(error.statusCode ?? 0);
      if (mayExist && (await blob.exists({ abortSignal }))) return 'exists';
      throw error;
    }
  });
}

/** A large blob appears whole when its last block is there. */
async function upload(
  blob: BlockBlobClient,
  content: Pieces,
  options: { conditions: { ifNoneMatch: string }; abortSignal: AbortSignal },
): Promise<void> {
  if (content.size <= BLOCK) await blob.uploadData(bytesOf(content), options);
  else await blob.uploadStream(Readable.from(content.read()), BLOCK, BLOCKS_AT_ONCE, options);
}

/** What `take` makes of the bytes as they come; it is given them from the beginning when they break off. */
function takeBlob<T extends { readonly size: number }>(
  blob: BlobClient,
  reach: Reach,
  take: (bytes: Readable) => Promise<T>,
): Promise<T | undefined> {
  return reach(async (abortSignal) => {
    const answer = await download(blob, abortSignal);
    if (answer === undefined) return undefined;
    const { readableStreamBody: stream, blobType, contentLength } = answer;
    const taken = stream && (await readWhole(stream, () => take(Readable.from(stream))));
    // A proxy’s page comes with 200, too; taken for the file it would be sealed or called damage.
    if (blobType === undefined || taken?.size !== contentLength) throw new BrokenAnswer(FOREIGN);
    return taken;
  });
}

/** Undefined when there is no such blob. */
async function download(
  blob: BlobClient,
  abortSignal: AbortSignal,
): Promise<BlobDownloadResponseParsed | undefined> {
  try {
    return await blob.download(0, undefined, { maxRetryRequests: RETRIES, abortSignal });
  } catch (error) {
    if (error instanceof RestError && error.code === 'BlobNotFound') return undefined;
    return asForeign(error);
  }
}

/** The SDK stumbles over answers that lack what the service always sends. */
function asForeign(error: unknown): never {
  const stumbled = error instanceof RangeError || error instanceof TypeError;
  throw stumbled ? new BrokenAnswer(FOREIGN, { cause: error }) : error;
}

async function* listBlobs(
  container: ContainerClient,
  prefix: string,
  reach: Reach,
): AsyncGenerator<ArchiveFile> {
  const files: ArchiveFile[] = [];
  let continuationToken: string | undefined;
  do {
    const from = continuationToken === undefined ? {} : { continuationToken };
    const page = await reach(async (abortSignal) => {
      const pages = container.listBlobsFlat({ prefix, abortSignal }).byPage(from);
      const next = (await pages.next().catch(asForeign)) as IteratorResult<
        ContainerListBlobFlatSegmentResponse,
        undefined
      >;
      return next.value;
    });
    for (const { name, properties } of page?.segment.blobItems ?? []) {
      files.push({ path: name, size: properties.contentLength ?? 0 });
    }
    continuationToken = page?.continuationToken;
  } while (continuationToken !== undefined && continuationToken !== '');
  // Accounts with a hierarchical namespace list in another order, so the whole list is sorted here.
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
