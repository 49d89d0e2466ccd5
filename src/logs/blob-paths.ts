import type { Instant, Interval } from '../core/period';

/** What the path of a raw log file says. */
export interface BlobPath {
  /** In lower case. */
  readonly category: string;
  /** `resourceId=/SUBSCRIPTIONS/…`, in the case in which it was written. */
  readonly resource: string;
  /** The hour in which its first record was received. */
  readonly hour: Instant;
}

const BLOB_PATH =
  /^([^/]+)\/(resourceid=.*?)\/y=(\d{4})\/m=(\d{2})\/d=(\d{2})\/h=(\d{2})\/m=\d{2}\/PT1H(?:_\d+)?\.json$/i;

const REGISTRY = /\/providers\/microsoft\.containerregistry\/registries\/([^/]+)$/i;

/** Logs arrive up to 48 hours late, in the blob of the hour in which they arrive. */
const LATE_HOURS = 49;

/** Reads a path in Azure's layout, in either case; undefined for any other file. */
export function parseBlobPath(path: string): BlobPath | undefined {
  const match = BLOB_PATH.exec(path);
  if (match === null) return undefined;
  const [, category = '', resource = '', year = '', month = '', day = '', hour = ''] = match;
  return {
    category: category.toLowerCase(),
    resource,
    hour: `${year}-${month}-${day}T${hour}:00:00.000Z`,
  };
}

/** The name, in lower case, of the registry that a resource's path belongs to, or undefined. */
export function registryOf(resource: string): string | undefined {
  return REGISTRY.exec(resource)?.[1]?.toLowerCase();
}

/**
 * When a record of a window may have been received: from an hour before, because clocks differ, until
 * 49 hours after, because Azure delivers up to two days late.
 */
export function receivedFor(window: Interval): Interval {
  return {
    start: shiftHours(window.start, -1),
    end: shiftHours(window.end, LATE_HOURS),
  };
}

/**
 * Whether a (beginning of a) path's time, as digits `YYYY[MM[DD[HH]]]`, may hold hours of the interval.
 */
export function mayHold(received: Interval, digits: string): boolean {
  const from = received.start.replace(/\D/g, '').slice(0, digits.length);
  const until = shiftMilliseconds(received.end, -1).replace(/\D/g, '').slice(0, digits.length);
  return digits >= from && digits <= until;
}

function shiftHours(instant: Instant, hours: number): Instant {
  return shiftMilliseconds(instant, hours * 3_600_000);
}

function shiftMilliseconds(instant: Instant, milliseconds: number): Instant {
  return new Date(Date.parse(instant) + milliseconds).toISOString();
}
