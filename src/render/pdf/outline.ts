import type { ViewElement } from '../vocabulary';
import { hasClass } from '../vocabulary';

/** A heading that readers can go to. */
export interface OutlineEntry {
  readonly title: string;
  readonly level: 'chapter' | 'section';
  /** Where links to it lead. */
  readonly id: string;
  /** Whether the contents page has it; the first page’s own headings are not worth it. */
  readonly listed: boolean;
}

/** The headings of a page in their order. */
export function outlineOf(main: ViewElement): Map<ViewElement, OutlineEntry> {
  const entries = new Map<ViewElement, OutlineEntry>();
  const collect = (element: ViewElement, listed: boolean): void => {
    if (/^h[1-3]$/.test(element.name)) {
      const title = textWithoutBadges(element);
      const id = element.attributes['id'] ?? `heading-${String(entries.size + 1)}`;
      const level = element.name === 'h3' ? 'section' : 'chapter';
      if (title !== '') entries.set(element, { title, level, id, listed });
      return;
    }
    for (const child of element.children) {
      if (typeof child !== 'string') collect(child, listed || hasClass(element, 'chapter'));
    }
  };
  collect(main, false);
  return entries;
}

function textWithoutBadges(node: ViewElement): string {
  return node.children
    .map((child) => {
      if (typeof child === 'string') return child;
      return hasClass(child, 'badge') ? '' : textWithoutBadges(child);
    })
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
}
