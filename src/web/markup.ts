import { escapeHtml } from '../render/html';
import { visible } from '../render/visible';

/** Text that is HTML already. Only `html` makes it, so that nothing gets into a page unescaped. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand between the pieces of an `html` template. */
export type Content = Markup | readonly Markup[] | string | number;

/**
 * A template tag: html`<p>${anything}</p>`. Strings and numbers are made visible and escaped, for text
 * and for quoted attributes; markup and lists of it stay as they are.
 */
export function html(pieces: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const texts = values.map((value) => {
    if (value instanceof Markup) return value.text;
    if (typeof value === 'object') return value.map((one) => one.text).join('');
    return escapeHtml(visible(String(value)));
  });
  return new Markup(String.raw({ raw: pieces }, ...texts));
}

/** No markup, for the branch of a page that is not shown. */
export const NOTHING = new Markup('');
