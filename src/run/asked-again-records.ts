import type { ChainEntry } from '../archive/chain';
import type { Archive } from '../core/archive';
import type { AskedAgain } from '../core/custody';
import { stableJson } from '../core/digest';
import type { Parts } from './parts';
import { sealedDifference } from './sealed-report';

/**
 * Every time a closed period was asked again is first kept in the private store; the next run of the
 * stream carries it in its own sealed facts, so that it is signed without an entry of its own.
 */
const ROOT = 'asked-again/';

/** Keeps what asking again came to. Safe to call again. */
export async function keepAskedAgain(
  store: Archive,
  stream: string,
  asked: AskedAgain,
): Promise<void> {
  await store.create(pathOf(stream, asked.period.id, asked.after), Buffer.from(stableJson(asked)));
}

/** For each period the greatest number of days after which it was asked again. */
export async function askedAgainDays(store: Archive, stream: string): Promise<Map<string, number>> {
  const days = new Map<string, number>();
  for await (const { path } of store.list(`${ROOT}${stream}/`)) {
    const found = /\/([^/]+)\/(\d+)\.json$/.exec(path);
    const [, period = '', after = ''] = found ?? [];
    if (found !== null) days.set(period, Math.max(Number(after), days.get(period) ?? 0));
  }
  return days;
}

/**
 * What no run carries yet, the oldest period first. What the newest run of the chain carries is marked here
 * and not when it was sealed: a process that died right after sealing leaves nothing to be told twice.
 */
export async function askedAgainUntold(
  parts: Parts,
  stream: string,
  carried: readonly AskedAgain[],
): Promise<AskedAgain[]> {
  const { privateStore } = parts;
  for (const { period, after } of carried) {
    const path = pathOf(stream, period.id, after).replace(/json$/, 'told');
    await privateStore.create(path, Buffer.from('{}\n'));
  }
  const paths = new Set<string>();
  for await (const { path } of privateStore.list(`${ROOT}${stream}/`)) paths.add(path);
  const untold: AskedAgain[] = [];
  for (const path of paths) {
    if (!path.endsWith('.json') || paths.has(path.replace(/json$/, 'told'))) continue;
    const content = await privateStore.read(path);
    if (content !== undefined) {
      untold.push(JSON.parse(Buffer.from(content).toString('utf8')) as AskedAgain);
    }
  }
  return untold;
}

/** Keeps what sealed amendments say, where a process died between sealing one and keeping it. */
export async function keepSealedDifferences(
  parts: Parts,
  stream: string,
  entries: readonly ChainEntry[],
  days: Map<string, number>,
): Promise<void> {
  for (const entry of entries) {
    const { predicate } = entry.manifest;
    if (predicate.kind !== 'amendment' || predicate.after === null) continue;
    if ((days.get(predicate.period.id) ?? 0) >= predicate.after) continue;
    const asked = await sealedDifference(parts.archive, entry);
    if (asked !== undefined) await keepAskedAgain(parts.privateStore, stream, asked);
    days.set(predicate.period.id, predicate.after);
  }
}

function pathOf(stream: string, periodId: string, after: number): string {
  return `${ROOT}${stream}/${periodId}/${String(after).padStart(3, '0')}.json`;
}
