import { cp, mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instant } from '../../../src/core/period';
import { startServer } from '../../../src/web/serve';
import { sealArchive } from './sealed-archive';
import type { Day, SealedArchive } from './sealed-archive';

export interface Site extends SealedArchive {
  /** Without a final slash, base path included. */
  readonly url: string;
  readonly errors: unknown[];
  /** Sets the clock. */
  setNow(now: Instant): void;
  get(path: string): Promise<Page>;
  stop(): Promise<void>;
}

export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The evidence page of a new archive, or of a copy of `like`, on a real server. */
export async function startSite(
  days: readonly Day[],
  options: { readonly basePath?: string; readonly like?: Site; readonly first?: string } = {},
): Promise<Site> {
  const root = await mkdtemp(join(tmpdir(), 'tallyman-web-'));
  const folder = join(root, 'archive');
  const { basePath = '', like } = options;
  if (like !== undefined) await cp(join(like.folder, '..'), root, { recursive: true });
  const sealed = await sealArchive(folder, days, options);
  let now: Instant = '2026-03-09T00:00:00.000Z';
  const errors: unknown[] = [];
  const server = await startServer(
    { host: '127.0.0.1', port: 0, onError: (error) => errors.push(error) },
    { archive: sealed.archive, basePath, now: () => now },
  );
  const url = server.url.slice(0, -1);
  return {
    ...sealed,
    url,
    errors,
    setNow(instant): void {
      now = instant;
    },
    async get(path): Promise<Page> {
      const response = await fetch(`${url}${path}`, { redirect: 'error' });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    async stop(): Promise<void> {
      await server.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

export interface RawReply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** A request as it is written: fetch would tidy the path up and refuse the headers. */
export function rawRequest(
  url: string,
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<RawReply> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.on('error', reject);
    request.end();
  });
}
