import { Readable } from 'node:stream';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import type { Admitted } from './evidence-site';
import { answerVisitor, message, REVIEW_PATH } from './evidence-site';
import { logEvent } from './log-event';

const TROUBLE =
  'The review could not be taken; the app’s log says why. Look at the page of its period, and say it again if it is not there.';

/** Takes one sign-off from the evidence page’s form. */
export function receiveReview(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  return answerVisitor(request, context, TROUBLE, (admitted) =>
    receive(request, context, admitted),
  );
}

async function receive(
  request: HttpRequest,
  context: InvocationContext,
  { site, visitor, reviewer }: Admitted,
): Promise<HttpResponseInit> {
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
