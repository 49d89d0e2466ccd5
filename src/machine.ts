import { randomUUID } from 'node:crypto';
import { homedir, tmpdir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { ScratchFolder } from './core/clean-up';
import { rememberIn } from './kql/remembered';
import type { RawSettings } from './settings';

/** Has the engine keep what it finds out about queries, for the next process, where there is a place for it. */
export function rememberQueries(raw: RawSettings): void {
  const folder = cacheFolder(raw);
  if (folder !== undefined) rememberIn(join(folder, 'queries'));
}

/**
 * Where the program keeps what it would otherwise make again. Undefined for a user without a home, as in some
 * containers: in the system's folder for temporary files others could put something there first.
 */
export function cacheFolder({ TALLYMAN_SCRATCH: scratch }: RawSettings): string | undefined {
  if (scratch !== undefined) return resolve(scratch);
  const cache = process.env['XDG_CACHE_HOME'] ?? '';
  if (isAbsolute(cache)) return join(cache, 'tallyman');
  const home = homeFolder();
  return isAbsolute(home) ? join(home, '.cache', 'tallyman') : undefined;
}

/** Empty where the system knows none. */
function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}

/** A folder of its own for temporary files, in a folder that is given or the system's own for them. */
export function newScratch(folder = tmpdir()): ScratchFolder {
  return new ScratchFolder(join(resolve(folder), `tallyman-${randomUUID()}`));
}

/** A name that nothing else has. */
export function newId(): string {
  return randomUUID();
}

/** A number from 0 up to 1, to spread what many do at once; no secret may rest on it. */
export function random(): number {
  return Math.random();
}

/** Who is logged in to this machine; undefined where the system knows no name, as in some containers. */
export function systemUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** The time now, as the system has it. */
export function systemClock(): string {
  return new Date().toISOString();
}
