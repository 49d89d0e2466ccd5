import type { TableStore } from '../../src/kql/store';
import { ask, openStore, refusal } from './ask';

/** Operators that make tables of tables: each query with the rows it gives. */
const ANSWERS: readonly (readonly [kql: string, rows: readonly (readonly unknown[])[]])[] = [
  // sample-distinct: any of the values, so many of them at most; the empty text is one.
  [
    'datatable(g:string)["a", "b", "b", ""] | sample-distinct 100 of g | order by g asc',
    [[''], ['a'], ['b']],
  ],
  ['datatable(g:long)[1, 2, 2, 3] | sample-distinct 2 of g | count', [[2]]],
  ['datatable(g:long)[1, 2] | sample-distinct 0 of g', []],
  // A fuzzy union leaves a part out whose table is not there, columns and all, whatever stands in the part.
  [
    'union isfuzzy=true (datatable(a:long)[1, 2]), (Missing | where b has "x" | project a, c = 1) | where a > 1',
    [[2]],
  ],
  ['union isfuzzy=true (Missing | summarize count() by a), (datatable(a:string)["x"])', [['x']]],
  [
    'let f = (n:long) { union isfuzzy=true (datatable(a:long)[1]), (Missing | project a = n) }; f(2)',
    [[1]],
  ],
  [
    'let There = view () { print a = 7 }; union isfuzzy=true (datatable(a:long)[1]), (There | where a > 1) | sort by a asc',
    [[1], [7]],
  ],
  // Values that the query computes, where SQL writes functions that take no subqueries.
  [
    'let T = datatable(t:long, n:long)[0, 2, 3, 5]; let low = toscalar(T | summarize min(t)); let high = toscalar(T | summarize max(t)); T | make-series s = sum(n) on t from low to high step 2',
    [['[2,0]', '[0,2]']],
  ],
  [
    'let two = toscalar(print 2); print d = make_datetime(2026, two, two), i = array_index_of(dynamic(["a", 2]), two), l = array_slice(dynamic([1, 2, 3]), 0, two - 1)',
    [['2026-02-02T00:00:00Z', 1, '[1,2]']],
  ],
  [
    'datatable(l:dynamic, s:string)[dynamic(["a", null, 1]), "-", dynamic([]), ",", dynamic("x"), ","] | project j = strcat_array(l, s), k = strcat_array(l, toscalar(print "+"))',
    [
      ['a--1', 'a++1'],
      ['', ''],
      ['x', 'x'],
    ],
  ],
  // Several names before arg_max, by the syntax on its page.
  [
    'datatable(t:long, a:string, u:string)[1, "p", "x", 3, "q", "x"] | summarize n = count(), (Last, At) = arg_max(t, a), (First, Where) = arg_min(t, a) by u | project Last, At, First, Where, n',
    [[3, 'q', 1, 'p', 2]],
  ],
  // make-series: the end is no step; a step without rows has the default; 0 when there is none.
  [
    'datatable(t:long, n:long)[10,1, 11,2, 14,4] | make-series s = sum(n), c = count() default=-1 on t from 10 to 16 step 2',
    [['[3,0,4]', '[2,-1,1]', '[10,12,14]']],
  ],
  [
    'datatable(t:datetime, n:long)[datetime(2026-03-01T05:00), 2] | make-series avg(n) default=real(null) on t from datetime(2026-03-01) to datetime(2026-03-03) step 1d',
    [['[2.0,null]', '["2026-03-01T00:00:00.0000000Z","2026-03-02T00:00:00.0000000Z"]']],
  ],
  [
    'datatable(t:long, g:string)[0,"a", 1,"b", 1,"b"] | make-series c = count() on t from 0 to 2 step 1 by g | order by g asc',
    [
      ['a', '[1,0]', '[0,1]'],
      ['b', '[0,2]', '[0,1]'],
    ],
  ],
  ['datatable(t:long)[] | make-series c = count() on t from 0 to 2 step 1', []],
  [
    'datatable(t:long)[] | make-series kind=nonempty c = count() on t from 0 to 2 step 1',
    [['[0,0]', '[0,1]']],
  ],
  // Without from and to: from the first step that has rows to the last one.
  ['datatable(t:long)[4, 7, 8] | make-series c = count() on t step 2', [['[1,1,1]', '[4,6,8]']]],
  // in range(…): the end is a step too.
  [
    'datatable(t:long)[2, 6] | make-series c = count() on t in range(2, 6, 2)',
    [['[1,0,1]', '[2,4,6]']],
  ],
  // search: whole terms, a star leaves an end open; the name of the source comes first.
  [
    'datatable(a:string, b:string)["red hat", "x", "redder", "y"] | search "RED"',
    [['search_arg0', 'red hat', 'x']],
  ],
  ['datatable(a:string)["red", "redder", "hatred"] | search "red*" | count', [[2]]],
  ['datatable(a:string)["red", "redder", "hatred"] | search "*red*" | count', [[3]]],
  ['datatable(a:string)["Red", "red"] | search kind=case_sensitive "Red" | count', [[1]]],
  [
    'datatable(a:string, n:long)["p", 1, "q", 2, "p", 3] | search "p" and not(n == 1) | project n',
    [[3]],
  ],
  ['datatable(a:string, b:string)["x", "y", "y", "x"] | search a:"x" | project b', [['y']]],
  ['datatable(a:string, n:long)["x y", 1, "z", 2] | where * has "y" | project n', [[1]]],
  // parse-kv: blanks around keys and values are dropped, the first of equal keys counts.
  [
    'print s = "a = 1 ; b=x=y ; a=2" | parse-kv s as (a:long, b:string, c:string, d:int) with (pair_delimiter=";", kv_delimiter="=") | project-away s',
    [[1, 'x=y', '', null]],
  ],
  [
    'print s = "" | parse-kv s as (a:string) with (pair_delimiter=",", kv_delimiter=":")',
    [['', '']],
  ],
  [
    'print s = "ключ:знач,k:é" | parse-kv s as (["ключ"]:string, k:string) with (pair_delimiter=",", kv_delimiter=":") | project-away s',
    [['знач', 'é']],
  ],
  // Functions of the rows' order: restarts and ranks.
  [
    'datatable(g:string, n:long)["b",1, "a",5, "a",3] | sort by g asc, n asc | project g, n, r = row_number(10, g != prev(g)), s = row_cumsum(n, g != prev(g))',
    [
      ['a', 3, 10, 3],
      ['a', 5, 11, 8],
      ['b', 1, 10, 1],
    ],
  ],
  [
    'datatable(n:long)[7, 7, 9, 4] | sort by n asc | project n, d = row_rank_dense(n), m = row_rank_min(n)',
    [
      [4, 1, 1],
      [7, 2, 2],
      [7, 2, 2],
      [9, 3, 4],
    ],
  ],
  [
    'datatable(g:string)["a", "a", "b", "b"] | sort by g asc | project r = row_number(1, prev(g) != g), p = row_cumsum(iff(g != prev(g), 1, 0))',
    [
      [1, 1],
      [2, 1],
      [1, 2],
      [2, 2],
    ],
  ],
  ['datatable(n:long)[1, long(null)] | summarize count(n)', [[2]]],
  // mv-apply: a subquery for each row; a summarize answers for rows of which nothing is left too.
  [
    'datatable(k:string, d:dynamic)["a", dynamic([3,1,2]), "b", dynamic([5])] | mv-apply x = d to typeof(long) on (top 2 by x | project y = x * 10) | project k, y | order by k asc, y asc',
    [
      ['a', 20],
      ['a', 30],
      ['b', 50],
    ],
  ],
  [
    'datatable(k:string, d:dynamic)["a", dynamic([3,1]), "b", dynamic([1])] | mv-apply x = d to typeof(long) on (where x > 2 | summarize c = count(), s = sum(x), l = make_list(x)) | project-away d | order by k asc',
    [
      ['a', 1, 3, '[3]'],
      ['b', 0, 0, '[]'],
    ],
  ],
  [
    'datatable(k:string, d:dynamic)["a", dynamic([3,1,2])] | mv-apply with_itemindex = i x = d to typeof(long) on (sort by x asc | extend r = row_number() | where r == 1) | project x, i',
    [[1, 1]],
  ],
  // partition: the subquery's columns only.
  [
    'datatable(k:string, n:long)["a",1, "b",5, "a",2] | partition hint.strategy=native by k (top 1 by n | project n) | order by n asc',
    [[2], [5]],
  ],
  [
    'datatable(k:string, n:long)["a",1, "b",5] | partition by k (where n > 3 | summarize c = count()) | order by c asc',
    [[0], [1]],
  ],
  // top-nested: the top ones of a level, then of the next within each.
  [
    'datatable(a:string, b:string, n:long)["x","p",1, "x","q",5, "y","p",9, "z","p",2] | top-nested 2 of a by sum(n), top-nested 1 of b by m = max(n) | sort by a asc',
    [
      ['x', 6, 'q', 5],
      ['y', 9, 'p', 9],
    ],
  ],
  [
    'datatable(a:string)["x", "y", "y", "z", "z", "z"] | top-hitters 2 of a | sort by a asc',
    [
      ['y', 2],
      ['z', 3],
    ],
  ],
  // scan: the step's state is the last row that fitted; a bare name is the default.
  [
    'datatable(n:long)[1, 2, 4] | sort by n asc | scan declare (s:long = 10) with (step a: true => s = a.s + n;)',
    [
      [1, 11],
      [2, 13],
      [4, 17],
    ],
  ],
  [
    'datatable(n:long)[1, 5, 2, 7] | serialize | scan with (step a: isnull(a.n) or n > a.n;)',
    [[1], [5], [7]],
  ],
  // mv-expand to a type converts numbers; texts are none, other than for tolong.
  [
    "print d = dynamic([1, 2.5, -2.5, '2', true, null]) | mv-expand d to typeof(long)",
    [[1], [2], [-2], [null], [null], [null]],
  ],
  [
    "print d = dynamic([1, 2.5, '2', true, null]) | mv-expand d to typeof(bool)",
    [[true], [null], [null], [true], [null]],
  ],
  // bag_unpack: slots by name after the input's columns; one that is called as the bag takes its place.
  [
    'print d = dynamic({"b":"two","a":1,"c":[3],"d":{"e":4}}) | evaluate bag_unpack(d)',
    [['{"e":4}', 1, 'two', '[3]']],
  ],
  [
    'datatable(k:long, d:dynamic)[1, dynamic({"n":2}), 2, dynamic(null)] | evaluate bag_unpack(d, "p_") | where isnotnull(p_n) | project k, p_n',
    [[1, 2]],
  ],
  [
    'datatable(k:long, d:dynamic)[1, dynamic({"s":"x","n":1.5}), 2, dynamic(null)] | evaluate bag_unpack(d) : (*, s:string, n:real) | sort by k asc',
    [
      [1, 'x', 1.5],
      [2, '', null],
    ],
  ],
  [
    'datatable(d:dynamic)[dynamic({"t":1}), dynamic({"t":"x"})] | evaluate bag_unpack(d) | sort by tostring(t) asc',
    [['1'], ['"x"']],
  ],
  [
    'let T = print d = dynamic({"k":1, "v":{"x":true}}) | evaluate bag_unpack(d); T | evaluate bag_unpack(v) | project k, x',
    [[1, true]],
  ],
  // Numbers of sequences stay the same while the first step matches again; a state that moved on is empty.
  ['print n = 1 | serialize | scan with_match_id = m with (step a: true;)', [[1, 0]]],
  [
    'datatable(n:long)[1, 2, 9, 3, 9, 4] | serialize | scan with_match_id = m with (step a: n < 9; step b output=none: n == 9;)',
    [
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 2],
    ],
  ],
  // A row can fit several steps: it comes out once for each, and the last step sees the state before.
  [
    'datatable(n:long)[1, 2, 3] | serialize | scan declare (s:string = "-", from1:long) with (step a: true => s = "a"; step b: n > a.n => s = "b", from1 = a.n;)',
    [
      [1, 'a', null],
      [2, 'a', null],
      [2, 'b', 1],
      [3, 'a', null],
      [3, 'b', 2],
    ],
  ],
  // The second check: a step that has a sequence takes further rows, and keeps the rows of the steps before.
  [
    'datatable(n:long)[1, 2, 3, 9, 4] | serialize | scan declare (from:long) with (step a output=none: n == 1; step b: n < 9 => from = a.n; step c output=none: n == 9;)',
    [
      [2, 1],
      [3, 1],
    ],
  ],
  [
    'datatable(g:string, n:long)["x", 1, "y", 5, "x", 2, "y", 6] | sort by n asc | partition by g (scan declare (s:long = 0) with (step a: true => s = a.s + n;)) | sort by n asc | project g, s',
    [
      ['x', 1],
      ['x', 3],
      ['y', 5],
      ['y', 11],
    ],
  ],
  // Sessions end with a span since their first row, or since the row before.
  [
    'datatable(m:long)[0, 4, 8, 12, 16, 30] | extend t = datetime(2026-03-01) + m * 1m | sort by t asc | extend s = row_window_session(t, 11m, 5m) | project m, (s - datetime(2026-03-01)) / 1m',
    [
      [0, 0],
      [4, 0],
      [8, 0],
      [12, 12],
      [16, 12],
      [30, 30],
    ],
  ],
  [
    'let n = toscalar(range i from 1 to 3 step 1 | count); range x from 1 to n step 1 | count',
    [[3]],
  ],
  ['print a = 1, b = "abc" | project estimate_data_size(*)', [[11]]],
  ['let n = toscalar(print 0); range x from 1 to n step 1 | count', [[0]]],
  [
    'let V = view () { print a = "x" }; let W = view () { print a = "y" }; search a == "y"',
    [['W', 'y']],
  ],
  ['set query_bin_auto_size = 2.0; set query_bin_auto_at = 0.5; print bin_auto(3.0)', [[2.5]]],
  // parse: a value that is no datetime fits nothing; when relaxed it is null; texts can be patterns.
  [
    'datatable(s:string)["at 2026-03-02 ok", "at noon ok"] | parse s with "at " t:datetime " " r:string | project t, r',
    [
      ['2026-03-02T00:00:00Z', 'ok'],
      [null, ''],
    ],
  ],
  [
    'print s = "a=x,b=2" | parse kind=relaxed s with "a=" a:long ",b=" b:long | project a, b',
    [[null, 2]],
  ],
  [
    'print s = "k: 17 end" | parse kind=regex flags=i s with @"K:\\s(?:)" n:long @"\\send" | project n',
    [[17]],
  ],
  // What withsource calls views and what `as` has named.
  [
    'let V = view () { print n = 1 }; union withsource = t V, (print n = 2 | as W) | order by n asc',
    [
      ['V', 1],
      ['W', 2],
    ],
  ],
  [
    'let above = (T:(n:long), least:long = 2) { T | where n >= least }; datatable(n:long)[1, 2, 3] | invoke above() | count',
    [[2]],
  ],
  [
    'datatable(a:string, t:timespan)[] | getschema',
    [
      ['a', 0, 'System.String', 'string'],
      ['t', 1, 'System.TimeSpan', 'timespan'],
    ],
  ],
];

