import { visible } from '../../../render/visible';

/** The element of an id. The page and this script are made together, so that it is there. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`the page has no ${id}`);
}

/** A new element with what is in it. Texts may come from hostile files: they are made visible and never read as HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.append(...content.map((one) => (typeof one === 'string' ? visible(one) : one)));
  return element;
}
