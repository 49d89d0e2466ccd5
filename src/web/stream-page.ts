import { headOf } from '../archive/chain';
import type { Instant } from '../core/period';
import { formatNumber } from '../core/language';
import { formatCount, localTime } from '../render/format';
import { periodLabel } from '../render/spans';
import { calendarMarkup } from './calendar';
import type { StreamReading } from './chain-reader';
import { checkHref } from './check-page';
import type { Markup } from './markup';
import { html, NOTHING } from './markup';
import {
  absenceText,
  defectsNotice,
  factsMarkup,
  fileHref,
  footerMarkup,
  homeLink,
  silenceNotice,
  periodHref,
  slotBadges,
  streamHref,
  streamTitle,
  timeMarkup,
  waitingText,
} from './page-parts';
import type { Site } from './page-parts';
import type { EvidenceResponse } from './response';
import { pageResponse } from './response';
import { countSlots, timelineOf } from './timeline';
import type { Slot, Timeline } from './timeline';

/** One stream: a calendar and a table of the periods of one year, the newest unless the query names another. */
export function streamPage(
  site: Site,
  reading: StreamReading,
  year: string | null,
): EvidenceResponse {
  const { stream, entries } = reading;
  const timeline = timelineOf(reading, site.now);
  return pageResponse(200, {
    title: streamTitle(stream),
    trail: [homeLink(site)],
    main: html`<h1>${streamTitle(stream)}</h1>
      ${defectsNotice(reading)}
      ${timeline === undefined ? NOTHING : timelineMarkup(site, reading, timeline, year)}
      <h2>The chain</h2>
      ${factsMarkup([
        ['Entries', String(entries.length)],
        ['Head, sha256', html`<code>${headOf(entries) ?? 'none'}</code>`],
        ...promiseFacts(site, reading),
      ])}
      <p>
        A mail that you kept names an entry and its digest. When that digest is found here on the
        page of its period, everything up to that entry is as it was then.
      </p>
      <ul class="actions">
        <li><a href="${site.basePath}/packs/${stream}.zip">Download the whole stream (ZIP)</a></li>
        <li><a href="${checkHref(site, stream)}">Check it in this browser</a></li>
      </ul>`,
    footer: footerMarkup(site, reading),
  });
}

function promiseFacts(site: Site, { promise, stream }: StreamReading): [string, Markup | string][] {
  if (promise === undefined) return [];
  const { schedule, keyFingerprint } = promise;
  const { timeZone } = schedule.firstPeriod;
  const key = html`<a href="${fileHref(site, `keys/${keyFingerprint}.pem`)}"
    ><code>${keyFingerprint}</code></a
  >`;
  return [
    ['Begun', timeMarkup(promise.sealedAt, timeZone)],
    [
      'Promise',
      `a report or a record for every ${schedule.firstPeriod.kind} in ${timeZone}, due at ${schedule.deliverAt}`,
    ],
    ['Signing key', key],
    [
      'Files',
      html`<a href="${fileHref(site, 'README.txt')}">README.txt</a>,
        <a href="${fileHref(site, 'verify.sh')}">verify.sh</a>,
        <a href="${fileHref(site, `${stream}/chain/00000001.sigstore.json`)}">first entry</a>`,
    ],
  ];
}

function timelineMarkup(
  site: Site,
  reading: StreamReading,
  timeline: Timeline,
  asked: string | null,
): Markup {
  const { slots, schedule, next } = timeline;
  const years = [...new Set(slots.map(yearOf))];
  const year = years.find((one) => one === asked) ?? years.at(-1);
  const shown = slots.filter((slot) => yearOf(slot) === year);
  const { runs, madeUp, gaps, waiting } = countSlots(slots);
  const sealedHref = ({ entry, period }: Slot): string | undefined =>
    entry && periodHref(site, reading.stream, period.id);
  const days = shown.filter(({ period }) => period.kind === 'day');
  const calendar = days.length > 0 ? calendarMarkup(sealedHref, days) : NOTHING;
  const soon = html`<p class="muted">
    The next report, for ${periodLabel(next.period, 'en')}, is due at
    ${timeMarkup(next.dueAt, schedule.timeZone)}.
  </p>`;
  return html`<p class="subtitle">
      ${formatCount(runs, 'report')} for ${formatCount(slots.length, schedule.period)}:
      ${formatNumber(madeUp)} made late, ${formatCount(gaps, 'recorded gap')},
      ${absenceText(timeline)}; waiting for a reviewer: ${waitingText(waiting)}
    </p>
    ${silenceNotice(timeline)} ${next.overdue > 0 ? NOTHING : soon}
    ${years.length > 1 ? yearsMarkup(site, reading.stream, years, year) : NOTHING} ${calendar}
    ${shown.length === 0 ? NOTHING : tableMarkup(site, reading.stream, shown, schedule.timeZone)}`;
}

function yearsMarkup(
  site: Site,
  stream: string,
  years: readonly string[],
  current: string | undefined,
): Markup {
  const links = years.map((year) =>
    year === current
      ? html`<li>
          <a class="main" aria-current="page" href="${streamHref(site, stream)}?year=${year}"
            >${year}</a
          >
        </li>`
      : html`<li><a href="${streamHref(site, stream)}?year=${year}">${year}</a></li>`,
  );
  return html`<nav aria-label="Years">
    <ul class="actions">
      ${links}
    </ul>
  </nav>`;
}

function tableMarkup(site: Site, stream: string, slots: readonly Slot[], timeZone: string): Markup {
  const rows = [...slots].reverse().map((slot) => rowMarkup(site, stream, slot, timeZone));
  return html`<h2>Every period, newest first</h2>
    <div class="scroll" role="region" aria-label="Every period" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Period</th>
            <th scope="col">Outcome</th>
            <th scope="col" class="number">Findings</th>
            <th scope="col" class="number">Records read</th>
            <th scope="col">Sealed</th>
            <th scope="col" class="number">Entry</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
}

function rowMarkup(site: Site, stream: string, slot: Slot, timeZone: string): Markup {
  const { period, entry, predicate } = slot;
  if (entry === undefined || predicate === undefined) {
    return html`<tr>
      <th scope="row">${periodLabel(period, 'en')}</th>
      <td colspan="5">${slotBadges(slot)}</td>
    </tr>`;
  }
  const findings =
    predicate.kind === 'gap' ? '–' : formatNumber(findingsOf(predicate.counts.findings));
  const records = predicate.kind === 'gap' ? '–' : formatNumber(predicate.intake.records);
  return html`<tr>
    <th scope="row">
      <a href="${periodHref(site, stream, period.id)}">${periodLabel(period, 'en')}</a>
    </th>
    <td class="nowrap">${slotBadges(slot)}</td>
    <td class="number" data-name="Findings">${findings}</td>
    <td class="number" data-name="Records read">${records}</td>
    <td class="nowrap" data-name="Sealed">${sealedTime(predicate.sealedAt, timeZone)}</td>
    <td class="number" data-name="Entry">${String(entry.sequence)}</td>
  </tr>`;
}

function sealedTime(instant: Instant, timeZone: string): Markup {
  // Minutes are enough in a table; the entry's page has the whole time.
  const minutes = localTime(instant, timeZone).replace(/:\d\d(\.\d+)? /, ' ');
  return html`<time datetime="${instant}">${minutes}</time>`;
}

function findingsOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function yearOf(slot: Slot): string {
  return slot.period.id.slice(0, 4);
}
