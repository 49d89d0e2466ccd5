import { HOUR, SECOND } from './calendar';
import type { Calendar } from './calendar';
import type { Registry, World } from './cast';
import type { RegistryEvent } from './events';
import { HourlyBlobs } from './hourly-blobs';
import type { Written } from './hourly-blobs';
import type { Plan, Span } from './incident-plan';
import { HourlyCounts } from './metrics';
import type { Random } from './random';
import { activityLine, isLogin, metricLine, registryLine } from './records';
import type { ActivityEvent } from './records';

interface RegistryBlobs {
  readonly login: HourlyBlobs;
  readonly repository: HourlyBlobs;
  readonly metrics: HourlyBlobs;
}

/** One hour of one registry on its way into the archive. */
export interface RegistryHour {
  readonly registry: Registry;
  readonly hour: number;
  /** In ticks, from an event to its receipt. */
  readonly lag: number;
  readonly random: Random;
  readonly counts: HourlyCounts;
}

/**
 * Brings records into the log archive as Azure does: some minutes after the event, into the blob of the
 * hour in which they arrive; with the faults that are planned.
 */
export class Delivery {
  private readonly registries = new Map<Registry, RegistryBlobs>();
  private readonly activityBlobs: HourlyBlobs;

  constructor(
    root: string,
    private readonly world: World,
    private readonly calendar: Calendar,
    private readonly plan: Plan,
    written: Written,
  ) {
    const { base } = calendar;
    for (const registry of world.registries) {
      const blobs = (container: string): HourlyBlobs =>
        new HourlyBlobs(
          root,
          container,
          base,
          (hour) => this.resourcePath(registry, hour),
          written,
        );
      this.registries.set(registry, {
        login: blobs('insights-logs-containerregistryloginevents'),
        repository: blobs('insights-logs-containerregistryrepositoryevents'),
        metrics: blobs('insights-metrics-pt1m'),
      });
    }
    const subscription = `/SUBSCRIPTIONS/${world.subscription}`;
    this.activityBlobs = new HourlyBlobs(
      root,
      'insights-activity-logs',
      base,
      () => subscription,
      written,
    );
  }

  /** Begins one registry's hour: how long its records are on their way. Hours come in order. */
  beginHour(registry: Registry, hour: number, random: Random): RegistryHour {
    const lag = random.between(90 * SECOND, 300 * SECOND);
    return { registry, hour, lag, random, counts: new HourlyCounts(hour) };
  }

  /** Delivers some of what happened in a registry's hour. */
  async deliver(current: RegistryHour, events: readonly RegistryEvent[]): Promise<void> {
    const { registry, lag, random } = current;
    const blobs = this.blobsOf(registry);
    for (const event of events) {
      current.counts.add(event);
      if (spanAt(this.plan.gaps, registry, event.at) !== undefined) continue;
      const target = isLogin(event) ? blobs.login : blobs.repository;
      const line = registryLine(this.world, registry, this.calendar, event);
      const receipt = this.receiptHour(registry, event.at, lag, random);
      if (target.add(receipt, line)) await target.flush(receipt);
      this.repeat(registry, event, target, receipt, line, random);
    }
  }

  /** Delivers the metrics of a registry's hour and closes the blobs of that hour. */
  async endHour(current: RegistryHour, storedBytes: number): Promise<void> {
    const { registry, hour, lag, random, counts } = current;
    const blobs = this.blobsOf(registry);
    for (const sample of counts.samples(storedBytes, random)) {
      const receipt = Math.floor((sample.at + 60 * SECOND + lag) / HOUR);
      blobs.metrics.add(receipt, metricLine(registry, this.calendar, sample));
    }
    const garbage = spanAt(this.plan.garbage, registry, hour * HOUR);
    if (garbage !== undefined) {
      blobs.repository.addRaw(hour, '<html><body>502 Bad Gateway</body></html>\n');
      garbage.incident.blob = blobs.repository.path(hour);
    }
    for (const each of [blobs.login, blobs.repository, blobs.metrics]) await each.close(hour);
  }

  /** Delivers one hour of the subscription's activity log, in any order. */
  async activity(hour: number, events: readonly ActivityEvent[]): Promise<void> {
    for (const event of [...events].sort((a, b) => a.at - b.at)) {
      const receipt = Math.floor((event.at + 240 * SECOND) / HOUR);
      this.activityBlobs.add(receipt, activityLine(this.world, this.calendar, event));
    }
    await this.activityBlobs.close(hour);
  }

  /** Writes what is still on its way after the last hour, and the half line. */
  async finish(): Promise<void> {
    for (const [registry, blobs] of this.registries) {
      for (const each of [blobs.login, blobs.metrics]) await each.closeAll();
      const half = this.plan.halfWritten.find((span) => span.registry === registry);
      const newest = blobs.repository.newestHour();
      if (half !== undefined) {
        blobs.repository.addRaw(newest, halfALine(this.world, registry, this.calendar, half.to));
        half.incident.blob = blobs.repository.path(newest);
      }
      await blobs.repository.closeAll();
    }
    await this.activityBlobs.closeAll();
  }

  private receiptHour(registry: Registry, at: number, lag: number, random: Random): number {
    const late = spanAt(this.plan.late, registry, at);
    if (late !== undefined && random.chance(0.4)) {
      late.incident.count = (late.incident.count ?? 0) + 1;
      return Math.floor(at / HOUR) + random.between(1, 9);
    }
    return Math.floor((at + lag) / HOUR);
  }

  private repeat(
    registry: Registry,
    event: RegistryEvent,
    target: HourlyBlobs,
    receipt: number,
    line: string,
    random: Random,
  ): void {
    const repeated = spanAt(this.plan.repeated, registry, event.at);
    if (repeated === undefined || !random.chance(0.4)) return;
    repeated.incident.count = (repeated.incident.count ?? 0) + 1;
    target.add(receipt + random.between(0, 1), line);
  }

  private resourcePath(registry: Registry, hour: number): string {
    const lower = spanAt(this.plan.lowerCase, registry, hour * HOUR);
    return lower === undefined ? registry.resourceId : registry.resourceId.toLowerCase();
  }

  private blobsOf(registry: Registry): RegistryBlobs {
    const blobs = this.registries.get(registry);
    if (blobs === undefined) throw new RangeError(`not a registry of this world: ${registry.name}`);
    return blobs;
  }
}

function spanAt(spans: readonly Span[], registry: Registry, at: number): Span | undefined {
  return spans.find((span) => span.registry === registry && span.from <= at && at < span.to);
}

/** The beginning of a record, as a reader finds it while the rest is being appended. */
function halfALine(world: World, registry: Registry, calendar: Calendar, at: number): string {
  const event: RegistryEvent = {
    ...registry.scanner,
    at,
    operation: 'Pull',
    status: '200',
    correlationId: '00000000-0000-4000-8000-000000000000',
    durationMs: '12.345678',
    target: { repository: 'web/api', tag: 'main' },
  };
  return registryLine(world, registry, calendar, event).slice(0, 300);
}
