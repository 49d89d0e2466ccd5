import { Readable } from 'node:stream';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { admit, message, REVIEW_PATH } from './evidence-site';
import { logEvent } from './log-event';
import { orGoOn } from './trouble';

/** Takes one sign-off from the evidence page’s form. It never throws, for the reason that `showEvidence` gives. */
export async function receiveReview(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const response = await orGoOn(context, () => respond(request, context));
  return (
    response ??
    message(
      503,
      'The review could not be taken; the app’s log says why. Look at the page of its period, and say it again if it is not there.',
    )
  );
}

async function respond(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const admitted = await admit(request);
  if (!('site' in admitted)) return admitted;
  const { site, visitor, reviewer } = admitted;
  if (reviewer === undefined) {
    // Somebody who may only look was shown no form, so this was made by hand.
    await note(403);
    return message(403, 'This login does not have the role that signing off asks for.');
  }
  const { status, headers, body } = await site.takeReview({
    method: request.method,
    header: (name) => request.headers.get(name) ?? undefined,
    body: request.body ?? Readable.from([]),
    origin: site.origin ?? new URL(request.url).origin,
    reviewer,
  });
  await note(status);
  return { status, headers, body: typeof body === 'string' ? body : '' };

  /** After the deed: what was sealed is in the chain, with a name, whatever becomes of this. */
  async function note(answer: number): Promise<void> {
    logEvent(context, 'review', `${visitor.id} sent a review, answered ${String(answer)}.`, {
      visitor: visitor.id,
      status: answer,
    });
    await site.record(visitor.id, REVIEW_PATH, answer);
  }
}
