import type { ChainEntry } from '../archive/chain';
import { parseDefinition } from '../catalog/definition-digest';
import type { Archive } from '../core/archive';
import { sha256 } from '../core/digest';
import { TallymanError } from '../core/errors';
import type { Intake } from '../core/logs';
import type { Report } from '../core/report';
import { INTAKE_FILE, questionsOf } from './ask';
import { buildReport } from './build-report';
import { decodeEvidence, evidenceFile } from './evidence';
import type { RunFacts } from './run-facts';
import { DEFINITION_FILE, FACTS_FILE } from './run-facts';
import { REPORT_PDF } from './outputs';
import { decodeSummary } from './summary';

export interface SealedReport {
  readonly report: Report;
  readonly pdf: Uint8Array;
}

/**
 * Makes the report of a sealed run again from its evidence alone. Every file read is compared with the
 * digest in the manifest; throws ARCHIVE_DAMAGED when one is missing or changed.
 */
export async function loadSealedReport(archive: Archive, entry: ChainEntry): Promise<SealedReport> {
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
  const before =
    facts.comparedWith === null
      ? undefined
      : await archive.read(`${facts.stream}/runs/${facts.comparedWith}/summary.json`);
  const { report } = buildReport({
    facts,
    report: definition,
    questions,
    evidence: { answers, intake: (await json(INTAKE_FILE)) as Intake },
    previous: before === undefined ? undefined : decodeSummary(before)?.figures,
  });
  return { report, pdf: await read(REPORT_PDF) };
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
