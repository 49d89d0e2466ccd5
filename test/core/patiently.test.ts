import type { Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { createBlobStore } from '../../src/archive/blob-store';
import type { Archive } from '../../src/core/archive';

let server: Server;
let archive: Archive;
/** What is answered, one after the other; the last one again and again. */
let answers: ((response: ServerResponse) => void)[];
let requests: number[];

const good = (response: ServerResponse): void => {
  response
    .writeHead(200, { 'x-ms-blob-type': 'BlockBlob', 'Content-Length': 4, ETag: '"1"' })
    .end('good');
};
const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(code, headers).end();
  };
const silence = (): void => undefined;
const halfABody = (response: ServerResponse): void => {
  response
    .writeHead(200, { 'x-ms-blob-type': 'BlockBlob', 'Content-Length': 4, ETag: '"1"' })
    .write('go');
};
const brokenOff = (response: ServerResponse): void => {
  halfABody(response);
  setTimeout(() => response.destroy(), 20);
};
const page = (response: ServerResponse): void => {
  response.writeHead(200, { ETag: '"1"', 'Content-Length': 6 }).end('<html>');
};
const pageOfUnknownLength = (response: ServerResponse): void => {
  response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>');
};

beforeAll(async () => {
  server = createServer((_, response) => {
    requests.push(performance.now());
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/acct/evidence`;
  const client = new ContainerClient(url, new StorageSharedKeyCredential('acct', 'a2V5'), {
    retryOptions: { retryDelayInMs: 5, maxRetryDelayInMs: 10 },
  });
  archive = createBlobStore(client, { tryMs: 500, tries: 3, pauseMs: 5, longestPauseMs: 1_500 });
});
beforeEach(() => {
  requests = [];
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe('a request to storage', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['is throttled', status(429)],
    ['is answered by a gateway that gave up', status(504)],
    ['fails', status(500)],
    ['comes while the service is busy', status(503)],
    ['is not answered at all', silence],
    ['is not answered to the end', halfABody],
    ['gets an answer that breaks off', brokenOff],
    ['is answered by somebody else', page],
    ['is answered by somebody else without a length', pageOfUnknownLength],
  ])('that %s is made again', async (_, trouble) => {
    answers = [trouble, good];
    expect(Buffer.from((await archive.read('a/b')) ?? []).toString()).toBe('good');
    expect(requests).toHaveLength(2);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['gets an answer that breaks off', brokenOff],
    ['is answered by somebody else', page],
    ['is answered by somebody else without a length', pageOfUnknownLength],
  ])('for a list that %s is made again', async (_, trouble) => {
    answers = [
      trouble,
      (response) => {
        response
          .writeHead(200, { 'Content-Type': 'application/xml' })
          .end('<EnumerationResults><Blobs /><NextMarker /></EnumerationResults>');
      },
    ];
    for await (const { path } of archive.list('a/')) throw new Error(path);
    expect(requests).toHaveLength(2);
  });

  it('waits as long as a throttling service says', async () => {
    answers = [status(429, { 'Retry-After': '1' }), good];
    await archive.read('a/b');
    expect((requests[1] ?? 0) - (requests[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('does not wait longer than a while, whatever the service says', async () => {
    answers = [status(429, { 'Retry-After': '86400' }), good];
    await archive.read('a/b');
    expect(requests).toHaveLength(2);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['is never answered', silence],
    ['is throttled each time', status(429)],
  ])('that %s ends as an archive that can’t be reached', async (_, trouble) => {
    answers = [trouble];
    await expect(archive.read('a/b')).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
    expect(requests).toHaveLength(3);
  });

  it('does not take a proxy’s page for a file', async () => {
    answers = [page];
    await expect(archive.read('a/b')).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
  });
});
