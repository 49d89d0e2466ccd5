import type { ViewElement, ViewNode } from '../../src/render/vocabulary';
import { textOf } from '../../src/render/vocabulary';

const LINES = new Set(['h1', 'h2', 'h3', 'p', 'li', 'dt', 'dd', 'figcaption', 'pre']);

/** A page as a reader sees it, one block a line and one table row a line: for golden files. */
export function plainText(node: ViewNode): string {
  return linesOf(node)
    .map((line) => line.replace(/[ \t\u00A0]+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');
}

function linesOf(node: ViewNode): string[] {
  if (typeof node === 'string') return [];
  if (node.name === 'tr') return [`| ${cellsOf(node).map(cellText).join(' | ')}`];
  if (/^h[1-3]$/.test(node.name)) return [`${'#'.repeat(Number(node.name[1]))} ${cellText(node)}`];
  if (LINES.has(node.name)) return textOf(node).split('\n');
  if (node.classes.includes('cells')) return [stripOf(node)];
  return node.children.flatMap(linesOf);
}

function cellsOf(row: ViewElement): ViewElement[] {
  return row.children.filter((child) => typeof child !== 'string');
}

function cellText(cell: ViewElement): string {
  return cell.children
    .map((child) => (typeof child !== 'string' && child.name === 'br' ? ' / ' : textOf(child)))
    .join('')
    .replace(/\s+/g, ' ')
    .trim();
}

function stripOf(cells: ViewElement): string {
  return cellsOf(cells)
    .map((cell) => (textOf(cell) === '' ? '█' : textOf(cell)))
    .join('');
}
