import type { ViewElement, ViewNode } from '../vocabulary';
import { hasClass, textOf } from '../vocabulary';
import type { BoxStyle, TextStyle } from './tokens';
import { BADGES, CELLS, COLORS, TEXT } from './tokens';

/** What a line is made of. */
export type Inline =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly style: TextStyle;
      readonly link?: string;
    }
  | {
      readonly kind: 'box';
      readonly text: string;
      readonly style: TextStyle;
      readonly box: BoxStyle;
    }
  | { readonly kind: 'break' };

/** The inline content of an element, white space collapsed as a browser does. */
export function inlinesOf(element: ViewElement, style: TextStyle): Inline[] {
  return element.children.flatMap((child) => inlineOf(child, style, undefined));
}

function inlineOf(node: ViewNode, style: TextStyle, link: string | undefined): Inline[] {
  if (typeof node === 'string')
    return [textInline(node.replace(/[ \t\r\n\f]+/g, ' '), style, link)];
  if (node.name === 'br') return [{ kind: 'break' }];
  if (hasClass(node, 'badge')) return [boxInline(node, TEXT.badge, BADGES)];
  if (hasClass(node, 'cell')) return [boxInline(node, TEXT.cellLetter, CELLS)];
  const inner = innerStyle(node, style);
  const target = node.attributes['href'] ?? link;
  return node.children.flatMap((child) => inlineOf(child, inner, target));
}

function textInline(text: string, style: TextStyle, link: string | undefined): Inline {
  return link === undefined ? { kind: 'text', text, style } : { kind: 'text', text, style, link };
}

function boxInline(
  element: ViewElement,
  style: TextStyle,
  boxes: Readonly<Record<string, BoxStyle>>,
): Inline {
  const box = element.classes.map((name) => boxes[name]).find((found) => found !== undefined);
  const chosen = box ?? { stroke: COLORS.muted, color: COLORS.muted };
  return {
    kind: 'box',
    text: textOf(element),
    style: { ...style, color: chosen.color },
    box: chosen,
  };
}

function innerStyle(element: ViewElement, style: TextStyle): TextStyle {
  switch (element.name) {
    case 'strong':
      return { ...style, face: 'bold' };
    case 'em':
      return { ...style, face: 'italic' };
    case 'code':
      return { ...style, face: 'mono', size: style.size * 0.92 };
    case 'a':
      return { ...style, color: COLORS.link };
    default:
      return hasClass(element, 'muted') ? { ...style, color: COLORS.muted } : style;
  }
}
