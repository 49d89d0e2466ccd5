import type { StreamReading } from './chain-reader';
import { checkForm, checkLimits } from './check-form';
import { html } from './markup';
import { defectsNotice, footerMarkup, homeLink, streamHref, streamTitle } from './page-parts';
import type { Site } from './page-parts';
import type { EvidenceResponse } from './response';
import { pageResponse } from './response';

/** Where a stream is checked in the browser. */
export function checkHref({ basePath }: Site, stream: string): string {
  return `${basePath}/check/${stream}`;
}

/** The page on which a browser downloads a whole stream, as its pack has it, and checks it. */
export function checkPage(site: Site, reading: StreamReading): EvidenceResponse {
  const { stream } = reading;
  const subject = { pack: `${site.basePath}/packs/${stream}.zip` };
  return pageResponse(200, {
    title: 'Check in this browser',
    trail: [homeLink(site), { name: streamTitle(stream), href: streamHref(site, stream) }],
    main: html`<h1>Check ${streamTitle(stream)} in this browser</h1>
      <p class="subtitle">
        Your browser downloads the whole stream, as its ZIP file has it, and checks every file
        itself.
      </p>
      ${defectsNotice(reading)}
      <h2>The check</h2>
      ${checkForm(subject)} ${checkLimits(subject)}`,
    footer: footerMarkup(site, reading),
    script: { fetches: true },
  });
}
