import { atLocal, HOUR } from './calendar';
import { incidentOf } from './incident-plan';
import type { IncidentKind, Plan, Scene, Span } from './incident-plan';
import type { Incident } from './ground-truth';

/** What goes wrong between the registry and the log archive. */
export const DELIVERY_FAULTS: readonly IncidentKind[] = [
  { lookBack: false, onWorkingDay: false, plant: plantCollectionGap },
  plantSpan('late-rows', 'late', 8, 2),
  plantSpan('duplicates', 'repeated', 16, 1),
  plantSpan('lower-case-path', 'lowerCase', 0, 6),
  plantSpan('garbage-line', 'garbage', 11, 1),
  { ...plantSpan('half-written-line', 'halfWritten', 23, 1), onLastDay: true },
];

/** For six hours no log record arrives, while the platform goes on counting. */
function plantCollectionGap(scene: Scene): void {
  const { registry } = scene;
  const span = spanOf(scene, 'collection-gap', 17, 6, {
    audit: 'events-against-metrics',
    severity: 'high',
    match: { Registry: registry.name },
    alsoBy: ['silent-hours'],
  });
  scene.plan.gaps.push(span);
}

type Fault = 'late' | 'repeated' | 'lowerCase' | 'garbage' | 'halfWritten';

function plantSpan(
  kind: string,
  fault: Fault & keyof Plan,
  hour: number,
  hours: number,
): IncidentKind {
  return {
    lookBack: false,
    onWorkingDay: false,
    plant: (scene) => {
      scene.plan[fault].push(spanOf(scene, kind, hour, hours, {}));
    },
  };
}

/** Whole UTC hours from the first one that begins at or after a local hour of the day. */
function spanOf(
  scene: Scene,
  kind: string,
  localHour: number,
  hours: number,
  verdict: Partial<Incident>,
): Span {
  const { calendar, day, registry, plan } = scene;
  const from = Math.ceil(atLocal(calendar, day, localHour * 60) / HOUR) * HOUR;
  const to = from + hours * HOUR;
  const incident = { ...incidentOf(calendar, registry, kind, from, to), ...verdict };
  plan.incidents.push(incident);
  return { registry, from, to, incident };
}
