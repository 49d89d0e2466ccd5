import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusedLines } from '../../src/logs/refused-lines';
import { newFolder } from './support/raw-logs';

let folder: string;
beforeEach(async () => {
  folder = await newFolder();
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function refusedOf(content: string | Buffer): Promise<readonly string[]> {
  const file = join(folder, 'lines.json');
  const bytes = Buffer.from(content);
  await writeFile(file, bytes);
  const lines = await refusedLines(file, bytes.length);
  return lines.map(({ offset, length }) => bytes.subarray(offset, offset + length).toString());
}

it.each([
  ['text', 'no JSON'],
  ['a cut record', '{"a": "b'],
  ['a number', '42'],
  ['an array', '[{}]'],
  ['half a surrogate pair in a value', '{"a": ["\\ud800x"]}'],
  ['the other half', '{"a": "x\\uDC00"}'],
  ['half a surrogate pair in a name', '{"\\ud800": 1}'],
])('is sure of %s', async (_name, bad) => {
  expect(await refusedOf(`{}\n${bad}\n{}\n`)).toEqual([bad]);
});

it('is sure of bytes that are not UTF-8', async () => {
  const bad = Buffer.concat([Buffer.from('{"a": "'), Buffer.from([0xff]), Buffer.from('"}')]);
  expect(await refusedOf(Buffer.concat([Buffer.from('{}\n'), bad]))).toHaveLength(1);
});

it.each([
  ['a record', '{"a": "\\ud83d\\ude00"}'],
  ['a backslash before what looks like half a pair', '{"a": "\\\\ud800"}'],
  ['two records in a line', '{}{}'],
  ['a record that another reader may take', '{"a": NaN, "b": "\\ud800"}'],
  ['white space', '{} \r'],
  ['a blank line', ' \t\r'],
  ['a form feed, which DuckDB skips', '\f{}'],
  ['a vertical tab, which DuckDB skips', '\v{}'],
])('says nothing of %s', async (_name, line) => {
  expect(await refusedOf(`{}\n${line}\n{}`)).toEqual([]);
});

it('says nothing of a first line, which may begin with a byte order mark', async () => {
  expect(await refusedOf('\ufeff{}\nx')).toEqual(['x']);
});

it('has no lines of an empty file', async () => {
  expect(await refusedOf('')).toEqual([]);
});
