import { spawn } from 'node:child_process';
import { note } from './output';

/** What opens a file with the program that the system has for it. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['explorer'],
};

/** Opens a file in the user's browser, and says so where that can't be done. */
export async function openInBrowser(file: string): Promise<void> {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, file], { detached: true, stdio: 'ignore' });
  await new Promise<void>((resolve) => {
    child.once('spawn', resolve);
    child.once('error', () => {
      note(`${program} is not here: open ${file} yourself.`);
      resolve();
    });
  });
  child.unref();
}
