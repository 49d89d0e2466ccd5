import { Parser } from 'htmlparser2';
import type { Problem } from '../core/errors';
import { wrongView } from './wrong-view';

/** An element of the closed vocabulary. Text is a plain string, entities decoded. */
export interface ViewElement {
  readonly name: string;
  readonly classes: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly ViewNode[];
}

export type ViewNode = ViewElement | string;

interface OpenElement extends ViewElement {
  readonly children: ViewNode[];
}

const ELEMENTS = new Set(
  (
    'main section h1 h2 h3 p ul ol li dl dt dd table thead tbody tr th td figure figcaption ' +
    'div span a strong em code pre br svg line rect text img details summary'
  ).split(' '),
);

const CLASSES = new Set(
  (
    'page-one chapter appendix subtitle notice verdict lead tallies badge error fail info pass covered critical high ' +
    'medium low notice strip cells cell ticks collected quiet gap unknown legend findings finding place values ' +
    'facts together cut muted scroll number text query block sealed changes ' +
    'contents chart figures grid axis tick doubt name s1 s2 s3 s4 s5 s6 s7 cards brand logo classification whole'
  ).split(' '),
);

/** Attributes beside `class`; values from a log are never in one except a cell's title. A phone shows
 * `data-name`, where its table has no headings. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  img: ['src', 'alt', 'width', 'height'],
  div: ['role', 'aria-label'],
  section: ['aria-label', 'tabindex'],
  figure: ['tabindex'],
  span: ['title'],
  th: ['scope'],
  td: ['data-name'],
  strong: ['data-name'],
  tbody: ['data-rows'],
  svg: ['viewbox', 'role', 'aria-label'],
  line: ['x1', 'y1', 'x2', 'y2'],
  rect: ['x', 'y', 'width', 'height'],
  text: ['x', 'y', 'text-anchor'],
};

const VOID = new Set(['br', 'img']);

/** Pictures are in the page itself. */
const PICTURE = /^data:image\/(png|jpeg);base64,[A-Za-z0-9+/]+=*$/;

/** More than this many complaints help nobody. */
const PROBLEMS_TOLD = 20;

/**
 * Reads what is inside `<main>` of a rendered view. Throws CATALOG_INVALID, with every problem, for an element, class
 * or attribute outside the vocabulary, an element left open, a link to anywhere but `#id` or `https:`, an id used
 * twice and a link to no id: a view's mistake, or text that was not escaped.
 */
export function readView(html: string): ViewElement {
  const reader = new ViewReader();
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        reader.open(name, attributes);
      },
      ontext: (text) => {
        reader.text(text);
      },
      onclosetag: (name, implied) => {
        reader.close(name, implied);
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.write(html);
  parser.end();
  return reader.finish();
}

class ViewReader {
  private readonly stack: OpenElement[] = [];
  private readonly problems: Problem[] = [];
  private readonly ids = new Set<string>();
  private readonly links = new Set<string>();
  private root: OpenElement | undefined;

  open(name: string, attributes: Record<string, string>): void {
    const parent = this.stack.at(-1);
    if (parent === undefined && name !== 'main') return;
    if (!ELEMENTS.has(name)) this.complain(`<${name}> is not an element of the vocabulary.`);
    const { class: classText = '', ...others } = attributes;
    const classes = classText.split(/\s+/).filter((part) => part !== '');
    for (const unknown of classes.filter((part) => !CLASSES.has(part))) {
      this.complain(`class “${unknown}” on <${name}> is not known.`);
    }
    for (const [attribute, value] of Object.entries(others)) this.check(name, attribute, value);
    const element: OpenElement = { name, classes, attributes: others, children: [] };
    if (parent === undefined) this.root = element;
    else parent.children.push(element);
    this.stack.push(element);
  }

  text(text: string): void {
    const parent = this.stack.at(-1);
    if (parent === undefined) return;
    const last = parent.children.at(-1);
    if (typeof last === 'string') parent.children[parent.children.length - 1] = last + text;
    else parent.children.push(text);
  }

  close(name: string, implied: boolean): void {
    if (this.stack.length === 0) return;
    if (implied && !VOID.has(name)) this.complain(`<${name}> is not closed.`);
    if (this.stack.at(-1)?.name === name) this.stack.pop();
  }

  finish(): ViewElement {
    for (const link of this.links) {
      if (!this.ids.has(link)) this.complain(`a link leads to “#${link}”, which no element is.`);
    }
    if (this.root === undefined) this.complain('there is no <main> element.');
    if (this.root === undefined || this.problems.length > 0) {
      throw wrongView('A view made a page that cannot be used.', {
        problems: this.problems.slice(0, PROBLEMS_TOLD),
      });
    }
    return this.root;
  }

  private check(name: string, attribute: string, value: string): void {
    if (attribute === 'id') {
      if (this.ids.has(value)) this.complain(`id “${value}” is used twice.`);
      this.ids.add(value);
    } else if (!(ATTRIBUTES[name] ?? []).includes(attribute)) {
      this.complain(`attribute “${attribute}” on <${name}> is not known.`);
    } else if (attribute === 'src') {
      if (!PICTURE.test(value)) this.complain('a picture must be in the page, as PNG or JPEG.');
    } else if (attribute === 'href') {
      if (value.startsWith('#')) this.links.add(value.slice(1));
      else if (!value.startsWith('https://')) {
        this.complain(`a link must lead to “#…” or “https://…”, not to “${value.slice(0, 80)}”.`);
      }
    }
  }

  private complain(message: string): void {
    this.problems.push({
      where: 'templates/views',
      message,
      remedy: 'Use the vocabulary of src/render/vocabulary.ts.',
    });
  }
}

/** The text of a node and everything in it. */
export function textOf(node: ViewNode): string {
  return typeof node === 'string' ? node : node.children.map(textOf).join('');
}

/** Every element in document order, the given one first. */
export function* elementsOf(element: ViewElement): Generator<ViewElement> {
  yield element;
  for (const child of element.children) if (typeof child !== 'string') yield* elementsOf(child);
}

/** Whether an element has a class. */
export function hasClass(element: ViewElement, name: string): boolean {
  return element.classes.includes(name);
}
