import { amendmentFolder, chainPath, manifestPath } from '../archive/layout';
import type { GapPredicate, RunPredicate } from '../archive/manifest';
import type { Archive } from '../core/archive';
import { formatNumber } from '../core/language';
import { formatCount } from '../render/format';
import { periodLabel, periodWindow } from '../render/spans';
import { outcomeBadge } from './words';
import type { StreamReading } from './chain-reader';
import { checkRunFiles } from './file-check';
import { filesMarkup, filesVerdict } from './files-table';
import type { Markup } from './markup';
import { html, NOTHING } from './markup';
import {
  defectsNotice,
  factsMarkup,
  fileHref,
  footerMarkup,
  homeLink,
  periodHref,
  slotBadges,
  streamHref,
  streamTitle,
  timeMarkup,
} from './page-parts';
import type { Site } from './page-parts';
import type { EvidenceResponse } from './response';
import { pageResponse } from './response';
import { hasForm, reviewsMarkup } from './reviews';
import { readSummary } from './sealed-summary';
import { summaryMarkup } from './summary-table';
import type { SealedSlot, Slot, Timeline } from './timeline';

/** One period: what came out, the files, and the entry that seals them; or why there is no report. */
export async function periodPage(
  site: Site,
  archive: Archive,
  reading: StreamReading,
  timeline: Timeline,
  slot: SealedSlot,
): Promise<EvidenceResponse> {
  const { stream } = reading;
  const { period, predicate } = slot;
  const entry = html`${await reviewsMarkup(site, archive, reading, slot)}
  ${entryMarkup(site, stream, slot)}`;
  const content =
    predicate.kind === 'gap'
      ? html`${gapMarkup(predicate, period.timeZone)} ${entry}`
      : await runMarkup(site, archive, reading, { slot, predicate, entry });
  return pageResponse(200, {
    title: periodLabel(period, 'en'),
    trail: [homeLink(site), { name: streamTitle(stream), href: streamHref(site, stream) }],
    main: html`<h1>${periodLabel(period, 'en')}</h1>
      <p class="subtitle">${streamTitle(stream)} · ${periodWindow(period, 'en')}</p>
      ${defectsNotice(reading)} ${amendmentsMarkup(site, reading, slot)} ${content}
      ${neighboursMarkup(site, stream, timeline, slot)}`,
    footer: footerMarkup(site, reading),
    hasForm: hasForm(site, reading, slot),
  });
}

async function runMarkup(
  site: Site,
  archive: Archive,
  reading: StreamReading,
  parts: { slot: SealedSlot; predicate: RunPredicate; entry: Markup },
): Promise<Markup> {
  const { stream } = reading;
  const { slot, predicate, entry } = parts;
  const files = await checkRunFiles(archive, reading, slot.period.id);
  const summary = await readSummary(archive, reading, slot.period.id);
  const has = (name: string): boolean =>
    files.some((file) => file.name === name && file.state !== 'destroyed');
  const unread = files.some(({ state }) => state === 'destroyed')
    ? 'The report was destroyed when its retention was over; the figures below are in the signed entry.'
    : 'The sealed summary cannot be read.';
  const href = (name: string): string => fileHref(site, `${stream}/runs/${slot.period.id}/${name}`);
  const page = has('report.html')
    ? html`<li><a class="main" href="${href('report.html')}">Open the report</a></li>`
    : NOTHING;
  const pdf = has('report.pdf')
    ? html`<li><a href="${href('report.pdf')}">Open the PDF</a></li>`
    : NOTHING;
  const checked = filesVerdict(files);
  return html`<section class="notice verdict ${predicate.outcome}">
      <p class="lead">${slotBadges(slot)} ${summary?.verdict ?? unread}</p>
      ${summary === undefined ? NOTHING : html`<p><strong>Were we looking?</strong> ${summary.coverage.verdict}</p>`}
    </section>
    <ul class="actions">
      ${page}${pdf}
      <li>
        <a href="${site.basePath}/packs/${stream}/${slot.period.id}.zip"
          >Download everything (ZIP)</a
        >
      </li>
    </ul>
    ${checked} ${entry} ${summaryMarkup(predicate, summary)} ${filesMarkup(site, files)}`;
}

