import type { Column } from '../../src/core/table';
import { analyzeKql } from '../../src/kql/analyze';
import { formatKqlError, KqlError, parseKqlError } from '../../src/kql/errors';
import type { Schema } from '../../src/kql/schema';
import type { TableStore } from '../../src/kql/store';
import { ask, openStore, refusal } from './ask';

const COLUMNS: readonly Column[] = [
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'Identity', type: 'string' },
  { name: 'Size', type: 'long' },
  { name: 'Bag', type: 'dynamic' },
];
const SCHEMA: Schema = { Logs: COLUMNS };

describe('what is not answered', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
    await store.createTable('Logs', COLUMNS);
  });
  afterAll(() => store.close());

  it('is named with its place and a hint', async () => {
    const error = await refusal(
      store,
      'Logs\n| extend x = 1\n| extend c = geo_info_from_ip_address(Identity)',
      SCHEMA,
    );
    expect(formatKqlError(error)).toBe(
      "KQL_UNSUPPORTED: 'geo_info_from_ip_address' is not supported offline (line 3, column 14). There is no geography database here; leave the column out.",
    );
  });

  it.each([
    new KqlError('KQL_SEMANTIC', 'no', { line: 2, column: 7 }, 'Do. Then.'),
    new KqlError('KQL_SYNTAX', 'a (line 1). b', { line: 2, column: 7 }),
    new KqlError('KQL_UNSUPPORTED', 'x is not supported offline', undefined, 'Write it (line 1).'),
    new KqlError('KQL_EXECUTION', 'the query failed: Error: It is so. Try this'),
  ])('is told in words from which the error can be read again: %s', (error) => {
    const { code, message, line, column, hint } = error;
    expect(parseKqlError(formatKqlError(error))).toMatchObject(
      JSON.parse(JSON.stringify({ code, message, line, column, hint })) as object,
    );
    expect(parseKqlError('Anything else.')).toBeUndefined();
  });

  it.each([
    'externaldata(a:string)["https://example.com/x.csv"]',
    'cluster("help").database("Samples").StormEvents | count',
    'database("x").Logs | count',
    'Logs | evaluate pivot(Size)',
    'Logs | distinct *, Size',
    'Logs | union kind=inner (datatable(Size:string)["1"])',
    'union withsource=Size Logs, (print Size = 1)',
    'union withsource=Identity Logs, Logs',
    'let A = materialize(Logs); let B = A; union withsource=S B, Logs',
    'Logs | mv-expand split(Identity, ",")',
    'Logs | mv-apply split(Identity, ",") on (count)',
    'Logs | parse Identity with "a=" Size:string',
    'Logs | project tostring(Size), pow(Size, 2)',
    'Logs | project split(Bag.x, ",")',
    'Logs | summarize count() by tostring(Size), format_bytes(Size)',
    'Logs | summarize sum(Size), pow(sum(Size), 2)',
    'Logs | summarize round(pow(sum(Size), 2), 1)',
    'Logs | summarize round(percentile(Size, 50), 1)',
    'Logs | where Size == "1.5"',
    'Logs | where Size in (dynamic([9007199254740993]))',
    'print has_any_index("1 2", dynamic([1.0]))',
    'datatable(r:real)[1d]',
    'print 1e400',
    'print datetime(2026-03-01 24:00)',
    'print datetime(2026-03-01T10:00:00.12345678)',
    'print datetime(2026-03-01T10:00:00+25:00)',
    'Logs | where TimeGenerated == "1/2/2024"',
    'print 1 == "1"',
    'Logs | parse Identity with "a=" a:real * "b"',
    'Logs | where Identity =~ "ı"',
    'Logs | where Identity contains "İ"',
    'Logs | where Bag.name in~ ("ſ")',
    'Logs | where "ı" in~ ((Logs | project Identity))',
    'Logs | where Identity has_any ("a", "ſ")',
    'Logs | where Identity matches regex "[a-z&&[^aeiou]]"',
    'Logs | where Identity matches regex "[a--b]"',
    'Logs | where Identity matches regex "(?<=a)b"',
    'Logs | summarize avg(TimeGenerated)',
    'Logs | parse-where kind=relaxed Identity with "a=" a:long',
    'Logs | parse-kv Identity as (Size:string) with (pair_delimiter=" ", kv_delimiter="=")',
    'let v = 5; Logs | summarize count() by v',
    'Logs | summarize count() by Size + 0',
    'Logs | summarize 1 + 2 by Size',
    'Logs | top-nested of tolower(Identity) by count()',
    'Logs | evaluate python(typeof(*), "1")',
    'Logs | search "x"',
    'Logs | make-series count() on TimeGenerated step 1h by Identity',
    'Logs | extend x = rand()',
    'Logs | extend x = new_guid()',
    'Logs | extend h = hash(Size)',
    'print decimal(1.5) * decimal(2)',
    'Logs | extend s = strcat(decimal(1.5), "%")',
    'Logs | project estimate_data_size(TimeGenerated)',
    'print format_datetime(datetime(2026-01-01), "K")',
    'print datetime_utc_to_local(datetime(2026-01-01), "Mars/Olympus")',
    'print "a" matches regex @"\\bx"',
    'Logs | extend x = Bag + 1',
    'Logs | where Bag == now()',
    'Logs | where Bag[Bag] == "x"',
    'Logs | extend d = datetime_diff("week", TimeGenerated, TimeGenerated)',
    'Logs | sort by Bag',
    'Logs | join kind=inner Logs on Bag',
  ])('is refused before it runs: %s', async (kql) => {
    const error = await refusal(store, kql, SCHEMA);
    expect(['KQL_UNSUPPORTED', 'KQL_SEMANTIC']).toContain(error.code);
    expect(error.line).toBe(1);
    expect(error.column).toBeGreaterThan(0);
  });

  it('is refused while it runs when only a row shows it', async () => {
    const error = await refusal(
      store,
      'datatable(d:dynamic)[dynamic([1, "a"])] | project array_sort_asc(d)',
    );
    expect(error.code).toBe('KQL_UNSUPPORTED');
    expect(error.message).toContain("'array_sort_asc' of an array of several types");
  });

  it.each(['max(r)', 'percentile(r, 50)', 'arg_max(r, r)', 'make_list(r)'])(
    'is %s of NaN',
    async (aggregate) => {
      const error = await refusal(
        store,
        `datatable(r:real)[1.0, real(nan)] | summarize ${aggregate}`,
      );
      expect(error.code).toBe('KQL_UNSUPPORTED');
    },
  );

  it.each([
    ['datatable(n:long)[9007199254740993] | project round(n)', 'beyond 9007199254740991'],
    ['datatable(s:string)["grid=x,id=5,"] | parse s with * "id=" id:long "," *', 'several ways'],
    ['datatable(s:string)["d=.5ms"] | parse s with "d=" d:real "ms"', 'several ways'],
    ['datatable(s:string)["d=1e3ms"] | parse kind=relaxed s with "d=" d:real "ms"', 'unusual'],
    ['datatable(s:string)["id=0x1F,"] | parse s with "id=" id:long ","', 'several ways'],
    ['datatable(s:string)["id=5 ,"] | parse kind=relaxed s with "id=" id:long ","', 'blanks'],
    ['datatable(s:string)["id=3000000000,"] | parse kind=regex s with "id=" id:int ","', 'range'],
    ['datatable(s:string)["t=2024-01-01 10:00 AM|"] | parse s with "t=" t:datetime "|"', '8601'],
    [
      'datatable(s:string)["t=2 Dec 2022|"] | parse kind=relaxed s with "t=" t:datetime "|"',
      '8601',
    ],
  ])('is refused while it runs: %s', async (kql, told) => {
    const error = await refusal(store, kql);
    expect([error.code, error.message]).toEqual(['KQL_UNSUPPORTED', expect.stringContaining(told)]);
  });

  it('is a number that overflows', async () => {
    const error = await refusal(
      store,
      'range x from 9223372036854775806 to 9223372036854775806 step 1 | project x * 2',
    );
    expect([error.code, error.hint]).toEqual([
      'KQL_UNSUPPORTED',
      expect.stringContaining('todouble'),
    ]);
  });

  it.each([
    ['Logs | where Idenity == "x"', 'KQL_SEMANTIC', "Did you mean 'Identity'?"],
    ['Logs | where identity == "x"', 'KQL_SEMANTIC', "Did you mean 'Identity'?"],
    ['Log | count', 'KQL_TABLE_MISSING', "Did you mean 'Logs'?"],
    ['Logs | wher Size > 1', 'KQL_SYNTAX', undefined],
    ['Logs | where Size >', 'KQL_SYNTAX', undefined],
    ['', 'KQL_SEMANTIC', undefined],
    ['let x = 1;', 'KQL_SEMANTIC', undefined],
  ])('%j has the code %s', async (kql, code, hint) => {
    const error = await refusal(store, kql, SCHEMA);
    expect(error.code).toBe(code);
    expect(error.hint).toBe(hint);
  });

  it.each([
    ['Logs | where Identity == 401', 'Write the number as a text'],
    ['Logs | where Identity in (401, 403)', 'in the type of the first'],
    ['Logs | where TimeGenerated > "2026-03-01"', 'datetime(2026-03-01)'],
    ['Logs | summarize count() by Bag.x', 'tostring'],
    ['Logs | summarize avg(Identity)', 'todouble'],
    ['Logs | summarize max(Bag.x)', 'tostring'],
    ['Logs | mv-expand Identity', 'split(Text'],
    ['_Im_Authentication | count', 'name the tables'],
    ['_ASIM_Dns() | count', 'name the tables'],
    ['Logs | facet by Identity', 'one answer'],
    ['Logs | consume', 'one answer'],
    ['find in (Logs) where Size == 1', 'union withsource'],
    ['Logs | reduce by Identity', 'not documented'],
    ['print x = parse_xml("<a/>")', 'extract'],
    [
      'Logs | evaluate active_users_count(Identity, TimeGenerated, ago(7d), now(), 7d, 1d, 2, 7d)',
      'dcount',
    ],
    ['Logs | extend (a, s, b) = series_decompose_anomalies(Bag)', 'not documented'],
    ['Logs | where Identity matches regex "a(?=b)"', 'look around'],
    ['Logs | summarize count() by bin_auto(TimeGenerated)', 'bin(TimeGenerated, 1h)'],
    ['Logs | extend s = format_datetime(TimeGenerated, "yyyy\'w\'")', 'strcat'],
    ['print x = tostring(5.0)', 'tolong'],
    ['print x = split("a/b", "/", -1)', 'null where there is none'],
    ['print x = hash_combine(1, 2)', 'hash_sha256'],
    ['print n = 1 | serialize | scan with (step a output=last: true;)', 'output=all'],
    ['print a = "::1" | evaluate ipv6_lookup(Logs, a, Identity)', 'ipv6_is_in_any_range'],
  ])('says what to write instead: %s', async (kql, hint) => {
    const error = await refusal(store, kql, SCHEMA);
    expect(error.hint).toContain(hint);
  });

  it('is a column of two types that the parser takes for one, where it is used', async () => {
    const schema: Schema = {
      LogsA: [{ name: 'n', type: 'string' }],
      LogsB: [{ name: 'n', type: 'string' }],
      LogsC: [{ name: 'n', type: 'long' }],
    };
    for (const [table, columns] of Object.entries(schema)) await store.createTable(table, columns);
    for (const union of ['union Logs*', 'union LogsA, LogsB, LogsC']) {
      const error = await refusal(store, union, schema);
      expect(error).toMatchObject({ code: 'KQL_UNSUPPORTED', line: 1 });
      expect(error.message).toContain("the column 'n'");
      expect((await ask(store, `${union} | count`, schema)).rows).toEqual([[0]]);
    }
    const search = await refusal(store, 'search in (LogsA, LogsB, LogsC) "x"', schema);
    expect(search.message).toContain("the column 'n'");
    expect((await ask(store, 'union LogsC, LogsA, LogsB', schema)).columns).toEqual([
      { name: 'n_long', type: 'long' },
      { name: 'n_string', type: 'string' },
    ]);
  });

  it('is a query at which the parser itself fails', async () => {
    const kql = 'Logs | project tostring(TimeGenerated)[long(null)]';
    const error = await refusal(store, kql, SCHEMA);
    expect(error).toMatchObject({ code: 'KQL_UNSUPPORTED', line: 1 });
    expect(error.message).toBe('Microsoft’s parser fails at this query');
  });

  it('needs rows in an order where it looks at other rows', async () => {
    const error = await refusal(store, 'Logs | extend p = prev(Identity)', SCHEMA);
    expect(error.code).toBe('KQL_SEMANTIC');
    expect(error.hint).toContain('sort');
  });

  it('is a function that calls itself into the thousands', async () => {
    const lets = Array.from({ length: 30 }, (_, i) =>
      i === 0
        ? 'let f0 = (x:long){ x + x };'
        : `let f${i} = (x:long){ f${i - 1}(x) + f${i - 1}(x + 1) };`,
    );
    const error = await refusal(store, `${lets.join(' ')} print f29(1)`);
    expect(error.code).toBe('KQL_LIMIT');
  });
});

