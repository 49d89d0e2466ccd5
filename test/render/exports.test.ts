import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { unzipSync } from 'fflate';
import readSpreadsheet from 'read-excel-file/node';
import { rowAsRecord, type Cell, type Row } from '../../src/core/table';
import { renderJsonl } from '../../src/render/exports/jsonl';
import { renderParquet } from '../../src/render/exports/parquet';
import { nanosecondsOf, type RowSource } from '../../src/render/exports/row-source';
import { renderSpreadsheet, sheetNames, type Sheet } from '../../src/render/exports/spreadsheet';
import { visible } from '../../src/render/visible';
import { HOSTILE, tableOf } from '../support/reports';

const HEADINGS = [
  'Zeit:datetime',
  'S',
  'L:long',
  'I:int',
  'R:real',
  'B:bool',
  'D:decimal',
  'J:dynamic',
];
const ROWS: Cell[][] = [
  [
    '2026-11-21T05:02:11.4821937Z',
    'say "hi", then;\r\n<go> &amp;',
    -5,
    7,
    1.5,
    true,
    '1.10',
    '{"a":[1]}',
  ],
  ['2026-11-21T05:02:11Z', HOSTILE, '9007199254740993', 0, 'NaN', false, '-0.1', null],
  [null, '', null, null, null, null, null, null],
  ['1999-12-31T12:00:00Z', '=1+1', '-9223372036854775808', -1, '-Infinity', null, '1e3', '[]'],
];
const TABLE = tableOf(HEADINGS, ROWS);

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

const workbook = (sheets: readonly Sheet[]): Promise<Buffer> => bytesOf(renderSpreadsheet(sheets));
const sheetOf = (table: RowSource): Promise<Buffer> => workbook([{ name: 'one', table }]);

/** The rows of a Parquet file, as DuckDB reads them. */
async function readParquet(content: Uint8Array, columns = '*'): Promise<unknown[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'tallyman-parquet-'));
  const file = join(folder, 'table.parquet');
  writeFileSync(file, content);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(`select ${columns} from '${file}'`);
    return reader.getRowsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true });
  }
}

describe('JSON Lines', () => {
  const linesOf = async (table: RowSource): Promise<string[]> =>
    gunzipSync(await bytesOf(renderJsonl(table)))
      .toString('utf8')
      .split('\n')
      .slice(0, -1);

  it('hold every value raw, in lines whose keys are in order', async () => {
    const lines = await linesOf(TABLE);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      ROWS.map((row) => rowAsRecord(TABLE, row)),
    );
    expect(lines[2]).toBe(
      '{"B":null,"D":null,"I":null,"J":null,"L":null,"R":null,"S":"","Zeit":null}',
    );
  });

  it('are a gzip file of nothing when no row came', async () => {
    expect(await linesOf(tableOf(['S'], []))).toEqual([]);
  });
});

describe('Parquet', () => {
  it('gives back every value and its type to an independent reader', async () => {
    const read = await readParquet(
      await renderParquet(TABLE),
      'epoch_ns(Zeit), S, L, I, R, B, D, J, typeof(Zeit), typeof(L), typeof(R), typeof(B), typeof(S)',
    );
    const types = ['TIMESTAMP WITH TIME ZONE', 'BIGINT', 'DOUBLE', 'BOOLEAN', 'VARCHAR'];
    // DuckDB reads nanoseconds and keeps microseconds; UTF-8 has no half of a surrogate pair.
    const hostile = HOSTILE.replace('\uD800', '\uFFFD');
    expect(read).toEqual([
      [1795237331482193000n, ROWS[0]?.[1], -5n, 7n, 1.5, true, '1.10', '{"a":[1]}', ...types],
      [1795237331000000000n, hostile, 9007199254740993n, 0n, NaN, false, '-0.1', null, ...types],
      [null, '', null, null, null, null, null, null, ...types],
      [946641600000000000n, '=1+1', -(2n ** 63n), -1n, -Infinity, null, '1e3', '[]', ...types],
    ]);
  });

  it('keeps every tick of a moment', () => {
    expect(nanosecondsOf('2026-11-21T05:02:11.4821937Z')).toBe(1795237331482193700n);
    expect(nanosecondsOf('1969-12-31T23:59:59.9999999Z')).toBe(-100n);
    expect(nanosecondsOf('2026-13-21T05:02:11Z')).toBeUndefined();
  });

  it('makes a column text that holds what its type does not allow, and loses none of it', async () => {
    const odd = tableOf(
      ['T:datetime', 'L:long', 'B:bool', 'R:real'],
      [
        ['9999-12-31T23:59:59.9999999Z', '99999999999999999999', 'yes', 'much'],
        ['2026-01-01T00:00:00Z', 1.5, true, 2],
      ],
    );
    expect(await readParquet(await renderParquet(odd))).toEqual([
      ['9999-12-31T23:59:59.9999999Z', '99999999999999999999', 'yes', 'much'],
      ['2026-01-01T00:00:00Z', '1.5', 'true', '2'],
    ]);
  });

  it('holds more rows than one group, and none', async () => {
    const many = tableOf(
      ['N:long'],
      Array.from({ length: 45_000 }, (_, n) => [n]),
    );
    expect(await readParquet(await renderParquet(many), 'count(*), sum(N)::bigint')).toEqual([
      [45_000n, (45_000n * 44_999n) / 2n],
    ]);
    expect(await readParquet(await renderParquet(tableOf(['N:long'], [])))).toEqual([]);
  });
});

