import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDate } from '../core/dates';
import { TallymanError } from '../core/errors';
import type { Problem } from '../core/errors';
import { makeFolder } from '../core/make-folder';
import { isTimeZone } from '../core/period';
import { planActivity } from './activity';
import { HOUR, isWeekend, localHour, makeCalendar, MINUTE } from './calendar';
import type { Calendar, LocalDay } from './calendar';
import { makeWorld } from './cast';
import type { Registry, World } from './cast';
import { clusterShare, clusterStarts, pullOntoNode } from './cluster-traffic';
import { Delivery } from './delivery';
import type { RegistryEvent } from './events';
import type { GroundTruth } from './ground-truth';
import { HourBuckets } from './hour-buckets';
import type { Written } from './hourly-blobs';
import { emptyPlan } from './incident-plan';
import type { Plan, Span } from './incident-plan';
import { planIncidents } from './plan-incidents';
import { Random } from './random';
import type { ActivityEvent } from './records';
import { planRoutine } from './routine';
import type { Deployment } from './routine';

export interface SampleOptions {
  /** Equal options give equal bytes. */
  readonly seed: number;
  /** A date in the time zone: `2026-02-23`. */
  readonly firstDay: string;
  readonly days: number;
  readonly registries: number;
  /** Over all registries. Below about 250 a registry, more are written, so that no hour is empty. */
  readonly eventsPerDay: number;
  /** IANA name; office hours are in this zone. */
  readonly timeZone: string;
  /** A folder that is empty or does not exist. */
  readonly out: string;
  /** Whether to plant incidents; true when left out. */
  readonly incidents?: boolean;
  readonly onProgress?: (day: number, days: number) => void;
}

export interface SampleSummary {
  /** Blobs, and ground-truth.json. */
  readonly files: number;
  readonly bytes: number;
  /** Log lines of all kinds that a reader can read. */
  readonly records: number;
  readonly truthFile: string;
}

/** What is known of one registry's traffic between one hour and the next. */
interface Traffic {
  readonly registry: Registry;
  readonly planned: HourBuckets<RegistryEvent>;
  deployments: Deployment[];
  /** Events of the day that clusters make. */
  clusterBudget: number;
  /** Of these, what fell to the hours so far and was not made yet; below zero when more was made. */
  clusterOwed: number;
  storedBytes: number;
}

interface Scenery {
  readonly options: SampleOptions;
  readonly calendar: Calendar;
  readonly world: World;
  readonly plan: Plan;
  readonly delivery: Delivery;
  readonly traffic: readonly Traffic[];
}

/**
 * Writes raw logs of made-up registries in the layout in which Azure writes them to a storage account, and
 * `ground-truth.json`, which says what was planted where. Works hour by hour in bounded memory.
 * Throws ARGUMENT_INVALID, with every problem, and OUTPUT_EXISTS when the folder holds anything.
 */
export async function generateSamples(options: SampleOptions): Promise<SampleSummary> {
  checkOptions(options);
  await prepareFolder(options.out);
  const calendar = makeCalendar(options.firstDay, options.days, options.timeZone);
  const perRegistry = options.eventsPerDay / options.registries;
  const world = makeWorld(options.seed, options.registries, perRegistry);
  const plan =
    options.incidents === false ? emptyPlan() : planIncidents(options.seed, world, calendar);
  const written: Written = { files: 0, bytes: 0, records: 0 };
  const delivery = new Delivery(options.out, world, calendar, plan, written);
  const traffic = world.registries.map((registry) => startTraffic(registry, plan));
  await writeDays({ options, calendar, world, plan, delivery, traffic });
  await delivery.finish();
  const truth: GroundTruth = {
    seed: options.seed,
    timeZone: options.timeZone,
    firstDay: options.firstDay,
    days: options.days,
    incidents: plan.incidents,
  };
  const truthFile = join(options.out, 'ground-truth.json');
  const text = `${JSON.stringify(truth, null, 2)}\n`;
  await writeFile(truthFile, text);
  return {
    files: written.files + 1,
    bytes: written.bytes + Buffer.byteLength(text),
    records: written.records,
    truthFile,
  };
}

function checkOptions(options: SampleOptions): void {
  const problems: Problem[] = [];
  const whole = (
    where: 'seed' | 'days' | 'registries' | 'eventsPerDay',
    low: number,
    high: number,
  ): void => {
    const value = options[where];
    if (Number.isInteger(value) && value >= low && value <= high) return;
    problems.push({
      where,
      message: `expected a whole number from ${low} to ${high}, got ${value}.`,
    });
  };
  whole('seed', 0, 2 ** 32 - 1);
  whole('days', 1, 3660);
  whole('registries', 1, 100);
  whole('eventsPerDay', 1, 100_000_000);
  if (!isDate(options.firstDay)) {
    const message = `expected a date such as 2026-02-23, got "${options.firstDay}".`;
    problems.push({ where: 'firstDay', message });
  }
  if (!isTimeZone(options.timeZone)) {
    const message = `expected an IANA time zone such as Asia/Seoul, got "${options.timeZone}".`;
    problems.push({ where: 'timeZone', message });
  }
  if (problems.length === 0) return;
  throw new TallymanError('ARGUMENT_INVALID', 'The sample logs cannot be made.', { problems });
}

