/**
 * Maps items with at most `limit` calls under way at once. Results are in the items’ order. The first failure is told
 * at once, and no call begins after it.
 */
export async function mapInParallel<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  let failed = false;
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        results[index] = await map(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}

/** Maps items in order with at most `limit` calls under way or waiting to be taken. */
export async function* readAhead<T, R>(
  items: Iterable<T>,
  limit: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  try {
    for (const item of items) {
      const result = map(item);
      // One that fails before its turn is told of at its turn; until then nobody else must hear of it.
      result.catch(() => undefined);
      underWay.push(result);
      if (underWay.length >= limit) yield await (underWay.shift() as Promise<R>);
    }
    while (underWay.length > 0) yield await (underWay.shift() as Promise<R>);
  } finally {
    // Nobody takes these any more, and their failure is nobody's.
    await Promise.allSettled(underWay);
  }
}
