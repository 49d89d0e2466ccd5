import type { ChainEntry } from '../archive/chain';
import type { PeriodFigures } from '../assess/compare';
import type { Archive } from '../core/archive';
import type { AskedAgain } from '../core/custody';
import type { ReportDefinition } from '../core/definitions';
import type { Report } from '../core/report';
import type { Evidence } from './ask';
import { buildReport } from './build-report';
import { DIFFERENCE_FILE, parseDifference } from './difference-file';
import type { Question } from './evidence';
import { REPORT_PDF } from './outputs';
import type { RunFacts } from './run-facts';
import { sealedFigures } from './sealed-figures';
import { loadSealedRun, readSealed } from './sealed-run';

/** A report made again from a run's sealed evidence, and what it was made from. */
export interface RemadeReport {
  readonly report: Report;
  readonly figures: PeriodFigures;
  readonly facts: RunFacts;
  readonly definition: ReportDefinition;
  readonly questions: readonly Question[];
  readonly evidence: Evidence;
}

export interface SealedReport {
  readonly report: Report;
  readonly pdf: Uint8Array;
}

/**
 * Makes the report of a sealed run or amendment again from its evidence alone; `entries` are its stream's
 * chain. Every file read is compared with the digest in the manifest; throws ARCHIVE_DAMAGED when one is
 * missing or changed.
 */
export async function loadSealedReport(
  archive: Archive,
  entry: ChainEntry,
  entries: readonly ChainEntry[],
): Promise<SealedReport> {
  const { report } = await remakeReport(archive, entry, entries);
  return { report, pdf: await readSealed(archive, entry, REPORT_PDF) };
}

/** Makes the report of a sealed run or amendment again. Throws ARCHIVE_DAMAGED as `loadSealedReport` does. */
export async function remakeReport(
  archive: Archive,
  entry: ChainEntry,
  entries: readonly ChainEntry[],
): Promise<RemadeReport> {
  const { facts, report: definition, questions, evidence } = await loadSealedRun(archive, entry);
  const made = buildReport({
    facts,
    report: definition,
    questions,
    evidence,
    previous: await sealedFigures(archive, facts.stream, facts.comparedWith, entries),
    difference: await sealedDifference(archive, entry),
  });
  return { ...made, facts, definition, questions, evidence };
}

/** What an amendment says differs; undefined for a run, and for an amendment of a gap. */
export async function sealedDifference(
  archive: Archive,
  entry: ChainEntry,
): Promise<AskedAgain | undefined> {
  const hasOne = entry.manifest.subject.some(({ name }) => name.endsWith(`/${DIFFERENCE_FILE}`));
  if (!hasOne) return undefined;
  return parseDifference(await readSealed(archive, entry, DIFFERENCE_FILE));
}
