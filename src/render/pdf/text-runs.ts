import type { FontName } from './font-files';
import type { DocumentFont } from './fonts';
import type { Atom } from './lines';
import { BOX_PADDING } from './lines';
import type { Mark, PageContent } from './page-content';
import type { TextStyle } from './tokens';
import type { Piece } from './typefaces';
import { widthOf } from './typefaces';

/** Atoms that are shown together, from a place on the page on. */
export interface AtomRun {
  readonly atoms: readonly Atom[];
  readonly x: number;
}

/** Pieces that one operation shows: of one font, or a single one whose glyphs have places of their own. */
export interface PieceRun {
  readonly font: FontName;
  readonly pieces: readonly Piece[];
  readonly x: number;
}

/** Atoms of one style after another are one run; what is in a box is one of its own. */
export function atomRuns(atoms: readonly Atom[], x: number): AtomRun[] {
  const runs: { atoms: Atom[]; x: number }[] = [];
  let left = x;
  for (const atom of atoms) {
    const indent = atom.box === undefined ? 0 : boxIndent(atom);
    const last = runs.at(-1);
    const first = last?.atoms[0];
    if (last !== undefined && first !== undefined && indent === 0 && canJoin(first, atom)) {
      last.atoms.push(atom);
    } else {
      runs.push({ atoms: [atom], x: left + indent });
    }
    left += atom.width;
  }
  return runs;
}

/** The pieces of a run of atoms by font. */
export function pieceRuns({ atoms, x }: AtomRun, size: number): PieceRun[] {
  const runs: { font: FontName; pieces: Piece[]; x: number }[] = [];
  let left = x;
  let open = false;
  for (const piece of atoms.flatMap((atom) => atom.pieces)) {
    const last = runs.at(-1);
    const isPlain = piece.operands !== undefined;
    if (open && isPlain && last?.font === piece.font) last.pieces.push(piece);
    else runs.push({ font: piece.font, pieces: [piece], x: left });
    open = isPlain;
    left += (piece.width * size) / 1000;
  }
  return runs;
}

/** Shows text of one font, its feet on the baseline; marks, when it has some, each in its own place. */
export function showPieces(
  content: PageContent,
  mark: Mark,
  font: DocumentFont,
  pieces: readonly Piece[],
  style: TextStyle,
  x: number,
  baseline: number,
): void {
  const [first] = pieces;
  if (first === undefined) return;
  if (first.operands !== undefined) {
    const operands = pieces
      .map((piece) => piece.operands)
      .join('')
      .replaceAll(')(', '');
    content.show(mark, font, style, `[${operands}]TJ`, x, baseline);
    return;
  }
  for (const glyph of first.glyphs) {
    const [dx, dy] = [(glyph.x * style.size) / 1000, (glyph.y * style.size) / 1000];
    content.show(mark, font, style, `(${glyph.code})Tj`, x + dx, baseline - dy);
  }
}

/** From the top of a line to the feet of its letters. */
export function baselineOf(font: DocumentFont, { size }: TextStyle, lineHeight: number): number {
  const em = ((font.ascender - font.descender) * size) / 1000;
  return (lineHeight - em) / 2 + (font.ascender * size) / 1000;
}

function boxIndent(atom: Atom): number {
  const text = widthOf(atom.pieces, atom.style);
  return Math.max((atom.width - text) / 2, BOX_PADDING * 0.5);
}

function canJoin(a: Atom, b: Atom): boolean {
  return a.box === undefined && a.style === b.style;
}
