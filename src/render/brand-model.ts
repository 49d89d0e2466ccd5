import type { Branding } from '../core/definitions';
import type { Language } from '../core/language';
import { phrase, say } from '../core/language';
import type { Report } from '../core/report';
import { visible } from './visible';

/** How high a logo is shown, in CSS pixels; wide ones are shown less high. */
const LOGO_HEIGHT = 40;
const LOGO_WIDTH = 200;

export interface BrandModel {
  readonly organisation: string;
  /** Banner above and below a page; empty when there is none. */
  readonly classification: string;
  readonly logo: { readonly src: string; readonly width: string; readonly height: string } | false;
  /** In place of the logo, for who does not see it. */
  readonly alt: string;
}

/** What a report wears. */
export function brandModel({ branding }: Report, language: Language): BrandModel {
  const logo = branding?.logo;
  const organisation = visible(branding?.organisation ?? '', 80);
  const scale =
    logo === undefined ? 1 : Math.min(LOGO_HEIGHT / logo.height, LOGO_WIDTH / logo.width);
  return {
    organisation,
    classification: visible(branding?.classification ?? '', 40),
    logo: logo !== undefined && {
      src: `data:${logo.type};base64,${logo.base64}`,
      width: String(Math.round(logo.width * scale)),
      height: String(Math.round(logo.height * scale)),
    },
    alt: organisation === '' ? say(phrase('page.logo'), language) : organisation,
  };
}

/** What a mail wears: words and a colour, and no picture, which many mail programs do not show. */
export interface MailBrand {
  readonly organisation: string;
  readonly classification: string;
  /** Both in a line, for the text. */
  readonly line: string;
  /** Of the heading, as `#rrggbb`, on a light and on a dark ground. */
  readonly light: string;
  readonly dark: string;
}

/** Of the text of a mail that has no colour of its own. */
const INK = { light: '#17212b', dark: '#e6ebf0' };

export function mailBrand(branding: Branding | undefined): MailBrand {
  const organisation = visible(branding?.organisation ?? '', 80);
  const classification = visible(branding?.classification ?? '', 40);
  const { light, dark } = checkedColour(branding) ?? INK;
  const line = [classification, organisation].filter((words) => words !== '').join(' · ');
  return { organisation, classification, line, light, dark };
}

/** Colours go into style sheets, where nothing is escaped. */
function checkedColour(branding: Branding | undefined): Branding['colour'] {
  const colour = branding?.colour;
  if (colour === undefined) return undefined;
  const valid = [colour.light, colour.dark].every((text) => /^#[0-9a-f]{6}$/i.test(text));
  if (!valid) throw new RangeError('a colour of the branding is not #rrggbb');
  return colour;
}

/** The style sheet's variables for a report's own colours; empty when it has none. */
export function brandStyle({ branding }: Report): string {
  const colour = checkedColour(branding);
  if (colour === undefined) return '';
  return (
    `:root{--brand:${colour.light}}` +
    `@media (prefers-color-scheme:dark){:root{--brand:${colour.dark}}}`
  );
}
