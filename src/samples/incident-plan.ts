import { instantAt, MINUTE } from './calendar';
import type { Calendar, LocalDay } from './calendar';
import type { Registry, World } from './cast';
import type { RegistryEvent } from './events';
import type { Incident } from './ground-truth';
import type { Random } from './random';
import type { ActivityEvent } from './records';

/** A stretch of one registry's time in which something is different. */
export interface Span {
  readonly registry: Registry;
  /** In ticks; half-open. */
  readonly from: number;
  readonly to: number;
  /** What stands in the ground truth for it. */
  readonly incident: Incident;
}

/** Everything that is planted into the routine. */
export interface Plan {
  readonly incidents: Incident[];
  readonly events: { readonly registry: Registry; readonly event: RegistryEvent }[];
  readonly activity: ActivityEvent[];
  /** Nobody uses the registry. */
  readonly quiet: Span[];
  /** Records are lost on their way into the logs. */
  readonly gaps: Span[];
  /** Most pulls of clusters fail. */
  readonly failing: Span[];
  /** Some records arrive hours late. */
  readonly late: Span[];
  /** Some records arrive twice. */
  readonly repeated: Span[];
  /** Blobs stand under the lower-case resource id. */
  readonly lowerCase: Span[];
  /** A line that is no record stands in the blob of the span's hour. */
  readonly garbage: Span[];
  /** The newest blob of the registry ends in half a line. */
  readonly halfWritten: Span[];
}

/** What a kind of incident needs in order to be planted. */
export interface Scene {
  readonly calendar: Calendar;
  readonly world: World;
  readonly registry: Registry;
  readonly day: LocalDay;
  /** The newest earlier day on which the registry is in use; the day itself when there is none. */
  readonly dayBefore: LocalDay;
  readonly random: Random;
  readonly plan: Plan;
}

/** A kind of incident. */
export interface IncidentKind {
  /** Its audit compares with earlier days, so that it can be found only after some days of logs. */
  readonly lookBack: boolean;
  readonly onWorkingDay: boolean;
  readonly onLastDay?: boolean;
  plant(scene: Scene): void;
}

/** A plan without anything in it. */
export function emptyPlan(): Plan {
  return {
    incidents: [],
    events: [],
    activity: [],
    quiet: [],
    gaps: [],
    failing: [],
    late: [],
    repeated: [],
    lowerCase: [],
    garbage: [],
    halfWritten: [],
  };
}

/** An entry of the ground truth for something that no audit reports. */
export function incidentOf(
  calendar: Calendar,
  registry: Registry,
  kind: string,
  from: number,
  to: number,
): Incident {
  return {
    kind,
    audit: null,
    severity: null,
    registry: registry.name,
    from: instantAt(calendar, from),
    to: instantAt(calendar, to),
    match: {},
    alsoBy: [],
  };
}

/** The whole minutes that hold some times. */
export function minutesAround(times: readonly number[]): { from: number; to: number } {
  return {
    from: Math.floor(Math.min(...times) / MINUTE) * MINUTE,
    to: Math.floor(Math.max(...times) / MINUTE + 1) * MINUTE,
  };
}
