import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Column } from '../../src/core/table';
import { compileKql } from '../../src/kql/compile';
import { takeAnswer } from '../../src/kql/answer-file';
import { inFixedOrder } from '../../src/kql/fixed-order';
import { TableStore } from '../../src/kql/store';
import { readWireAnswer } from '../../src/kql/wire-answer';
import { ask, openStore, refusal } from './ask';

const COLUMNS: readonly Column[] = [
  { name: 'TimeGenerated', type: 'datetime' },
  { name: 'Name', type: 'string' },
  { name: 'Size', type: 'long' },
  { name: 'Bag', type: 'dynamic' },
  { name: 'Ok', type: 'bool' },
];

describe('the store', () => {
  let store: TableStore;
  beforeAll(async () => {
    store = await openStore();
    await store.createTable('Logs', COLUMNS);
    await store.execute(
      `INSERT INTO "Logs" VALUES (638738435551931731, 'a', 9223372036854775807, '{"k":[1]}', true), (638738435551931730, '', NULL, NULL, NULL)`,
    );
  });
  afterAll(() => store.close());

  it('answers in wire form: seven digits, big longs as text, dynamics as JSON', async () => {
    const table = await ask(store, 'Logs | order by TimeGenerated desc', { Logs: COLUMNS });
    expect(table.columns).toEqual(COLUMNS);
    expect(table.rows).toEqual([
      ['2025-01-30T14:19:15.1931731Z', 'a', '9223372036854775807', '{"k":[1]}', true],
      ['2025-01-30T14:19:15.193173Z', '', null, null, null],
    ]);
  });

  it('writes an answer as JSON text with the values and in the order of its rows', async () => {
    const texts = ['', 'a"b\\', '\\u000B', '\u000b\u001f\u007f\n', '\u2028/é😀', '1'];
    const now = '2026-01-01T00:00:00.000Z';
    for (const kql of [
      `range n from 1 to 6 step 1 | extend Text = tostring(dynamic(${JSON.stringify(texts)})[toint(n - 1)]),
       Time = datetime(2025-01-30T14:19:15Z) + n * 250ms, Never = datetime(null), Long = n * 1537228672809129301,
       Bag = dynamic({"k": [1]}), Ok = n > 2, Whole = toint(n) | order by n desc`,
      'range n from 1 to 300000 step 1 | order by n desc',
      'range n from 1 to 3 step 1 | extend Half = n / 2.0, Span = n * 1d, Odd = decimal(1.5)',
      'range n from 20 to 1 step -1 | summarize count() by Text = tostring(n)',
    ]) {
      const compiled = await compileKql(kql, {}, { now });
      const table = await store.query(compiled);
      const { columns, rows } = readWireAnswer(takeAnswer(await store.answer(compiled))).table;
      expect({ columns, rows: [...rows] }).toEqual(
        compiled.orderDefined ? table : inFixedOrder(table),
      );
    }
  });

  it('refuses an answer with too many rows', async () => {
    const compiled = await compileKql(
      'range x from 1 to 100 step 1',
      {},
      { now: '2026-01-01T00:00:00.000Z' },
    );
    await expect(store.query(compiled, { rows: 99 })).rejects.toMatchObject({ code: 'KQL_LIMIT' });
    await expect(store.query(compiled, { rows: 100 })).resolves.toMatchObject({
      rows: { length: 100 },
    });
    await expect(store.answer(compiled, { rows: 99 })).rejects.toMatchObject({ code: 'KQL_LIMIT' });
    await expect(store.answer(compiled, { rows: 100 })).resolves.toMatchObject({ columns: [{}] });
  });

  it('stops a query that takes too long, and answers the next one', async () => {
    const slow = await compileKql(
      'range x from 1 to 3000000 step 1 | join kind=inner (range x from 1 to 3000000 step 1 | extend k=1) on x | extend h=hash_sha256(strcat(tostring(x), "-", tostring(x1))) | summarize dcount(h)',
      {},
      { now: '2026-01-01T00:00:00.000Z' },
    );
    await expect(store.query(slow, { seconds: 0.05 })).rejects.toMatchObject({ code: 'KQL_LIMIT' });
    expect((await ask(store, 'print 1')).rows).toEqual([[1]]);
  });

  it.each([0, 1, 5, 30])('can be aborted %i ms after it was asked', async (milliseconds) => {
    const compiled = await compileKql(
      'range x from 1 to 50000000 step 1 | summarize dcount(hash_sha256(tostring(x)))',
      {},
      { now: '2026-01-01T00:00:00.000Z' },
    );
    const controller = new AbortController();
    const answer = store.query(compiled, { signal: controller.signal });
    setTimeout(() => {
      controller.abort();
    }, milliseconds);
    await expect(answer).rejects.toMatchObject({ code: 'KQL_EXECUTION' });
  });

  it('reads nothing but its own folders', async () => {
    const outside = join(mkdtempSync(join(tmpdir(), 'tallyman-outside-')), 'x.csv');
    writeFileSync(outside, 'a\n1\n');
    await expect(store.select(`SELECT * FROM read_csv('${outside}')`)).rejects.toThrow(
      /Permission/,
    );
    await expect(store.execute(`COPY (SELECT 1) TO '${outside}'`)).rejects.toThrow(/Permission/);
    await expect(store.execute(`ATTACH '${outside}.db'`)).rejects.toThrow(/Permission/);
    await expect(store.execute('SET enable_external_access = true')).rejects.toThrow(/lock|Cannot/);
    await expect(store.execute('INSTALL httpfs')).rejects.toThrow();
  });

  it('loads from a folder that it was given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tallyman-given-'));
    writeFileSync(join(folder, 'x.json'), '{"a":1}\n{"a":2}\n');
    const other = await TableStore.open({
      directory: mkdtempSync(join(tmpdir(), 'tallyman-kql-')),
      readable: [folder],
    });
    const rows = await other.select(
      `SELECT sum(a) FROM read_json('${folder}/x.json', columns = {a: 'INTEGER'})`,
    );
    await other.close();
    expect(rows).toEqual([[3n]]);
  });

  it('removes its database when it is closed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tallyman-kql-'));
    const other = await TableStore.open({ directory, readable: [] });
    await other.createTable('T', COLUMNS);
    await other.close();
    expect(readdirSync(directory).filter((name) => name.startsWith('tables'))).toEqual([]);
  });

  it('keeps names that look like SQL', async () => {
    const name = 'x"; DROP TABLE "Logs"; --';
    const columns: readonly Column[] = [{ name: `a'b"c`, type: 'string' }];
    await store.createTable(name, columns);
    await store.execute(`INSERT INTO "${name.replaceAll('"', '""')}" VALUES ('1')`);
    const table = await ask(store, `['${name}'] | project ['a\\'b"c']`, { [name]: columns });
    expect(table.rows).toEqual([['1']]);
  });

  it('names the failure of a query whose table is not there', async () => {
    const error = await refusal(store, 'Nowhere | count', { Nowhere: COLUMNS });
    expect(error.code).toBe('KQL_EXECUTION');
  });
});
