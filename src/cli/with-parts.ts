import { compose } from '../compose';
import type { Parts } from '../run/parts';
import type { Settings } from '../settings';
import { ProgressLine } from './progress';
import { showProgress } from './run-output';

export interface WithPartsOptions {
  /** The clock; the system's when absent. */
  readonly now?: string | undefined;
  /** Whether only JSON may be printed. */
  readonly json: boolean;
}

/**
 * Does work with the parts that settings name, tells how far it is at a terminal, and lets go of them. The work
 * calls `clear` before it prints.
 */
export async function withParts<T>(
  settings: Settings,
  { now, json }: WithPartsOptions,
  work: (parts: Parts, clear: () => void) => Promise<T>,
): Promise<T> {
  const progress = new ProgressLine();
  const composed = await compose(settings, {
    ...(now === undefined ? {} : { now: (): string => now }),
    onProgress: (event) => {
      showProgress(progress, event, json);
    },
    onLoading: (text) => {
      progress.show(text);
    },
  });
  const clear = (): void => {
    progress.clear();
  };
  try {
    return await work(composed.parts, clear);
  } finally {
    clear();
    await composed.close();
  }
}