/** What was sealed beside the report later, at the top: the report alone would mislead. */
function amendmentsMarkup(
  site: Site,
  { stream, files, destroyed }: StreamReading,
  { amendments, period, predicate }: SealedSlot,
): Markup {
  if (amendments.length === 0) return NOTHING;
  const items = amendments.map(({ entry, predicate: amendment }) => {
    const { added, vanished, changed } = amendment.rows;
    const folder = amendmentFolder(stream, period.id, amendment.number);
    const link = (name: string, text: string): Markup =>
      files.has(folder + name) && !destroyed.has(folder + name)
        ? html`<a href="${fileHref(site, folder + name)}">${text}</a>`
        : NOTHING;
    const { word, style } = outcomeBadge(amendment.outcome);
    return html`<li>
      <span class="badge ${style}">${word}</span> Asked again
      ${timeMarkup(amendment.askedAt, period.timeZone)}: ${formatCount(added, 'row')} added,
      ${formatNumber(vanished)} vanished, ${formatNumber(changed)} changed.
      ${link('report.html', 'Open the amended report')} ${link('report.pdf', 'PDF')}
      ${html`<a href="${fileHref(site, chainPath(stream, entry.sequence))}"
        >entry ${String(entry.sequence)}</a
      >`}
    </li>`;
  });
  const what = predicate.kind === 'gap' ? 'The report was made later' : 'The report was amended';
  return html`<section class="notice warn">
    <p class="lead">${what}, beside what is below.</p>
    <ul>
      ${items}
    </ul>
  </section>`;
}

function gapMarkup(predicate: GapPredicate, timeZone: string): Markup {
  return html`<section class="notice verdict warn">
      <p class="lead">There is no report for this period, and this signed record says why.</p>
      <p>${predicate.reason}</p>
    </section>
    ${factsMarkup([
      ['Attempts', formatNumber(predicate.attempts)],
      ['First tried', timeMarkup(predicate.since, timeZone)],
    ])}`;
}

function entryMarkup(site: Site, stream: string, { entry, predicate, period }: SealedSlot): Markup {
  const { sequence, manifestSha256 } = entry;
  const { previous, keyFingerprint, software } = predicate;
  const link = (path: string, text: string): Markup =>
    html`<a href="${fileHref(site, path)}"><code>${text}</code></a>`;
  const facts = factsMarkup([
    ['Entry', link(chainPath(stream, sequence), String(sequence))],
    ['Digest, sha256', link(manifestPath(stream, manifestSha256), manifestSha256)],
    [
      'Entry before it',
      previous === null ? 'none' : link(manifestPath(stream, previous.sha256), previous.sha256),
    ],
    ['Signing key', link(`keys/${keyFingerprint}.pem`, keyFingerprint)],
    ['Begun', timeMarkup(predicate.startedAt, period.timeZone)],
    ['Sealed', timeMarkup(predicate.sealedAt, period.timeZone)],
    ['Made by', `${software.name} ${software.version}, commit ${software.commit}`],
    ...(predicate.kind === 'run'
      ? ([
          ['Started by', predicate.trigger],
          ['Definition, sha256', html`<code>${predicate.definitionSha256}</code>`],
          [
            'Log records read',
            `${formatNumber(predicate.intake.records)}, ${formatNumber(predicate.intake.duplicates)} delivered twice, ${formatNumber(predicate.intake.unreadable)} unreadable`,
          ],
        ] as const)
      : []),
  ]);
  return html`<h2>The entry</h2>
    ${facts}`;
}

function neighboursMarkup(site: Site, stream: string, { slots }: Timeline, slot: Slot): Markup {
  const index = slots.findIndex(({ period }) => period.id === slot.period.id);
  const link = (text: string, other: Slot | undefined): readonly Markup[] =>
    other?.entry === undefined
      ? []
      : [
          html`<li>
            <a href="${periodHref(site, stream, other.period.id)}"
              >${text}: ${periodLabel(other.period, 'en')}</a
            >
          </li>`,
        ];
  const links = [...link('Before', slots[index - 1]), ...link('After', slots[index + 1])];
  if (links.length === 0) return NOTHING;
  return html`<nav aria-label="Neighbouring periods">
    <ul class="actions">
      ${links}
    </ul>
  </nav>`;
}
