import { parseJson, propertyOf } from '../core/json';

/** One record on its way into a log archive. */
export interface CapturedRecord {
  /** The container's name, in lower case: `insights-logs-containerregistryloginevents`. */
  readonly category: string;
  /** `resourceId=/SUBSCRIPTIONS/…` */
  readonly resource: string;
  /** Compact JSON, without a line feed. */
  readonly line: string;
}

/** What can't be put in its place, and why. */
export interface PoisonRecord {
  /** A few words: `not JSON`, `no records`, `no category`. */
  readonly reason: string;
  /** As it came. */
  readonly text: string;
}

/** What came of one event. */
export interface CapturedBatch {
  readonly records: readonly CapturedRecord[];
  readonly poison: readonly PoisonRecord[];
}

const ACTIVITY = 'insights-activity-logs';
const METRICS = 'insights-metrics-pt1m';
const CATEGORY = /^[A-Za-z0-9]{1,80}$/;
/** No segment is a step up, and none holds what paths or addresses give a meaning to. */
const RESOURCE_ID = /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._() -]{1,120}){2,16}$/;
const SUBSCRIPTION = /^\/subscriptions\/[^/]+/i;

/**
 * Takes an event of Azure Monitor apart: `{"records":[…]}`, as text or as the object that it says. Each record is
 * put where a diagnostic setting to a storage account would have put it; what has no such place is poison.
 */
export function readEvent(event: unknown): CapturedBatch {
  const body = event instanceof Uint8Array ? Buffer.from(event).toString('utf8') : event;
  const value = typeof body === 'string' ? parseJson(body) : body;
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? null);
  if (value === undefined) return { records: [], poison: [{ reason: 'not JSON', text }] };
  const list = propertyOf(value, 'records');
  if (!Array.isArray(list)) return { records: [], poison: [{ reason: 'no records', text }] };
  const records: CapturedRecord[] = [];
  const poison: PoisonRecord[] = [];
  for (const record of list as unknown[]) {
    const placed = placeOf(record);
    if (typeof placed === 'string') poison.push({ reason: placed, text: JSON.stringify(record) });
    else records.push({ ...placed, line: JSON.stringify(record) });
  }
  return { records, poison };
}

/** Where a record belongs, or a few words that say why nowhere. */
function placeOf(record: unknown): Omit<CapturedRecord, 'line'> | string {
  const time = propertyOf(record, 'time');
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) return 'no time';
  const id = propertyOf(record, 'resourceId');
  if (typeof id !== 'string' || !RESOURCE_ID.test(id)) return 'no resource id';
  if (typeof propertyOf(record, 'metricName') === 'string') {
    return { category: METRICS, resource: `resourceId=${id}` };
  }
  const operation = propertyOf(record, 'operationName');
  const category = propertyOf(record, 'category');
  // Operations of the activity log are named as in roles; those of registries are single words.
  if (typeof operation === 'string' && operation.includes('/')) {
    const subscription = SUBSCRIPTION.exec(id)?.[0];
    return subscription === undefined
      ? 'no subscription'
      : { category: ACTIVITY, resource: `resourceId=${subscription}` };
  }
  if (typeof category !== 'string' || !CATEGORY.test(category)) return 'no category';
  return { category: `insights-logs-${category.toLowerCase()}`, resource: `resourceId=${id}` };
}
