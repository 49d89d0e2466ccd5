import type { LongTables } from '../long-table';
import type { ViewElement, ViewNode } from '../vocabulary';
import { elementsOf, hasClass, textOf } from '../vocabulary';

/** Lines of a query that must follow its introduction on the page. */
const FIRST_LINES = 8;

/** A block with no longer table than this, its heading and the ten rows that an answer is cut to, is best kept whole. */
const SHORT_TABLE = 11;

/** Fewer rows than this of a longer table do not stand alone at a page’s edge. */
export const ROWS_TOGETHER = 3;

/** A chapter with a table of more columns than this is set across the page. */
const COLUMNS_UPRIGHT = 8;

/** A table of many columns has no room on an upright page; its chapter is turned as a whole, so that pages stay full. */
export function isWide(section: ViewElement): boolean {
  return [...elementsOf(section)].some(
    (element) =>
      element.name === 'thead' &&
      [...elementsOf(element)].filter(({ name }) => name === 'th').length > COLUMNS_UPRIGHT,
  );
}

/** A query may begin on one page and end on the next: kept whole, each would leave half a page white. */
export function isShort(section: ViewElement, tables: LongTables): boolean {
  let rows = 0;
  for (const element of elementsOf(section)) {
    if (element.name === 'pre') return false;
    if (element.name === 'tr') rows++;
    rows += tables.get(element.attributes['data-rows'] ?? '')?.count ?? 0;
  }
  return rows <= SHORT_TABLE;
}

/** How many rows of a table stand under its heading before a page may end: all where the rest would be too few. */
export function openingRows(rows: number): number {
  return rows < 2 * ROWS_TOGETHER ? rows : ROWS_TOGETHER;
}

/** An element’s children up to the first rows of a table, lines of a query or finding; undefined when it has none of these. */
export function beginningOfElement(parent: ViewElement): ViewElement | undefined {
  const isLong = (child: ViewNode): boolean =>
    isElement(child) &&
    [...elementsOf(child)].some(
      (element) =>
        element.name === 'table' || element.name === 'pre' || hasClass(element, 'finding'),
    );
  const first = parent.children.findIndex(isLong);
  if (first < 0) return undefined;
  return { ...parent, children: parent.children.slice(0, first + 1).map(beginningOfNode) };
}

/** No more of an element than the first rows of each table and the first lines of each query. */
function beginningOfNode(node: ViewNode): ViewNode {
  if (typeof node === 'string') return node;
  if (node.name === 'pre') {
    return { ...node, children: [textOf(node).split('\n').slice(0, FIRST_LINES).join('\n')] };
  }
  if (node.name === 'tbody') {
    const rows = node.children.filter(isElement);
    return { ...node, children: rows.slice(0, openingRows(rows.length)) };
  }
  return { ...node, children: node.children.map(beginningOfNode) };
}

/** The same, with no more of each finding than its sentence, who, from where and when. */
export function withoutValues(element: ViewElement): ViewElement {
  const children = element.children
    .filter((child) => !isElement(child) || !hasClass(child, 'values'))
    .map((child) => (isElement(child) ? withoutValues(child) : child));
  return { ...element, children };
}

/** Whether a part of a view is an element and no text. */
export function isElement(node: ViewNode): node is ViewElement {
  return typeof node !== 'string';
}

/** The same tables, of which no more is set than the rows that stand under the heading. */
export function openingOfEach(tables: LongTables): LongTables {
  return new Map(
    [...tables].map(([id, table]) => {
      const count = openingRows(table.count);
      return [
        id,
        {
          count,
          *rows() {
            let left = count;
            for (const row of table.rows()) {
              if (left-- <= 0) return;
              yield row;
            }
          },
        },
      ];
    }),
  );
}
