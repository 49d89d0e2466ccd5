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
 * What the platform counts in one hour, minute by minute, whatever becomes of the log records; and a zero
 * for each quarter of an hour without any. In some minutes it counts one request more than there are
 * records, as for imports and builds inside the registry, which are not logged.
 */
export function hourlyMetrics(
  hour: number,
  events: readonly RegistryEvent[],
  storedBytes: number,
  random: Random,
): MetricSample[] {
  const counts = METRIC_NAMES.map(() => new Uint32Array(60));
  for (const event of events)
    countEvent(counts, Math.floor((event.at - hour * HOUR) / MINUTE), event);
  addUnlogged(counts, random);
  const samples: MetricSample[] = [];
  for (let minute = 0; minute < 60; minute++) {
    METRIC_NAMES.forEach((name, i) => {
      const total = counts[i]?.[minute] ?? 0;
      const idle =
        minute % 15 === 0 && counts[i]?.subarray(minute, minute + 15).every((n) => n === 0);
      if (total === 0 && idle !== true) return;
      samples.push({
        at: hour * HOUR + minute * MINUTE,
        name,
        grain: 'PT1M',
        total,
        samples: total,
      });
    });
  }
  samples.push({
    at: hour * HOUR,
    name: 'StorageUsed',
    grain: 'PT1H',
    total: storedBytes,
    samples: 1,
  });
  return samples;
}

function countEvent(counts: readonly Uint32Array[], minute: number, event: RegistryEvent): void {
  const kind = event.operation === 'Pull' ? 0 : event.operation === 'Push' ? 2 : undefined;
  if (kind === undefined) return;
  increment(counts[kind], minute);
  if (event.status.startsWith('2')) increment(counts[kind + 1], minute);
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
