import { TallymanError } from '../core/errors';
import type { Report } from '../core/report';
import type { OutboxReport } from '../mail/outbox';
import { tablesOf, windowOf } from './ask';
import { askAgain } from './ask-again';
import type { AskAgainResult } from './ask-again-result';
import { abandonedStreams } from './begun-streams';
import { loginCanaries } from './canaries';
import type { Failure, Parts } from './parts';
import { runReport } from './run-report';
import type { PlannedRun, StreamWork } from './stream-work';
import { compareWork, workOf } from './stream-work';
import { streamsOf } from './streams';
import { tellStream } from './tell';
import { witnessStream } from './witness';

export interface DueResult {
  readonly sealed: readonly { readonly report: Report; readonly sequence: number }[];
  readonly askedAgain: readonly (AskAgainResult & { readonly stream: string })[];
  /** Runs that are due and that the next wake-up makes. */
  readonly left: number;
  readonly failed: readonly Failure[];
  /** Streams that no report makes any more, although none was ended. */
  readonly abandoned: readonly string[];
  readonly mail: OutboxReport;
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
  const works: StreamWork[] = [];
  for (const definition of streamsOf(parts.catalog)) {
    await attempt(definition.stream, undefined, async () => {
      works.push(await workOf(parts, definition, since));
    });
  }
  const due = works.flatMap(({ runs }) => runs).sort(compareWork);
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
  const askedAgain: DueResult['askedAgain'][number][] = [];
  let authorityAnswers = true;
  for (const work of works) {
    const { definition } = work;
    const { stream } = definition;
    await attempt(stream, undefined, async () => {
      const again = (await work.planAskAgain()).slice(0, limits.askAgain);
      for (const one of again) {
        await attempt(stream, one.period.id, async () => {
          const result = await askAgain(parts, one);
          askedAgain.push({ stream, ...result });
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