describe('hostile queries', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
    await store.createTable('Logs', COLUMNS);
  });
  afterAll(() => store.close());

  /** The query is answered or refused with a code: nothing else is thrown, and the store lives on. */
  async function survives(kql: string): Promise<string> {
    let outcome = 'answered';
    try {
      await ask(store, kql, SCHEMA);
    } catch (error) {
      if (!(error instanceof KqlError)) throw error;
      outcome = error.code;
    }
    expect((await ask(store, 'print 1')).rows).toEqual([[1]]);
    return outcome;
  }

  it('cannot leave the quotes of SQL', async () => {
    const nasty = [
      `'`,
      `''`,
      `"`,
      `\\`,
      `'); DROP TABLE "Logs"; --`,
      '\u0000',
      '\u202e',
      '😀',
      '$1',
      '{}',
      '${x}',
      '%s',
    ];
    for (const text of nasty) {
      const table = await ask(
        store,
        `print ${JSON.stringify(text)}, ${JSON.stringify(text)} has_any ("yy", "zz")`,
      );
      expect(table.rows).toEqual([[text, false]]);
    }
    expect(await survives('Logs | count')).toBe('answered');
  });

  it('can have any column name', async () => {
    const table = await ask(
      store,
      `print ['a"b; --'] = 1, ["it's"] = 2 | extend x = ['a"b; --'] + ["it's"]`,
    );
    expect(table.columns.map((column) => column.name)).toEqual(['a"b; --', "it's", 'x']);
    expect(table.rows).toEqual([[1, 2, 3]]);
  });

  it('that are too long are refused unread', async () => {
    expect(await survives(`print "${'x'.repeat(100_000)}"`)).toBe('KQL_LIMIT');
  });

  it('that are nested deeply are answered or refused', async () => {
    await survives(`print ${'('.repeat(3000)}1${')'.repeat(3000)}`);
    await survives(`print ${'-('.repeat(2000)}1${')'.repeat(2000)}`);
    await survives(`print ${'strcat("a",'.repeat(1000)}"b"${')'.repeat(1000)}`);
    await survives(`Logs ${'| where Size > 1 '.repeat(200)}`);
    await survives(
      `Logs | where ${Array.from({ length: 400 }, (_, i) => `Size == ${i}`).join(' or ')}`,
    );
    await survives('['.repeat(50_000));
    await survives('{"(\'`'.repeat(200));
  }, 60_000);

  it('with nested parse_json do not grow without end', async () => {
    let nested = 'Bag';
    for (let i = 0; i < 24; i += 1) nested = `parse_json(tostring(${nested})).a`;
    const started = process.hrtime.bigint();
    await survives(`Logs | where tostring(${nested}) == "x" or tostring(${nested}) has "y"`);
    expect(Number(process.hrtime.bigint() - started) / 1e9).toBeLessThan(10);
  });

  it('with a list of two thousand values are answered', async () => {
    const values = Array.from({ length: 2000 }, (_, i) => `"v${i}"`).join(',');
    expect(await survives(`Logs | where Identity in (${values}) | count`)).toBe('answered');
  });
});

