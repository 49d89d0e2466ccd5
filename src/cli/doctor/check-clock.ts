import type { Instant } from '../../core/period';
import type { Check } from './check';

/** Signatures of storage requests and tokens are refused beyond 15 minutes; periods are hours. */
const MOST_OFF_MS = 5 * 60_000;
const PATIENCE_MS = 10_000;

/** How far this machine's clock is from that of a server that is used anyway. */
export async function checkClock(address: string | undefined, now: () => Instant): Promise<Check> {
  const name = 'Clock';
  if (address === undefined) {
    return {
      name,
      status: 'off',
      text: `It says ${now()}; no server is in use to compare it with.`,
    };
  }
  const server = new URL(address).origin;
  let date: string | null;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(server, { method: 'HEAD', redirect: 'manual', signal });
    date = response.headers.get('date');
  } catch (error) {
    const { cause, message } = error as Error & { cause?: Error };
    const text = `${server} can’t be reached: ${cause?.message ?? message}.`;
    return { name, status: 'unknown', text };
  }
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return { name, status: 'unknown', text: `${server} names no time.` };
  const off = Math.abs(Date.parse(now()) - theirs);
  const text = `It is ${Math.round(off / 1000)} seconds from that of ${server}.`;
  return off > MOST_OFF_MS
    ? { name, status: 'bad', text, remedy: 'Set the clock, and keep it set with NTP.' }
    : { name, status: 'good', text };
}
