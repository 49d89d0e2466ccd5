import { isWeekend } from './calendar';
import type { Calendar, LocalDay } from './calendar';
import type { Registry, World } from './cast';
import { DELIVERY_FAULTS } from './delivery-faults';
import { emptyPlan, incidentOf } from './incident-plan';
import type { Plan } from './incident-plan';
import { MISUSES } from './misuses';
import { Random } from './random';

/** The first day, counted from 0, that has enough days of logs before it for audits that look back. */
const FIRST_AUDITED_DAY = 8;

/**
 * Plants one incident of each kind on days that the seed chooses: with ten days or more, from the ninth
 * on; with fewer, on any day, and then without those that need earlier days to be recognised.
 */
export function planIncidents(seed: number, world: World, calendar: Calendar): Plan {
  const random = new Random(seed, 'incidents');
  const plan = emptyPlan();
  const long = calendar.days.length >= FIRST_AUDITED_DAY + 2;
  const days = calendar.days.slice(long ? FIRST_AUDITED_DAY : 0);
  plantQuietSunday(plan, random, world, calendar);
  const anyDay = random.shuffle(days);
  const workingDays = anyDay.filter((day) => !isWeekend(day));
  const kinds = [...MISUSES, ...DELIVERY_FAULTS].filter((kind) => long || !kind.lookBack);
  kinds.forEach((kind, i) => {
    const wanted =
      kind.onLastDay === true
        ? days.slice(-1)
        : kind.onWorkingDay && workingDays.length > 0
          ? workingDays
          : anyDay;
    const inTurn = wanted.map((_, j) => wanted[(i + j) % wanted.length] as LocalDay);
    const day = inTurn.find((each) => usedOn(plan, world, each).length > 0);
    if (day === undefined) return;
    const registry = random.pick(usedOn(plan, world, day));
    const dayBefore = calendar.days.findLast(
      (d) => d.index < day.index && !isQuiet(plan, registry, d),
    );
    kind.plant({ calendar, world, registry, day, dayBefore: dayBefore ?? day, random, plan });
  });
  plan.incidents.sort((a, b) => (a.from === b.from ? 0 : a.from < b.from ? -1 : 1));
  return plan;
}

/** A Sunday without a single event, on which the metrics go on saying zero: quiet, and proven to be so. */
function plantQuietSunday(plan: Plan, random: Random, world: World, calendar: Calendar): void {
  const sundays = calendar.days.filter((day) => day.weekday === 7);
  const late = sundays.filter((day) => day.index >= FIRST_AUDITED_DAY);
  if (sundays.length === 0 || calendar.days.length < 2) return;
  const day = random.pick(late.length > 0 ? late : sundays);
  const registry = random.pick(world.registries);
  const incident = incidentOf(calendar, registry, 'quiet-sunday', day.from, day.to);
  plan.incidents.push(incident);
  plan.quiet.push({ registry, from: day.from, to: day.to, incident });
}

function isQuiet(plan: Plan, registry: Registry, day: LocalDay): boolean {
  return plan.quiet.some((span) => span.registry === registry && span.from === day.from);
}

function usedOn(plan: Plan, world: World, day: LocalDay): Registry[] {
  return world.registries.filter((registry) => !isQuiet(plan, registry, day));
}
