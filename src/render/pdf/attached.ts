import { sha256 } from '../../core/digest';
import type { Language, Text } from '../../core/language';
import { phrase, say } from '../../core/language';
import { piecesOf } from '../../core/pieces';
import { formatBytes } from '../spans';
import type { ViewElement, ViewNode } from '../vocabulary';
import type { Attachment } from './archival-document';
import { BREAK_HERE } from './lines';

/** A PDF that carries more than this is too heavy for mail. */
const MOST_BYTES = 4_000_000;

/** Files in the order given, as far as they fit; the rest are named and left out. */
export function chooseAttachments(files: readonly Attachment[]): {
  readonly attached: readonly Attachment[];
  readonly left: readonly Attachment[];
} {
  const attached: Attachment[] = [];
  const left: Attachment[] = [];
  let room = MOST_BYTES;
  for (const file of files) {
    const { size } = piecesOf(file.content);
    if (size > room) left.push(file);
    else {
      attached.push(file);
      room -= size;
    }
  }
  return { attached, left };
}

/** The chapter that says what is attached, and what was too large to be. Queries are counted: their digests stand where each is printed. */
export function attachedChapter(
  { attached, left }: ReturnType<typeof chooseAttachments>,
  language: Language,
): ViewElement {
  const told = (text: Text): string => say(text, language);
  const isQuery = ({ relationship }: Attachment): boolean => relationship === 'Source';
  const queries = attached.filter(isQuery).length;
  const rows = [
    ...attached.filter((file) => !isQuery(file)).map((file) => rowOf(file, language)),
    ...left.map((file) => rowOf(file, language, told(phrase('pdf.tooLarge')))),
  ];
  const headings = [
    told(phrase('pdf.file')),
    told(phrase('pdf.whatItIs')),
    told(phrase('pdf.size')),
    'SHA-256',
  ];
  const numbers = ['', '', 'number', ''];
  return element(
    'section',
    ['chapter'],
    [
      element('h2', [], [told(phrase('pdf.attached'))]),
      element('p', [], [told(phrase('pdf.attachedWhy'))]),
      ...(queries === 0
        ? []
        : [element('p', [], [told(phrase('pdf.attachedQueries', { count: queries }))])]),
      element(
        'table',
        [],
        [
          element(
            'thead',
            [],
            [
              element(
                'tr',
                [],
                headings.map((text, index) => element('th', classes(numbers[index]), [text])),
              ),
            ],
          ),
          element(
            'tbody',
            [],
            rows.map((row) =>
              element(
                'tr',
                [],
                row.map((text, index) => element('td', classes(numbers[index]), [text])),
              ),
            ),
          ),
        ],
        'attached-files',
      ),
    ],
    'attached',
  );
}

/** A digest is set in two lines of the same length. */
const HALF = 32;

function rowOf(file: Attachment, language: Language, note?: string): string[] {
  const digest = sha256(file.content);
  // A number and its unit stay in one line.
  const size = formatBytes(piecesOf(file.content).size, language.id).replace(' ', '\u00a0');
  return [
    file.name,
    file.description,
    note === undefined ? size : `${size}, ${note}`,
    digest.slice(0, HALF) + BREAK_HERE + digest.slice(HALF),
  ];
}

function classes(name: string | undefined): string[] {
  return name === undefined || name === '' ? [] : [name];
}

function element(name: string, names: string[], children: ViewNode[], id?: string): ViewElement {
  return { name, classes: names, attributes: id === undefined ? {} : { id }, children };
}
