import type { Archive } from '../core/archive';
import type { Parts } from './parts';
import { streamsOf } from './streams';

/** In the private store: the archive itself can't tell its streams without listing every file in it. */
const ROOT = 'streams/';

/** Keeps that a stream was begun. Safe to call again. */
export async function keepBegun(store: Archive, stream: string): Promise<void> {
  await store.create(`${ROOT}${stream}.json`, Buffer.from('{}\n'));
}

/**
 * Streams that were begun and that no report makes any more, because its file or a scope was taken away: nothing
 * would be due for them, and nobody would miss what is not made. A report that is to end says so with `ends`.
 */
export async function abandonedStreams({
  catalog,
  privateStore,
}: Pick<Parts, 'catalog' | 'privateStore'>): Promise<string[]> {
  const made = new Set(streamsOf(catalog).map(({ stream }) => stream));
  const abandoned: string[] = [];
  for await (const { path } of privateStore.list(ROOT)) {
    const stream = path.slice(ROOT.length, -'.json'.length);
    if (!made.has(stream)) abandoned.push(stream);
  }
  return abandoned.sort();
}
