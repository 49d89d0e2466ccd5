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
  const ask = (key: string): number => remembered([key], () => (made += 1));
  beforeEach(() => {
    parent = join(mkdtempSync(join(tmpdir(), 'tallyman-remembered-')), 'queries');
    made = 0;
    rememberIn(parent);
  });

  it('is made once for each key', () => {
    expect([ask('a'), ask('b'), ask('a'), ask('b')]).toEqual([1, 2, 1, 2]);
    expect(filesIn(parent)).toHaveLength(2);
  });

  it('is there for the next process', () => {
    ask('a');
    rememberIn(parent);
    expect(ask('a')).toBe(1);
    expect(made).toBe(1);
  });

  it('is made again when its file is torn', () => {
    ask('a');
    writeFileSync(filesIn(parent)[0] ?? '', '{"value":');
    expect(ask('a')).toBe(2);
    expect(ask('a')).toBe(2);
  });

  it('does not outlive the version of the engine', () => {
    ask('a');
    rememberIn(join(parent));
    writeFileSync(join(parent, 'another-version'), '');
    ask('a');
    expect(filesIn(parent)).toHaveLength(1);
  });

  it('is no condition for an answer', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tallyman-remembered-')), 'file');
    writeFileSync(file, '');
    rememberIn(join(file, 'queries'));
    expect([ask('a'), ask('a')]).toEqual([1, 2]);
  });

  it('keeps nothing of what fails', () => {
    const fail = (): never => {
      throw new Error('no');
    };
    expect(() => remembered(['a'], fail)).toThrow('no');
    expect(ask('a')).toBe(1);
  });
});
