import type { ChainEntry } from '../archive/chain';
import type { Period } from '../core/period';
import type { Parts } from './parts';
import { sealGap } from './seal';
import type { StreamDefinition } from './streams';
import { tellStream } from './tell';

/**
 * Seals the statement that a period could not be reported on, and tells its readers. Undefined when the
 * period was accounted for in the meantime.
 */
export async function recordGap(
  parts: Parts,
  definition: StreamDefinition,
  period: Period,
  why: { readonly reason: string; readonly attempts: number; readonly since: string },
): Promise<ChainEntry | undefined> {
  const entry = await sealGap(parts, definition, period, why);
  await tellStream(parts, definition);
  await parts.mail?.outbox.drain();
  return entry;
}
