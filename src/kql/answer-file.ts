import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Column, Row, Table } from '../core/table';
import { rowJson, wireJsonAround } from './wire';

/** An answer's rows in a file, which whoever reads them removes. */
export interface AnswerFile {
  readonly columns: readonly Column[];
  /** Each row is a JSON array with ROW_END after it. */
  readonly path: string;
}

export const ROW_END = ',\n';

/** Writes the rows of a table as an answer's file. */
export async function writeAnswerFile(path: string, { columns, rows }: Table): Promise<void> {
  const lines = function* (all: readonly Row[]): Generator<string> {
    for (const row of all) yield `${rowJson(row, columns)}${ROW_END}`;
  };
  await pipeline(lines(rows), createWriteStream(path));
}

/** The answer as JSON text in the query API's form. Removes the file. */
export async function takeAnswer({ columns, path }: AnswerFile): Promise<string> {
  const rows = await readFile(path, 'utf8');
  await rm(path);
  const [head, tail] = wireJsonAround(columns);
  return `${head}${rows.slice(0, -ROW_END.length)}${tail}`;
}
