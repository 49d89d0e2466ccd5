import type { Cell } from '../../core/table';
import { visible } from '../visible';
import { looksLikeFormula } from '../csv';
import type { ValueKind } from './row-source';

/** What Excel holds in a cell, in UTF-16 code units. */
const LONGEST_TEXT = 32_767;
/** Excel computes with 15 digits: what has more stays text. */
const GREATEST_EXACT = 999_999_999_999_999;
/** 1 March 1900 and the end of 9999, in milliseconds: Excel has a day too many before, and no day after. */
const FIRST_MOMENT = Date.UTC(1900, 2, 1);
const LAST_MOMENT = Date.UTC(10_000, 0, 1);
/** Excel counts days from here. */
const DAY_ZERO = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;

/** Places in the list of formats in spreadsheet-parts.ts. */
export const STYLE = { heading: 1, moment: 2, quoted: 3 } as const;

/** `A`, `Z`, `AA`: a column's letters from its 0-based number. */
export function columnLetters(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest === 0 ? '' : columnLetters(rest - 1)) + String.fromCharCode(65 + (index % 26));
}

/** The XML of one cell; nothing for no value. Text is never a formula, and hidden characters are code points. */
export function cellXml(cell: Cell, kind: ValueKind, place: string): string {
  if (cell === null) return '';
  if (kind === 'bool') return `<c r="${place}" t="b"><v>${cell === true ? '1' : '0'}</v></c>`;
  const number = numberOf(cell, kind);
  if (number !== undefined) {
    const style = kind === 'moment' ? ` s="${STYLE.moment}"` : '';
    return `<c r="${place}"${style}><v>${String(number)}</v></c>`;
  }
  return textXml(String(cell), place);
}

/** A cell of text. A formula's look gets Excel's own mark of quoted text, so that editing it does not make it one. */
export function textXml(text: string, place: string, style?: number): string {
  const shown = cut(visible(text, Number.POSITIVE_INFINITY));
  const format = style ?? (looksLikeFormula(shown) ? STYLE.quoted : undefined);
  const attribute = format === undefined ? '' : ` s="${format}"`;
  return `<c r="${place}"${attribute} t="inlineStr"><is><t xml:space="preserve">${escapeXml(shown)}</t></is></c>`;
}

/** Text for XML of a workbook, where `_x0041_` would be read as a character. */
export function escapeXml(text: string): string {
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

/** The number that a spreadsheet holds exactly, or to a millisecond for a moment; undefined where it can't. */
function numberOf(cell: string | number | boolean, kind: ValueKind): number | undefined {
  if (kind === 'moment') {
    const moment = Date.parse(String(cell));
    if (!(moment >= FIRST_MOMENT && moment < LAST_MOMENT)) return undefined;
    return (moment - DAY_ZERO) / DAY_MS;
  }
  if (kind === 'whole') {
    return Math.abs(Number(cell)) > GREATEST_EXACT ? undefined : Number(cell);
  }
  return kind === 'real' && typeof cell === 'number' ? cell : undefined;
}

function cut(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  const note = ` … cut here: ${text.length} characters, whole in the CSV file`;
  // Not half of a pair.
  return text.slice(0, LONGEST_TEXT - note.length).replace(/[\uD800-\uDBFF]$/, '') + note;
}
