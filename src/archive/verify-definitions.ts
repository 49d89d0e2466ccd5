import type { ReportDiscrepancy } from './discrepancies';
import { chainPath } from './layout';
import type { SealedPeriod } from './manifest';
import type { OutlinedEntry, OutlineOf } from './outline';
import type { ScheduleSegment } from './schedule';
import { historyWith, segmentAt } from './schedule';
import { calendarDates, coveredBy, wrongDates } from './verify-periods';

/**
 * Checks the definition history: that each change continues the periods before it, and that runs were made
 * by the definition that was in force when they were sealed.
 */
export function checkDefinitions(
  stream: string,
  entries: readonly OutlinedEntry[],
  report: ReportDiscrepancy,
): void {
  const digests = new Map<number, string>();
  let history: ScheduleSegment[] = [];
  for (const [index, entry] of entries.entries()) {
    const { sequence, outline } = entry;
    const path = chainPath(stream, sequence);
    if (outline.kind === 'definition-change') {
      const problem =
        changeProblem(outline, history, entries.slice(0, index)) ?? straddled(outline, entries);
      if (problem !== undefined) report('definition-wrong', path, problem);
    }
    if (outline.kind === 'run' || outline.kind === 'amendment') {
      const inForce = segmentAt(history, outline.period.start)?.definitionSha256;
      // A period is asked again by the definition of its run.
      const again = outline.kind === 'amendment' ? digests.get(outline.amends.sequence) : undefined;
      digests.set(sequence, outline.definitionSha256);
      if (inForce !== undefined && ![inForce, again].includes(outline.definitionSha256)) {
        const message = `It was made by the definition ${outline.definitionSha256}, and ${inForce} was in force.`;
        report('definition-unannounced', path, message);
      }
    }
    history = historyWith(history, entry);
  }
}

/** Why a change does not continue what was promised before it. */
function changeProblem(
  { schedule: { firstPeriod } }: OutlineOf<'definition-change'>,
  history: readonly ScheduleSegment[],
  before: readonly OutlinedEntry[],
): string | undefined {
  const promised = history[0]?.firstPeriod;
  // Without a genesis there is nothing to continue; that there is none was reported.
  if (promised === undefined) return undefined;
  if (firstPeriod.start < promised.start) return 'It begins before the stream does.';
  const dates = calendarDates(firstPeriod);
  if (dates === undefined) return wrongDates(firstPeriod);
  const replaced = segmentAt(history, firstPeriod.start)?.firstPeriod;
  if (replaced !== undefined && isSamePeriod(firstPeriod, replaced)) return undefined;
  // By this calendar the last old period ended. What is replaced has ended none.
  const old = history.findLast(({ firstPeriod: { start } }) => start < firstPeriod.start);
  const { kind, timeZone } = old?.firstPeriod ?? promised;
  const isSameZone = timeZone === firstPeriod.timeZone;
  if (isSameZone && kind === firstPeriod.kind) {
    return dates.first === firstPeriod.from ? undefined : wrongDates(firstPeriod);
  }
  // The same date may begin earlier in another zone.
  const isShortest = isSameZone
    ? dates.firstBefore < firstPeriod.from
    : dates.firstBefore <= firstPeriod.from;
  if (!isShortest) return `${firstPeriod.id} begins on ${firstPeriod.from}, earlier than it need.`;
  const sealed = coveredBy(before).find(({ period }) => period.start >= firstPeriod.start);
  return sealed === undefined
    ? undefined
    : `Entry ${String(sealed.sequence)} had spoken for ${sealed.period.id} already.`;
}

/** Whether a period reaches over the beginning of a change. */
function straddled(
  { schedule: { firstPeriod } }: OutlineOf<'definition-change'>,
  entries: readonly OutlinedEntry[],
): string | undefined {
  const { start } = firstPeriod;
  const over = coveredBy(entries).find(({ period }) => period.start < start && start < period.end);
  return over === undefined ? undefined : `It begins in the middle of ${over.period.id}.`;
}

function isSamePeriod(a: SealedPeriod, b: SealedPeriod): boolean {
  const keys = ['kind', 'timeZone', 'id', 'from', 'to', 'start', 'end'] as const;
  return keys.every((key) => a[key] === b[key]);
}
