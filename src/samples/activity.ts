import { atLocal, HOUR, isWeekend, MINUTE, SECOND } from './calendar';
import type { Calendar, LocalDay } from './calendar';
import type { World } from './cast';
import type { Random } from './random';
import type { ActivityEvent } from './records';

/** An operation on a resource, as the activity log tells it: that it began and what became of it. */
export interface Operation {
  readonly name: string;
  readonly category: ActivityEvent['category'];
  readonly eventCategory?: ActivityEvent['eventCategory'];
  readonly caller: string;
  readonly address: string;
  readonly resourceId: string;
}

/** The two records of an operation that succeeds some seconds after it began. */
export function startAndSuccess(operation: Operation, at: number, random: Random): ActivityEvent[] {
  const { name, ...rest } = operation;
  const common = {
    eventCategory: 'Administrative',
    ...rest,
    operation: name,
    correlationId: random.guid(),
  } as const;
  const took = random.between(SECOND, 40 * SECOND);
  return [
    { ...common, at, result: 'Start', durationMs: 0 },
    { ...common, at: at + took, result: 'Success', durationMs: Math.round(took / 1e4) },
  ];
}

/**
 * The subscription's routine of one local day, Sundays included: an hourly policy audit, a nightly
 * restart, an hourly scale-out by day, and on working days deployments. None of it touches a registry,
 * its logs, credentials or roles.
 */
export function planActivity(
  world: World,
  calendar: Calendar,
  day: LocalDay,
  random: Random,
): ActivityEvent[] {
  const events: ActivityEvent[] = [];
  const group = `/subscriptions/${world.subscription.toLowerCase()}/resourcegroups/rg-shop`;
  const automation = { caller: automationId(world), address: '20.194.16.40' };
  const add = (operation: Operation, at: number): void => {
    events.push(...startAndSuccess(operation, at, random));
  };
  const somewhere = (): number => random.between(0, 50 * MINUTE);
  for (let at = day.from; at < day.to; at += HOUR) {
    const vm = `${group}/providers/microsoft.compute/virtualmachines/vm-web-${random.between(1, 4)}`;
    events.push({
      at: at + somewhere(),
      operation: 'MICROSOFT.AUTHORIZATION/POLICIES/AUDIT/ACTION',
      category: 'Action',
      eventCategory: 'Policy',
      result: 'Success',
      ...automation,
      resourceId: vm,
      correlationId: random.guid(),
      durationMs: 0,
    });
  }
  for (const hour of [8, 11, 14, 19]) {
    const resourceId = `${group}/providers/microsoft.compute/virtualmachinescalesets/aks-pool-1`;
    const name = 'MICROSOFT.COMPUTE/VIRTUALMACHINESCALESETS/WRITE';
    add(
      { name, category: 'Write', ...automation, resourceId },
      atLocal(calendar, day, hour * 60) + somewhere(),
    );
  }
  const restart = {
    name: 'MICROSOFT.COMPUTE/VIRTUALMACHINES/RESTART/ACTION',
    category: 'Action',
    resourceId: `${group}/providers/microsoft.compute/virtualmachines/vm-batch-1`,
  } as const;
  add({ ...restart, ...automation }, atLocal(calendar, day, 225));
  for (const hour of isWeekend(day) ? [] : [10, 13, 16]) {
    const resourceId = `${group}/providers/microsoft.resources/deployments/shop-${day.date}-${hour}`;
    const name = 'MICROSOFT.RESOURCES/DEPLOYMENTS/WRITE';
    add(
      { name, category: 'Write', ...automation, resourceId },
      atLocal(calendar, day, hour * 60) + somewhere(),
    );
  }
  return events;
}

/** The application id of the automation: stable, made of the subscription's. */
function automationId(world: World): string {
  return `5a0c9d1e${world.subscription.toLowerCase().slice(8)}`;
}
