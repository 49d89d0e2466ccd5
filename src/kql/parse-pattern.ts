import type { KustoType } from '../core/table';
import type { CapturedNumber, Field } from './ir';
import { readLiteral } from './literals';
import { escapePattern } from './pattern-text';
import { regexText } from './regex';
import { firstToken, slot, type SyntaxNode } from './syntax';

/** `simple`: texts and values must fit; `relaxed`: a value that does not fit is null; `regex`: texts are patterns. */
export type ParseKind = 'simple' | 'relaxed' | 'regex';

/** A parse pattern as RE2, with one group for each capture. */
export interface ParsePattern {
  readonly regex: string;
  /** Another reading of the pattern that must find the same. */
  readonly other: string | undefined;
  readonly captures: readonly Field[];
  /** The captures that the other reading takes whole and then makes numbers of. */
  readonly numbers: readonly CapturedNumber[];
}

interface Reading {
  /** The flags of a regex pattern. */
  readonly flags: string;
  readonly capture: (name: string) => Field;
  readonly refuse: (what: string, node?: SyntaxNode) => Error;
}

const WHOLE_NUMBER = '([+-]?[0-9]+)';
/** Blanks before a number belong to it. */
const PADDED_NUMBER = '(\\s*[+-]?[0-9]+)';
const PADDED_REAL = '(\\s*[+-]?[0-9]+(?:\\.[0-9]+)?)';

/** What a capture of a type matches; types that are not here are refused. */
const CAPTURES: Readonly<Record<ParseKind, Partial<Readonly<Record<KustoType, string>>>>> = {
  simple: {
    string: '(.*?)',
    long: PADDED_NUMBER,
    int: PADDED_NUMBER,
    real: PADDED_REAL,
    datetime: '(.*?)',
  },
  relaxed: { string: '(.*?)', long: '(.*?)', int: '(.*?)', real: '(.*?)', datetime: '(.*?)' },
  regex: { string: '(.*)', long: WHOLE_NUMBER, int: WHOLE_NUMBER, datetime: '(.*)' },
};

/** A date may go on after a blank, with its time of day. */
const LONGEST_DATETIME = '([^ ]*(?: [0-9][0-9:.]*(?: ?[AaPp][Mm])?)?)';

/** Reads the texts, stars and captures of a parse operator. */
export function readPattern(
  nodes: readonly SyntaxNode[],
  kind: ParseKind,
  reading: Reading,
): ParsePattern {
  const captures: Field[] = [];
  const numbers: CapturedNumber[] = [];
  let previousWasText = true;
  const parts = nodes.map((node, i): Part => {
    const isLast = i === nodes.length - 1;
    const literal = readLiteral(node);
    if (typeof literal?.value === 'string' && literal.type === 'string') {
      previousWasText = true;
      const text =
        kind === 'regex' ? regexPart(literal.value, node, reading) : escapePattern(literal.value);
      return { usual: text, other: text };
    }
    if (node.kind === 'StarExpression') {
      previousWasText = false;
      const star = isLast && kind !== 'regex' ? '.*' : '.*?';
      return { usual: star, other: star };
    }
    // Two captures without text between them leave open where the first one ends.
    if (!previousWasText && (captures.length > 0 || kind === 'regex')) {
      throw reading.refuse('captures that follow each other', node);
    }
    previousWasText = false;
    const { name, type } = captureOf(node);
    const next = isLast ? 'end' : nodes[i + 1]?.kind === 'StarExpression' ? 'star' : 'text';
    const part = capturePart(kind, type, next, (what) => reading.refuse(what, node));
    if (part.isNumber === true) numbers.push({ at: captures.length, isReal: type === 'real' });
    captures.push(reading.capture(name));
    return part;
  });
  if (captures.length === 0) throw reading.refuse('parse without a capture');
  const usual = parts.map((part) => part.usual).join('');
  const other = parts.map((part) => part.other).join('');
  if (kind !== 'regex') {
    const different = usual === other ? undefined : `(?s)^${other}$`;
    return { regex: `(?s)^${usual}$`, other: different, captures, numbers };
  }
  if (!/^[Uis]*$/.test(reading.flags)) throw reading.refuse('these flags');
  const flags = reading.flags === '' ? '' : `(?${reading.flags})`;
  // Whether the pattern has to fit the whole text is not known.
  return { regex: `${flags}^${usual}$`, other: `${flags}${other}`, captures, numbers };
}

/** A part of a pattern in its two readings, as RE2. */
interface Part {
  readonly usual: string;
  readonly other: string;
  /** Whether the other reading takes any text and then makes a number of it. */
  readonly isNumber?: true;
}

/** A capture of a type before text, a star or the end of the pattern. */
function capturePart(
  kind: ParseKind,
  type: KustoType,
  next: 'text' | 'star' | 'end',
  refuse: (what: string) => Error,
): Part {
  const known = CAPTURES[kind][type];
  if (known === undefined) throw refuse(`a capture of a ${type}`);
  if (next === 'star' && (type === 'real' || known.startsWith('(.*'))) {
    // Only a whole number ends by itself.
    if (type !== 'long' && type !== 'int') throw refuse(`'*' after this`);
    return { usual: WHOLE_NUMBER, other: `([+-]?[0-9]+|[^0-9]*?)` };
  }
  const usual = next === 'end' && known === '(.*?)' ? '(.*)' : known;
  if (kind === 'simple' && type === 'datetime') return { usual, other: LONGEST_DATETIME };
  if (kind !== 'simple' || type === 'string' || next === 'star') return { usual, other: usual };
  // The engine takes any text up to the next one and makes a number of it; the whole row is blank when it is none.
  return { usual, other: next === 'end' ? '(.*)' : '(.*?)', isNumber: true };
}

function captureOf(node: SyntaxNode): { name: string; type: KustoType } {
  if (node.kind !== 'NameAndTypeDeclaration') {
    return { name: node.symbol?.name ?? firstToken(node), type: 'string' };
  }
  const name = slot(node, 'Name');
  return {
    name: name.symbol?.name ?? firstToken(name),
    type: name.type ?? (firstToken(slot(node, 'Type')) as KustoType),
  };
}

/** A pattern's text, of which the groups are no captures. */
function regexPart(pattern: string, node: SyntaxNode, reading: Reading): string {
  if (/[|^$]/.test(pattern.replace(/\\./g, ''))) throw reading.refuse('this pattern', node);
  const text = regexText(pattern, (what) => reading.refuse(what, node));
  let inBracket = false;
  return text.replace(/\\[^]|\[\^?\]?|\]|\((?!\?)/g, (token) => {
    if (token.startsWith('[')) inBracket = true;
    else if (token === ']') inBracket = false;
    return token === '(' && !inBracket ? '(?:' : token;
  });
}
