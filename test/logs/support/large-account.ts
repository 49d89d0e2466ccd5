import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A storage account of raw logs that are made up as they are listed: more than Azurite could hold. Answers List Containers
 * and List Blobs (https://learn.microsoft.com/rest/api/storageservices/list-blobs) and nothing else.
 */
export interface LargeAccount {
  readonly url: string;
  /** How many lists were asked for. */
  lists(): number;
  stop(): Promise<void>;
}

export interface LargeAccountOptions {
  readonly categories: readonly string[];
  /** Each in a resource group of its own. */
  readonly registries: number;
  /** With a blob for each hour. */
  readonly days: readonly string[];
}

/** As the service gives them in one answer. */
const PAGE = 5000;

export async function startLargeAccount(options: LargeAccountOptions): Promise<LargeAccount> {
  const names = blobNames(options);
  let lists = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    lists += 1;
    response.setHeader('Content-Type', 'application/xml');
    response.end(
      url.pathname === '/account/'
        ? containerList(options.categories)
        : blobList(names, url.searchParams),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/account`,
    lists: () => lists,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** In order, and made when they are looked at. */
interface Names {
  readonly length: number;
  at(index: number): string;
}

/** The same in each category. */
function blobNames({ registries, days }: LargeAccountOptions): Names {
  const hours = days.flatMap((day) => {
    const [year, month, date] = day.split('-');
    return Array.from(
      { length: 24 },
      (_, hour) =>
        `y=${year}/m=${month}/d=${date}/h=${String(hour).padStart(2, '0')}/m=00/PT1H.json`,
    );
  });
  const resources = Array.from({ length: registries }, (_, index) => {
    const name = `REGISTRY${String(index).padStart(3, '0')}`;
    return `resourceId=/SUBSCRIPTIONS/0/RESOURCEGROUPS/OF-${name}/PROVIDERS/MICROSOFT.CONTAINERREGISTRY/REGISTRIES/${name}`;
  });
  return {
    length: resources.length * hours.length,
    at: (index) =>
      `${resources[Math.floor(index / hours.length)] ?? ''}/${hours[index % hours.length] ?? ''}`,
  };
}

function containerList(categories: readonly string[]): string {
  const containers = categories.map((name) => `<Container><Name>${name}</Name></Container>`);
  return `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Containers>${containers.join('')}</Containers><NextMarker /></EnumerationResults>`;
}

function blobList(names: Names, asked: URLSearchParams): string {
  const prefix = asked.get('prefix') ?? '';
  const delimiter = asked.get('delimiter');
  const items: string[] = [];
  let last: string | undefined;
  let index = Math.max(firstFrom(names, prefix), Number(asked.get('marker') ?? '0'));
  while (index < names.length && items.length < PAGE) {
    const name = names.at(index);
    if (!name.startsWith(prefix)) break;
    const end = delimiter === null ? -1 : name.indexOf(delimiter, prefix.length);
    const folder = end < 0 ? undefined : name.slice(0, end + 1);
    if (folder === undefined) {
      items.push(
        `<Blob><Name>${name}</Name><Properties><Etag>0x1</Etag><Content-Length>1</Content-Length><BlobType>AppendBlob</BlobType></Properties></Blob>`,
      );
      index += 1;
    } else {
      if (folder !== last) items.push(`<BlobPrefix><Name>${folder}</Name></BlobPrefix>`);
      last = folder;
      // Past everything in the folder.
      index = firstFrom(names, `${folder}\uffff`);
    }
  }
  const more = index < names.length && names.at(index).startsWith(prefix);
  return `<?xml version="1.0" encoding="utf-8"?><EnumerationResults><Blobs>${items.join('')}</Blobs><NextMarker>${more ? String(index) : ''}</NextMarker></EnumerationResults>`;
}

/** Where the first name stands that is not before a text. */
function firstFrom(names: Names, text: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names.at(middle) < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
