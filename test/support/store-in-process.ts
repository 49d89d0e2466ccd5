import { takeAnswer } from '../../src/kql/answer-file';
import type { StoreOptions } from '../../src/kql/store';
import { TableStore } from '../../src/kql/store';
import type { QueryStore } from '../../src/kql/store-process';

/** The store of a log archive in this process: starting one of its own takes longer than most tests. */
export async function openStoreInProcess(options: StoreOptions): Promise<QueryStore> {
  const store = await TableStore.open(options);
  return {
    execute: (sql) => store.execute(sql),
    select: (sql) => store.select(sql),
    createTable: (name, columns) => store.createTable(name, columns),
    answer: async (query, limits) => takeAnswer(await store.answer(query, limits)),
    close: () => store.close(),
  };
}
