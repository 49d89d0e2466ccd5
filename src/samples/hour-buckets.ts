import { HOUR } from './calendar';

/** Things to come, by the hour in which they happen. */
export class HourBuckets<T extends { readonly at: number }> {
  private readonly hours = new Map<number, T[]>();

  add(things: readonly T[]): void {
    for (const thing of things) {
      const hour = Math.floor(thing.at / HOUR);
      const bucket = this.hours.get(hour);
      if (bucket === undefined) this.hours.set(hour, [thing]);
      else bucket.push(thing);
    }
  }

  /** Takes out what happens in an hour, in the order in which it was added. */
  take(hour: number): T[] {
    const bucket = this.hours.get(hour) ?? [];
    this.hours.delete(hour);
    return bucket;
  }
}
