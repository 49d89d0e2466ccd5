import { watch } from 'node:fs/promises';

/** An editor writes a file in several steps. */
const QUIET_MS = 200;

/** Something at once, and then each time after files below a folder have changed and it is quiet again. */
export async function* watchFolder(folder: string): AsyncGenerator<void> {
  const events = watch(folder, { recursive: true })[Symbol.asyncIterator]();
  let next = events.next();
  yield;
  for (;;) {
    const { done } = await next;
    if (done === true) return;
    next = events.next();
    while (await arrives(next, QUIET_MS)) next = events.next();
    yield;
  }
}

async function arrives(event: Promise<unknown>, withinMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, withinMs, false);
  });
  try {
    return await Promise.race([event.then(() => true), quiet]);
  } finally {
    clearTimeout(timer);
  }
}
