import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A record of the login or the repository category. */
export interface RegistryRecord {
  readonly time: string;
  readonly category: string;
  readonly resourceId: string;
  readonly operationName: string;
  readonly identity: string;
  readonly resultType: string;
  readonly resultDescription: string;
  readonly durationMs: string;
  readonly callerIpAddress: string;
  readonly correlationId: string;
  readonly properties: {
    readonly tag: string;
    readonly digest: string;
    readonly mediaType: string;
    readonly repository: string;
    readonly loginServer: string;
    readonly userAgent: string;
  };
}

export interface MetricRecord {
  readonly time: string;
  readonly resourceId: string;
  readonly metricName: string;
  readonly total: number;
}

export interface ActivityRecord {
  readonly time: string;
  readonly resourceId: string;
  readonly operationName: string;
  readonly resultType: string;
  readonly correlationId: string;
  readonly durationMs: unknown;
  readonly identity: { readonly claims: unknown };
}

/** One line of a sample blob. */
export interface RawLine {
  /** Below the samples' folder, with `/`. */
  readonly blob: string;
  /** The hour in the blob's path: `2026-03-09T07`. */
  readonly receiptHour: string;
  readonly text: string;
  /** Undefined when the line is not JSON; of another type in other containers than the registry logs. */
  readonly record: RegistryRecord | undefined;
}

export const LOGIN = 'insights-logs-containerregistryloginevents';
export const REPOSITORY = 'insights-logs-containerregistryrepositoryevents';
export const METRICS = 'insights-metrics-pt1m';
export const ACTIVITY = 'insights-activity-logs';

/** Every file below a folder, as sorted paths with `/`. */
export function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

/** Every line of the blobs of some containers. */
export function readLines(folder: string, ...containers: string[]): RawLine[] {
  return listFiles(folder)
    .filter((path) => containers.some((container) => path.startsWith(`${container}/`)))
    .flatMap((blob) => {
      const hour = /y=(\d+)\/m=(\d+)\/d=(\d+)\/h=(\d+)\/m=00\/PT1H\.json$/.exec(blob)!;
      const receiptHour = `${hour[1]}-${hour[2]}-${hour[3]}T${hour[4]}`;
      const lines = readFileSync(join(folder, blob), 'utf8').split('\n');
      if (lines.at(-1) === '') lines.pop();
      return lines.map((text) => ({ blob, receiptHour, text, record: parse(text) }));
    });
}

/** Every readable record of the two registry logs, in the order of their times. */
export function registryRecords(folder: string): RegistryRecord[] {
  return recordsOf<RegistryRecord>(folder, LOGIN, REPOSITORY).sort((a, b) =>
    a.time < b.time ? -1 : 1,
  );
}

export function metricRecords(folder: string): MetricRecord[] {
  return recordsOf<MetricRecord>(folder, METRICS);
}

export function activityRecords(folder: string): ActivityRecord[] {
  return recordsOf<ActivityRecord>(folder, ACTIVITY);
}

function recordsOf<T>(folder: string, ...containers: string[]): T[] {
  return readLines(folder, ...containers).flatMap(({ record }) =>
    record === undefined ? [] : [record as T],
  );
}

function parse(text: string): RegistryRecord | undefined {
  try {
    return JSON.parse(text) as RegistryRecord;
  } catch {
    return undefined;
  }
}

/** How many hours after the hour of its time a record was received. */
export function hoursLate({ receiptHour, record }: RawLine): number {
  const hour = (text: string): number => Date.parse(`${text.slice(0, 13)}:00:00Z`);
  return (hour(receiptHour) - hour(record?.time ?? receiptHour)) / 3_600_000;
}

/** `contoso`, of a record of any kind. */
export function registryOf(record: { readonly resourceId: string }): string {
  return /\/registries\/([^/]+)/i.exec(record.resourceId)?.[1]?.toLowerCase() ?? '';
}

/** Counts by key. */
export function tally<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}
