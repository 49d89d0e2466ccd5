import type { TableStore } from '../../src/kql/store';
import { ask, askRow, openStore, refusal } from './ask';

/** What Kusto's documentation says of series: one expression and its value. */
type Case = readonly [kql: string, expected: unknown];

const ELEMENTS: readonly Case[] = [
  ['series_add(dynamic([1, 2]), dynamic([10, -2]))', '[11,0]'],
  ['series_add(dynamic([1, 2]), dynamic([0.5, 1]))', '[1.5,3.0]'],
  ['series_add(dynamic([1, null, "x"]), dynamic([1, 1, 1, 1]))', '[2,null,null,null]'],
  ['series_subtract(dynamic([1.5]), dynamic([0.5]))', '[1.0]'],
  ['series_multiply(dynamic([2, 3]), dynamic([4, 5]))', '[8,15]'],
  ['series_multiply(10, dynamic([1, null]))', '[10,null]'],
  ['series_divide(dynamic([1, 4]), dynamic([2, 2]))', '[0.5,2.0]'],
  ['series_pow(dynamic([2, 9]), dynamic([3, 0.5]))', '[8.0,3.0]'],
  ['series_equals(dynamic([1, 2]), dynamic([1, 3]))', '[true,false]'],
  ['series_not_equals(dynamic([1, 2]), dynamic([1, null]))', '[false,null]'],
  ['series_less(dynamic([1]), dynamic([2]))', '[true]'],
  ['series_less_equals(dynamic([2]), dynamic([2]))', '[true]'],
  ['series_greater(dynamic([2]), dynamic([2]))', '[false]'],
  ['series_greater_equals(dynamic([2]), dynamic([2]))', '[true]'],
  ['series_abs(dynamic([-1.5, 2]))', '[1.5,2.0]'],
  ['series_ceiling(dynamic([-1.5, 0.5]))', '[-1.0,1.0]'],
  ['series_floor(dynamic([-0.5, null]))', '[-1.0,null]'],
  ['series_sign(dynamic([-7, 0, 7]))', '[-1,0,1]'],
  ['series_exp(dynamic([0]))', '[1.0]'],
  ['series_log(dynamic([1]))', '[0.0]'],
  ['series_sin(dynamic([0]))', '[0.0]'],
  ['series_acos(dynamic([1]))', '[0.0]'],
];

const TOTALS: readonly Case[] = [
  ['series_sum(dynamic([1, 2, 3]))', 6],
  ['series_product(dynamic([2, 3, 4]))', 24],
  ['series_magnitude(dynamic([3, 4]))', 5],
  ['series_dot_product(dynamic([1, 2]), dynamic([3, 4]))', 11],
  ['series_dot_product(dynamic([1, 2]), 3)', 9],
  ['series_pearson_correlation(dynamic([1, 2, 3]), dynamic([6, 4, 2]))', -1],
  ['series_cosine_similarity(dynamic([1, 0]), dynamic([0, 1]))', 0],
];

const GAPS: readonly Case[] = [
  ['series_fill_const(dynamic([1, null, 3]), 0)', '[1,0,3]'],
  ['series_fill_const(dynamic([1, null, 3]), -1.0)', '[1,-1.0,3]'],
  ['series_fill_forward(dynamic([null, 1, null, 2, null]))', '[null,1,1,2,2]'],
  ['series_fill_backward(dynamic([null, 1, null, 2, null]))', '[1,1,2,2,null]'],
  ['series_fill_linear(dynamic([null, 1.0, null, 2.0, null]))', '[1.0,1.0,1.5,2.0,2.0]'],
  ['series_fill_linear(dynamic([10, null, null, 20]))', '[10,13,16,20]'],
  ['series_fill_linear(dynamic([null, 1.0, null]), double(null), false)', '[null,1.0,null]'],
  ['series_fill_linear(dynamic([null, null]))', '[0.0,0.0]'],
  ['series_fill_linear(dynamic([null]), long(null), true, 2.5)', '[2.5]'],
];

