import { constants } from 'node:os';
import { cleanUpNow } from '../core/clean-up';

/**
 * Has Ctrl+C and `kill` end the process at once, without its children and temporary files. What a run has begun
 * is left as it is: the next one takes it up. A command that ends in its own way listens for the signal, too.
 */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (process.listenerCount(signal) > 1) return;
      cleanUpNow();
      process.exit(128 + constants.signals[signal]);
    });
  }
}
