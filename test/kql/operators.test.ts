import type { Column } from '../../src/core/table';
import type { TableStore } from '../../src/kql/store';
import { ask, openStore } from './ask';

const EVENTS =
  'let E = datatable(t:datetime, who:string, op:string, n:long)[datetime(2026-03-01), "ann", "Push", 1, datetime(2026-03-02), "bob", "Pull", 2, datetime(2026-03-03), "ann", "Pull", 3, datetime(2026-03-04), "", "Pull", long(null)];';

describe('operators', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
    const columns: readonly Column[] = [
      { name: 'a', type: 'string' },
      { name: 'n', type: 'long' },
    ];
    for (const name of ['One', 'Two']) {
      await store.createTable(name, columns);
      await store.execute(`INSERT INTO "${name}" VALUES ('${name.toLowerCase()}', ${name.length})`);
    }
  });
  afterAll(() => store.close());

  const schema = {
    One: [
      { name: 'a', type: 'string' },
      { name: 'n', type: 'long' },
    ],
    Two: [
      { name: 'a', type: 'string' },
      { name: 'n', type: 'long' },
    ],
  } as const;

  async function rows(kql: string): Promise<readonly (readonly unknown[])[]> {
    return (await ask(store, `${EVENTS} ${kql}`, schema)).rows;
  }

  it('where drops rows for which the condition is null', async () => {
    expect(await rows('E | where n > 1 or n <= 1 | count')).toEqual([[3]]);
    expect(await rows('E | where not(n == 1) | count')).toEqual([[3]]);
  });

  it('summarize names its columns as Kusto does', async () => {
    const table = await ask(
      store,
      `${EVENTS} E | summarize count(), dcount(who), sum(n), max(t) by op, bin(t, 1d)`,
    );
    expect(table.columns.map((column) => column.name)).toEqual([
      'op',
      't',
      'count_',
      'dcount_who',
      'sum_n',
      'max_t',
    ]);
  });

  // Measured on the real engine: the public tests of mmaitre314/duckdb-kql.
  it.each([
    [
      'distinct of a calculation that is named like a column gives the calculation',
      'datatable(a:long, x:long)[100, 10] | distinct a = x + 1, b = a + 1',
      ['a', 'b'],
      [[11, 101]],
    ],
    [
      'distinct of a call that passes a column’s name on gives the call',
      'E | distinct bin(t, 7d)',
      ['t'],
      [['2026-02-23T00:00:00Z'], ['2026-03-02T00:00:00Z']],
    ],
    [
      'an inner union has the columns that all its tables have',
      'let A = datatable(x:long, y:string)[1, "a"]; let B = datatable(x:long, z:real)[2, 2.5]; union kind=inner A, B | order by x asc',
      ['x'],
      [[1], [2]],
    ],
    [
      'an inner union says where its rows come from',
      'union kind=inner withsource=Src One, (Two | project a) | order by Src asc',
      ['Src', 'a'],
      [
        ['One', 'one'],
        ['union_arg1', 'two'],
      ],
    ],
    ...[
      'let A = One; union withsource=Src A, Two',
      'let A = One; let B = A; union withsource=Src B, Two',
      'let A = One; A | union withsource=Src Two',
    ].map((kql): [string, string, string[], string[][]] => [
      `a table that let gives but another name keeps its own: ${kql}`,
      `${kql} | project Src | order by Src asc`,
      ['Src'],
      [['One'], ['Two']],
    ]),
    [
      'a table with an operator that let names is numbered',
      'let A = One | where n > 0; let B = A; union withsource=Src B, Two | project Src | order by Src asc',
      ['Src'],
      [['Two'], ['union_arg0']],
    ],
    [
      'parse puts a value into the column of its name, in its place',
      'datatable(s:string, a:string, z:long)["a=1", "zz", 9] | parse s with "a=" a',
      ['s', 'a', 'z'],
      [['a=1', '1', 9]],
    ],
    [
      'parse takes blanks before a number for a part of it',
      'datatable(s:string)["n= 9|"] | parse-where s with "n=" n:long "|"',
      ['s', 'n'],
      [['n= 9|', 9]],
    ],
    [
      'parse blanks the whole row when a number is beyond its type',
      'datatable(s:string)["id=3000000000,z", "id=7,z", "id=x,z"] | parse s with "id=" id:int "," rest | sort by s asc',
      ['s', 'id', 'rest'],
      [
        ['id=3000000000,z', null, ''],
        ['id=7,z', 7, 'z'],
        ['id=x,z', null, ''],
      ],
    ],
    [
      'a call around an aggregate hands its name on',
      'E | summarize round(avg(n), 1), tostring(count()), round(round(sum(n), 2), 1)',
      ['avg_n', 'count_', 'sum_n'],
      [[2, '4', 6]],
    ],
    [
      'parse reads numbers with a fraction',
      'datatable(s:string)["d=1.5ms x", "d=7ms y", "d=-ms z"] | parse s with "d=" d:real "ms " r | project d, r | sort by r asc',
      ['d', 'r'],
      [
        [null, ''],
        [1.5, 'x'],
        [7, 'y'],
      ],
    ],
    [
      'a constant text is compared as a value of the column’s type',
      'datatable(t:datetime, n:long, r:real, b:bool)[datetime(2020-01-01), 1, 1.5, true] | project t == "2020-01-01", n == "1", n != "2", r == "1.5", b == "true", n in ("1")',
      ['Column1', 'Column2', 'Column3', 'Column4', 'Column5', 'Column6'],
      [[true, true, true, true, true, true]],
    ],
    [
      'a relaxed parse makes null of that number alone',
      'datatable(s:string)["id=3000000000,z"] | parse kind=relaxed s with "id=" id:int "," rest',
      ['s', 'id', 'rest'],
      [['id=3000000000,z', null, 'z']],
    ],
  ])('%s', async (_what, kql, columns, expected) => {
    const table = await ask(store, `${EVENTS} ${kql}`, schema);
    expect(table.columns.map(({ name }) => name)).toEqual(columns);
    expect(table.rows).toEqual(expected);
  });

  it('summarize without keys answers for no rows too', async () => {
    expect(
      await rows(
        'E | where who == "nobody" | summarize count(), sum(n), avg(n), max(who), make_set(who)',
      ),
    ).toEqual([[0, 0, 'NaN', '', '[]']]);
    expect(await rows('E | where who == "nobody" | summarize count() by op')).toEqual([]);
  });

  it('aggregates take conditions and can be computed with', async () => {
    expect(
      await rows(
        'E | summarize p = countif(op == "Pull"), s = sumif(n, op == "Pull"), share = 1.0 * countif(who == "ann") / count()',
      ),
    ).toEqual([[3, 5, 0.5]]);
  });

  it('make_set sorts, make_list keeps the rows’ order, both drop nulls and obey their limit', async () => {
    expect(
      await rows(
        'E | sort by t desc | summarize make_set(op), make_list(op), make_list(n), make_set(n, 2)',
      ),
    ).toEqual([['["Pull","Push"]', '["Pull","Pull","Pull","Push"]', '[3,2,1]', '[1,2]']]);
  });

  it('arg_max takes all columns from the same row', async () => {
    expect(await rows('E | summarize arg_max(t, *) by op | sort by op asc')).toEqual([
      ['Pull', '2026-03-04T00:00:00Z', '', null],
      ['Push', '2026-03-01T00:00:00Z', 'ann', 1],
    ]);
  });

  it('percentile is a value that is there, of timespans too', async () => {
    expect(
      await rows('E | summarize percentiles(n, 50, 95), percentile(t - datetime(2026-03-01), 50)'),
    ).toEqual([[2, 3, '1.00:00:00']]);
  });

  it('sort is descending, with nulls last, unless it says otherwise', async () => {
    expect(await rows('E | sort by n | project n')).toEqual([[3], [2], [1], [null]]);
    expect(await rows('E | sort by n asc | project n')).toEqual([[null], [1], [2], [3]]);
    expect(await rows('E | sort by n asc nulls last | project n')).toEqual([[1], [2], [3], [null]]);
  });

  it('sort puts NaN beside null', async () => {
    const values = 'datatable(r:real)[1.0, real(null), real(nan), real(-inf), real(inf)]';
    const sorted = async (order: string): Promise<unknown[]> =>
      (await rows(`${values} | sort by r ${order}`)).map((row) => row[0]);
    expect(await sorted('asc')).toEqual([null, 'NaN', '-Infinity', 1, 'Infinity']);
    expect(await sorted('desc')).toEqual(['Infinity', 1, '-Infinity', 'NaN', null]);
    expect(await sorted('asc nulls last')).toEqual(['-Infinity', 1, 'Infinity', 'NaN', null]);
    expect(await sorted('desc nulls first')).toEqual([null, 'NaN', 'Infinity', 1, '-Infinity']);
  });

  it('the order survives what comes after sort', async () => {
    expect(
      await rows('E | sort by t desc | where n > 0 | extend m = n * 2 | take 2 | project m'),
    ).toEqual([[6], [4]]);
    expect(await rows('E | top 2 by t asc | project who')).toEqual([['ann'], ['bob']]);
  });

  it('prev, next and row_number look at rows in their order', async () => {
    expect(
      await rows('E | sort by t asc | project who, p = prev(who), q = next(n), r = row_number()'),
    ).toEqual([
      ['ann', '', 2, 1],
      ['bob', 'ann', 3, 2],
      ['ann', 'bob', null, 3],
      ['', 'ann', null, 4],
    ]);
  });

  it('join of the default kind uses one left row of each key', async () => {
    const right = 'datatable(who:string, x:long)["ann", 1, "ann", 2, "carl", 3]';
    expect(await rows(`E | join (${right}) on who | count`)).toEqual([[2]]);
    expect(await rows(`E | join kind=inner (${right}) on who | count`)).toEqual([[4]]);
    expect(
      await rows(`E | join kind=leftanti (${right}) on who | project who | sort by who asc`),
    ).toEqual([[''], ['bob']]);
    expect(await rows(`E | join kind=leftsemi (${right}) on who | count`)).toEqual([[2]]);
    expect(await rows(`E | join kind=rightanti (${right}) on who | project x`)).toEqual([[3]]);
  });

  it('join takes several conditions, with commas or with and', async () => {
    // Microsoft's page of join: either means that all of them hold.
    const right = 'datatable(a:string, c:long)["x", 1, "x", 2]';
    for (const between of [', ', ' and ']) {
      const on = ['$left.a == $right.a', '$left.b == $right.c'].join(between);
      const kql = `datatable(a:string, b:long)["x", 1, "y", 2] | join kind=inner (${right}) on ${on}`;
      expect(await rows(kql)).toEqual([['x', 1, 'x', 1]]);
    }
  });

  it('an outer join pads strings with empty ones and other types with null', async () => {
    const right = 'datatable(who:string, x:long, s:string)["carl", 3, "z"]';
    expect(
      await rows(
        `E | where who == "bob" | join kind=fullouter (${right}) on who | project who, n, who1, x, s | sort by x asc`,
      ),
    ).toEqual([
      ['bob', 2, '', null, ''],
      ['', null, 'carl', 3, 'z'],
    ]);
  });

  it('join matches null keys, and keys of other names', async () => {
    const right = 'datatable(m:long, s:string)[long(null), "none", 1, "one"]';
    expect(
      await rows(
        `E | join kind=inner (${right}) on $left.n == $right.m | project s | sort by s asc`,
      ),
    ).toEqual([['none'], ['one']]);
  });

  it('lookup leaves the right side’s keys out', async () => {
    const table = await ask(
      store,
      `${EVENTS} E | lookup (datatable(who:string, full:string)["ann", "Ann A."]) on who | sort by t asc | project-away t, op`,
    );
    expect(table.columns.map((column) => column.name)).toEqual(['who', 'n', 'full']);
    expect(table.rows.map((row) => row[2])).toEqual(['Ann A.', '', 'Ann A.', '']);
  });

  it('union names its sources and pads columns', async () => {
    expect(await rows('union withsource=S One, Two | sort by S asc')).toEqual([
      ['One', 'one', 3],
      ['Two', 'two', 3],
    ]);
    expect(await rows('union * | count')).toEqual([[2]]);
    expect(await rows('union T* , (One | project b = a) | sort by a asc | project a, b')).toEqual([
      ['', 'one'],
      ['two', ''],
    ]);
    expect(await rows('union isfuzzy=true One, NotThere | count')).toEqual([[1]]);
  });

  it('mv-expand makes a row of each element', async () => {
    expect(
      await rows('print d = dynamic(["a", 2, null]), k = 1 | mv-expand d | project tostring(d), k'),
    ).toEqual([
      ['a', 1],
      ['2', 1],
      ['', 1],
    ]);
    expect(await rows('print d = dynamic({"x":1}) | mv-expand d')).toEqual([['{"x":1}']]);
    expect(
      await rows(
        'print d = dynamic([[1,2],[3]]) | mv-expand with_itemindex=i d | project i, array_length(d)',
      ),
    ).toEqual([
      [0, 2],
      [1, 1],
    ]);
  });

  it('parse takes text apart', async () => {
    expect(
      await rows(
        'print s = "op=Push repo=a/b n=42" | parse s with "op=" op " repo=" repo " n=" n:long | project op, repo, n',
      ),
    ).toEqual([['Push', 'a/b', 42]]);
  });

  it('let names scalars, tables and functions', async () => {
    expect(
      await rows(
        'let k = (o:string, d:long = 10){ case(o has "Pull", "read", o has "Push", "write", "other") }; E | summarize count() by k(op) | sort by count_ desc',
      ),
    ).toEqual([
      ['read', 3],
      ['write', 1],
    ]);
    expect(
      await rows(
        'let since = (d:datetime){ E | where t >= d }; let newest = toscalar(E | summarize max(t)); since(newest - 1d) | count',
      ),
    ).toEqual([[2]]);
    expect(
      await rows('let F = (T:(n:long), least:long){ T | where n >= least }; F(E, 2) | count'),
    ).toEqual([[2]]);
  });

  it('let in a function names a long value of the row', async () => {
    const long = (of: string): string => Array.from({ length: 30 }, () => of).join(' + ');
    const table = await ask(
      store,
      `let f = (x:long) { let y = ${long('x')}; let z = y + ${long('y')}; z - y };
       range a from 1 to 2 step 1 | project value = f(a), computed = f(${long('a')})`,
    );
    expect(table.rows).toEqual([
      [900, 27_000],
      [1800, 54_000],
    ]);
  });

  it('a name that is used twice stands for the same rows', async () => {
    expect(
      await rows('let S = materialize(E | where n > 1); S | join kind=inner S on n | count'),
    ).toEqual([[2]]);
  });

  it('in takes the values of another table', async () => {
    expect(await rows('E | where who in ((E | where op == "Push" | project who)) | count')).toEqual(
      [[2]],
    );
  });

  it('range counts up, down and over time', async () => {
    expect(await rows('range x from 3 to 1 step -1')).toEqual([[3], [2], [1]]);
    expect(await rows('range x from 1 to 2 step -5')).toEqual([]);
    expect(
      await rows('range h from datetime(2026-03-29) to datetime(2026-03-29 03:00) step 1h | count'),
    ).toEqual([[4]]);
    expect(await rows('range r from 0.5 to 1.5 step 0.5')).toEqual([[0.5], [1], [1.5]]);
  });

  it('columns that differ by case only stay apart', async () => {
    expect(await rows('print a = 1, A = 2 | extend b = a + A | project A, a, b')).toEqual([
      [2, 1, 3],
    ]);
  });

  it('equal rows always give the same answer in the same order', async () => {
    const kql = `${EVENTS} range x from 1 to 20000 step 1 | extend k = x % 7, v = tostring(x) | summarize arg_max(k, *), take_any(v), make_set(v, 5) by g = x % 3 | sort by g`;
    const first = await ask(store, kql);
    expect(await ask(store, kql)).toEqual(first);
  });
});
