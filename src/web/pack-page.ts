import { PACK_FOLDER } from '../archive/archive-folder';
import { headOf } from '../archive/chain';
import { amendmentFolder, manifestPath, runFolder } from '../archive/layout';
import type { Archive } from '../core/archive';
import { mapInParallel } from '../core/in-parallel';
import { formatNumber } from '../core/language';
import { formatCount } from '../render/format';
import { periodLabel } from '../render/spans';
import { calendarMarkup } from './calendar';
import type { StreamReading } from './chain-reader';
import { checkForm, checkLimits } from './check-form';
import type { Markup } from './markup';
import { html, NOTHING } from './markup';
import { defectsNotice, factsMarkup, slotBadges, streamTitle, timeMarkup } from './page-parts';
import type { Site } from './page-parts';
import { filePage } from './response';
import { readSummary } from './sealed-summary';
import type { SealedSummary } from './sealed-summary';
import type { Slot, Timeline } from './timeline';
import { countSlots, timelineOf } from './timeline';

const READS_AT_ONCE = 8;

/**
 * The page of a stream’s pack, for an auditor without a network: what there is for each period, a calendar, a search
 * box, and a check in the browser. It says what this server saw; nothing seals it.
 */
export async function packPage(
  { location, now }: Pick<Site, 'location' | 'now'>,
  archive: Archive,
  reading: StreamReading,
): Promise<string> {
  const { stream, entries } = reading;
  const timeline = timelineOf(reading, now);
  const zone = timeline?.schedule.timeZone ?? 'UTC';
  const periods =
    timeline === undefined
      ? html`<p class="notice fail">
          The first entry cannot be read, so nothing can be told of periods.
        </p>`
      : await periodsMarkup(archive, reading, timeline);
  return filePage({
    title: streamTitle(stream),
    trail: [],
    main: html`<h1>${streamTitle(stream)}</h1>
      ${timeline === undefined ? NOTHING : html`<p class="lead">${countsText(timeline)}</p>`}
      <p class="subtitle">
        As this file’s maker saw the archive at ${timeMarkup(now, zone)}. Check it yourself before
        you rely on it.
      </p>
      ${defectsNotice(reading)}
      <h2>Check the archive</h2>
      ${checkForm('picked')}
      ${factsMarkup([
        ['Entries', formatNumber(entries.length)],
        ['Head of this copy', html`<code>${headOf(entries) ?? 'none'}</code>`],
      ])}
      <p>
        With other tools: <code>sh archive/verify.sh --from … --to … --head …</code>, or
        <code>tallyman verify archive</code>.
        <a href="${PACK_FOLDER}README.txt">README.txt</a> explains every file.
      </p>
      ${periods} ${checkLimits('picked')}`,
    footer: html`<p>A copy of <code>${location}</code>. It needs no network.</p>`,
    script: { fetches: false },
  });
}

/** `365 of 365 days, 2 made late, 1 amended, 0 missing`. */
function countsText({ slots, schedule }: Timeline): string {
  const { runs, madeUp, gaps, missing } = countSlots(slots);
  const amended = slots.filter(({ amendments }) => amendments.length > 0).length;
  const recorded = gaps === 0 ? '' : `, ${formatCount(gaps, 'recorded gap')}`;
  return `${formatNumber(runs)} of ${formatCount(slots.length, schedule.period)}, ${formatNumber(madeUp)} made late, ${formatNumber(amended)} amended${recorded}, ${formatNumber(missing)} missing`;
}

async function periodsMarkup(
  archive: Archive,
  reading: StreamReading,
  { slots }: Timeline,
): Promise<Markup> {
  const { stream } = reading;
  const days = slots.filter(({ period }) => period.kind === 'day');
  const calendar =
    days.length > 0 ? calendarMarkup((slot) => slotHref(reading, slot), days) : NOTHING;
  const summaries = await mapInParallel(slots, READS_AT_ONCE, (slot) =>
    slot.predicate?.kind === 'run'
      ? readSummary(archive, reading, slot.period.id)
      : Promise.resolve(undefined),
  );
  const rows = slots.map((slot, index) => rowMarkup(reading, slot, summaries[index])).reverse();
  return html`${calendar}
    <h2>Every period, newest first</h2>
    <section id="search" aria-label="Search" hidden>
      <p>
        <label for="search-text">Search periods, outcomes and what was found</label>
        <input id="search-text" class="wide" type="search" autocomplete="off" />
      </p>
      <p id="search-count" class="muted" role="status"></p>
    </section>
    <section class="scroll" aria-label="Every period of ${streamTitle(stream)}" tabindex="0">
      <table id="periods">
        <thead>
          <tr>
            <th scope="col">Period</th>
            <th scope="col">Outcome</th>
            <th scope="col">What was found</th>
            <th scope="col" class="number">Entry</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </section>`;
}

function rowMarkup(reading: StreamReading, slot: Slot, summary: SealedSummary | undefined): Markup {
  const { stream, files } = reading;
  const { period, entry, predicate, amendments } = slot;
  const label = periodLabel(period, 'en');
  const href = slotHref(reading, slot);
  const name = href === undefined ? html`${label}` : html`<a href="${href}">${label}</a>`;
  const amended = amendments.map(({ predicate: { number } }) => {
    const path = `${amendmentFolder(stream, period.id, number)}report.html`;
    const text = `amendment ${String(number)}`;
    return files.has(path) ? html` <a href="${PACK_FOLDER}${path}">${text}</a>` : html` ${text}`;
  });
  const sealed =
    entry === undefined
      ? NOTHING
      : html`<a href="${PACK_FOLDER}${manifestPath(stream, entry.manifestSha256)}"
          >${String(entry.sequence)}</a
        >`;
  return html`<tr>
    <th scope="row">${name} <code>${period.id}</code></th>
    <td class="nowrap">${slotBadges(slot)}${amended}</td>
    <td data-name="What was found">${foundText(predicate, summary)}</td>
    <td class="number" data-name="Entry">${sealed}</td>
  </tr>`;
}

/** The report’s own words, and the audits that are not as expected. */
function foundText(predicate: Slot['predicate'], summary: SealedSummary | undefined): string {
  if (predicate === undefined) return 'No entry speaks for this period.';
  if (predicate.kind === 'gap') return predicate.reason;
  if (summary === undefined) return '';
  const told = summary.audits
    .filter(({ outcome }) => outcome === 'error' || outcome === 'fail')
    .map(({ title }) => title);
  return [summary.verdict, told.join('; ')].join(' ');
}

/** A period’s report in the pack; its entry where it has none any more; undefined where no entry speaks for it. */
function slotHref({ stream, files, destroyed }: StreamReading, slot: Slot): string | undefined {
  if (slot.entry === undefined) return undefined;
  const report = `${runFolder(stream, slot.period.id)}report.html`;
  const isThere = files.has(report) && !destroyed.has(report);
  return PACK_FOLDER + (isThere ? report : manifestPath(stream, slot.entry.manifestSha256));
}
