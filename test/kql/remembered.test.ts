import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remembered, rememberIn } from '../../src/kql/remembered';

/** The files of the one version that is kept. */
function filesIn(parent: string): string[] {
  const versions = readdirSync(parent);
  expect(versions).toHaveLength(1);
  const folder = join(parent, versions[0] ?? '');
  return readdirSync(folder).map((name) => join(folder, name));
}

describe('what is remembered of queries', () => {
  let parent: string;
  let made: number;
  const ask = (key: string): Promise<number> =>
    remembered([key], () => Promise.resolve((made += 1)));
  beforeEach(() => {
    parent = join(mkdtempSync(join(tmpdir(), 'tallyman-remembered-')), 'queries');
    made = 0;
    rememberIn(parent);
  });

  it('is made once for each key', async () => {
    const asked = [await ask('a'), await ask('b'), await ask('a'), await ask('b')];
    expect(asked).toEqual([1, 2, 1, 2]);
    expect(filesIn(parent)).toHaveLength(2);
  });

  it('is there for the next process', async () => {
    await ask('a');
    rememberIn(parent);
    expect(await ask('a')).toBe(1);
    expect(made).toBe(1);
  });

  it('is made again when its file is torn', async () => {
    await ask('a');
    writeFileSync(filesIn(parent)[0] ?? '', '{"value":');
    expect(await ask('a')).toBe(2);
    expect(await ask('a')).toBe(2);
  });

  it('does not outlive the version of the engine', async () => {
    await ask('a');
    rememberIn(join(parent));
    writeFileSync(join(parent, 'another-version'), '');
    await ask('a');
    expect(filesIn(parent)).toHaveLength(1);
  });

  it('is no condition for an answer', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tallyman-remembered-')), 'file');
    writeFileSync(file, '');
    rememberIn(join(file, 'queries'));
    expect([await ask('a'), await ask('a')]).toEqual([1, 2]);
  });

  it('keeps nothing of what fails', async () => {
    const fail = (): Promise<number> => Promise.reject(new Error('no'));
    await expect(remembered(['a'], fail)).rejects.toThrow('no');
    expect(await ask('a')).toBe(1);
  });
});
