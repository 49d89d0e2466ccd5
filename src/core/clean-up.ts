import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';

const children = new Set<ChildProcess>();
const folders = new Set<string>();

/** Notes a child process that must not outlive this one. Gives it back. */
export function endsWithUs(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** A folder for temporary files that must not outlive this process; whoever writes into it makes it. */
export class ScratchFolder {
  constructor(readonly path: string) {
    folders.add(path);
  }

  /** Removes the folder with everything in it. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    folders.delete(this.path);
  }
}

/** Ends the child processes and removes the scratch folders of this process at once, because it ends now. */
export function cleanUpNow(): void {
  // First the processes: a database still writes into its folder.
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
    } catch {
      // What can't be removed must not keep the process from ending.
    }
  }
}
