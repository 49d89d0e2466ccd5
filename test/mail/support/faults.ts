import type { Archive } from '../../../src/core/archive';
import type { Mailer } from '../../../src/core/mail';

/** The process has ended here. */
export class Killed extends Error {}

/**
 * Counts the steps of a store and a mailer together and ends them at one of them: before it happens
 * (`x.0`) or after it happened and before anybody learns so (`x.5`). Nothing works afterwards.
 */
export function killedAt(step: number, store: Archive, mailer: Mailer): KilledParts {
  let done = 0;
  const passing = async <T>(act: () => Promise<T>): Promise<T> => {
    if (done > step || done === step) throw new Killed();
    const result = await act();
    done += 1;
    if (done > step) throw new Killed();
    return result;
  };
  return {
    store: {
      location: store.location,
      create: (path, content) => passing(() => store.create(path, content)),
      read: (path) => passing(() => store.read(path)),
      open: (path) => passing(() => store.open(path)),
      list: (prefix) => store.list(prefix),
    },
    mailer: { kind: mailer.kind, send: (mail) => passing(() => mailer.send(mail)) },
    steps: () => done,
  };
}

export interface KilledParts {
  readonly store: Archive;
  readonly mailer: Mailer;
  steps(): number;
}
