import { SerialQueue } from '../../src/logs/serial-queue';
import { Slots } from '../../src/logs/slots';

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('slots', () => {
  it('are never taken by more than may be at once, whoever fails', async () => {
    const slots = new Slots(3);
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        slots.run(async () => {
          running += 1;
          most = Math.max(most, running);
          order.push(i);
          await pause();
          running -= 1;
          if (i % 4 === 0) throw new Error('bad luck');
          return i;
        }),
      ),
    );
    expect(most).toBe(3);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(5);
  });
});

describe('a serial queue', () => {
  it('runs one after another, and goes on after a failure', async () => {
    const queue = new SerialQueue();
    const log: string[] = [];
    const work = (name: string, fails = false) =>
      queue.run(async () => {
        log.push(`${name} begins`);
        await pause();
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const results = await Promise.allSettled([work('a'), work('b', true), work('c')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(log).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });
});
