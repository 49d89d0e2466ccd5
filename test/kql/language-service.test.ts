import type { Cell } from '../../src/core/table';
import type { TableStore } from '../../src/kql/store';
import { ask, openStore, refusal } from './ask';

/**
 * Where Microsoft's package says something else than the engine: each of these answers was wrong, or was
 * not given at all, if the package were believed. They tell of an update of it that changes something.
 */

/** The package's JavaScript form misreads these; the engine here reads the token's text. */
const LITERALS: readonly (readonly [string, Cell])[] = [
  ['time(1.02:03:04.5)', '1.02:03:04.5000000'],
  ['timespan(12.23:45)', '12.23:45:00'],
  ['1.5h', '01:30:00'],
  ['3tick', '00:00:00.0000003'],
  ['real(nan)', 'NaN'],
  ['real(+inf)', 'Infinity'],
  ['real(-inf)', '-Infinity'],
  ['long(0x1F)', 31],
  ['int(0x1F)', 31],
  ['0x1F', 31],
  ['9007199254740993', '9007199254740993'],
  ['datetime(2026-01-02T03:04:05.1234567Z)', '2026-01-02T03:04:05.1234567Z'],
];

/** The package calls the kind of `in~` InCsExpression, which sounds like the case-sensitive one. */
const TOKENS: readonly (readonly [string, Cell])[] = [
  ['"b" in ("B")', false],
  ['"b" in~ ("B")', true],
  ['"b" !in ("B")', true],
  ['"b" !in~ ("B")', false],
];

/** The package finds fault with these, and the engine answers them. */
const FALSE_ERRORS: readonly (readonly [string, readonly (readonly Cell[])[]])[] = [
  ['datatable(n:long)[1, long(null)] | summarize count(n)', [[2]]],
  ['datatable(s:string)["a", ""] | summarize c = count(s) by s | summarize sum(c)', [[2]]],
  ['print make_timespan(1, 2, 55.5)', [['01:02:55.5000000']]],
  ['print make_timespan(1, 2, 3, 55.1)', [['1.02:03:55.1000000']]],
  ['print array_length(dynamic({"a":1}))', [[null]]],
  [
    'print d = dynamic({"a":1,"b":2}) | evaluate bag_unpack(d, ignoredProperties = dynamic(["b"]))',
    [[1]],
  ],
  ['let View_1 = view () { print x = 1 }; union isfuzzy=true View*, SomeView* | count', [[1]]],
  ['datatable(s:string)["ab", "c"] | search not("ab") | project s', [['c']]],
];

/** The package accepts these, and the engine rejects them. */
const FALSE_ACCEPTANCES: readonly string[] = [
  'datatable(n:long)[1, 2] | extend r = row_number()',
  'datatable(n:long)[1, 2] | extend r = prev(n)',
  'datatable(n:long)[1, 2] | extend r = next(n)',
  'datatable(n:long)[1, 2] | extend r = row_cumsum(n)',
  'datatable(n:long)[1, 2] | where prev(n) == 1',
  'datatable(n:long)[1, 2] | sort by n | summarize by n | extend r = row_number()',
  'print dynamic([1]) == dynamic([1])',
  'print a = dynamic([1]), b = dynamic([1]) | where a == b',
  'print a = dynamic([1]), b = dynamic([1]) | where a != b',
  'print a = pack_array(1) | extend same = a == pack_array(1)',
];

/** The package gives these another type, or another column. */
const TYPES: readonly (readonly [string, readonly string[]])[] = [
  ['print x = hourofday(datetime(2026-01-02 03:04))', ['x:long']],
  ['print x = monthofyear(datetime(2026-01-02))', ['x:long']],
  ['print x = getyear(datetime(2026-01-02))', ['x:long']],
  ['print x = datetime_part("hour", datetime(2026-01-02 03:04))', ['x:long']],
  ['print x = jaccard_index(dynamic([1]), dynamic([1, 2]))', ['x:real']],
  ['print x = ceiling(1.5)', ['x:real']],
  ['print n = 1 | serialize | scan with (step a: true;)', ['n:long']],
  ['print n = 1 | serialize | scan with_match_id = m with (step a: true;)', ['n:long', 'm:long']],
];

describe('the language service is corrected in', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
  });
  afterAll(() => store.close());

  it('what literals and operators mean', async () => {
    const asked = [...LITERALS, ...TOKENS];
    const kql = `print ${asked.map(([expression], i) => `v${i} = ${expression}`).join(', ')}`;
    const [row = []] = (await ask(store, kql)).rows;
    expect(asked.map(([expression], i) => [expression, row[i]])).toEqual(asked);
  });

  it.each(FALSE_ERRORS)('an error that is none: %s', async (kql, rows) => {
    expect((await ask(store, kql)).rows).toEqual(rows);
  });

  it.each(FALSE_ACCEPTANCES)('what the engine rejects: %s', async (kql) => {
    const error = await refusal(store, kql);
    expect(['KQL_SEMANTIC', 'KQL_UNSUPPORTED']).toContain(error.code);
    expect(error.line).toBe(1);
    expect(error.hint).toBeDefined();
  });

  it.each(TYPES)('the columns of an answer: %s', async (kql, columns) => {
    const table = await ask(store, kql);
    expect(table.columns.map(({ name, type }) => `${name}:${type}`)).toEqual(columns);
  });
});
