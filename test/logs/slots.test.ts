import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Slots } from '../../src/logs/slots';
import { TurnQueue } from '../../src/logs/turn-queue';

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

describe('a queue of turns', () => {
  it('runs one turn side by side and turns one after another, and goes on after a failure', async () => {
    const queue = new TurnQueue();
    const log: string[] = [];
    const work = (turn: string, name: string, fails = false) =>
      queue.run(turn, async () => {
        log.push(`${name} begins`);
        await pause();
        log.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const results = await Promise.allSettled([
      work('a', 'a1', true),
      work('a', 'a2'),
      work('b', 'b1'),
      queue.runAlone(async () => {
        log.push('alone begins');
        await pause();
        log.push('alone ends');
      }),
      work('b', 'b2'),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(log.slice(0, 4).sort()).toEqual(['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends']);
    expect(log.slice(0, 2)).toEqual(['a1 begins', 'a2 begins']);
    expect(log.slice(4)).toEqual(
      ['b1', 'alone', 'b2'].flatMap((name) => [`${name} begins`, `${name} ends`]),
    );
  });

  it('lets go of what came of its work', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const queue = new TurnQueue();
    const answers: WeakRef<object>[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      answers.push(new WeakRef(await queue.run(turn, () => Promise.resolve({ turn }))));
    }
    await pause();
    await queue.runAlone(pause);
    collectGarbage();
    expect(answers.map((answer) => answer.deref())).toEqual(answers.map(() => undefined));
  });
});
