import type { ChainEntry } from '../archive/chain';
import { amendmentsOf, promisesOf, referenceTo } from '../archive/chain';
import type { Period } from '../core/period';
import { askAll, questionsOf, requestOf } from './ask';
import { buildReport } from './build-report';
import { renderOutputs } from './outputs';
import type { Parts } from './parts';
import { RunFolder } from './run-folder';
import { beginRun } from './run-facts';
import { sealedFigures } from './sealed-figures';
import { announceDefinition, sealAmendment } from './seal';
import { amendmentId } from './sealed-run';
import type { StreamDefinition } from './streams';

export interface GapToMakeUp {
  readonly definition: StreamDefinition;
  readonly period: Period;
  /** Days after the run was due; null when nobody planned it. */
  readonly after: number | null;
  readonly gap: ChainEntry;
  readonly entries: readonly ChainEntry[];
}

/**
 * Makes the run that a gap stands for, late and in its original window, as an amendment of the gap.
 * Undefined when another worker has made it, or when periods have been of another kind or time zone since:
 * the definition of that time can't be put in force again without taking back what was promised later.
 */
export async function makeUpGap(parts: Parts, input: GapToMakeUp): Promise<ChainEntry | undefined> {
  const { definition, period, after, gap, entries } = input;
  const { stream } = definition;
  if (!hasSameCalendarSince(entries, period)) return undefined;
  const number = amendmentsOf(entries, period.id).length + 1;
  const runId = amendmentId(period.id, number);
  const folder = await RunFolder.ofRun(parts.archive, parts.privateStore, stream, runId);
  const { facts, report: asked } = await beginRun(parts, {
    ...{ definition, period, entries, folder, trigger: 'catch-up' as const },
    amending: { runId, amends: { number, amends: referenceTo(gap), after } },
  });
  const questions = questionsOf(asked, period, facts);
  const evidence = await askAll({
    ...requestOf(asked, facts.scopeId, period),
    source: parts.source,
    platform: parts.platform,
    period,
    questions,
    folder,
    onAsked: () => undefined,
  });
  const previous = await sealedFigures(parts.archive, stream, facts.comparedWith, entries);
  const { report, figures } = buildReport({ facts, report: asked, questions, evidence, previous });
  await folder.write(await renderOutputs(report, figures, parts.views));
  await folder.adoptRest();
  await announceDefinition(parts, stream, period, facts.definitionSha256);
  const added = report.audits.reduce((sum, audit) => sum + audit.execution.rowCount, 0);
  return sealAmendment(parts, {
    facts,
    report,
    subjects: folder.subjects(),
    rows: { added, vanished: 0, changed: 0 },
  });
}

function hasSameCalendarSince(entries: readonly ChainEntry[], period: Period): boolean {
  return promisesOf(entries).every(
    ({ firstPeriod }) =>
      firstPeriod.start <= period.start ||
      (firstPeriod.kind === period.kind && firstPeriod.timeZone === period.timeZone),
  );
}
