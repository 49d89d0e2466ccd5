import type { ChainEntry } from '../archive/chain';
import { coveredPeriods, readChain } from '../archive/chain';
import type { Period } from '../core/period';
import type { Report } from '../core/report';
import { inSpan } from '../core/spans';
import { askAll, questionsOf, requestOf } from './ask';
import { buildReport } from './build-report';
import { renderOutputs } from './outputs';
import { gatherCustody } from './custody';
import type { Parts, Trigger } from './parts';
import { periodToRun } from './period-to-run';
import { RunFolder } from './run-folder';
import { beginRun } from './run-facts';
import { sealRun } from './seal';
import { sealedFigures } from './sealed-figures';
import type { StreamDefinition } from './streams';

export type RunResult =
  | { readonly status: 'sealed'; readonly entry: ChainEntry; readonly report: Report }
  | { readonly status: 'already-sealed' };

/**
 * Makes one run: ask, judge, render, seal. Calling it again is always safe: what an earlier attempt
 * wrote is used, and a period that the chain accounts for is left alone. Telling is a step of its own.
 * Throws ARGUMENT_INVALID for a period that is not over, not settled (unless `early`) or never promised.
 */
export async function runReport(
  parts: Parts,
  definition: StreamDefinition,
  wanted: Period,
  trigger: Trigger,
  { early = false }: { readonly early?: boolean } = {},
): Promise<RunResult> {
  const { archive, privateStore, source } = parts;
  const { stream } = definition;
  const entries = await readChain(archive, stream);
  if (coveredPeriods(entries).has(wanted.id)) return { status: 'already-sealed' };
  const period = periodToRun({ definition, period: wanted, entries, now: parts.now(), early });
  parts.onProgress({ kind: 'run-started', stream, period: period.id });

  const folder = await RunFolder.ofRun(archive, privateStore, stream, period.id);
  const { facts, report: asked } = await beginRun(parts, {
    ...{ definition, period, trigger, entries, folder },
    custody: () => gatherCustody(parts, stream, entries),
  });

  // ASK
  const questions = questionsOf(asked, period, facts);
  const evidence = await askAll({
    ...requestOf(asked, facts.scopeId, period),
    source,
    platform: parts.platform,
    period,
    questions,
    folder,
    onAsked: (done, total) => {
      parts.onProgress({ kind: 'asked', stream, period: period.id, done, total });
    },
  });

  // JUDGE
  const previous = await sealedFigures(archive, stream, facts.comparedWith, entries);
  const { report, figures } = buildReport({ facts, report: asked, questions, evidence, previous });

  // RENDER
  await folder.write(await renderOutputs(report, figures, parts.views));

  // SEAL
  await folder.adoptRest();
  const entry = await inSpan('seal', { stream, period: period.id }, () =>
    sealRun(parts, { definition, facts, report, subjects: folder.subjects() }),
  );
  if (entry === undefined) return { status: 'already-sealed' };
  parts.onProgress({ kind: 'run-sealed', report, sequence: entry.sequence });
  return { status: 'sealed', entry, report };
}