describe('analyzeKql', () => {
  it('tells columns, tables, functions and whether the order is defined', async () => {
    const analysis = await analyzeKql(
      'Logs\n| summarize n = count() by bin(TimeGenerated, 1h)\n| order by TimeGenerated asc',
      SCHEMA,
    );
    expect(analysis).toEqual({
      diagnostics: [],
      columns: [
        { name: 'TimeGenerated', type: 'datetime' },
        { name: 'n', type: 'long' },
      ],
      tables: ['Logs'],
      functions: [
        { name: 'count', line: 2, column: 17 },
        { name: 'bin', line: 2, column: 28 },
      ],
      orderDefined: true,
    });
  });

  it.each([
    ['Logs | sort by Size', true],
    ['Logs | sort by Size | project Size | where Size > 1 | take 5', true],
    ['Logs | top 5 by Size', true],
    ['let s = Logs | sort by Size; s | project Size', true],
    ['Logs', false],
    ['Logs | sort by Size | summarize count() by Size', false],
    ['Logs | sort by Size | join Logs on Size', false],
  ])('%s: order defined is %s', async (kql, defined) => {
    expect((await analyzeKql(kql, SCHEMA)).orderDefined).toBe(defined);
  });

  it('lists every mistake', async () => {
    const analysis = await analyzeKql('Logs | where Nope == 1 and Neither == 2', SCHEMA);
    expect(analysis.diagnostics.map((item) => [item.code, item.column])).toEqual([
      ['KQL_SEMANTIC', 14],
      ['KQL_SEMANTIC', 28],
    ]);
  });

  it('types getyear and hourofday as the engine does, not as the package does', async () => {
    const analysis = await analyzeKql('print getyear(now()), hourofday(now())', {});
    expect(analysis.columns.map((column) => column.type)).toEqual(['long', 'long']);
  });
});
