import { sha256, stableJson } from '../core/digest';
import type { LogSink } from '../core/log-sink';
import type { Instant } from '../core/period';
import type { CapturedRecord } from '../logs/captured-records';
import { readEvent } from '../logs/captured-records';

export interface CaptureResult {
  readonly records: readonly CapturedRecord[];
  /** Reasons of what was kept aside. */
  readonly poison: readonly string[];
}

/** Where what has no place is kept, in the log archive; no category begins so, and nothing reads it. */
const ASIDE = 'capture-poison';

/**
 * Appends the records of events to a log archive, in the hour in which they were received. Events may come twice:
 * what is appended twice is counted once by whoever reads the archive. What can't be placed is kept aside under its
 * digest, so that one bad event neither blocks its partition nor is lost.
 */
export async function captureEvents(
  sink: LogSink,
  events: readonly unknown[],
  now: Instant,
): Promise<CaptureResult> {
  const batches = events.map(readEvent);
  const records = batches.flatMap((batch) => batch.records);
  const poison = batches.flatMap((batch) => batch.poison);
  const files = new Map<string, string[]>();
  for (const { category, resource, line } of records) {
    const path = `${category}/${resource}/${hourPath(now)}/PT1H.json`;
    const lines = files.get(path);
    if (lines === undefined) files.set(path, [line]);
    else lines.push(line);
  }
  for (const { reason, text } of poison) {
    const content = stableJson({ schema: 'tallyman/poison/1', reason, text });
    await sink.keepAside(`${ASIDE}/${now.slice(0, 10)}/${sha256(content)}.json`, content);
  }
  for (const [path, lines] of files) await sink.append(path, `${lines.join('\n')}\n`);
  return { records, poison: poison.map(({ reason }) => reason) };
}

/** `y=2026/m=03/d=10/h=07/m=00` */
function hourPath(now: Instant): string {
  const [date = '', time = ''] = now.split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `y=${year}/m=${month}/d=${day}/h=${time.slice(0, 2)}/m=00`;
}
