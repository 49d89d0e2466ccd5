import os from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../src/machine';

function cacheOf(home: () => string, cache?: string): string | undefined {
  const before = process.env['XDG_CACHE_HOME'];
  if (cache === undefined) delete process.env['XDG_CACHE_HOME'];
  else process.env['XDG_CACHE_HOME'] = cache;
  const spy = jest.spyOn(os, 'homedir').mockImplementation(home);
  try {
    return cacheFolder({});
  } finally {
    spy.mockRestore();
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
  }
}

test('a user without a home has no folder for what could be made again, and can work all the same', () => {
  const none = (): string => {
    throw new Error('uv_os_homedir returned ENOENT');
  };
  expect(cacheOf(none)).toBeUndefined();
  expect(cacheOf(() => '')).toBeUndefined();
  expect(cacheOf(() => '/home/jane', '')).toBe('/home/jane/.cache/tallyman');
  expect(cacheOf(none, '/var/cache')).toBe(join('/var/cache', 'tallyman'));
});
