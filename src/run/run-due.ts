import { readChain } from '../archive/chain';
import { TallymanError } from '../core/errors';
import type { Instant, Period } from '../core/period';
import type { Report } from '../core/report';
import type { OutboxReport } from '../mail/outbox';
import { tablesOf, windowOf } from './ask';
import { askAgain } from './ask-again';
import type { AskAgainResult } from './ask-again-result';
import { abandonedStreams } from './begun-streams';
import { loginCanaries } from './canaries';
import { askedAgainDays, keepSealedDifferences } from './asked-again-records';
import type { Failure, Parts, Trigger } from './parts';
import { missingPeriods, newestDuePeriod } from './plan';
import type { PlannedAskAgain } from './plan-ask-again';
import { planAskAgain } from './plan-ask-again';
import { runReport } from './run-report';
import { beginStream, sealDefinitionChange } from './seal';
import type { StreamDefinition } from './streams';
import { streamsOf } from './streams';
import { tellStream } from './tell';
import { witnessStream } from './witness';

/** A run that has to be made. */
export interface PlannedRun {
  readonly definition: StreamDefinition;
  readonly period: Period;
  readonly trigger: Trigger;
}

export interface DueResult {
  readonly sealed: readonly { readonly report: Report; readonly sequence: number }[];
  readonly askedAgain: readonly AskAgainResult[];
  /** Runs that are due and that the next wake-up makes. */
  readonly left: number;
  readonly failed: readonly Failure[];
  /** Streams that no report makes any more, although none was ended. */
  readonly abandoned: readonly string[];
  readonly mail: OutboxReport;
}

/**
 * What is due or missing over all streams, by the chains alone: the oldest period first, and daily runs
 * before the longer ones that end with them.
 */
