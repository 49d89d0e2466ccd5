import { batchLine, prepare, readBatch } from '../../src/cli/query-batch';
import { openOffline, type Offline } from '../../src/cli/offline';
import { TallymanError } from '../../src/core/errors';
import { AZURE_TABLES } from '../../src/core/known-tables';

const NOW = '2026-03-02T10:00:00.1234567Z';

function problemsOf(text: string): readonly { line?: number; message: string }[] {
  try {
    readBatch(text, 'x.jsonl');
  } catch (error) {
    if (error instanceof TallymanError) return error.problems;
    throw error;
  }
  return [];
}

describe('the lines of a batch', () => {
  it('may be blank, end in any way, have ids of both kinds and other members', () => {
    const text = '\uFEFF{"id":"1","kql":"print 1"}\r\n\n  \n{"id":1,"kql":"","more":[]}';
    expect(readBatch(text, 'x.jsonl')).toEqual([
      { id: '1', kql: 'print 1' },
      { id: 1, kql: '' },
    ]);
  });

  it.each([
    'x',
    '[]',
    'null',
    '{"id":"1"}',
    '{"kql":"print 1"}',
    '{"id":null,"kql":"print 1"}',
    '{"id":"1","kql":1}',
    '{"id":9007199254740993,"kql":"print 1"}',
    '{"id":1.5,"kql":"print 1"}',
    '{"id":"1","kql":"print 1"} {"id":"2","kql":"print 1"}',
    '{"id":"1","kql":"print\n1"}',
  ])('are refused with their number when they are not a query: %s', (line) => {
    const [first] = problemsOf(`{"id":"0","kql":"print 0"}\n${line}`);
    expect(first).toMatchObject({ line: 2 });
  });

  it('have ids of their own', () => {
    const line = '{"id":"a","kql":"print 1"}\n';
    expect(problemsOf(line + '\n' + line)).toEqual([
      expect.objectContaining({
        line: 3,
        message: 'Expected an id of its own, came "a" of line 1 again.',
      }),
    ]);
  });
});

