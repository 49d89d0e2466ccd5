import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { TokenCredential } from '@azure/identity';
import {
  BlobServiceClient,
  ContainerClient,
  type StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { TallymanError } from '../core/errors';
import { sha256 } from '../core/digest';
import { mapInParallel } from '../core/in-parallel';
import type { Patience } from '../core/patiently';
import { BrokenAnswer, patiently, readWhole, STORAGE_PATIENCE } from '../core/patiently';
import type { Interval } from '../core/period';
import { mayHold, parseBlobPath } from './blob-paths';
import type { LogFile, LogTree } from './log-tree';

/** A log file may be large, and a listing long. */
const PATIENCE: Patience = { ...STORAGE_PATIENCE, tryMs: 600_000 };

/** A registry’s folder lies nine levels down, and each has to be listed. More would be too many on one abort signal. */
const LISTS_AT_ONCE = 8;

/** More days of a month than this are listed with the whole month. */
const MOST_DAYS = 12;

export interface BlobTreeOptions {
  /**
   * A storage account (`https://name.blob.core.windows.net`), whose containers are the categories, or
   * one container of it, whose top folders are. May hold a SAS.
   */
  readonly url: string;
  /** Not needed when the address holds a SAS. */
  readonly credential?: TokenCredential | StorageSharedKeyCredential;
}

/** Where a category lies. */
interface Place {
  readonly container: ContainerClient;
  /** Before the resource, in the container: empty, or `insights-logs-…/`. */
  readonly prefix: string;
}

/** Finds the categories by their name in lower case. */
type FindPlaces = (abortSignal: AbortSignal) => Promise<ReadonlyMap<string, Place>>;

/** Raw logs in a storage account. Needs permission to list and read blobs, nothing else. */
export function createBlobTree(options: BlobTreeOptions): LogTree {
  const { url, credential } = options;
  const location = url.replace(/[?#].*$/, '').replace(/\/$/, '');
  const places = isContainerAddress(url)
    ? placesInContainer(new ContainerClient(url, credential))
    : placesInAccount(new BlobServiceClient(url, credential));
  const reach = <T>(work: (abortSignal: AbortSignal) => Promise<T>): Promise<T> =>
    reaching(location, () => patiently(work, PATIENCE));
  let known: ReadonlyMap<string, Place> | undefined;
  const refresh = async (): Promise<ReadonlyMap<string, Place>> => {
    known = await reach(places);
    return known;
  };
  const placeOf = async (category: string): Promise<Place | undefined> =>
    (known ?? (await refresh())).get(category);
  return {
    location,
    readable: [],
    categories: async () => [...(await refresh()).keys()],
    resources: async (category) => {
      const place = await placeOf(category);
      return place === undefined ? [] : reach((signal) => findResources(place, signal));
    },
    async *list(category, resource, received) {
      const place = await placeOf(category);
      if (place === undefined) return;
      for (const folder of foldersOf(received)) {
        const prefix = `${place.prefix}${resource}/${folder}`;
        yield* await reach((signal) => listFolder(place, category, prefix, received, signal));
      }
    },
    materialize: async (file, scratch) => {
      const [category = '', ...rest] = file.path.split('/');
      const place = await placeOf(category);
      const copy = join(scratch, `${sha256(file.path)}.json`);
      await reach(async (signal) => {
        if (place === undefined) throw new Error(`container ${category} is gone`);
        const blob = place.container.getBlobClient(place.prefix + rest.join('/'));
        await download(blob, file.size, copy, signal);
      });
      return copy;
    },
  };
}

/** Whether an address names a container; addresses by IP (Azurite) have the account in the path. */
export function isContainerAddress(url: string): boolean {
  const { hostname, pathname } = new URL(url);
  const segments = pathname.split('/').filter((segment) => segment !== '');
  const accountInPath = hostname === 'localhost' || /^(\d+\.){3}\d+$|^\[/.test(hostname);
  return segments.length > (accountInPath ? 1 : 0);
}

function placesInAccount(service: BlobServiceClient): FindPlaces {
  return async (abortSignal) => {
    const places = new Map<string, Place>();
    for await (const { name } of service.listContainers({ prefix: 'insights-', abortSignal })) {
      places.set(name, { container: service.getContainerClient(name), prefix: '' });
    }
    return places;
  };
}

function placesInContainer(container: ContainerClient): FindPlaces {
  return async (abortSignal) => {
    const places = new Map<string, Place>();
    const asked = { prefix: 'insights-', abortSignal };
    for await (const item of container.listBlobsByHierarchy('/', asked)) {
      if (item.kind !== 'prefix') continue;
      places.set(item.name.slice(0, -1).toLowerCase(), { container, prefix: item.name });
    }
    return places;
  };
}

/** Walks down the folders of a category until a year comes, the folders of a level side by side. */
async function findResources(place: Place, abortSignal: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  let level = [place.prefix];
  while (level.length > 0) {
    const inside = await mapInParallel(level, LISTS_AT_ONCE, (prefix) =>
      foldersIn(place, prefix, abortSignal),
    );
    found.push(...level.filter((_, index) => inside[index]?.some(isYear)));
    level = inside.flat().filter((folder) => !isYear(folder));
  }
  return found.map((folder) => folder.slice(place.prefix.length, -1));
}

function isYear(folder: string): boolean {
  return /\/y=\d{4}\/$/i.test(folder);
}

async function foldersIn(
  { container }: Place,
  prefix: string,
  abortSignal: AbortSignal,
): Promise<string[]> {
  const folders: string[] = [];
  for await (const item of container.listBlobsByHierarchy('/', { prefix, abortSignal })) {
    if (item.kind === 'prefix') folders.push(item.name);
  }
  return folders;
}

/**
 * The folders to list for an interval: `y=2026/m=03/d=09/` for single days, and `y=2026/m=03/` where they would be many
 * lists: reading of hours that nobody asked for takes time, and so does each list.
 */
function foldersOf(received: Interval): string[] {
  const months = new Map<string, string[]>();
  const time = new Date(`${received.start.slice(0, 10)}T00:00:00Z`);
  while (time.toISOString() < received.end) {
    const [year = '', month = '', day = ''] = time.toISOString().slice(0, 10).split('-');
    const folder = `y=${year}/m=${month}/`;
    months.set(folder, [...(months.get(folder) ?? []), `${folder}d=${day}/`]);
    time.setUTCDate(time.getUTCDate() + 1);
  }
  return [...months].flatMap(([month, days]) => (days.length > MOST_DAYS ? [month] : days));
}

async function listFolder(
  place: Place,
  category: string,
  prefix: string,
  received: Interval,
  abortSignal: AbortSignal,
): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for await (const blob of place.container.listBlobsFlat({ prefix, abortSignal })) {
    const path = `${category}/${blob.name.slice(place.prefix.length)}`;
    const hour = parseBlobPath(path)?.hour.replace(/\D/g, '').slice(0, 10);
    if (hour === undefined || !mayHold(received, hour)) continue;
    const { contentLength, etag } = blob.properties;
    files.push({ path, size: contentLength ?? 0, version: etag });
  }
  return files;
}

/** Reads exactly as much as was listed: the rest may be half-written. */
async function download(
  blob: ReturnType<ContainerClient['getBlobClient']>,
  size: number,
  copy: string,
  abortSignal: AbortSignal,
): Promise<void> {
  if (size === 0) {
    await writeFile(copy, '');
    return;
  }
  const options = { maxRetryRequests: 3, abortSignal };
  const { readableStreamBody, blobType } = await blob.download(0, size, options);
  if (readableStreamBody === undefined) throw new Error(`blob ${blob.name} has no content`);
  // A proxy’s page comes with 200, too.
  if (blobType === undefined) throw new BrokenAnswer('what answered is not the storage service');
  await readWhole(readableStreamBody, () => pipeline(readableStreamBody, createWriteStream(copy)));
}

async function reaching<T>(location: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TallymanError) throw error;
    const { code, message } = error as Error & { code?: string };
    const reason = code ?? message.split('\n', 1)[0] ?? '';
    throw new TallymanError(
      'LOGS_UNREACHABLE',
      `The log archive ${location} could not be read: ${reason}.`,
      {
        hint: 'Check the address, the network, and that the identity has the role Storage Blob Data Reader.',
        cause: error,
      },
    );
  }
}
