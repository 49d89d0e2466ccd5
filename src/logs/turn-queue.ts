/** Work of the same turn runs side by side; work of different turns one after the other, as it was given. */
export class TurnQueue {
  private turn: unknown;
  private running: Promise<unknown> = Promise.resolve();
  private before: Promise<unknown> = Promise.resolve();

  /** Settles as the work does. Work that fails does not keep the next from running. */
  run<T>(turn: unknown, work: () => Promise<T>): Promise<T> {
    if (turn !== this.turn) {
      this.turn = turn;
      this.before = this.running;
    }
    const result = this.before.then(work);
    // Without what came of it, which would otherwise live as long as the queue.
    this.running = Promise.allSettled([this.running, result]).then(() => undefined);
    return result;
  }

  /** Runs alone. */
  runAlone<T>(work: () => Promise<T>): Promise<T> {
    return this.run(Symbol('alone'), work);
  }
}
