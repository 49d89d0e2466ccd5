import type { TableStore } from '../../src/kql/store';
import { ask, askRow, openStore, refusal } from './ask';

/** What `summarize` makes of a few rows: one aggregate and its value, by Kusto's documentation. */
type Case = readonly [aggregate: string, expected: unknown];

const ROWS = `datatable(n: long, r: real, s: string, w: long, d: dynamic, t: timespan)[
  3, 2.5, "b", 1, dynamic({"a": 1, "x y": "ö"}), 2h,
  long(null), 4.5, "", 3, dynamic({"b": [1, null]}), 1h,
  12, 0.5, "b", 2, dynamic({"a": 2, "": true}), time(null)
]`;

const VALUES: readonly Case[] = [
  ['count_distinct(s)', 2],
  ['count_distinct(n)', 2],
  ['count_distinctif(s, w > 1)', 2],
  ['variancepif(r, w < 3)', 1],
  ['stdevif(r, r > 100)', 0],
  ['v = covariance(r, w)', 1],
  ['v = covariancep(r, r + 1)', 2.6666666666666665],
  ['v = covarianceif(r, w, w != 2)', 2],
  ['v = covariancepif(r, w, w != 2)', 1],
  ['v = binary_all_and(w + 4)', 4],
  ['v = binary_all_or(n)', 15],
  ['v = binary_all_xor(w)', 0],
  ['percentilew(r, w, 50)', 2.5],
  ['percentilew(r, w, 51)', 4.5],
  ['percentiles_array(r, 0, 50, 100)', '[0.5,2.5,4.5]'],
  ['percentiles_array(r, dynamic([50, 99.9]))', '[2.5,4.5]'],
  ['percentiles_array(t, 50)', '["01:00:00"]'],
  ['percentilesw_array(r, w, 1, 34)', '[0.5,2.5]'],
  ['take_anyif(n, n > 3)', 12],
  ['take_anyif(s, false)', ''],
  ['make_list(n)', '[3,12]'],
  ['make_list_with_nulls(n)', '[3,null,12]'],
  ['make_list_with_nulls(s)', '["b","","b"]'],
  ['make_list_with_nulls(t)', '["02:00:00","01:00:00",null]'],
  ['make_list_with_nulls(d.b)', '[null,1,null,null]'],
  ['make_list_with_nulls(d.a)', '[1,null,2]'],
  ['make_list(n, 1)', '[3]'],
  ['make_set_if(s, w != 2)', '["","b"]'],
  ['make_bag(d)', '{"a":1,"x y":"ö","b":[1,null],"":true}'],
  ['make_bag_if(d, w == 2)', '{"a":2,"":true}'],
  ['make_bag_if(d, false)', '{}'],
];

const REFUSED: readonly (readonly [aggregate: string, message: RegExp])[] = [
  ['v = covariance(n, w)', /of nulls or of fewer than two rows/],
  ['v = covarianceif(r, w, w == 1)', /of nulls or of fewer than two rows/],
  ['covariance(r + 1, w)', /without a name/],
  ['binary_all_or(w)', /without a name/],
  ['v = binary_all_or(toint(w))', /of a int/],
  ['percentiles_array(iff(r > 9, r, real(null)), 50)', /of no values/],
  ['percentilew(n, w, 50)', /of a null/],
  ['percentilew(r, w, 101)', /rank outside/],
  ['percentiles_array(s, 50)', /of a string/],
  ['count_distinct(r)', /of a real/],
  ['make_list(d.a)', /of a dynamic that is null/],
  ['make_set(d.a)', /of a dynamic that is null/],
  ['make_bag(d, 3)', /with these arguments/],
  ['buildschema(d)', /'buildschema'/],
  ['hll(n)', /'hll'/],
  ['tdigest(n)', /'tdigest'/],
];

describe('summarize', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
  });
  afterAll(() => store.close());

  it.each(VALUES)('answers %s', async (aggregate, expected) => {
    expect(await askRow(store, `${ROWS} | summarize ${aggregate}`)).toEqual([expected]);
  });

  it.each(REFUSED)('refuses %s', async (aggregate, message) => {
    const error = await refusal(store, `${ROWS} | summarize ${aggregate}`);
    expect(error.code).toBe('KQL_UNSUPPORTED');
    expect(error.message).toMatch(message);
  });

  it('names the columns as Kusto does', async () => {
    const table = await ask(
      store,
      `${ROWS} | summarize covariance(r, w), percentilesw(r, w, 5, 99.9), percentiles_array(r, 5), make_bag(d), make_list_with_nulls(n), take_anyif(s, true)`,
    );
    expect(table.columns.map((column) => `${column.name}:${column.type}`)).toEqual([
      'covariance_r_w:real',
      'percentile_r_5:real',
      'percentile_r_99_9:real',
      'percentiles_r:dynamic',
      'bag_d:dynamic',
      'list_n:dynamic',
      's:string',
    ]);
  });

  it('finds a high rank among many values exactly', async () => {
    const row = await askRow(
      store,
      `range x from 1 to 1000 step 1 | summarize percentile(x, 99.9), percentilew(x, 2, 99.9), percentiles_array(x, 0.1, 7)`,
    );
    expect(row).toEqual([999, 999, '[1,70]']);
  });

  it('keeps groups apart, and lists in the order of the rows', async () => {
    const table = await ask(
      store,
      `datatable(g: string, v: long)["a", 1, "b", 9, "a", 3, "b", long(null), "a", 2]
       | sort by v desc | summarize l = make_list_with_nulls(v), p = percentilew(coalesce(v, 0), 1, 50), b = make_bag(bag_pack("v", v)) by g | sort by g asc`,
    );
    expect(table.rows).toEqual([
      ['a', '[3,2,1]', 2, '{"v":3}'],
      ['b', '[9,null]', 0, '{"v":9}'],
    ]);
  });
});