const FILTERS: readonly Case[] = [
  ['series_fir(dynamic([3, 6, 9]), dynamic([1, 1, 1]))', '[1.0,3.0,6.0]'],
  ['series_fir(dynamic([3, 6, 9]), dynamic([1, 1, 1]), true, true)', '[3.0,6.0,5.0]'],
  ['series_fir(dynamic([3, 6, 9]), dynamic([1, -1]))', '[3,3,3]'],
  ['series_fir(dynamic([3, 6, 9]), dynamic([1, -1]), true)', null],
  ['series_fir(dynamic([3, 6]), dynamic([2]), false)', '[6,12]'],
  ['series_iir(dynamic([1, 2, 3]), dynamic([1]), dynamic([1, -1]))', '[1.0,3.0,6.0]'],
  ['series_iir(dynamic([4, 0]), dynamic([1]), dynamic([2, 1]))', '[2.0,-1.0]'],
  [
    'series_stats_dynamic(dynamic([1, 3, 1, 7]))',
    '{"min":1.0,"min_idx":0,"max":7.0,"max_idx":3,"avg":3.0,"stdev":2.8284271247461903,"variance":8.0,"sum":12.0,"len":4}',
  ],
  [
    'series_fit_line_dynamic(dynamic([1, 3, 5]))',
    '{"slope":2.0,"interception":1.0,"rsquare":1.0,"variance":4.0,"rvariance":0.0,"line_fit":[1.0,3.0,5.0]}',
  ],
];

const REFUSED: readonly (readonly [kql: string, message: RegExp])[] = [
  ['series_add(dynamic([1]), 1)', /of a long/],
  ['series_add(parse_json("{}"), dynamic([1]))', /of what is no array/],
  ['series_add(dynamic([[1]]), dynamic([1]))', /of what is no array/],
  ['series_add(dynamic([9007199254740992]), dynamic([1]))', /of what is no array/],
  ['series_multiply(parse_json("2"), parse_json("3"))', /of what is no array/],
  ['series_multiply(parse_json("x"), dynamic([1]))', /of what is no array/],
  ['series_divide(dynamic([1]), dynamic([0]))', /infinite/],
  ['series_log(dynamic([-1]))', /infinite, NaN/],
  ['series_abs(dynamic([-1]))', /of an array of whole numbers/],
  ['series_sign(dynamic([-1.5]))', /of an array of reals/],
  ['series_sum(dynamic([]))', /of an empty array/],
  ['series_sum(dynamic([1, null]))', /with missing numbers/],
  ['series_dot_product(dynamic([1]), dynamic([1, 2]))', /different lengths/],
  ['series_pearson_correlation(dynamic([1, 1]), dynamic([1, 2]))', /infinite or NaN/],
  ['series_fill_const(dynamic([1]), 0, 1)', /placeholder/],
  ['series_fill_forward(dynamic(["a", null]))', /of what is no array of numbers/],
  ['series_fill_linear(dynamic([-4, null, -1]))', /below zero/],
  ['series_fir(dynamic([1]), dynamic([1, 1]), true, true)', /even filter/],
  ['series_iir(dynamic([1]), dynamic([1]), dynamic([0]))', /denominator of 0/],
  ['series_stats_dynamic(dynamic([1]))', /fewer than two/],
  ['series_fit_line_dynamic(dynamic([1, 1, 1]))', /all the same/],
  ['series_outliers(dynamic([1, 2, 3]))', /'series_outliers'/],
];

describe('series', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
  });
  afterAll(() => store.close());

  const areas = { elements: ELEMENTS, totals: TOTALS, gaps: GAPS, filters: FILTERS };
  it.each(Object.entries(areas))('compute %s as Kusto does', async (_, cases) => {
    const list = cases.map(([kql], i) => `v${i} = ${kql}`).join(', ');
    const row = await askRow(store, `print ${list}`);
    expect(cases.map(([kql], i) => [kql, row[i]])).toEqual(cases);
  });

  it.each(REFUSED)('refuse %s', async (kql, message) => {
    const error = await refusal(store, `print v = ${kql}`);
    expect([error.code, error.message]).toEqual([
      'KQL_UNSUPPORTED',
      expect.stringMatching(message) as string,
    ]);
  });

  it('are computed for each row, and null where there is no array', async () => {
    const table = await ask(
      store,
      `datatable(id: long, d: dynamic)[1, dynamic([1, 2]), 2, dynamic(null), 3, dynamic([5])]
       | extend total = series_sum(d), twice = series_add(d, d) | sort by id asc`,
    );
    expect(table.rows.map((row) => row.slice(2))).toEqual([
      [3, '[2,4]'],
      [null, null],
      [5, '[10]'],
    ]);
  });
});
