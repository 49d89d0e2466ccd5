/**
 * Milliseconds that a Retry-After header asks to wait: seconds, or a date of HTTP (RFC 9110, section 10.2.3).
 * Undefined when there is none, or none that can be read; a date can only be read when `now` is given.
 */
export function retryAfterMs(
  header: string | null | undefined,
  now = Number.NaN,
): number | undefined {
  if (header === undefined || header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (!Number.isNaN(seconds)) return Math.max(0, seconds * 1000);
  const until = Date.parse(header) - now;
  return Number.isNaN(until) ? undefined : Math.max(0, until);
}
