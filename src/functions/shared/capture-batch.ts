import type { InvocationContext } from '@azure/functions';
import type { LogSink } from '../../core/log-sink';
import { logEvent } from './log-event';
import { orGoOn } from './trouble';

let sink: Promise<LogSink> | undefined;

/** Appends a batch, then tells at once of what chosen audits find in it. */
export async function captureBatch(
  events: readonly unknown[],
  context: InvocationContext,
): Promise<void> {
  sink ??= openSink().catch((error: unknown) => {
    sink = undefined;
    throw error;
  });
  const { systemClock } = await import('../../machine.js');
  const { captureEvents } = await import('../../run/capture.js');
  const now = systemClock();
  const { records, poison } = await captureEvents(await sink, events, now);
  const counts = { events: events.length, records: records.length, keptAside: poison.length };
  logEvent(context, 'captured', `Captured ${records.length} records.`, counts);
  if (poison.length > 0) {
    context.warn(
      `Kept ${poison.length} records or events aside: ${[...new Set(poison)].join(', ')}.`,
    );
  }
  // Appended is appended: trouble here must not have the batch come again. The daily report tells of it too.
  await orGoOn(context, async () => {
    const { appParts } = await import('./app-parts.js');
    const { settings, parts } = await appParts();
    if (settings.immediateAudits.length === 0) return;
    const { tellAtOnce } = await import('../../run/immediate.js');
    const told = await tellAtOnce(parts, settings.immediateAudits, records, now);
    if (told > 0) logEvent(context, 'told-at-once', `Told of ${told} findings at once.`, { told });
  });
}

async function openSink(): Promise<LogSink> {
  const { environmentSettings, parseLogSettings } = await import('../../settings.js');
  const { openLogSink } = await import('../../open-logs.js');
  const raw = environmentSettings();
  return openLogSink(parseLogSettings(raw), raw.TALLYMAN_STORAGE_CONNECTION);
}
