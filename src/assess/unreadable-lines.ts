import type { UnreadableLine } from '../core/logs';
import { holds, type Interval } from '../core/period';
import { hourOf } from './hours';

/** Lines that can't be read and whose records may belong to a period: nobody knows what they would say. */
export interface UnreadableInPeriod {
  /** By registry (lower case), then by hour of the period: lines of tables whose records are of one registry. */
  readonly hours: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** By table: lines that are of no one registry. */
  readonly tables: ReadonlyMap<string, number>;
}

/** Sorts unreadable lines by where they leave a hole. Those of which evidence does not say where are left out. */
export function unreadableIn(
  lines: readonly UnreadableLine[],
  period: Interval,
): UnreadableInPeriod {
  const hours = new Map<string, Map<number, number>>();
  const tables = new Map<string, number>();
  for (const { about } of lines) {
    if (about === undefined || !holds(period, about.time)) continue;
    if (about.registry === undefined) {
      tables.set(about.table, (tables.get(about.table) ?? 0) + 1);
      continue;
    }
    const hour = hourOf(period, about.time);
    const ofRegistry = hours.get(about.registry) ?? new Map<number, number>();
    ofRegistry.set(hour, (ofRegistry.get(hour) ?? 0) + 1);
    hours.set(about.registry, ofRegistry);
  }
  return { hours, tables };
}