describe('a workbook', () => {
  it('gives back every value and its type to an independent reader', async () => {
    const [sheet] = await readSpreadsheet(await sheetOf(TABLE));
    expect(sheet?.data).toEqual([
      HEADINGS.map((heading) => heading.split(':')[0]),
      [
        ...[new Date('2026-11-21T05:02:11.482Z'), visible(String(ROWS[0]?.[1])), -5, 7, 1.5, true],
        ...['1.10', '{"a":[1]}'],
      ],
      [
        ...[
          new Date('2026-11-21T05:02:11Z'),
          visible(HOSTILE),
          '9007199254740993',
          0,
          'NaN',
          false,
        ],
        ...['-0.1', null],
      ],
      ROWS[2]?.map(() => null),
      [
        new Date('1999-12-31T12:00:00Z'),
        '=1+1',
        '-9223372036854775808',
        -1,
        '-Infinity',
        null,
        '1e3',
        '[]',
      ],
    ]);
  });

  it('keeps its headings in sight and has a filter over every column', async () => {
    const parts = unzipSync(await sheetOf(TABLE));
    const xml = Buffer.from(parts['xl/worksheets/sheet1.xml'] ?? []).toString();
    expect(xml).toContain(
      '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>',
    );
    expect(xml).toContain('</sheetData><autoFilter ref="A1:H5"/></worksheet>');
  });

  it('has no formula, and marks what looks like one as quoted text', async () => {
    const parts = unzipSync(await sheetOf(tableOf(['=S'], [['=1+1'], [' @x'], ['1']])));
    const xml = Buffer.from(parts['xl/worksheets/sheet1.xml'] ?? []).toString();
    expect(xml).not.toMatch(/<f[ >]/);
    expect(xml.match(/ s="3" t="inlineStr"/g)).toHaveLength(2);
  });

  it('says where it cuts a text that no cell can hold', async () => {
    const [sheet] = await readSpreadsheet(
      await sheetOf(tableOf(['S'], [['\u{1F680}'.repeat(20_000)]])),
    );
    const text = String(sheet?.data[1]?.[0]);
    expect(text.length).toBeLessThanOrEqual(32_767);
    expect(text).toMatch(/\u{1F680} … cut here: 40000 characters, whole in the CSV file$/u);
  });

  it('keeps text that stands for a character in workbooks as it is', async () => {
    const [sheet] = await readSpreadsheet(await sheetOf(tableOf(['S'], [['_x0041_ _x005F_']])));
    expect(sheet?.data[1]?.[0]).toBe('_x0041_ _x005F_');
  });

  it('gives each sheet a name that Excel takes', () => {
    const long = 'a-very-long-name-of-an-audit-of-registries';
    const names = sheetNames([{ name: long }, { name: `${long}-2` }, { name: 'tags' }]);
    expect(names).toEqual([
      'a-very-long-name-of-an-audit-of',
      'a-very-long-name-of-an-audit-~2',
      'tags',
    ]);
  });
});

test.each([
  ['JSON Lines', (table: RowSource) => bytesOf(renderJsonl(table))],
  ['Parquet', renderParquet],
  ['a workbook', sheetOf],
])(
  '%s of equal tables have equal bytes, also from rows that are made one by one',
  async (_, render) => {
    const oneByOne: RowSource = {
      columns: TABLE.columns,
      rows: {
        *[Symbol.iterator](): Generator<Row> {
          yield* ROWS;
        },
      },
    };
    expect(Buffer.compare(await render(TABLE), await render(oneByOne))).toBe(0);
  },
);
