import type { Cell, Column, KustoType, Row, Table, TableInMemory } from '../core/table';
import { KUSTO_TYPES } from '../core/table';

/** An answer in the Log Analytics query API's form, read back. */
export interface WireAnswer<T extends Table = Table> {
  readonly table: T;
  /** Present when the answer came with HTTP 200 but is partial. */
  readonly error?: { readonly code: string; readonly message: string };
  /** What the service says about its work, when it was asked to. */
  readonly statistics?: unknown;
}

const TYPES: readonly string[] = KUSTO_TYPES;

/** JSON in the Log Analytics query API's form, a row in a line; longs beyond 2^53 are JSON integers. */
export function toWireJson(table: Table): string {
  return Array.from(wireJsonLines(table)).join('\n');
}

/** The same line by line, without the line feeds. */
export function* wireJsonLines({ columns, rows }: Table): Generator<string> {
  const [head, tail] = wireJsonAround(columns);
  let line = head;
  let isFirst = true;
  for (const row of rows) {
    if (!isFirst) yield `${line},`;
    line = `${isFirst ? head : ''}${rowJson(row, columns)}`;
    isFirst = false;
  }
  yield `${line}${tail}`;
}

/** A row as a JSON array. */
export function rowJson(row: Row, columns: readonly Column[]): string {
  const cells = row.map((cell, i) =>
    columns[i]?.type === 'long' && typeof cell === 'string' ? cell : JSON.stringify(cell),
  );
  return `[${cells.join(',')}]`;
}

/** What stands before and after the rows of an answer. */
export function wireJsonAround(columns: readonly Column[]): readonly [string, string] {
  const named = JSON.stringify(columns.map(({ name, type }) => ({ name, type })));
  return [`{"tables":[{"name":"PrimaryResult","columns":${named},"rows":[`, ']}]}'];
}

/**
 * Reads an answer of the Log Analytics query API: the first table. Times stay text and longs beyond
 * 2^53 become their decimal text. Throws a SyntaxError when the text is not such an answer.
 */
export function fromWireJson(text: string): WireAnswer<TableInMemory> {
  const parsed = asRecord(JSON.parse(quoteBigIntegers(text)));
  const tables = parsed?.['tables'];
  const first = Array.isArray(tables) ? asRecord(tables[0]) : undefined;
  if (first === undefined) throw new SyntaxError('The answer has no table.');
  const table = readTable(first);
  const error = parsed?.['error'] ?? undefined;
  const statistics = parsed?.['statistics'];
  return {
    table,
    ...(error === undefined ? {} : { error: readError(error) }),
    ...(statistics === undefined ? {} : { statistics }),
  };
}

function readTable(source: Record<string, unknown>): TableInMemory {
  if (!Array.isArray(source['columns']) || !Array.isArray(source['rows'])) {
    throw new SyntaxError('The answer’s table has no columns or no rows.');
  }
  const columns = source['columns'].map(readColumn);
  return { columns, rows: source['rows'].map((row: unknown) => readRow(row, columns)) };
}

/** One row that JSON was read to. Throws a SyntaxError. */
export function readRow(row: unknown, columns: readonly Column[]): Row {
  if (!Array.isArray(row) || row.length !== columns.length) {
    throw new SyntaxError('A row of the answer has not as many cells as there are columns.');
  }
  return row.map((cell: unknown, i) => readCell(cell, columns[i]?.type ?? 'string'));
}

function readColumn(value: unknown): Column {
  const column = asRecord(value);
  const name = column?.['name'];
  const type = column?.['type'];
  if (typeof name !== 'string' || typeof type !== 'string' || !TYPES.includes(type)) {
    throw new SyntaxError('A column of the answer has no name or no known type.');
  }
  return { name, type: type as KustoType };
}

function readCell(cell: unknown, type: KustoType): Cell {
  if (cell === null || typeof cell === 'boolean' || typeof cell === 'number') return cell;
  if (typeof cell !== 'string') return JSON.stringify(cell);
  // quoteBigIntegers does not know columns: undo it where a number is wanted.
  const isNumber = (type === 'real' || type === 'int') && /^-?\d+$/.test(cell);
  return isNumber ? Number(cell) : cell;
}

function readError(value: unknown): { code: string; message: string } {
  const error = asRecord(value) ?? { message: JSON.stringify(value) };
  const messages: string[] = [];
  let deepest: Record<string, unknown> | undefined = error;
  while (deepest !== undefined && messages.length < 10) {
    if (typeof deepest['message'] === 'string') messages.push(deepest['message']);
    const details: unknown = deepest['details'];
    deepest = Array.isArray(details) ? asRecord(details[0]) : asRecord(deepest['innererror']);
  }
  const code = error['code'];
  return { code: typeof code === 'string' ? code : 'unknown', message: messages.join(' ') };
}

/** Puts integers that a JavaScript number cannot hold between quotes, outside strings. */
export function quoteBigIntegers(json: string): string {
  if (!/\d{16}/.test(json)) return json;
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(json, at);
    } else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(json, at);
      const number = json.slice(at, end);
      if (/^-?\d{16,}$/.test(number) && !Number.isSafeInteger(Number(number))) {
        parts.push(json.slice(copied, at), '"', number, '"');
        copied = end;
      }
      at = end;
    } else {
      at += 1;
    }
  }
  parts.push(json.slice(copied));
  return parts.join('');
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function endOfString(json: string, start: number): number {
  let end = start;
  for (;;) {
    end = json.indexOf('"', end + 1);
    if (end === -1) return json.length;
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
}

function endOfNumber(json: string, start: number): number {
  let end = start + 1;
  while (end < json.length && '0123456789+-.eE'.includes(json.charAt(end))) end += 1;
  return end;
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
