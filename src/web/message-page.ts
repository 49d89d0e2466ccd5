import { html, NOTHING } from './markup';
import { footerMarkup, homeLink } from './page-parts';
import type { Site } from './page-parts';
import type { EvidenceResponse } from './response';
import { pageResponse } from './response';

const TITLES: Readonly<Record<number, string>> = {
  404: 'Not found',
  405: 'Not allowed',
  409: 'Changed after sealing',
  410: 'Missing',
  503: 'The archive cannot be used',
};

/** A page that says why there is no other: one sentence, and what to do. */
export function messagePage(
  site: Site,
  status: number,
  message: string,
  hint?: string,
): EvidenceResponse {
  const title = TITLES[status] ?? 'Trouble';
  const advice = hint === undefined ? NOTHING : html`<p>${hint}</p>`;
  return pageResponse(status, {
    title,
    trail: [homeLink(site)],
    main: html`<h1>${title}</h1>
      <section class="notice fail">
        <p>${message}</p>
        ${advice}
      </section>`,
    footer: footerMarkup(site),
  });
}