describe('the answers of a batch', () => {
  let offline: Offline;
  beforeAll(async () => {
    offline = await openOffline({
      logs: undefined,
      tables: [],
      eachForItself: true,
      now: NOW,
      known: AZURE_TABLES,
    });
  });
  afterAll(() => offline.close());

  async function answer(...queries: string[]): Promise<Record<string, unknown>[]> {
    const lines = queries.map((kql, i) => ({ id: i, kql }));
    const texts: string[] = [];
    for (const line of await prepare(lines, NOW, AZURE_TABLES)) {
      const { text } = await batchLine(offline, line);
      expect(text).not.toMatch(/[\r\n]/);
      texts.push(text);
    }
    return texts.map((text) => JSON.parse(text) as Record<string, unknown>);
  }

  it('write every type as Kusto does', async () => {
    const [types, nulls] = await answer(
      `print b = true, d = datetime(2026-01-02 03:04:05.6), day = datetime(2026-01-02), dyn = dynamic({"a":[1,null]}),
        i = int(-7), small = 9007199254740992, big = 9007199254740993, negative = -9223372036854775807,
        r = 0.1, inf = real(+inf), nan = real(nan), s = 'a"\\n\u2028', t = time(1.02:03:04.0000005), m = -90m,
        g = guid(74BE27DE-1E4E-49D9-B579-FE0B331D3642)`,
      'print i = int(null), s = tostring(int(null)), d = datetime(null), x = dynamic(null)',
    );
    expect(types).toEqual({
      id: 0,
      columns: [
        ['b', 'bool'],
        ['d', 'datetime'],
        ['day', 'datetime'],
        ['dyn', 'dynamic'],
        ['i', 'int'],
        ['small', 'long'],
        ['big', 'long'],
        ['negative', 'long'],
        ['r', 'real'],
        ['inf', 'real'],
        ['nan', 'real'],
        ['s', 'string'],
        ['t', 'timespan'],
        ['m', 'timespan'],
        ['g', 'guid'],
      ].map(([name, type]) => ({ name, type })),
      rows: [
        [
          true,
          '2026-01-02T03:04:05.6000000Z',
          '2026-01-02T00:00:00.0000000Z',
          { a: [1, null] },
          -7,
          expect.anything(),
          '9007199254740993',
          '-9223372036854775807',
          0.1,
          'Infinity',
          'NaN',
          'a"\n\u2028',
          '1.02:03:04.0000005',
          '-01:30:00',
          '74be27de-1e4e-49d9-b579-fe0b331d3642',
        ],
      ],
      flags: ['exact', 'order not defined'],
    });
    expect(nulls?.['rows']).toEqual([[null, '', null, null]]);
  });

  it('keep a dynamic on one line, whatever stood in its text', async () => {
    const [spread] = await answer(
      'print d = parse_json(\'{\\n "a":\\r\\n[1,\\n2], "b":"x\\\\ny"}\')',
    );
    expect(spread?.['rows']).toEqual([[{ a: [1, 2], b: 'x\ny' }]]);
  });

  it('say how far they can be relied on', async () => {
    const lines = await answer(
      'range x from 1 to 3 step 1 | sort by x',
      'range x from 1 to 3 step 1 | take 1',
    );
    expect(lines.map(({ flags }) => flags)).toEqual([
      ['exact'],
      ['approximate', 'order not defined'],
    ]);
  });

  it('say it of what depends on the data, too', async () => {
    const lines = await answer(
      'print d = dynamic({"n":1}) | evaluate bag_unpack(d)',
      'print d = dynamic({"n":1}) | evaluate bag_unpack(d) | take 1',
      'print d = dynamic({"n":1}) | evaluate bag_unpack(d) | sort by n',
    );
    expect(lines.map(({ flags }) => flags)).toEqual([
      ['exact', 'order not defined'],
      ['approximate', 'order not defined'],
      ['exact'],
    ]);
  });

  it('have the same now() in all lines', async () => {
    const lines = await answer('print now()', 'print ago(0s)');
    for (const { rows } of lines) expect(rows).toEqual([[NOW]]);
  });

  it('tell a mistake of the engine of its own line, so that the others are answered', async () => {
    const [line] = await prepare([{ id: 'a', kql: 'print 1' }], NOW, AZURE_TABLES);
    const broken = { ...offline, ask: () => Promise.reject(new SyntaxError('Unexpected token')) };
    const { text } = await batchLine(broken, line!);
    expect(JSON.parse(text)).toMatchObject({ id: 'a', error: { code: 'KQL_INTERNAL' } });
  });

  it('name what is wrong with a line, where, and what to do', async () => {
    const [syntax, column, limit, running] = await answer(
      'print 1 |',
      'AzureMetrics\n| where Totl > 1',
      `print "${'x'.repeat(200_000)}"`,
      'range x from 1 to 600000 step 1',
    );
    expect(syntax?.['error']).toMatchObject({ code: 'KQL_SYNTAX', line: 1 });
    expect(column).toEqual({
      id: 1,
      error: {
        code: 'KQL_SEMANTIC',
        message: expect.stringContaining('Azure Monitor’s tables, version') as string,
        line: 2,
        column: 9,
        hint: "Did you mean 'Total'?",
      },
    });
    expect(limit?.['error']).toMatchObject({ code: 'KQL_LIMIT' });
    expect(running?.['error']).toMatchObject({ code: 'KQL_LIMIT' });
  });

  it('come in the order of the lines, for as many as there are', async () => {
    const lines = await answer(...Array.from({ length: 40 }, (_, i) => `print n = ${i % 5}`));
    expect(lines.map(({ rows }) => rows)).toEqual(lines.map((_, i) => [[i % 5]]));
  });
});
