import type { Reviewer } from '../archive/review-file';
import { TallymanError } from '../core/errors';
import type { ErrorCode } from '../core/errors';
import type { Instant } from '../core/period';
import type { Parts } from '../run/parts';
import { reviewRun } from '../run/review-run';
import { html, NOTHING } from './markup';
import type { Site } from './page-parts';
import { footerMarkup, homeLink, periodHref } from './page-parts';
import type { EvidenceResponse } from './response';
import { pageResponse, redirectResponse } from './response';
import { commentMarkup } from './reviews';

/** A form that came in, whichever host took it. */
export interface ReviewPost {
  readonly method: string;
  /** One header by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  /** The origin that this site has for browsers: `https://example.org`. */
  readonly origin: string;
  /** Who sends it; the caller has made sure of that. */
  readonly reviewer: Reviewer;
}

/** What a review is sealed with, and where the pages are that lead to it. */
export interface ReviewDesk {
  /** Opened when the first review comes. Throws as `openKeeping` does. */
  readonly openParts: () => Promise<Pick<Parts, 'archive' | 'signer' | 'software' | 'now'>>;
  readonly site: Omit<Site, 'now' | 'signOff'>;
  readonly now: () => Instant;
}

/** The longest comment, percent-encoded in its longest form, and the other fields. */
const MOST_BYTES = 32_768;

const FIELDS = ['stream', 'run', 'sha256', 'decision', 'comment', 'seen'] as const;

type Form = Readonly<Record<(typeof FIELDS)[number], string>>;

/** Why a form is not taken. */
interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly hint: string;
}

const STATUSES: Partial<Record<ErrorCode, number>> = {
  ARGUMENT_INVALID: 400,
  REVIEW_OUTDATED: 409,
  EVIDENCE_DESTROYED: 410,
};

/**
 * Takes a sign-off from the evidence page’s form, seals it and sends the reviewer back to the period. What came from
 * another site, or is no such form, is refused before it is read. A TallymanError becomes a page; others are thrown.
 */
export async function takeReview(desk: ReviewDesk, post: ReviewPost): Promise<EvidenceResponse> {
  const site: Site = { ...desk.site, now: desk.now() };
  const form = headRefusal(post) ?? (await readForm(post.body));
  if ('status' in form) return refused(site, form, '');
  try {
    const { entry } = await reviewRun(await desk.openParts(), {
      ...form,
      seen: Number(form.seen),
      reviewer: post.reviewer,
    });
    const { predicate } = entry.manifest;
    if (predicate.kind !== 'review') throw new TypeError('a review was sealed as something else');
    return redirectResponse(`${periodHref(site, predicate.stream, predicate.period.id)}#review`);
  } catch (error) {
    if (!(error instanceof TallymanError)) throw error;
    const { code, message, hint = '' } = error;
    return refused(site, { status: STATUSES[code] ?? 503, message, hint }, form.comment);
  }
}

/** What the request's line and headers tell. */
function headRefusal(post: ReviewPost): Refusal | undefined {
  if (post.method !== 'POST') {
    return {
      status: 405,
      message: 'Reviews are sent with POST.',
      hint: 'Use the form of a period’s page.',
    };
  }
  if (!isFromHere(post)) {
    return {
      status: 403,
      message: 'This review did not come from a page of this site, as far as the browser tells.',
      hint: 'Use the form of a period’s page, in a browser that is not older than 2023.',
    };
  }
  const type = (post.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  return type === 'application/x-www-form-urlencoded'
    ? undefined
    : { status: 415, message: 'This is not a form.', hint: 'Use the form of a period’s page.' };
}

/**
 * Whether a browser says that a page of this very site sent the form. Cookies alone would let any site send one in the
 * visitor's name.
 */
function isFromHere({ header, origin }: ReviewPost): boolean {
  const site = header('sec-fetch-site');
  return site === undefined ? header('origin') === origin : site === 'same-origin';
}

async function readForm(body: AsyncIterable<Uint8Array>): Promise<Form | Refusal> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  // Read to its end, whatever its length: what is left unread would be in the way of the reply.
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes <= MOST_BYTES) pieces.push(piece);
  }
  if (bytes > MOST_BYTES) {
    return { status: 413, message: 'The form is too long.', hint: 'Say it in fewer words.' };
  }
  const fields = new URLSearchParams(Buffer.concat(pieces).toString('utf8'));
  const isWhole = FIELDS.every((name) => fields.getAll(name).length === 1);
  const form = Object.fromEntries(FIELDS.map((name) => [name, fields.get(name) ?? ''])) as Form;
  return isWhole && /^\d{1,9}$/.test(form.seen)
    ? form
    : {
        status: 400,
        message: 'The form lacks something, or says it twice.',
        hint: 'Choose a decision; use the form of a period’s page.',
      };
}

/** What was written is given back, because the browser may not keep it. */
function refused(
  site: Site,
  { status, message, hint }: Refusal,
  comment: string,
): EvidenceResponse {
  const title = 'Not signed off';
  const written =
    comment === ''
      ? NOTHING
      : html`<h2>What you wrote</h2>
          ${commentMarkup(comment)}`;
  const page = pageResponse(status, {
    title,
    trail: [homeLink(site)],
    main: html`<h1>${title}</h1>
      <section class="notice fail">
        <p>${message}</p>
        <p>${hint}</p>
      </section>
      ${written}`,
    footer: footerMarkup(site),
  });
  return status === 405 ? { ...page, headers: { ...page.headers, allow: 'POST' } } : page;
}
