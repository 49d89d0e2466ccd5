import type { Table } from '../../src/core/table';
import { fromWireJson, toWireJson } from '../../src/kql/wire';

const table: Table = {
  columns: [
    { name: 'Time', type: 'datetime' },
    { name: 'Count', type: 'long' },
    { name: 'Share', type: 'real' },
    { name: 'Text', type: 'string' },
    { name: 'Bag', type: 'dynamic' },
  ],
  rows: [
    [
      '2025-01-30T14:19:15.1931731Z',
      '9223372036854775807',
      0.5,
      'a "quoted" \\ 1234567890123456789',
      '{"a":1}',
    ],
    ['2025-01-30T14:19:15Z', -3, 'NaN', '', null],
  ],
};

describe('the wire form', () => {
  it('writes longs beyond 2^53 as JSON integers', () => {
    expect(toWireJson(table)).toContain('["2025-01-30T14:19:15.1931731Z",9223372036854775807,0.5,');
  });

  it('reads back what it writes', () => {
    expect(fromWireJson(toWireJson(table))).toEqual({ table });
  });

  it('leaves digits inside texts alone', () => {
    const text =
      '{"tables":[{"name":"P","columns":[{"name":"s","type":"string"}],"rows":[["\\\\\\" 99999999999999999999"]]}]}';
    expect(fromWireJson(text).table.rows).toEqual([['\\" 99999999999999999999']]);
  });

  it('keeps a large whole number a number where the column is real', () => {
    const text =
      '{"tables":[{"name":"P","columns":[{"name":"r","type":"real"}],"rows":[[12345678901234567890]]}]}';
    expect(fromWireJson(text).table.rows).toEqual([[12345678901234567000]]);
  });

  it('tells that an answer is partial, with the innermost reason', () => {
    const error = {
      code: 'PartialError',
      message: 'Some errors.',
      details: [{ message: 'Wrong.', innererror: { message: 'Too many rows.' } }],
    };
    const text = JSON.stringify({ tables: [{ name: 'P', columns: [], rows: [] }], error });
    expect(fromWireJson(text).error).toEqual({
      code: 'PartialError',
      message: 'Some errors. Wrong. Too many rows.',
    });
  });

  it.each([
    '',
    '{}',
    '{"tables":[]}',
    '{"tables":[{"columns":[{"name":"a","type":"blob"}],"rows":[]}]}',
    '{"tables":[{"columns":[{"name":"a","type":"int"}],"rows":[[1,2]]}]}',
  ])('refuses %j', (text) => {
    expect(() => fromWireJson(text)).toThrow(SyntaxError);
  });

  it('holds half a million rows', () => {
    const many: Table = {
      columns: [{ name: 'n', type: 'long' }],
      rows: Array.from({ length: 500_000 }, (_, i) => [i]),
    };
    expect(fromWireJson(toWireJson(many)).table.rows).toHaveLength(500_000);
  });
});
