/**
 * `dynamic_to_json`: JSON text without blanks and with the bags' names in order, so that equal values
 * have equal texts. Numbers keep their spelling, which JSON.parse would not let them.
 */
export function canonicalJson(json: string): string {
  const reader = { json, at: 0 };
  return readValue(reader);
}

interface Reader {
  readonly json: string;
  at: number;
}

const SCALAR = /"(?:[^"\\]|\\.)*"|[^\s,\]}]+/sy;
const BLANK = /\s*/y;

function readValue(reader: Reader): string {
  skipBlank(reader);
  const sign = reader.json.charAt(reader.at);
  if (sign === '[') return `[${readItems(reader, ']', readValue).join(',')}]`;
  if (sign !== '{') return readScalar(reader);
  const pairs = readItems(reader, '}', readPair).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

function readPair(reader: Reader): readonly [name: string, value: string] {
  skipBlank(reader);
  const name = JSON.parse(readScalar(reader)) as string;
  skipBlank(reader);
  reader.at += 1;
  return [name, readValue(reader)];
}

/** The items between a bracket, at which the reader stands, and the closing one. */
function readItems<T>(reader: Reader, close: string, read: (reader: Reader) => T): T[] {
  const items: T[] = [];
  reader.at += 1;
  skipBlank(reader);
  while (reader.json.charAt(reader.at) !== close) {
    if (reader.at >= reader.json.length) throw new SyntaxError('not JSON');
    items.push(read(reader));
    skipBlank(reader);
    if (reader.json.charAt(reader.at) === ',') reader.at += 1;
    skipBlank(reader);
  }
  reader.at += 1;
  return items;
}

function readScalar(reader: Reader): string {
  SCALAR.lastIndex = reader.at;
  const match = SCALAR.exec(reader.json)?.[0];
  if (match === undefined) throw new SyntaxError('not JSON');
  reader.at += match.length;
  return match;
}

function skipBlank(reader: Reader): void {
  BLANK.lastIndex = reader.at;
  reader.at += BLANK.exec(reader.json)?.[0].length ?? 0;
}
