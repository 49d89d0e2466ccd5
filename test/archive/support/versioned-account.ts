import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A storage account with blob versioning, which Azurite does not have: as much of it as deleting needs. Responses as in
 * https://learn.microsoft.com/rest/api/storageservices/list-blobs and /delete-blob: to delete a blob makes a version of
 * it, and to delete what a policy protects is refused with 409.
 */
export interface VersionedAccount {
  /** The address of its one container. */
  readonly containerUrl: string;
  /** Names of blobs with the ids of their versions, oldest first; the current one of a blob stands last. */
  readonly versions: Map<string, string[]>;
  /** Blobs that have a current version. */
  readonly current: Set<string>;
  /** `name versionId` of versions that a policy protects. */
  readonly immutable: Set<string>;
  /** `DELETE name?versionid=…`, in order. */
  readonly deletions: string[];
  stop(): Promise<void>;
}

/** So few blobs come in one listing that the next one has to be asked for. */
const PAGE = 2;

export async function startVersionedAccount(): Promise<VersionedAccount> {
  const state: Omit<VersionedAccount, 'containerUrl' | 'stop'> = {
    versions: new Map<string, string[]>(),
    current: new Set<string>(),
    immutable: new Set<string>(),
    deletions: [],
  };
  const server = createServer((request, response) => {
    respond(state, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    ...state,
    containerUrl: `http://127.0.0.1:${String(port)}/account/evidence`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

type State = Omit<VersionedAccount, 'containerUrl' | 'stop'>;

function respond(state: State, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  response.setHeader('x-ms-request-id', '00000000-0000-0000-0000-000000000000');
  if (request.method === 'GET' && url.searchParams.get('comp') === 'list') {
    response.setHeader('Content-Type', 'application/xml');
    response.end(listing(state, url.searchParams));
  } else if (request.method === 'DELETE') {
    const name = decodeURIComponent(url.pathname).replace('/account/evidence/', '');
    const error = deleteBlob(state, name, url.searchParams.get('versionid'));
    if (error === undefined) response.writeHead(202).end();
    else refuse(response, error);
  } else response.writeHead(400).end();
}

type Refusal = readonly [status: number, code: string];

function deleteBlob(state: State, name: string, versionId: string | null): Refusal | undefined {
  state.deletions.push(`DELETE ${name}${versionId === null ? '' : `?versionid=${versionId}`}`);
  const versions = state.versions.get(name) ?? [];
  if (versionId === null) {
    if (!state.current.has(name)) return [404, 'BlobNotFound'];
    if (state.immutable.has(`${name} ${versions.at(-1) ?? ''}`)) {
      return [409, 'BlobImmutableDueToPolicy'];
    }
    state.current.delete(name);
    return undefined;
  }
  if (!versions.includes(versionId)) return [404, 'BlobNotFound'];
  if (state.immutable.has(`${name} ${versionId}`)) return [409, 'BlobImmutableDueToPolicy'];
  const left = versions.filter((version) => version !== versionId);
  if (left.length > 0) state.versions.set(name, left);
  else state.versions.delete(name);
  return undefined;
}

function refuse(response: ServerResponse, [status, code]: Refusal): void {
  response.writeHead(status, { 'x-ms-error-code': code, 'Content-Type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code></Error>`);
}

function listing(state: State, asked: URLSearchParams): string {
  const withVersions = (asked.get('include') ?? '').split(',').includes('versions');
  const prefix = asked.get('prefix') ?? '';
  const all = [...state.versions.keys()]
    .filter((name) => name.startsWith(prefix))
    .sort()
    .flatMap((name) =>
      (state.versions.get(name) ?? []).map((id, index, ids) => ({
        name,
        id,
        isCurrent: state.current.has(name) && index === ids.length - 1,
      })),
    )
    .filter(({ isCurrent }) => withVersions || isCurrent);
  const start = Number(asked.get('marker') ?? '0');
  const blobs = all.slice(start, start + PAGE).map(
    ({ name, id, isCurrent }) => `<Blob><Name>${name}</Name><VersionId>${id}</VersionId>${
      isCurrent ? '<IsCurrentVersion>true</IsCurrentVersion>' : ''
    }<Properties><Last-Modified>Mon, 09 Mar 2026 22:30:00 GMT</Last-Modified><Etag>0x1</Etag>
<Content-Length>1</Content-Length><BlobType>BlockBlob</BlobType></Properties></Blob>`,
  );
  const next = start + PAGE < all.length ? String(start + PAGE) : '';
  return `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="evidence"><Prefix>${prefix}</Prefix>
<Blobs>${blobs.join('')}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
}
