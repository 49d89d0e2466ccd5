import { Readable } from 'node:stream';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { EvidenceRequest, EvidenceResponse } from '../../web/response';
import { orGoOn, troubleText } from './trouble';

type EvidencePage = (request: EvidenceRequest) => Promise<EvidenceResponse>;

/** Undefined when the settings say that it is off. */
let page: Promise<EvidencePage | undefined> | undefined;

/**
 * Answers one request for the evidence page. It never throws: with HTTP streams a throw leaves the visitor
 * without an answer (azure-functions-nodejs-library issue 324).
 */
export async function showEvidence(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const response = await orGoOn(context, () => respond(request, context));
  return response ?? message(503, 'The evidence page cannot be shown; the app’s log says why.');
}

async function respond(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  page ??= openPage().catch((error: unknown) => {
    page = undefined;
    throw error;
  });
  const show = await page;
  if (show === undefined) return message(403, 'The evidence page of this app is off.');
  // App Service authentication sets this header and takes it out of what visitors send.
  if (!request.headers.get('x-ms-client-principal-id')) return message(401, 'Log in first.');
  const { pathname, searchParams } = new URL(request.url);
  const { status, headers, body } = await show({
    method: request.method,
    path: pathname,
    query: searchParams,
  });
  const whole = typeof body === 'string' || body instanceof Uint8Array;
  return { status, headers, body: whole ? body : Readable.from(endingAtTrouble(body, context)) };
}

async function openPage(): Promise<EvidencePage | undefined> {
  const { environmentSettings, parseSettings } = await import('../../settings.js');
  const settings = parseSettings(environmentSettings());
  if (settings.evidencePage === 'off') return undefined;
  const { openArchiveForReading, systemClock } = await import('../../compose.js');
  const { createEvidencePage } = await import('../../web/evidence-page.js');
  const archive = await openArchiveForReading(settings.archive, settings.storageConnection);
  return createEvidencePage({ archive, basePath: '/api/evidence', now: systemClock });
}

/** A file that ends too early can't be unpacked, which the visitor sees; a thrown error would hang. */
async function* endingAtTrouble(
  body: AsyncIterable<Uint8Array>,
  context: InvocationContext,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    context.error(troubleText(error));
  }
}

function message(status: number, text: string): HttpResponseInit {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    body: `${text}\n`,
  };
}
