import { setTimeout as pause } from 'node:timers/promises';
import { mapInParallel, readAhead } from '../../src/core/in-parallel';

describe('mapping in parallel', () => {
  it('keeps the items’ order and the limit', async () => {
    let underWay = 0;
    let most = 0;
    const results = await mapInParallel([30, 1, 20, 1], 2, async (ms) => {
      most = Math.max(most, (underWay += 1));
      await pause(ms);
      underWay -= 1;
      return ms;
    });
    expect(results).toEqual([30, 1, 20, 1]);
    expect(most).toBe(2);
  });

  it.each([
    ['a promise that rejects', () => Promise.reject(new Error('broken'))],
    [
      'a call that throws',
      () => {
        throw new Error('broken');
      },
    ],
  ])('begins nothing after %s', async (_what, fail) => {
    const begun: number[] = [];
    const mapped = mapInParallel([1, 2, 3, 4, 5, 6], 2, (item): Promise<unknown> => {
      begun.push(item);
      return item === 2 ? fail() : pause(20);
    });
    await expect(mapped).rejects.toThrow('broken');
    await pause(60);
    expect(begun).toEqual([1, 2]);
  });
});

describe('reading ahead', () => {
  it('tells of a failure at its turn, and of none to the process', async () => {
    const unheard: unknown[] = [];
    const listen = (reason: unknown): void => void unheard.push(reason);
    process.on('unhandledRejection', listen);
    try {
      const taken: number[] = [];
      const take = async (): Promise<void> => {
        const results = readAhead([1, 2, 3], 3, async (item) => {
          if (item === 2) throw new Error('broken');
          await pause(30);
          return item;
        });
        for await (const result of results) taken.push(result);
      };
      await expect(take()).rejects.toThrow('broken');
      expect(taken).toEqual([1]);
      expect(unheard).toEqual([]);
    } finally {
      process.off('unhandledRejection', listen);
    }
  });
});
