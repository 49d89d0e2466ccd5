import { Readable } from 'node:stream';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Admitted } from './evidence-site';
import { answerVisitor } from './evidence-site';
import { logEvent } from './log-event';
import { troubleText } from './trouble';

const TROUBLE = 'The evidence page cannot be shown; the app’s log says why.';

/** Answers one request for the evidence page. */
export function showEvidence(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  return answerVisitor(request, context, TROUBLE, (admitted) => show(request, context, admitted));
}

async function show(
  request: HttpRequest,
  context: InvocationContext,
  { site, visitor, reviewer }: Admitted,
): Promise<HttpResponseInit> {
  const { pathname: path, searchParams: query } = new URL(request.url);
  const response = await site.show({ method: request.method, path, query, reviewer });
  const { status, headers, body, isDownload } = response;
  if (isDownload) {
    // Before the first byte: what can't be written down is not given away.
    await site.record(visitor.id, path, status);
    logEvent(context, 'evidence-access', `${visitor.id} took ${path}.`, {
      visitor: visitor.id,
      path,
    });
  }
  const whole = typeof body === 'string' || body instanceof Uint8Array;
  return { status, headers, body: whole ? body : Readable.from(endingAtTrouble(body, context)) };
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
