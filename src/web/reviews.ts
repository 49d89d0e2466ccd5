import type { Reviewer } from '../archive/review-file';
import { chainPath } from '../archive/layout';
import type { ReviewEntry, ReviewWords } from '../archive/reviews';
import { readReviewWords, reviewFilePaths, reviewsByEntry } from '../archive/reviews';
import type { Archive } from '../core/archive';
import type { Decision } from '../core/review';
import { DECISIONS, LONGEST_COMMENT, needsComment } from '../core/review';
import { visibleLines } from '../render/visible';
import type { StreamReading } from './chain-reader';
import type { Markup } from './markup';
import { html, NOTHING } from './markup';
import { decisionBadge, fileHref, timeMarkup } from './page-parts';
import type { SignOff, Site } from './page-parts';
import type { SealedSlot, Speaking } from './timeline';
import { outcomeOf, speakingNow } from './timeline';

const MEANINGS: Readonly<Record<Decision, string>> = {
  accepted: 'every finding is handled or explained',
  noted: 'read, and something is still to be done',
  rejected: 'the report must not be relied on',
};

const UNTOLD: Readonly<Record<Exclude<ReviewWords, object>, string>> = {
  destroyed: 'the file that says who and why was destroyed under retention',
  missing: 'the file that says who and why is missing',
  altered: 'the file that says who and why was changed after it was sealed, so it is not shown',
  unreadable: 'the file that says who and why can’t be read here',
};

/** Who has reviewed a period, what they decided and said, or that it waits; and the form, for who may sign off. */
export async function reviewsMarkup(
  site: Site,
  archive: Archive,
  reading: StreamReading,
  slot: SealedSlot,
): Promise<Markup> {
  const { reviews, waits } = slot;
  const speaking = speakingNow(slot);
  const earlier = earlierReviews(reading, slot, speaking);
  const items = await Promise.all(
    [...reviews].reverse().map((review) => itemMarkup(site, archive, review, slot)),
  );
  const before = await Promise.all(
    earlier.map((review) => itemMarkup(site, archive, review, slot)),
  );
  const state = waits
    ? html`<p><strong>It waits for a reviewer.</strong></p>`
    : reviews.length === 0
      ? html`<p class="muted">Nobody has reviewed it, and nobody has to.</p>`
      : NOTHING;
  return html`<h2 id="review">Review</h2>
    ${state} ${listOf(items)}
    ${
      before.length === 0
        ? NOTHING
        : html`<h3>Before it was amended</h3>
            ${listOf(before)}`
    }
    ${site.signOff === undefined ? NOTHING : formMarkup(site.signOff, reading, slot, speaking)}`;
}

/** Whether the page of a period has the form. */
export function hasForm(site: Site, reading: StreamReading, slot: SealedSlot): boolean {
  return site.signOff !== undefined && isSignable(reading, speakingNow(slot));
}

/** Reviews of what an amendment has replaced, newest first: they no longer count. */
function earlierReviews(
  { entries }: StreamReading,
  { entry, amendments }: SealedSlot,
  speaking: Speaking,
): ReviewEntry[] {
  const all = reviewsByEntry(entries);
  return [entry, ...amendments.map((amendment) => amendment.entry)]
    .filter(({ sequence }) => sequence !== speaking.entry.sequence)
    .flatMap(({ sequence }) => all.get(sequence) ?? [])
    .reverse();
}

function listOf(items: readonly Markup[]): Markup {
  return items.length === 0
    ? NOTHING
    : html`<ul class="reviews">
        ${items}
      </ul>`;
}

async function itemMarkup(
  site: Site,
  archive: Archive,
  review: ReviewEntry,
  { period }: SealedSlot,
): Promise<Markup> {
  const { entry, predicate } = review;
  const words = await readReviewWords(archive, review);
  const [file] = reviewFilePaths(review);
  const isThere = typeof words !== 'string' && file !== undefined;
  const link = isThere ? html` · <a href="${fileHref(site, file)}">file</a>` : NOTHING;
  return html`<li>
    ${decisionBadge(predicate.decision)}
    ${typeof words === 'string' ? UNTOLD[words] : reviewerMarkup(words.reviewer)},
    ${timeMarkup(predicate.reviewedAt, period.timeZone)} ·
    <a href="${fileHref(site, chainPath(predicate.stream, entry.sequence))}"
      >entry ${String(entry.sequence)}</a
    >${link} ${typeof words === 'string' ? NOTHING : commentMarkup(words.comment)}
  </li>`;
}

function reviewerMarkup({ name, knownBy }: Reviewer): Markup {
  const how = knownBy === 'entra-id' ? 'logged in with Entra ID' : 'as stated by the key’s holder';
  return html`by <strong>${name}</strong> (${how})`;
}

/** A comment as it was written, line by line. */
export function commentMarkup(comment: string): Markup {
  if (comment === '') return NOTHING;
  // The lines have been made visible, and come through it unchanged.
  const lines = visibleLines(comment).map((line) => html`${line}<br />`);
  return html`<blockquote>${lines}</blockquote>`;
}

/** Nothing is added to a chain that is not sound, and nobody signs off a report that is gone. */
function isSignable({ defects, entries, destroyed }: StreamReading, { entry }: Speaking): boolean {
  if (defects.length > 0 || entries.length === 0) return false;
  const { predicate, subject } = entry.manifest;
  return (
    predicate.kind === 'gap' ||
    !subject.some(({ name }) => destroyed.has(`${predicate.stream}/${name}`))
  );
}

function formMarkup(
  { action, reviewer }: SignOff,
  reading: StreamReading,
  { reviews }: SealedSlot,
  speaking: Speaking,
): Markup {
  if (!isSignable(reading, speaking)) return NOTHING;
  const { sequence, manifestSha256 } = speaking.entry;
  const hidden = {
    stream: reading.stream,
    run: String(sequence),
    sha256: manifestSha256,
    seen: String(reviews.at(-1)?.entry.sequence ?? 0),
  };
  const fields = Object.entries(hidden).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  const choices = DECISIONS.map(
    (decision) =>
      html`<p>
        <label class="choice"
          ><input type="radio" name="decision" value="${decision}" required />
          <strong>${decision}</strong>: ${MEANINGS[decision]}</label
        >
      </p>`,
  );
  // Without a script the page can't ask for words only where the decision needs some; the server does.
  const required = needsComment(outcomeOf(speaking), 'accepted') ? html`required` : NOTHING;
  return html`<form method="post" action="${action}">
    ${fields}
    <fieldset>
      <legend>Sign off entry ${hidden.run}</legend>
      ${choices}
      <p>
        <label for="comment">How findings were handled, or what is to be done</label>
        <textarea
          id="comment"
          name="comment"
          rows="4"
          maxlength="${LONGEST_COMMENT}"
          ${required}
        ></textarea>
      </p>
      <p class="muted">
        Sealed as said by ${reviewer.name}, for good; a later review counts instead, and this one
        stays. It is of the digest <code>${manifestSha256}</code>.
      </p>
      <button type="submit">Sign off</button>
    </fieldset>
  </form>`;
}
