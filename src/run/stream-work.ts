import { readChain } from '../archive/chain';
import type { Instant, Period } from '../core/period';
import { askedAgainDays, keepSealedDifferences } from './asked-again-records';
import type { Parts, Trigger } from './parts';
import { missingPeriods, newestDuePeriod } from './plan';
import type { PlannedAskAgain } from './plan-ask-again';
import { planAskAgain } from './plan-ask-again';
import { beginStream, sealDefinitionChange } from './seal';
import type { StreamDefinition } from './streams';

/** A run that has to be made. */
export interface PlannedRun {
  readonly definition: StreamDefinition;
  readonly period: Period;
  readonly trigger: Trigger;
}

export type Work = PlannedRun | PlannedAskAgain;

/** All that one stream needs, whoever does it: `tallyman due` in one process, the function app through its queue. */
export interface StreamWork {
  readonly definition: StreamDefinition;
  /** What is due or missing, the oldest period first. */
  readonly runs: readonly PlannedRun[];
  /** The closed periods that are to be asked again after the runs, the oldest first. Trouble with them keeps no run back. */
  planAskAgain(): Promise<PlannedAskAgain[]>;
}

/** What a stream needs now, by its chain and its definition alone. */
export async function workOf(
  parts: Parts,
  definition: StreamDefinition,
  since?: string,
): Promise<StreamWork> {
  return {
    definition,
    runs: await planStream(parts, definition, parts.now(), since),
    planAskAgain: () => planStreamAskAgain(parts, definition),
  };
}

/** What is to be done first of it; undefined when a stream needs nothing. */
export async function firstOf(work: StreamWork): Promise<Work | undefined> {
  return work.runs[0] ?? (await work.planAskAgain())[0];
}

/**
 * The order of work over several streams: the oldest period first, and daily runs before the longer ones that end with
 * them and tell of them.
 */
export function compareWork(a: Work, b: Work): number {
  return (
    compare(a.period.end, b.period.end) ||
    compare(b.period.start, a.period.start) ||
    compare(a.definition.stream, b.definition.stream)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * What is due or missing in one stream, the oldest period first. A stream that has no chain is begun
 * here, and a definition that is not the promised one is sealed, so that whoever makes its runs, in
 * whatever order, finds its promise written down.
 */
export async function planStream(
  parts: Parts,
  definition: StreamDefinition,
  now: Instant,
  since?: string,
): Promise<PlannedRun[]> {
  const { report, stream } = definition;
  let entries = await readChain(parts.archive, stream);
  const change = await sealDefinitionChange(parts, definition, entries);
  if (change !== undefined) entries = await readChain(parts.archive, stream, entries);
  const missing = missingPeriods(report, entries, now, since);
  const [first] = missing;
  if (entries.length === 0 && first !== undefined) await beginStream(parts, definition, first);
  const newest = newestDuePeriod(report, now).id;
  return missing.map((period) => ({
    definition,
    period,
    trigger: period.id === newest ? 'timer' : 'catch-up',
  }));
}

async function planStreamAskAgain(
  parts: Parts,
  definition: StreamDefinition,
): Promise<PlannedAskAgain[]> {
  const { stream } = definition;
  const entries = await readChain(parts.archive, stream);
  const days = await askedAgainDays(parts.privateStore, stream);
  await keepSealedDifferences(parts, stream, entries, days);
  return planAskAgain(definition, entries, days, parts.now());
}
