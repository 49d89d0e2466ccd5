import fc from 'fast-check';
import { piecesOf, type Pieces } from '../../src/core/pieces';
import type { Cell, Column, KustoType } from '../../src/core/table';
import { KUSTO_TYPES } from '../../src/core/table';
import { fromWireJson, toWireJson } from '../../src/kql/wire';
import { readWireAnswer } from '../../src/kql/wire-answer';

/** A text in pieces so small that everything is cut somewhere. */
function inSmallPieces(text: string, length: number): Pieces {
  const whole = piecesOf(text);
  return {
    size: whole.size,
    *read(start = 0, end = whole.size) {
      for (let at = start; at < end; at += length)
        yield* whole.read(at, Math.min(at + length, end));
    },
  };
}

function readLarge(text: string, length = 7): ReturnType<typeof readWireAnswer> {
  return readWireAnswer(inSmallPieces(text, length), 0);
}

const CELLS: Readonly<Partial<Record<KustoType, fc.Arbitrary<Cell>>>> = {
  bool: fc.boolean(),
  int: fc.integer(),
  long: fc.oneof(fc.integer(), fc.bigInt(2n ** 53n, 2n ** 63n - 1n).map(String)),
  real: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant('NaN')),
  string: fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
  dynamic: fc.json(),
};
const tables = fc
  .array(fc.constantFrom(...KUSTO_TYPES), { minLength: 1, maxLength: 5 })
  .chain((types) => {
    const columns = types.map((type, i): Column => ({ name: `rows":[${i}`, type }));
    const cells = types.map((type) => fc.option(CELLS[type] ?? fc.string()));
    const rows = fc.array(fc.tuple(...cells), { maxLength: 30 });
    return rows.map((all) => ({ columns, rows: all }));
  });

describe('an answer that is too large for memory', () => {
  it('has the rows that it has when it is read at once', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 300 }), fc.boolean(), (table, length, wide) => {
        const compact = toWireJson(table);
        const text = wide ? compact.replaceAll('],\n[', ' ] ,\r\n\t[ ') : compact;
        const read = readLarge(text, length);
        const once = fromWireJson(text);
        expect(read.table.columns).toEqual(once.table.columns);
        expect([...read.table.rows]).toEqual(once.table.rows);
        expect(read.table.rows).toHaveLength(once.table.rows.length);
      }),
      { numRuns: 300 },
    );
  });

  it('is gone through as often as needed', () => {
    const { rows } = readLarge(
      toWireJson({ columns: [{ name: 'n', type: 'long' }], rows: [[1], [2]] }),
    ).table;
    expect([[...rows], [...rows]]).toEqual([
      [[1], [2]],
      [[1], [2]],
    ]);
  });

  it('tells what stands after its rows', () => {
    const error = { code: 'PartialError', message: 'Some errors.' };
    const answered = [
      { name: 'P', rows: [[1]], columns: [{ name: 'n', type: 'int' }] },
      { name: 'Other', columns: [{ name: 's', type: 'string' }], rows: [['no'], ['no']] },
    ];
    const text = JSON.stringify({
      statistics: { query: { rows: [[3]] } },
      tables: answered,
      error,
    });
    const read = readLarge(text);
    expect([...read.table.rows]).toEqual([[1]]);
    expect(read).toMatchObject({ error, statistics: { query: { rows: [[3]] } } });
  });

  it.each([
    '',
    '{}',
    '{"tables":[]}',
    '{"tables":[{"columns":[{"name":"a","type":"int"}],"rows":[[1,2]]}]}',
    '{"tables":[{"columns":[{"name":"a","type":"int"}],"rows":[[1],]}]}',
    '{"tables":[{"columns":[{"name":"a","type":"int"}],"rows":[,[1]]}]}',
    '{"tables":[{"columns":[{"name":"a","type":"int"}],"rows":[[1],,[2]]}]}',
    '{"tables":[{"columns":[{"name":"a","type":"int"}],"rows":[[1] [2]]}]}',
    '{"tables":[{"columns":[{"name":"a","type":"int"}],"rows":[[1],2]}]}',
    '{"tables":[{"columns":[{"name":"a","type":"int"}],"rows":[[1}]}]}',
    '{"tables":[{"columns":[{"name":"a","type":"int"}],"rows":[[1],[',
    '{"tables":[{"columns":[{"name":"a","type":"int"}],"rows":[[1]],"rows":[[2]]}]}',
    '{"rows":[{"tables":[[{"rows":[[1]]}]]}]}',
  ])('is refused before anybody sees a row: %j', (text) => {
    expect(() => readLarge(text)).toThrow(SyntaxError);
  });
});
