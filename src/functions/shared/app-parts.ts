import type { Parts } from '../../run/parts';
import type { Settings } from '../../settings';
import type { OtlpTraces } from './otlp-traces';

/** What every function of this process works with. */
export interface App {
  readonly settings: Settings;
  readonly parts: Parts;
  /** Undefined when nobody wants traces. */
  readonly traces: OtlpTraces | undefined;
}

let app: Promise<App> | undefined;

/**
 * The parts of this process, made when they are first asked for: a throw while functions register would
 * give an app without functions. What could not be made is tried again by the next caller. Throws
 * SETTINGS_INVALID, CATALOG_INVALID, SIGNING_KEY_INVALID and ARCHIVE_UNREACHABLE.
 */
export function appParts(): Promise<App> {
  app ??= openApp().catch((error: unknown) => {
    app = undefined;
    throw error;
  });
  return app;
}

// Imported here and not at the top, so that the app starts before any large module is loaded.
async function openApp(): Promise<App> {
  const { environmentSettings, parseSettings } = await import('../../settings.js');
  const raw = environmentSettings();
  const settings = parseSettings(raw);
  const { compose } = await import('../../compose.js');
  const { rememberQueries } = await import('../../machine.js');
  rememberQueries(raw);
  const { parts } = await compose(settings);
  return { settings, parts, traces: await openTraces(settings, parts) };
}

async function openTraces(
  settings: Settings,
  { software }: Parts,
): Promise<OtlpTraces | undefined> {
  if (settings.otlpEndpoint === undefined) return undefined;
  const { OtlpTraces: Traces } = await import('./otlp-traces.js');
  const { recordSpans } = await import('../../core/spans.js');
  const traces = new Traces({ endpoint: settings.otlpEndpoint, version: software.version });
  recordSpans(traces);
  return traces;
}
