import { Random } from '../../src/samples/random';

describe('Random', () => {
  it('gives the same numbers for the same keys and others for other keys', () => {
    const draw = (...keys: (string | number)[]): number[] => {
      const random = new Random(...keys);
      return Array.from({ length: 20 }, () => random.uint32());
    };
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
    expect(draw(1, 'a')).not.toEqual(draw(11, 'a'));
  });

  it('spreads evenly and keeps within its bounds', () => {
    const random = new Random('even');
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) counts[random.between(0, 9)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(1800);
    expect(Math.max(...counts)).toBeLessThan(2200);
    expect(counts.reduce((a, b) => a + b)).toBe(20_000);
  });

  it('makes version 4 GUIDs and SHA-256 digests that do not repeat', () => {
    const random = new Random('ids');
    const guids = Array.from({ length: 5000 }, () => random.guid());
    expect(new Set(guids).size).toBe(5000);
    expect(
      guids.filter(
        (guid) =>
          !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(guid),
      ),
    ).toEqual([]);
    expect(random.digest()).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('shuffles without loss and refuses to pick from nothing', () => {
    const random = new Random('order');
    const items = Array.from({ length: 50 }, (_, i) => i);
    const shuffled = random.shuffle(items);
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
