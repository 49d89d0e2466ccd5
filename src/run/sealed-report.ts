import type { ChainEntry } from '../archive/chain';
import type { PeriodFigures } from '../assess/compare';
import { parseDefinition } from '../catalog/definition-digest';
import type { Archive } from '../core/archive';
import type { ReportDefinition } from '../core/definitions';
import { sha256 } from '../core/digest';
import { TallymanError } from '../core/errors';
import type { Intake } from '../core/logs';
import type { Report } from '../core/report';
import type { Evidence } from './ask';
import { INTAKE_FILE, questionsOf } from './ask';
import { buildReport } from './build-report';
import type { Question } from './evidence';
import { decodeEvidence, evidenceFile } from './evidence';
import type { RunFacts } from './run-facts';
import { DEFINITION_FILE, FACTS_FILE } from './run-facts';
import { REPORT_PDF } from './outputs';
import { sealedFigures } from './sealed-figures';

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
 * Makes the report of a sealed run again from its evidence alone; `entries` are its stream's chain. Every file read is compared with the
 * digest in the manifest; throws ARCHIVE_DAMAGED when one is missing or changed.
 */
export async function loadSealedReport(
  archive: Archive,
  entry: ChainEntry,
  entries: readonly ChainEntry[],
): Promise<SealedReport> {
  const { report } = await remakeReport(archive, entry, entries);
  return { report, pdf: await readSubject(archive, entry, REPORT_PDF) };
}

/** Makes the report of a sealed run again. Throws ARCHIVE_DAMAGED as `loadSealedReport` does. */
export async function remakeReport(
  archive: Archive,
  entry: ChainEntry,
  entries: readonly ChainEntry[],
): Promise<RemadeReport> {
  const { predicate } = entry.manifest;
  if (predicate.kind !== 'run') throw new TypeError(`entry ${String(entry.sequence)} is no run`);
  const read = (path: string): Promise<Uint8Array> => readSubject(archive, entry, path);
  const json = async (path: string): Promise<unknown> =>
    JSON.parse(Buffer.from(await read(path)).toString('utf8'));
  const facts = (await json(FACTS_FILE)) as RunFacts;
  const definition = parseDefinition(await json(DEFINITION_FILE));
  const questions = questionsOf(definition, facts.period);
  const answers = new Map(
    await Promise.all(
      questions.map(async ({ id }) => [id, decodeEvidence(await read(evidenceFile(id)))] as const),
    ),
  );
  const evidence = { answers, intake: (await json(INTAKE_FILE)) as Intake };
  const made = buildReport({
    facts,
    report: definition,
    questions,
    evidence,
    previous: await sealedFigures(archive, facts.stream, facts.comparedWith, entries),
  });
  return { ...made, facts, definition, questions, evidence };
}

async function readSubject(archive: Archive, entry: ChainEntry, path: string): Promise<Uint8Array> {
  const { predicate, subject } = entry.manifest;
  const runId = predicate.kind === 'run' ? predicate.period.id : '';
  const name = `runs/${runId}/${path}`;
  const digest = subject.find((candidate) => candidate.name === name)?.digest.sha256;
  const content = await archive.read(`${predicate.stream}/${name}`);
  if (content === undefined || digest === undefined || sha256(content) !== digest) {
    throw new TallymanError(
      'ARCHIVE_DAMAGED',
      `${predicate.stream}/${name} is missing or not what was sealed.`,
      { hint: 'Run `tallyman verify` on the archive.' },
    );
  }
  return content;
}
