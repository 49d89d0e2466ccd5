import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { joined, partOf, type Pieces } from '../core/pieces';
import { takeFile } from '../core/spool';
import type { Column, Row, Table } from '../core/table';
import { rowJson, wireJsonAround } from './wire';

/** An answer's rows in a file, which whoever reads them removes. */
export interface AnswerFile {
  readonly columns: readonly Column[];
  /** Each row is a JSON array with ROW_END after it. */
  readonly path: string;
}

/** What stands after each row, the last one included. */
export const ROW_END = ',\n';

/** Writes the rows of a table as an answer's file. */
export async function writeAnswerFile(path: string, { columns, rows }: Table): Promise<void> {
  const lines = function* (all: Iterable<Row>): Generator<string> {
    for (const row of all) yield `${rowJson(row, columns)}${ROW_END}`;
  };
  await pipeline(lines(rows), createWriteStream(path));
}

/** The answer as JSON text in the query API's form. The file has no name any more, and is read as often as needed. */
export function takeAnswer({ columns, path }: AnswerFile): Pieces {
  const rows = takeFile(path);
  const [head, tail] = wireJsonAround(columns);
  return joined([head, partOf(rows, 0, Math.max(0, rows.size - ROW_END.length)), tail]);
}
