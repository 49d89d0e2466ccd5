import '../core/late-optimization';
import type { AnswerFile } from './answer-file';
import { TableStore } from './store';
import type { StoreCall, StoreReply, StoreRequest } from './store-messages';
import { toTrouble } from './store-messages';

/** How often the process looks at its own size. */
const LOOK_MS = 25;

/** The main file of the process that holds a store: see StoreProcess. */
let store: TableStore | undefined;
const underWay = new Map<number, AbortController>();

process.on('message', (request: StoreRequest) => {
  void handle(request);
});
// Whoever asked is gone.
process.on('disconnect', end);

const mostBytes = Number(process.argv[2]);
setInterval(() => {
  // DuckDB's own limit holds for its buffers only, not for the lists that a query builds.
  if (process.memoryUsage.rss() > mostBytes) end();
}, LOOK_MS).unref();

/** At once: an orderly exit would wait for the query that is running. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

async function handle({ id, call }: StoreRequest): Promise<void> {
  try {
    reply({ id, value: await work(id, call) });
  } catch (error) {
    reply({ id, error: toTrouble(error) });
  }
}

function reply(message: StoreReply): void {
  if (process.connected) process.send?.(message);
}

async function work(id: number, call: StoreCall): Promise<unknown> {
  if (call.name === 'open') {
    store = await TableStore.open(call.options, call.resume);
    return undefined;
  }
  if (store === undefined) throw new Error('the store is not open');
  switch (call.name) {
    case 'execute':
      return store.execute(call.sql);
    case 'select':
      return store.select(call.sql);
    case 'createTable':
      return store.createTable(call.table, call.columns);
    case 'answer':
      return answer(store, id, call);
    case 'abort':
      underWay.get(call.call)?.abort();
      return undefined;
  }
}

/** The answer is a file, because a long message takes Node a time that grows with its square. */
async function answer(
  from: TableStore,
  id: number,
  { query, limits }: Extract<StoreCall, { name: 'answer' }>,
): Promise<AnswerFile> {
  const controller = new AbortController();
  underWay.set(id, controller);
  try {
    return await from.answer(query, { ...limits, signal: controller.signal });
  } finally {
    underWay.delete(id);
  }
}
