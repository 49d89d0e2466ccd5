import type { Cell } from '../../src/core/table';
import type { TableStore } from '../../src/kql/store';
import { ask, openStore, refusal } from './ask';

const EVENTS = `let Events = datatable(Operation:string, Repository:string, Size:int)
["Push", "web", 1, "Pull", "db", 6, "Push", "db", 3, "Push", "db", 2];
let Networks = datatable(Network:string, Owner:string)["10.0.0.0/8", "us", "10.9.0.0/16", "lab", "192.0.2.77", "them"];
Events | `;

/** Queries with the names of their columns and their rows. */
const ANSWERS: readonly (readonly [string, readonly string[], readonly (readonly Cell[])[]])[] = [
  // The documentation's examples: a cell without rows counts, or sums to, 0.
  [
    'project Operation, Repository | evaluate pivot(Operation) : (Repository:string, Push:long, Pull:long) | sort by Repository asc',
    ['Repository', 'Push', 'Pull'],
    [
      ['db', 2, 1],
      ['web', 1, 0],
    ],
  ],
  [
    'evaluate pivot(Operation, sum(Size)) | project Repository, Pull, Push | sort by Repository asc',
    ['Repository', 'Pull', 'Push'],
    [
      ['db', 6, 5],
      ['web', 0, 1],
    ],
  ],
  [
    'evaluate pivot(Operation, sum(Size * 2), Repository) | where Push > 2 | extend All = Push + Pull | project Repository, All',
    ['Repository', 'All'],
    [['db', 22]],
  ],
  [
    'where Repository == "db" | evaluate pivot(Operation, max(Size)) | project Pull, Push, Repository',
    ['Pull', 'Push', 'Repository'],
    [[6, 3, 'db']],
  ],
  [
    'project Operation | evaluate pivot(Operation) | project Push, Pull',
    ['Push', 'Pull'],
    [[3, 1]],
  ],
  // One new column has no order.
  [
    'where Operation == "Pull" | evaluate pivot(Operation, count(), Repository)',
    ['Repository', 'Pull'],
    [['db', 1]],
  ],
  [
    'evaluate pivot(Operation, count(), Repository) | summarize sum(Push), sum(Pull)',
    ['sum_Push', 'sum_Pull'],
    [[3, 1]],
  ],
  [
    'join kind=inner (Events | evaluate pivot(Operation, count(), Repository) | project Repository, Push) on Repository | count',
    ['Count'],
    [[4]],
  ],
  // ipv4_lookup: a row of each side, equal rows for themselves; unmatched rows only where they are wanted.
  [
    'project Ip = "10.2.3.4", n = 1 | take 2 | union (print Ip = "192.0.2.1", n = 2) | evaluate ipv4_lookup(Networks, Ip, Network) | sort by n asc',
    ['Ip', 'n', 'Network', 'Owner'],
    [
      ['10.2.3.4', 1, '10.0.0.0/8', 'us'],
      ['10.2.3.4', 1, '10.0.0.0/8', 'us'],
    ],
  ],
  [
    'take 0 | union (datatable(Ip:string)["192.0.2.1", "9.255.255.255", "192.0.2.77", "10.255.255.255"]) | project Ip | evaluate ipv4_lookup(Networks, Ip, Network, return_unmatched = true) | sort by Ip asc',
    ['Ip', 'Network', 'Owner'],
    [
      ['10.255.255.255', '10.0.0.0/8', 'us'],
      ['192.0.2.1', '', ''],
      ['192.0.2.77', '192.0.2.77', 'them'],
      ['9.255.255.255', '', ''],
    ],
  ],
  // narrow: rows are numbered from 0, and each one's cells come in the columns' order.
  [
    'where Operation == "Pull" | extend Late = Size > 1 | sort by Size | evaluate narrow() | sort by Row asc',
    ['Row', 'Column', 'Value'],
    [
      [0, 'Operation', 'Pull'],
      [0, 'Repository', 'db'],
      [0, 'Size', '6'],
      [0, 'Late', 'True'],
    ],
  ],
  [
    'summarize Records = count(), Repositories = dcount(Repository) | evaluate narrow() | project Column, Value | sort by Column asc',
    ['Column', 'Value'],
    [
      ['Records', '4'],
      ['Repositories', '2'],
    ],
  ],
];

