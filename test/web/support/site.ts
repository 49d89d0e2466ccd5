import { cp, mkdtemp, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Instant } from '../../../src/core/period';
import { openSigningKey } from '../../../src/archive/signing-key';
import { startServer } from '../../../src/web/serve';
import { sealArchive } from './sealed-archive';
import type { Day, SealedArchive } from './sealed-archive';

export interface Site extends SealedArchive {
  /** Without a final slash, base path included. */
  readonly url: string;
  readonly errors: unknown[];
  /** Sets the clock. */
  setNow(now: Instant): void;
  now(): Instant;
  get(path: string): Promise<Page>;
  /** Sends a form to `/review` as a browser does from a page of the site; headers that are undefined are left out. */
  post(form: Readonly<Record<string, string>> | string, headers?: SentHeaders): Promise<Page>;
  stop(): Promise<void>;
}

type SentHeaders = Readonly<Record<string, string | undefined>>;

export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The evidence page of a new archive, or of a copy of `like`, on a real server. */
export async function startSite(
  days: readonly Day[],
  options: {
    readonly basePath?: string;
    readonly like?: Site;
    readonly first?: string;
    /** Who signs reports off there; nobody when absent. */
    readonly reviewer?: string;
  } = {},
): Promise<Site> {
  const root = await mkdtemp(join(tmpdir(), 'tallyman-web-'));
  const folder = join(root, 'archive');
  const { basePath = '', like, reviewer } = options;
  if (like !== undefined) await cp(join(like.folder, '..'), root, { recursive: true });
  const sealed = await sealArchive(folder, days, options);
  let now: Instant = '2026-03-09T00:00:00.000Z';
  const errors: unknown[] = [];
  const server = await startServer(
    { host: '127.0.0.1', port: 0, onError: (error) => errors.push(error) },
    { archive: sealed.archive, basePath, now: () => now },
    reviewer === undefined
      ? undefined
      : {
          reviewer: { name: reviewer, knownBy: 'statement' },
          openParts: async () => ({
            archive: sealed.archive,
            signer: await openSigningKey({ file: `${folder}.private/key.pem` }),
            software: { name: 'tallyman', version: '0.1.0', commit: 'test' },
            now: () => now,
          }),
        },
  );
  const url = server.url.slice(0, -1);
  return {
    ...sealed,
    url,
    errors,
    now: () => now,
    setNow(instant): void {
      now = instant;
    },
    async get(path): Promise<Page> {
      const response = await fetch(`${url}${path}`, { redirect: 'error' });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    async post(form, headers = {}): Promise<Page> {
      const all: SentHeaders = {
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
        ...headers,
      };
      const reply = await rawRequest(url, `${basePath}/review`, {
        method: 'POST',
        headers: Object.fromEntries(
          Object.entries(all).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, value]],
          ),
        ),
        body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
      });
      return { ...reply, headers: new Headers(reply.headers as Record<string, string>) };
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
  { body, ...options }: { method?: string; headers?: Record<string, string>; body?: string } = {},
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
    request.end(body);
  });
}
