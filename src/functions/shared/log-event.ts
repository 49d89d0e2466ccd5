import type { InvocationContext } from '@azure/functions';

/** What a line of the log is about; absent fields are not known. */
export interface EventFields {
  /** `daily.all/2026-03-09`: the stream and its period. Joins the lines of one run over all attempts. */
  readonly run?: string;
  readonly [field: string]: string | number | undefined;
}

/**
 * Writes one line of JSON: `{"event":"run-sealed","text":"…","run":"daily.all/2026-03-09",…}`. In Application
 * Insights `traces | extend Event = parse_json(message)` takes it apart. No field may hold log content or a secret.
 */
export function logEvent(
  context: InvocationContext,
  event: string,
  text: string,
  fields: EventFields = {},
): void {
  context.log(JSON.stringify({ event, text, ...fields, invocation: context.invocationId }));
}