/** Forms of the same operators whose answer is not known. */
const REFUSED: readonly string[] = [
  'datatable(t:real)[1.0] | make-series count() on t from 0.0 to 2.0 step 1.0',
  'datatable(t:long, g:string)[1,"a"] | make-series count() on t step 1 by g',
  'datatable(t:long, g:string)[9,"a"] | make-series count() on t from 0 to 2 step 1 by g',
  'datatable(t:long)[1] | make-series count() on t step 2',
  'datatable(t:long)[1] | make-series count() on t from 0 to 2 step 0',
  'datatable(t:long, s:string)[1,"x"] | make-series make_set(s) on t from 0 to 2 step 1',
  'datatable(n:long)[1] | search "1"',
  'datatable(a:string)["x"] | search "a*b"',
  'datatable(a:string)["x"] | where * contains "x"',
  'search "x"',
  'print s = "a=1,b" | parse-kv s as (a:long) with (pair_delimiter=",", kv_delimiter="=")',
  'print s = "a=1" | parse-kv s as (a:long) with (pair_delimiter=",", kv_delimiter="=", quote="\'")',
  'datatable(n:real)[1.0] | sort by n asc | extend r = row_rank_dense(n)',
  'datatable(n:long)[1] | summarize count(n == 1)',
  'print d = dynamic([]) | mv-apply x = d on (summarize count())',
  'print d = dynamic([1]), k = 1 | mv-apply x = d on (extend k = 2)',
  'print d = dynamic([1]) | mv-apply x = d on (distinct tostring(x))',
  'print k = 1 | partition by k (distinct k)',
  'print a = "x", n = 1 | top-nested 1 of a with others = "rest" by sum(n)',
  'datatable(a:string)["x", "y"] | top-hitters 1 of a',
  'print d = dynamic({"a":1,"B":2}) | evaluate bag_unpack(d)',
  'union isfuzzy=true Nope* | count',
  'let V1 = view () { print x = 1 }; let V2 = view () { print y = 1 }; union V* | count',
  'print d = dynamic({"a":null}) | evaluate bag_unpack(d)',
  'print d = dynamic([1]) | evaluate bag_unpack(d)',
  'print d = dynamic({"t":"2026-03-02T00:00:00Z"}) | evaluate bag_unpack(d)',
  'print d = dynamic({"n":"7"}) | evaluate bag_unpack(d) : (n:long)',
  'print d = dynamic({"n":"7"}) | evaluate bag_unpack(d) : (n:datetime)',
  'print k = 1, d = dynamic({"k":7}) | evaluate bag_unpack(d) : (*, x:long)',
  'let f = (T:(d:dynamic)) { T | evaluate bag_unpack(d) | count }; print d = dynamic({"n":1}) | invoke f()',
  'print d = 1 | evaluate autocluster()',
  // The engine's name for these columns is another than the binder's, or not known.
  'datatable(n:long)[1] | summarize count() by pow(n, 2)',
  'datatable(n:long)[1] | distinct -n',
  'print n = 1 | serialize | scan with (step a output=last: true;)',
  'datatable(t:long, a:string)[1, "p"] | summarize (A) = arg_max(t, a)',
  'datatable(t:long, a:string)[1, "p"] | summarize (A, B) = percentiles(t, 5, 95)',
  'print n = 1 | serialize | scan with (step a: n < toscalar(print 2);)',
  'union (datatable(x:real, y:real)[1.0, 2.0, 2.0, 3.0] | summarize covariance(x, y))',
  'union (print a = 1 | getschema)',
  'union isfuzzy=true withsource=S (Missing | project a), (print a = 1)',
  'datatable(t:datetime)[datetime(2026-03-01)] | sort by t asc | extend s = strcat(row_window_session(t, 1h, 5m))',
  'datatable(t:datetime)[datetime(2026-03-01), datetime(2026-03-01T00:05)] | sort by t asc | extend s = row_window_session(t, 1h, 5m)',
  'datatable(t:datetime)[datetime(null)] | sort by t asc | extend s = row_window_session(t, 1h, 5m)',
  'print b = "é" | project estimate_data_size(b)',
  'set notruncation; print 1',
  'print bin_auto(1.0)',
  'print n = 1 | serialize | scan declare (s:long, t:long) with (step a: true => s = n, t = s;)',
  'print s = "2026-03-02 10:00:00 x" | parse s with t:datetime " " r:string',
  'print s = "xay" | parse kind=regex s with "a" r:string',
  'print s = "xay" | parse kind=regex s with "x|y" r:string',
];

describe('tabular operators', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
  });
  afterAll(() => store.close());

  it.each(ANSWERS)('%s', async (kql, rows) => {
    expect((await ask(store, kql)).rows).toEqual(rows);
  });

  it.each(REFUSED)('is refused: %s', async (kql) => {
    expect((await refusal(store, kql)).code).toBe('KQL_UNSUPPORTED');
  });
});
