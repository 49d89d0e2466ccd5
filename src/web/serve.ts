import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TallymanError } from '../core/errors';
import type { Reviewer } from '../archive/review-file';
import { createEvidencePage } from './evidence-page';
import type { EvidenceParts } from './evidence-page';
import type { EvidenceResponse } from './response';
import { takeReview } from './take-review';
import type { ReviewDesk } from './take-review';

export interface ServerOptions {
  /** An address of this machine; `127.0.0.1` lets nobody else in. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Called with errors that are mistakes in the code or broken-off downloads; the server goes on. */
  readonly onError: (error: unknown) => void;
}

/** Lets whoever reaches the server sign reports off. */
export interface LocalReviews extends Pick<ReviewDesk, 'openParts'> {
  /** In whose name. */
  readonly reviewer: Reviewer;
}

export interface RunningServer {
  /** `http://127.0.0.1:8080/` */
  readonly url: string;
  /** Ends open connections too. */
  stop(): Promise<void>;
}

/**
 * Serves the evidence page over plain HTTP for whoever is at this machine; without `reviews` it only reads. Throws
 * ARGUMENT_INVALID when the address or port cannot be used.
 */
export async function startServer(
  options: ServerOptions,
  parts: Omit<EvidenceParts, 'reviewPath'>,
  reviews?: LocalReviews,
): Promise<RunningServer> {
  const reviewPath = reviews === undefined ? undefined : `${parts.basePath}/review`;
  const page = createEvidencePage({ ...parts, reviewPath });
  const server = createServer({ requestTimeout: 30_000 }, (request, response) => {
    void answer(request, response).catch((error: unknown) => {
      options.onError(error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-type': 'text/plain' }).end('Something went wrong.\n');
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isForUs(request.headers.host, options.host)) {
      response.writeHead(421, { 'content-type': 'text/plain' }).end('Not a name of this server.\n');
      return;
    }
    const [path, query] = splitOnce(request.url ?? '/', '?');
    const { method = 'GET' } = request;
    if (reviews !== undefined && path === reviewPath) {
      const reply = await review(request, method, reviews);
      // A form that was refused by its headers goes unread; closed before it came, the reply would be lost.
      request.resume();
      await send(response, reply);
      return;
    }
    const reviewer = reviews?.reviewer;
    const asked = { method, path, query: new URLSearchParams(query), reviewer };
    await send(response, await page(asked));
  }

  function review(
    request: IncomingMessage,
    method: string,
    { openParts, reviewer }: LocalReviews,
  ): Promise<EvidenceResponse> {
    const { basePath, archive, now } = parts;
    const desk = { openParts, now, site: { basePath, location: archive.location } };
    return takeReview(desk, {
      method,
      header: (name) => request.headersDistinct[name]?.join(', '),
      body: request as AsyncIterable<Uint8Array>,
      origin: `http://${request.headers.host ?? ''}`,
      reviewer,
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TallymanError('ARGUMENT_INVALID', `The page cannot be served: ${reason}.`, {
      hint: 'Choose another port, or 0 for any free one.',
      cause,
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}${parts.basePath}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function send(
  response: ServerResponse,
  { status, headers, body }: EvidenceResponse,
): Promise<void> {
  response.writeHead(status, headers);
  if (typeof body === 'string' || body instanceof Uint8Array) response.end(body);
  else await pipeline(Readable.from(body), response);
}

/**
 * A page of another site can make a browser call its own name and reach 127.0.0.1 (DNS rebinding); its
 * requests carry that name. A server for the whole network cannot know its names, so it takes any.
 */
function isForUs(hostHeader: string | undefined, host: string): boolean {
  const loopback = ['127.0.0.1', '::1', 'localhost'];
  if (!loopback.includes(host)) return true;
  const name = (hostHeader ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return loopback.includes(name.toLowerCase());
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
