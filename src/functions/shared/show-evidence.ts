import { Readable } from 'node:stream';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { EvidenceRequest, EvidenceResponse } from '../../web/response';
import { logEvent } from './log-event';
import { orGoOn, troubleText } from './trouble';
import { visitorOf } from './visitor';

interface EvidenceSite {
  readonly show: (request: EvidenceRequest) => Promise<EvidenceResponse>;
  /** Whoever has not this role is sent away; undefined when everybody who may log in may look. */
  readonly role: string | undefined;
  /** Writes down who takes what. */
  readonly record: (visitor: string, path: string, status: number) => Promise<void>;
}

const BASE_PATH = '/api/evidence';

/** Undefined when the settings say that it is off. */
let site: Promise<EvidenceSite | undefined> | undefined;

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
  site ??= openSite().catch((error: unknown) => {
    site = undefined;
    throw error;
  });
  const opened = await site;
  if (opened === undefined) return message(403, 'The evidence page of this app is off.');
  const visitor = visitorOf(request);
  if (visitor === undefined) return message(401, 'Log in first.');
  if (opened.role !== undefined && !visitor.roles.includes(opened.role)) {
    return message(403, 'This login does not have the role that the evidence page asks for.');
  }
  const { pathname: path, searchParams: query } = new URL(request.url);
  const response = await opened.show({ method: request.method, path, query });
  const { status, headers, body, isDownload } = response;
  if (isDownload) {
    // Before the first byte: what can't be written down is not given away.
    await opened.record(visitor.id, path, status);
    logEvent(context, 'evidence-access', `${visitor.id} took ${path}.`, {
      visitor: visitor.id,
      path,
    });
  }
  const whole = typeof body === 'string' || body instanceof Uint8Array;
  return { status, headers, body: whole ? body : Readable.from(endingAtTrouble(body, context)) };
}

async function openSite(): Promise<EvidenceSite | undefined> {
  const { environmentSettings, parseSettings } = await import('../../settings.js');
  const settings = parseSettings(environmentSettings());
  if (settings.evidencePage === 'off') return undefined;
  const { newId, systemClock } = await import('../../machine.js');
  const { openArchiveForReading, openStores } = await import('../../open-archive.js');
  const { createEvidencePage } = await import('../../web/evidence-page.js');
  const { recordAccess } = await import('../../web/access-record.js');
  const archive = await openArchiveForReading(settings.archive, settings.storageConnection);
  const { privateStore } = await openStores(settings);
  return {
    show: createEvidencePage({ archive, basePath: BASE_PATH, now: systemClock }),
    role: settings.evidenceRole,
    record: (visitor, path, status) =>
      recordAccess(privateStore, { at: systemClock(), visitor, path, status, id: newId() }),
  };
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