const REFUSED: readonly (readonly [string, string])[] = [
  // Which column comes first is not documented, and the examples' are not sorted.
  ['evaluate pivot(Operation)', 'Name the columns after it'],
  ['evaluate pivot(Operation) | project-away Repository', 'Name the columns after it'],
  ['evaluate pivot(Operation) | summarize arg_max(Push, *) by Repository', 'Name the columns'],
  ['where Size > 9 | evaluate pivot(Operation) | project Repository', 'Write each column'],
  ['evaluate pivot(Operation, max(Size)) | project Repository, Push', 'Write each column'],
  ['evaluate pivot(Size) | project Repository', 'tostring'],
  ['evaluate pivot(Operation, sum(Size * 2)) | project Push', 'Name the columns that stay'],
  ['evaluate pivot(Operation) : (*, Push:long, Pull:long)', 'Declare Repository, Size first'],
  ['evaluate pivot(Operation, sum(Size)) : (Repository:string, Push:int, Pull:int)', 'as long'],
  ['extend Operation = "" | evaluate pivot(Operation)', 'Write each column'],
  ['extend Operation = "it\'s" | evaluate pivot(Operation)', 'Write each column'],
  ['extend Operation = "Size" | evaluate pivot(Operation)', 'Write each column'],
  ['extend Half = Size / 2.0 | evaluate narrow()', 'tostring(Half)'],
];

describe('plugins', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
  });
  afterAll(() => store.close());

  it.each(ANSWERS)('%s', async (kql, columns, rows) => {
    const table = await ask(store, EVENTS + kql);
    expect(table.columns.map(({ name }) => name)).toEqual(columns);
    expect(table.rows).toEqual(rows);
  });

  it.each(REFUSED)('are refused with a place and a hint: %s', async (kql, hint) => {
    const error = await refusal(store, EVENTS + kql);
    expect(error.code).toBe('KQL_UNSUPPORTED');
    expect(error.hint).toContain(hint);
    expect(error.line).toBe(4);
  });

  it.each([
    ['project Ip = "" | evaluate ipv4_lookup(Networks, Ip, Network)', 'no IPv4 address'],
    ['project Ip = "10.0.0.0/9" | evaluate ipv4_lookup(Networks, Ip, Network)', 'no IPv4 address'],
    ['project Ip = "::1" | evaluate ipv4_lookup(Networks, Ip, Network)', 'no IPv4 address'],
    ['project Ip = "10.0.0.1" | evaluate ipv4_lookup(Networks, Ip, Owner)', 'no IPv4 network'],
    [
      'project Ip = "10.9.0.1" | evaluate ipv4_lookup(Networks, Ip, Network)',
      'an address that several networks have',
    ],
  ])('refuse a row of which it is not known what becomes: %s', async (kql, why) => {
    const error = await refusal(store, EVENTS + kql);
    expect(error.code).toBe('KQL_UNSUPPORTED');
    expect(error.message).toContain(why);
  });

  it('refuse columns of which it is not known what they are called', async () => {
    const kql = 'project Network = "10.0.0.1" | evaluate ipv4_lookup(Networks, Network, Network)';
    expect(await refusal(store, EVENTS + kql)).toMatchObject({ code: 'KQL_UNSUPPORTED', line: 4 });
  });

  it('give what the output schema declares, or an error as Kusto does', async () => {
    const declared = 'evaluate pivot(Operation, sum(Size)) : (Repository:string, Push:long)';
    expect(await refusal(store, EVENTS + declared)).toMatchObject({ code: 'KQL_SEMANTIC' });
  });

  it('end at a cell of which the documentation does not tell the text', async () => {
    const error = await refusal(store, 'print a = "" | evaluate narrow()');
    expect(error.message).toContain("'narrow' of an empty cell");
  });

  it('say what to do about a value that is no bag', async () => {
    for (const schema of ['', ' : (a:long)']) {
      const error = await refusal(
        store,
        `print d = dynamic([1]) | evaluate bag_unpack(d)${schema}`,
      );
      expect(error).toMatchObject({
        code: 'KQL_UNSUPPORTED',
        message: "'bag_unpack' of what is no bag is not supported offline",
        hint: 'Leave such rows out before it: | where tostring(Bag) startswith "{".',
      });
    }
  });
});

describe('partition', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
  });
  afterAll(() => store.close());

  const rows = (n: number): string => `range x from 1 to ${n} step 1 | partition`;

  it.each(['by x (summarize count())', 'hint.strategy=legacy by x (top 1 by x)'])(
    'makes 64 partitions and no more: %s',
    async (how) => {
      expect((await ask(store, `${rows(64)} ${how} | count`)).rows).toEqual([[64]]);
      const error = await refusal(store, `${rows(65)} ${how} | count`);
      expect(error).toMatchObject({
        code: 'KQL_LIMIT',
        message: "'partition' makes more than 64 partitions",
        hint: 'Say by hint.strategy=native that there may be more.',
      });
    },
  );

  it.each(['native', 'shuffle'])('makes more where its strategy is %s', async (strategy) => {
    const kql = `${rows(300)} hint.strategy=${strategy} by x (top 1 by x) | count`;
    expect((await ask(store, kql)).rows).toEqual([[300]]);
  });
});
