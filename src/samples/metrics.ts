import { HOUR, MINUTE } from './calendar';
import type { RegistryEvent } from './events';
import type { Random } from './random';
import type { MetricSample } from './records';

const METRIC_NAMES = [
  'TotalPullCount',
  'SuccessfulPullCount',
  'TotalPushCount',
  'SuccessfulPushCount',
] as const;

/**
 * Counts one registry's requests of one hour, minute by minute, as the platform does: whatever becomes of
 * the log records.
 */
export class HourlyCounts {
  private readonly counts = METRIC_NAMES.map(() => new Uint32Array(60));

  constructor(private readonly hour: number) {}

  add(event: RegistryEvent): void {
    const kind = event.operation === 'Pull' ? 0 : event.operation === 'Push' ? 2 : undefined;
    if (kind === undefined) return;
    const minute = Math.floor((event.at - this.hour * HOUR) / MINUTE);
    increment(this.counts[kind], minute);
    if (event.status.startsWith('2')) increment(this.counts[kind + 1], minute);
  }

  /**
   * The samples as they are exported: a zero for each quarter of an hour without any request, and in some
   * minutes one request more than was added, as for imports and builds inside the registry, which are
   * not logged.
   */
  samples(storedBytes: number, random: Random): MetricSample[] {
    addUnlogged(this.counts, random);
    const start = this.hour * HOUR;
    const samples: MetricSample[] = [];
    for (let minute = 0; minute < 60; minute++) {
      METRIC_NAMES.forEach((name, i) => {
        const counts = this.counts[i] ?? new Uint32Array(60);
        const total = counts[minute] ?? 0;
        const idle =
          minute % 15 === 0 && counts.subarray(minute, minute + 15).every((n) => n === 0);
        if (total === 0 && !idle) return;
        samples.push({ at: start + minute * MINUTE, name, grain: 'PT1M', total, samples: total });
      });
    }
    samples.push({ at: start, name: 'StorageUsed', grain: 'PT1H', total: storedBytes, samples: 1 });
    return samples;
  }
}

function addUnlogged(counts: readonly Uint32Array[], random: Random): void {
  for (const kind of [0, 2]) {
    for (let minute = 0; minute < 60; minute++) {
      if ((counts[kind]?.[minute] ?? 0) === 0 || !random.chance(0.03)) continue;
      increment(counts[kind], minute);
      increment(counts[kind + 1], minute);
    }
  }
}

function increment(counts: Uint32Array | undefined, minute: number): void {
  if (counts !== undefined) counts[minute] = (counts[minute] ?? 0) + 1;
}