async function prepareFolder(folder: string): Promise<void> {
  await makeFolder(folder);
  if ((await readdir(folder)).length === 0) return;
  throw new TallymanError('OUTPUT_EXISTS', `The folder ${folder} is not empty.`, {
    hint: 'Name another folder, or remove this one first.',
  });
}

function startTraffic(registry: Registry, plan: Plan): Traffic {
  const planned = new HourBuckets<RegistryEvent>();
  planned.add(plan.events.filter((each) => each.registry === registry).map((each) => each.event));
  const storedBytes = 48e9 + registry.index * 7e9;
  return { registry, planned, deployments: [], clusterBudget: 0, clusterOwed: 0, storedBytes };
}

async function writeDays(scenery: Scenery): Promise<void> {
  const { options, calendar, world, plan, delivery, traffic } = scenery;
  const activity = new HourBuckets<ActivityEvent>();
  activity.add(plan.activity);
  let hour = 0;
  for (const day of calendar.days) {
    for (const each of traffic) planDay(scenery, each, day);
    const random = new Random(options.seed, 'activity', day.index);
    activity.add(planActivity(world, calendar, day, random));
    const isLast = day.index === calendar.days.length - 1;
    // A zone whose offset is not whole hours shares an hour between two days: it is written with the later one.
    for (; isLast ? hour * HOUR < day.to : (hour + 1) * HOUR <= day.to; hour++) {
      for (const each of traffic) await writeHour(scenery, each, day, hour);
      await delivery.activity(hour, activity.take(hour));
    }
    options.onProgress?.(day.index + 1, calendar.days.length);
  }
}

function planDay(scenery: Scenery, traffic: Traffic, day: LocalDay): void {
  const { options, calendar, plan } = scenery;
  const { registry } = traffic;
  if (within(plan.quiet, registry, day.from) !== undefined) {
    traffic.clusterBudget = 0;
    return;
  }
  const budget = (options.eventsPerDay / options.registries) * (isWeekend(day) ? 0.95 : 1.02);
  const random = new Random(options.seed, 'routine', registry.index, day.index);
  const routine = planRoutine(calendar, day, registry, budget, random);
  traffic.planned.add(routine.events);
  traffic.deployments.push(...routine.deployments);
  traffic.clusterBudget = Math.max(0, budget - routine.events.length);
}

/** Minute by minute, so that what is held in memory stays small however busy the hour is. */
async function writeHour(
  scenery: Scenery,
  traffic: Traffic,
  day: LocalDay,
  hour: number,
): Promise<void> {
  const { options, calendar, plan, delivery } = scenery;
  const { registry } = traffic;
  const random = new Random(options.seed, 'hour', registry.index, hour);
  const from = Math.max(hour * HOUR, calendar.days[0]?.from ?? 0);
  const to = Math.min((hour + 1) * HOUR, calendar.days.at(-1)?.to ?? 0);
  const quiet = within(plan.quiet, registry, from) !== undefined;
  traffic.clusterOwed += traffic.clusterBudget * clusterShare(day, localHour(calendar, from));
  const starts = quiet ? [] : clusterStarts(from, to, traffic.clusterOwed, random);
  const failing = within(plan.failing, registry, from) !== undefined;
  const current = delivery.beginHour(registry, hour, random);
  const planned = traffic.planned.take(hour).sort((a, b) => a.at - b.at);
  for (let until = from + MINUTE; until < to + MINUTE; until += MINUTE) {
    const events = shiftWhile(planned, (event) => event.at < until);
    for (const start of shiftWhile(starts, (at) => at < until)) {
      const pulls = pullOntoNode(registry, start, random);
      traffic.clusterOwed -= pulls.length;
      for (const event of pulls) events.push(failing ? failSome(event, random) : event);
    }
    events.sort((a, b) => a.at - b.at);
    await delivery.deliver(current, events);
    traffic.storedBytes += events.length * 12_000;
  }
  deploy(traffic, (hour + 1) * HOUR);
  await delivery.endHour(current, traffic.storedBytes);
}

/** Takes out the first items, as long as they belong. */
function shiftWhile<T>(items: T[], belongs: (item: T) => boolean): T[] {
  const end = items.findIndex((item) => !belongs(item));
  return items.splice(0, end === -1 ? items.length : end);
}

/** Three of four pulls fail on the server's side. */
function failSome(event: RegistryEvent, random: Random): RegistryEvent {
  if (event.operation !== 'Pull' || !random.chance(0.75)) return event;
  const { repository = '', tag = '' } = event.target ?? {};
  return { ...event, status: random.chance(0.6) ? '503' : '500', target: { repository, tag } };
}

function deploy(traffic: Traffic, until: number): void {
  for (const deployment of traffic.deployments) {
    if (deployment.at < until) deployment.repository.deployed = deployment.image;
  }
  traffic.deployments = traffic.deployments.filter((deployment) => deployment.at >= until);
}

function within(spans: readonly Span[], registry: Registry, at: number): Span | undefined {
  return spans.find((span) => span.registry === registry && span.from <= at && at < span.to);
}
