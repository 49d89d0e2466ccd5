import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { csvLines, renderCsv } from '../../src/render/csv';
import { visible } from '../../src/render/visible';
import { HOSTILE, tableOf } from '../support/reports';

/** Reads CSV with DuckDB, which shares no code with the writer. */
async function readBack(csv: string): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'csv-'));
  const file = join(folder, 'table.csv');
  writeFileSync(file, csv);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `select * from read_csv('${file}', all_varchar = true, header = false, delim = ',', quote = '"', escape = '"', nullstr = '\\N')`,
    );
    return reader.getRowsJS() as string[][];
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true });
  }
}

describe('renderCsv', () => {
  it('gives back every value to an independent reader', async () => {
    const rows = [
      ['2026-11-21T05:02:11.4821937Z', 'say "hi", then; go', -5, null, true],
      ['', ' spaced ', 1.5, 'NaN', false],
      [null, HOSTILE, 9007199254740991, '-9223372036854775808', null],
    ];
    const csv = renderCsv(tableOf(['T:datetime', 'S', 'N:long', 'R:long', 'B:bool'], rows));
    const read = await readBack(csv);
    expect(read).toEqual([
      ['T', 'S', 'N', 'R', 'B'],
      ['2026-11-21T05:02:11.4821937Z', 'say "hi", then; go', '-5', '', 'true'],
      ['', ' spaced ', '1.5', 'NaN', 'false'],
      ['', visible(HOSTILE), '9007199254740991', '-9223372036854775808', ''],
    ]);
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '|calc',
    ' =1',
    '\u00A0=1',
    '\u3000=1',
    '\uFF1D1',
    '\uFF0B1',
    '\uFF0D1',
    '\uFF201',
    '-cmd',
  ])('keeps a spreadsheet from running %j', (text) => {
    const [, line = ''] = [...csvLines(tableOf(['S'], [[text]]))];
    expect(line.replace(/^"/, '')).toMatch(/^'/);
  });

  it.each(['\t=1', '\r=1', '\n=1', 'a\n=1', '\u200B=1', '\uFEFF=1', '\u0000=1'])(
    'shows the hidden character before a formula in %j, which then is none',
    (text) => {
      const [, line = ''] = [...csvLines(tableOf(['S'], [[text]]))];
      expect(line).toBe(`${visible(text)}\r\n`);
      expect(line).toMatch(/^a?<U\+/);
    },
  );

  it('leaves a negative number of a number column a number', () => {
    const csv = renderCsv(tableOf(['N:long', 'D:decimal'], [[-5, '-1.25']]));
    expect(csv).toBe('\uFEFFN,D\r\n-5,-1.25\r\n');
  });

  it('makes a column name safe as well', () => {
    expect(renderCsv(tableOf(['=cmd'], []))).toBe("\uFEFF'=cmd\r\n");
  });

  it('loses no character of a long value', () => {
    const long = 'x'.repeat(100_000);
    expect(renderCsv(tableOf(['S'], [[long]]))).toContain(long);
  });
});
