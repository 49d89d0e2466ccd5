/** What a span says besides its name and times. No log content and no secret. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** Writes down how long pieces of work take, one inside the other. */
export interface SpanRecorder {
  span<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T>;
}

let recorder: SpanRecorder | undefined;

/** Has all spans of this process recorded from now on. */
export function recordSpans(by: SpanRecorder | undefined): void {
  recorder = by;
}

/** Does the work, and has it written down where somebody wants that. */
export function inSpan<T>(
  name: string,
  attributes: SpanAttributes,
  work: () => Promise<T>,
): Promise<T> {
  return recorder === undefined ? work() : recorder.span(name, attributes, work);
}
