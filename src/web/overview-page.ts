import { headOf } from '../archive/chain';
import { formatCount } from '../render/format';
import { periodLabel } from '../render/spans';
import type { StreamReading } from './chain-reader';
import type { Markup } from './markup';
import { html, NOTHING } from './markup';
import {
  absenceText,
  defectsNotice,
  factsMarkup,
  footerMarkup,
  silenceNotice,
  periodHref,
  slotBadges,
  streamHref,
  streamTitle,
  waitingText,
} from './page-parts';
import type { Site } from './page-parts';
import type { EvidenceResponse } from './response';
import { pageResponse } from './response';
import { countSlots, timelineOf } from './timeline';

/** All streams, each with its newest period and its head. */
export function overviewPage(site: Site, readings: readonly StreamReading[]): EvidenceResponse {
  const streams = readings.map((reading) => html`<li>${streamMarkup(site, reading)}</li>`);
  const list =
    streams.length > 0
      ? html`<ul class="streams">
          ${streams}
        </ul>`
      : html`<p class="notice">
          No stream has been begun in this archive: nothing is sealed in it yet.
        </p>`;
  return pageResponse(200, {
    title: 'Evidence archive',
    trail: [],
    main: html`<h1>Evidence archive</h1>
      <p class="subtitle">
        ${formatCount(readings.length, 'stream')} of sealed reports on container registries
      </p>
      ${list}`,
    footer: footerMarkup(site),
  });
}

function streamMarkup(site: Site, reading: StreamReading): Markup {
  const { stream, entries } = reading;
  const timeline = timelineOf(reading, site.now);
  const newest = timeline?.slots.at(-1);
  const href = newest === undefined ? '' : periodHref(site, stream, newest.period.id);
  const counts = countSlots(timeline?.slots ?? []);
  return html`<h2><a href="${streamHref(site, stream)}">${streamTitle(stream)}</a></h2>
    ${defectsNotice(reading)} ${timeline === undefined ? NOTHING : silenceNotice(timeline)}
    ${factsMarkup([
      [
        'Newest',
        newest === undefined
          ? 'no period yet'
          : html`<a href="${href}">${periodLabel(newest.period, 'en')}</a> ${slotBadges(newest)}`,
      ],
      [
        'Periods',
        `${formatCount(counts.runs, 'report')}, ${String(counts.madeUp)} of them made late; ${formatCount(counts.gaps, 'recorded gap')}; ${timeline === undefined ? 'nothing can be told of missing ones' : absenceText(timeline)}`,
      ],
      ['Waiting for a reviewer', waitingText(counts.waiting)],
      ['Entries', String(entries.length)],
      ['Head, sha256', html`<code>${headOf(entries) ?? 'none'}</code>`],
    ])}`;
}
