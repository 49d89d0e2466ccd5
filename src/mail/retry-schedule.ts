import type { Instant } from '../core/period';

const MINUTE_MS = 60_000;

/** Waits after the first, second, … attempt, in minutes; the last one repeats. */
const WAIT_MINUTES = [5, 15, 30, 60, 120, 240] as const;

/** How long after it was put in a mail is tried again, in minutes. */
const GIVE_UP_AFTER_MINUTES = 24 * 60;

/** More than 24 hours of waits hold, so that it only stops a mail whose sending ends the process. */
export const MOST_ATTEMPTS = 20;

/**
 * Whether the next attempt may start after `attempts` of them, the last begun at `lastStartedAt`. The
 * shortest wait is longer than any mailer's time limit, so an attempt under way is left alone.
 */
export function attemptMayStart(attempts: number, lastStartedAt: Instant, now: Instant): boolean {
  const wait = WAIT_MINUTES[Math.min(attempts, WAIT_MINUTES.length) - 1] ?? 0;
  return Date.parse(now) >= Date.parse(lastStartedAt) + wait * MINUTE_MS;
}

/** Whether an attempt that failed at `failedAt` was the last one for a mail put in at `enqueuedAt`. */
export function isLastAttempt(enqueuedAt: Instant, failedAt: Instant): boolean {
  return Date.parse(failedAt) >= Date.parse(enqueuedAt) + GIVE_UP_AFTER_MINUTES * MINUTE_MS;
}
