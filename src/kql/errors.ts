/** Why a query was not answered. Everything that the engine does not answer has one of these codes. */
export type KqlErrorCode =
  | 'KQL_SYNTAX'
  | 'KQL_SEMANTIC'
  | 'KQL_UNSUPPORTED'
  | 'KQL_TABLE_MISSING'
  | 'KQL_LIMIT'
  | 'KQL_EXECUTION'
  /** A mistake in the engine itself. */
  | 'KQL_INTERNAL';

/** A place in the query's text: both 1-based. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A query that was refused or that failed, with the place in its text and what to do about it. */
export class KqlError extends Error {
  readonly code: KqlErrorCode;
  readonly line?: number;
  readonly column?: number;
  readonly hint?: string;

  constructor(code: KqlErrorCode, message: string, place?: Place, hint?: string) {
    super(message);
    this.name = 'KqlError';
    this.code = code;
    if (place !== undefined) {
      this.line = place.line;
      this.column = place.column;
    }
    if (hint !== undefined) this.hint = hint;
  }
}

/** One line for people: code, message, place and hint, leaving out what is not known. */
export function formatKqlError(error: KqlError): string {
  const place =
    error.line === undefined || error.column === undefined
      ? ''
      : ` (line ${error.line}, column ${error.column})`;
  const hint = error.hint === undefined ? '' : ` ${error.hint}`;
  return `${error.code}: ${error.message}${place}.${hint}`;
}

/** The error that formatKqlError has written; undefined for any other text. */
export function parseKqlError(text: string): KqlError | undefined {
  const [, code, told = ''] = /^(KQL_[A-Z_]+): (.*)$/s.exec(text) ?? [];
  if (code === undefined) return undefined;
  const placed = /^(.*?) \(line (\d+), column (\d+)\)\.(?: (.*))?$/s.exec(told);
  const place = placed ? { line: Number(placed[2]), column: Number(placed[3]) } : undefined;
  // What a database says of itself may have sentences that are no hint.
  const plain = code === 'KQL_EXECUTION' ? null : /^(.*?)\. ([A-Z].*)$/s.exec(told);
  const message = placed?.[1] ?? plain?.[1] ?? told.replace(/\.$/, '');
  return new KqlError(code as KqlErrorCode, message, place, placed ? placed[4] : plain?.[2]);
}

/** The place of a character offset (0-based, in UTF-16 code units) of a text. */
export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
