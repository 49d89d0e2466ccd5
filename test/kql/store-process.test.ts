import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Column } from '../../src/core/table';
import { compileKql } from '../../src/kql/compile';
import { StoreProcess } from '../../src/kql/store-process';
import { readWireAnswer } from '../../src/kql/wire-answer';

const NUMBERS: readonly Column[] = [{ name: 'N', type: 'long' }];
const NOW = '2026-01-01T00:00:00.000Z';

/** More memory than a process gets here, and much later than the test ends. */
const GREEDY = `range x from 1 to 1000000 step 1 | summarize make_list(strcat(tostring(x), "${'-'.repeat(2000)}"), 1000000) | project array_length(list_)`;
const SLOW = 'range x from 1 to 50000000 step 1 | summarize dcount(hash_sha256(tostring(x)))';

describe('a store in a process of its own', () => {
  let store: StoreProcess;
  let directory: string;
  const ask = async (kql: string, signal?: AbortSignal) => {
    const query = await compileKql(kql, { Numbers: NUMBERS }, { now: NOW });
    return readWireAnswer(await store.answer(query, signal === undefined ? {} : { signal })).table
      .rows;
  };
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'tallyman-process-'));
    store = await StoreProcess.open({ directory, readable: [], processMemoryMb: 350 });
    await store.createTable('Numbers', NUMBERS);
    await store.execute('INSERT INTO "Numbers" SELECT range FROM range(100000)');
  });
  afterAll(() => store.close());

  it('answers, in a fixed order when the query has none', async () => {
    expect(await ask('Numbers | where N < 12')).toEqual(
      [0, 10, 11, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => [n]),
    );
    expect(await ask('Numbers | top 2 by N')).toEqual([[99999], [99998]]);
    expect(await store.select('SELECT count(*) FROM "Numbers"')).toEqual([[100000n]]);
  });

  it('tells why a query or a statement failed', async () => {
    await expect(ask('range x from 1 to 600000 step 1')).rejects.toMatchObject({
      code: 'KQL_LIMIT',
      message: expect.stringContaining('500000 rows') as string,
    });
    await expect(store.execute('SELECT nonsense')).rejects.toThrow(/nonsense/);
  });

  it.each([0, 50])('stops a query that is aborted after %i ms', async (milliseconds) => {
    const controller = new AbortController();
    const answer = ask(SLOW, controller.signal);
    setTimeout(() => {
      controller.abort();
    }, milliseconds);
    await expect(answer).rejects.toMatchObject({ code: 'KQL_EXECUTION' });
  });

  it('survives a query that takes all memory: others are answered, and the tables are there', async () => {
    const [greedy, beside] = await Promise.allSettled([
      ask(GREEDY),
      ask('Numbers | summarize sum(N)'),
    ]);
    expect(greedy).toMatchObject({ status: 'rejected', reason: { code: 'KQL_LIMIT' } });
    expect(beside).toMatchObject({ status: 'fulfilled', value: [[4999950000]] });
    expect(await ask('Numbers | count')).toEqual([[100000]]);
  });

  it('starts no process for a query that is asked after it was closed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tallyman-process-'));
    const other = await StoreProcess.open({ directory: folder, readable: [] });
    const under = other.answer(await compileKql(SLOW, {}, { now: NOW })).catch(String);
    await other.close();
    expect(await under).toMatch(/closed|ended/);
    await expect(other.select('SELECT 1')).rejects.toThrow(/closed/);
  });

  it('leaves nothing behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tallyman-process-'));
    const other = await StoreProcess.open({ directory: folder, readable: [] });
    await other.createTable('T', NUMBERS);
    await other.close();
    expect(readdirSync(folder).filter((name) => name.startsWith('tables'))).toEqual([]);
  });
});