async function planDue(
  parts: Parts,
  attempt: Attempt,
  since: string | undefined,
): Promise<PlannedRun[]> {
  const planned: PlannedRun[] = [];
  for (const definition of streamsOf(parts.catalog)) {
    await attempt(definition.stream, undefined, async () => {
      planned.push(...(await planStream(parts, definition, parts.now(), since)));
    });
  }
  return planned.sort(
    (a, b) =>
      compare(a.period.end, b.period.end) ||
      compare(b.period.start, a.period.start) ||
      compare(a.definition.stream, b.definition.stream),
  );
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

/** Does one piece of work for a stream; when it fails, that is kept and the rest goes on. */
type Attempt = (
  stream: string,
  period: string | undefined,
  work: () => Promise<void>,
) => Promise<void>;

/** How much one wake-up does for one stream; the rest is left for the next. */
export interface DueLimits {
  readonly runs: number;
  readonly askAgain: number;
}

const LIMITS: DueLimits = { runs: 62, askAgain: 12 };

/**
 * Makes every run that is due, asks closed periods again, then sends the mail. One piece of work that fails,
 * or one stream whose chain can't be read, does not stop the others; it stays missing in the chain, so that
 * the next wake-up makes it up.
 */
export async function runDue(
  parts: Parts,
  since?: string,
  limits: DueLimits = LIMITS,
): Promise<DueResult> {
  const failed: Failure[] = [];
  const attempt: Attempt = async (stream, period, work) => {
    try {
      await work();
    } catch (error) {
      failed.push({ stream, period, error });
      parts.onProgress({ kind: 'failed', stream, period, error });
    }
  };
  await loginCanaries(parts);
  const due = await planDue(parts, attempt, since);
  const planned = firstOfEach(due, limits.runs);
  const release = await preloadLogs(parts, planned);
  const sealed: { report: Report; sequence: number }[] = [];
  for (const { definition, period, trigger } of planned) {
    await attempt(definition.stream, period.id, async () => {
      const result = await runReport(parts, definition, period, trigger);
      if (result.status === 'sealed') {
        sealed.push({ report: result.report, sequence: result.entry.sequence });
      }
    });
  }
  release();
  const askedAgain: AskAgainResult[] = [];
  let authorityAnswers = true;
  const unreadable = failed.filter(({ period }) => period === undefined);
  for (const definition of streamsOf(parts.catalog)) {
    const { stream } = definition;
    if (unreadable.some((failure) => failure.stream === stream)) continue;
    await attempt(stream, undefined, async () => {
      const again = (await planStreamAgain(parts, definition)).slice(0, limits.askAgain);
      for (const one of again) {
        await attempt(stream, one.period.id, async () => {
          const result = await askAgain(parts, one);
          askedAgain.push(result);
          parts.onProgress({ kind: 'asked-again', stream, result });
        });
      }
      // One that did not answer once would cost each stream its time limit.
      if (authorityAnswers) authorityAnswers = await witnessStream(parts, stream);
      await tellStream(parts, definition);
    });
  }
  const left = due.length - planned.length;
  const mail = await drainOutbox(parts);
  return { sealed, askedAgain, left, failed, mail, abandoned: await abandonedStreams(parts) };
}

/** The closed periods of a stream that are to be asked again, the oldest first. */
export async function planStreamAgain(
  parts: Parts,
  definition: StreamDefinition,
): Promise<PlannedAskAgain[]> {
  const { stream } = definition;
  const entries = await readChain(parts.archive, stream);
  const days = await askedAgainDays(parts.privateStore, stream);
  await keepSealedDifferences(parts, stream, entries, days);
  return planAskAgain(definition, entries, days, parts.now());
}

/** The oldest runs of each stream, up to a number. */
function firstOfEach(due: readonly PlannedRun[], most: number): PlannedRun[] {
  const counts = new Map<string, number>();
  return due.filter(({ definition: { stream } }) => {
    const count = counts.get(stream) ?? 0;
    counts.set(stream, count + 1);
    return count < most;
  });
}

/** A longer catch-up reads its logs as it goes, so that the oldest run is not kept waiting. */
const LONGEST_PRELOAD_MS = 62 * 86_400_000;

/** Has the logs of a short catch-up read at once. Trouble is left for the runs to meet and to report. */
async function preloadLogs(parts: Parts, planned: readonly PlannedRun[]): Promise<() => void> {
  const nothing = (): void => undefined;
  if (parts.source.preload === undefined || planned.length < 2) return nothing;
  const windows = planned.map(({ definition, period }) => windowOf(definition.report, period));
  const start = windows.map((window) => window.start).sort()[0] ?? '';
  const end =
    windows
      .map((window) => window.end)
      .sort()
      .at(-1) ?? '';
  if (Date.parse(end) - Date.parse(start) > LONGEST_PRELOAD_MS) return nothing;
  const tables = new Set(planned.flatMap(({ definition }) => tablesOf(definition.report)));
  const scope = { id: 'all', registries: 'all' } as const;
  return parts.source
    .preload({ scope, window: { start, end }, tables: [...tables] })
    .catch(() => nothing);
}

/** Tells of everything that is sealed and not told of yet, in every stream, and empties the outbox. */
export async function tellAll(parts: Parts): Promise<OutboxReport> {
  for (const definition of streamsOf(parts.catalog)) await tellStream(parts, definition);
  return drainOutbox(parts);
}

async function drainOutbox(parts: Parts): Promise<OutboxReport> {
  return parts.mail?.outbox.drain() ?? { accepted: [], failed: [], waiting: [] };
}

/** The error that stands for the failed runs of a result, or undefined when all went well. */
export function failureOf(result: DueResult): TallymanError | undefined {
  const [first] = result.failed;
  if (first === undefined) return undefined;
  const runs = result.failed.filter(({ period }) => period !== undefined).length;
  const streams = new Set(result.failed.map(({ stream }) => stream)).size;
  const what =
    runs === 0
      ? `${String(streams)} ${streams === 1 ? 'stream' : 'streams'} could not be worked on`
      : `${String(runs)} ${runs === 1 ? 'run' : 'runs'} could not be made`;
  return new TallymanError('RUNS_FAILED', `${what}; each was named above.`, {
    hint: 'What is missing will be caught up by the next `tallyman due`.',
    cause: first.error,
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
