/** Runs one piece of work after another, in the order in which they were given. */
export class SerialQueue {
  private last: Promise<unknown> = Promise.resolve();

  /** Settles as the work does. Work that fails does not keep the next from running. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work, work);
    this.last = result.catch(() => undefined);
    return result;
  }
}
