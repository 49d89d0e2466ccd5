import { isUtf8 } from 'node:buffer';
import { readLines, type Line } from './lines';

const SPACE = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;
/** How a half of a surrogate pair begins that is written as an escape. */
const SURROGATE = ['\\ud', '\\uD'].map((text) => Buffer.from(text));

/**
 * The lines of a file that no JSON reader takes for a record, so that DuckDB has refused each of them: lines that are
 * no object in braces, that are not UTF-8, or that have half a surrogate pair. It may have refused others too;
 * only where it has refused just as many lines are these the ones.
 */
export async function refusedLines(path: string, size: number): Promise<readonly Line[]> {
  const refused: Line[] = [];
  if (size === 0) return refused;
  for await (const line of readLines(path, size)) if (isRefused(line)) refused.push(line);
  return refused;
}

function isRefused({ bytes, offset }: Line): boolean {
  const [start, end] = [firstOf(bytes, 0, 1), firstOf(bytes, bytes.length - 1, -1)];
  // A blank line is none; a byte order mark may stand before the first.
  if (start > end || offset === 0) return false;
  if (bytes[start] !== OPEN || bytes[end] !== CLOSE || !isUtf8(bytes)) return true;
  return SURROGATE.some((text) => bytes.includes(text)) && hasHalfPair(bytes.toString('utf8'));
}

/** The index of the first byte from `from` on that is no space: DuckDB skips more of them than JSON has, such as a form feed. */
function firstOf(bytes: Buffer, from: number, step: 1 | -1): number {
  let at = from;
  while ((bytes[at] ?? OPEN) <= SPACE) at += step;
  return at;
}

/** Whether a JSON text has half a surrogate pair; a text that is no JSON may have anything. */
function hasHalfPair(text: string): boolean {
  let found = false;
  try {
    JSON.parse(text, (key, value: unknown) => {
      found ||= !key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed());
      return value;
    });
  } catch {
    return false;
  }
  return found;
}
