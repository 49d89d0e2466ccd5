import { DEFINITION_FILE, FACTS_FILE } from '../archive/layout';
import type { ChainEntry } from '../archive/chain';
import { parseDefinition } from '../catalog/definition-digest';
import type { Archive } from '../core/archive';
import type { ReportDefinition } from '../core/definitions';
import { sha256 } from '../core/digest';
import { TallymanError } from '../core/errors';
import type { Intake } from '../core/logs';
import { bytesOf, type Pieces } from '../core/pieces';
import type { Evidence } from './ask';
import { INTAKE_FILE, parsePlatform, PLATFORM_FILE, questionsOf } from './ask';
import type { Question } from './evidence';
import { decodeEvidence, evidenceFile } from './evidence';
import type { RunFacts } from './run-facts';

/** Everything that a sealed run's or amendment's report was made from. */
export interface SealedRun {
  readonly facts: RunFacts;
  readonly report: ReportDefinition;
  readonly questions: readonly Question[];
  readonly evidence: Evidence;
}

/**
 * Reads the evidence of a run or an amendment. Every file is compared with the digest in the manifest;
 * throws ARCHIVE_DAMAGED when one is missing or changed.
 */
export async function loadSealedRun(archive: Archive, entry: ChainEntry): Promise<SealedRun> {
  const json = async (path: string): Promise<unknown> =>
    JSON.parse(Buffer.from(await readSealed(archive, entry, path)).toString('utf8'));
  const facts = (await json(FACTS_FILE)) as RunFacts;
  const report = parseDefinition(await json(DEFINITION_FILE));
  const isSealed = (path: string): boolean =>
    entry.manifest.subject.some(({ name }) => name === `runs/${runIdOf(entry)}/${path}`);
  // Earlier versions asked a workspace nothing about itself.
  const questions = questionsOf(report, facts.period, facts).filter(
    ({ id }) => !isOptional(id) || isSealed(evidenceFile(id)),
  );
  const answers = new Map(
    await Promise.all(
      questions.map(
        async ({ id }) =>
          [id, decodeEvidence(await openSealed(archive, entry, evidenceFile(id)))] as const,
      ),
    ),
  );
  const intake = (await json(INTAKE_FILE)) as Intake;
  const platform = isSealed(PLATFORM_FILE)
    ? parsePlatform(await readSealed(archive, entry, PLATFORM_FILE))
    : undefined;
  return { facts, report, questions, evidence: { answers, intake, platform } };
}

function isOptional(questionId: string): boolean {
  return questionId.startsWith('health-');
}

/** The id of a run's folder below `runs/`: its period's, or for an amendment the folder in that one. */
export function runIdOf({ manifest: { predicate } }: ChainEntry): string {
  switch (predicate.kind) {
    case 'run':
      return predicate.period.id;
    case 'amendment':
      return amendmentId(predicate.period.id, predicate.number);
    default:
      throw new TypeError(`a ${predicate.kind} has no report`);
  }
}

/** Where an amendment's files lie below `runs/`. */
export function amendmentId(periodId: string, number: number): string {
  return `${periodId}/amendments/${String(number)}`;
}

/** A file of a run or an amendment, by its path below that folder. Throws ARCHIVE_DAMAGED. */
export async function readSealed(
  archive: Archive,
  entry: ChainEntry,
  path: string,
): Promise<Uint8Array> {
  return bytesOf(await openSealed(archive, entry, path));
}

/** The same for a file that may be too large for memory. */
async function openSealed(archive: Archive, entry: ChainEntry, path: string): Promise<Pieces> {
  const { predicate, subject } = entry.manifest;
  const name = `runs/${runIdOf(entry)}/${path}`;
  const digest = subject.find((candidate) => candidate.name === name)?.digest.sha256;
  const content = await archive.open(`${predicate.stream}/${name}`);
  if (content === undefined || digest === undefined || sha256(content) !== digest) {
    throw new TallymanError(
      'ARCHIVE_DAMAGED',
      `${predicate.stream}/${name} is missing or not what was sealed.`,
      { hint: 'Run `tallyman verify` on the archive.' },
    );
  }
  return content;
}
