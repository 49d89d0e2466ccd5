import type { Reviewer } from '../archive/review-file';
import { formatNumber } from '../core/language';
import type { Instant } from '../core/period';
import type { Decision } from '../core/review';
import { formatCount, localTime } from '../render/format';
import { periodLabel } from '../render/spans';
import type { StreamReading } from './chain-reader';
import type { Content, Markup } from './markup';
import { html, NOTHING } from './markup';
import { countSlots } from './timeline';
import type { Slot, Timeline } from './timeline';

/** Where the pages are, and what every page of them needs to know. */
export interface Site {
  /** Before every link; empty or `/evidence`, without a final slash. */
  readonly basePath: string;
  /** The archive's address, for people. */
  readonly location: string;
  readonly now: Instant;
  /** Undefined when whoever looks may not sign reports off. */
  readonly signOff?: SignOff | undefined;
}

/** What a visitor signs reports off with. */
export interface SignOff {
  /** Where the form goes. */
  readonly action: string;
  readonly reviewer: Reviewer;
}

/** The page of all streams. */
export function homeLink({ basePath }: Site): { readonly name: string; readonly href: string } {
  return { name: 'Evidence archive', href: `${basePath}/` };
}

/** `daily.all` as people read it: `daily / all`. */
export function streamTitle(stream: string): string {
  return stream.replace('.', ' / ');
}

/** The page of one stream. */
export function streamHref({ basePath }: Site, stream: string): string {
  return `${basePath}/${stream}`;
}

/** The page of one period: the address that mails link to. */
export function periodHref(site: Site, stream: string, periodId: string): string {
  return `${streamHref(site, stream)}/${periodId}`;
}

/** A file of the archive. */
export function fileHref({ basePath }: Site, path: string): string {
  return `${basePath}/files/${path}`;
}

/** An instant in the stream's zone, with the machine's form beside it. */
export function timeMarkup(instant: Instant, timeZone: string): Markup {
  return html`<time datetime="${instant}">${localTime(instant, timeZone)}</time>`;
}

/** A slot's state, that it was made up, and what a reviewer decided of what speaks for it now. */
export function slotBadges({ state, word, madeUp, reviews }: Slot): Markup {
  const late = madeUp ? html` <span class="badge made-up">made late</span>` : NOTHING;
  const decision = reviews.at(-1)?.predicate.decision;
  const reviewed = decision === undefined ? NOTHING : html` ${decisionBadge(decision)}`;
  return html`<span class="badge ${state}">${word}</span>${late}${reviewed}`;
}

const DECISION_STYLES: Readonly<Record<Decision, string>> = {
  accepted: 'pass',
  noted: 'info',
  rejected: 'fail',
};

/** What a reviewer decided, in a word. */
export function decisionBadge(decision: Decision): Markup {
  return html`<span class="badge ${DECISION_STYLES[decision]}">${decision}</span>`;
}

/** Names with values, as a list. */
export function factsMarkup(facts: readonly (readonly [string, Content])[]): Markup {
  const items = facts.map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd>${value}</dd>`,
  );
  return html`<dl class="facts">${items}</dl>`;
}

/** Everything that is wrong with a chain, first and loud; nothing when it is sound. */
export function defectsNotice({ defects, stream }: StreamReading): Markup {
  if (defects.length === 0) return NOTHING;
  const shown = defects.slice(0, 50);
  const items = shown.map(
    ({ code, path, message }) =>
      html`<li><code>${code}</code> ${message} <code>${path}</code></li>`,
  );
  const rest =
    defects.length > shown.length
      ? html`<p>And ${formatCount(defects.length - shown.length, 'more', 'more')}.</p>`
      : NOTHING;
  return html`<section class="notice fail" role="alert">
    <p class="lead">The chain of ${streamTitle(stream)} is not sound.</p>
    <p>
      Something was changed or removed after it was sealed. What can still be read is shown below;
      do not rely on it before <code>tallyman verify</code> has explained each defect.
    </p>
    <ul>
      ${items}
    </ul>
    ${rest}
  </section>`;
}

/** What this page rests on, for the foot of it. */
export function footerMarkup(site: Site, reading?: StreamReading): Markup {
  const zone = reading?.promise?.schedule.firstPeriod.timeZone ?? 'UTC';
  const checked =
    reading === undefined
      ? NOTHING
      : html` This server checked the chain’s numbers, links and signatures at
        ${timeMarkup(reading.checkedAt, zone)}; a file is checked when it is opened.`;
  const readOnly = site.signOff === undefined ? 'Read only. ' : '';
  return html`<p>${readOnly}The archive is <code>${site.location}</code>.${checked}</p>
    <p>
      To rely on neither this page nor this server, download the archive and run
      <code>sh verify.sh --head</code> with the digest from a mail you kept.
    </p>`;
}

/** What is missing among the periods that are sealed, and what should have been sealed after them. */
export function absenceText({ slots, next }: Timeline): string {
  const { missing } = countSlots(slots);
  const among = `${formatNumber(missing)} missing up to the newest`;
  return next.overdue === 0 ? among : `${among}, ${formatNumber(next.overdue)} overdue since`;
}

/** How many periods need somebody and were not accepted. */
export function waitingText(count: number): string {
  return count === 0 ? 'none' : formatCount(count, 'period');
}

/** Silence must not look like good news: says which periods are missing and when the next report is late. */
export function silenceNotice({ slots, next, schedule }: Timeline): Markup {
  const { missing } = countSlots(slots);
  const gaps = html`<p class="notice fail">
    <strong>No entry speaks for ${formatCount(missing, schedule.period)}</strong> between the first
    and the newest.
  </p>`;
  const late = html`<p class="notice warn">
    <strong>Nothing newer is sealed.</strong> The report for ${periodLabel(next.period, 'en')} was
    due at
    ${timeMarkup(next.dueAt, schedule.timeZone)}${
      next.overdue > 1
        ? html`, and ${formatCount(next.overdue - 1, 'later report is', 'later reports are')}
          overdue too`
        : NOTHING
    }.
  </p>`;
  return html`${missing > 0 ? gaps : NOTHING} ${next.overdue > 0 ? late : NOTHING}`;
}
