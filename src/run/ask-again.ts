import type { ChainEntry } from '../archive/chain';
import { amendmentsOf, readChain, referenceTo, spokeLast } from '../archive/chain';
import { FACTS_FILE } from '../archive/layout';
import { differs } from '../assess/asked-again';
import type { AskedAgain } from '../core/custody';
import { TallymanError } from '../core/errors';
import type { Answer } from '../core/logs';
import type { Evidence } from './ask';
import { askAll, askSource, evidenceFiles, requestOf } from './ask';
import { keepAskedAgain } from './asked-again-records';
import { buildReport } from './build-report';
import type { AskAgainResult } from './ask-again-result';
import { askedAgainOf, comparePeriod } from './compare-period';
import { differenceFiles } from './difference-file';
import { makeUpGap } from './make-up-gap';
import { renderOutputs } from './outputs';
import type { Parts } from './parts';
import type { PlannedAskAgain } from './plan-ask-again';
import { RunFolder } from './run-folder';
import type { RunFacts } from './run-facts';
import { beginningFiles, settleDefinition } from './run-facts';
import { sealedFigures } from './sealed-figures';
import { sealAmendment } from './seal';
import type { SealedRun } from './sealed-run';
import { amendmentId, loadSealedRun } from './sealed-run';

/** A source that is down when a period is to be asked again is given this long. */
const PATIENCE_MS = 24 * 3_600_000;

/** Failures that may be over at the next wake-up. */
const PASSING: readonly string[] = ['timeout', 'unreachable'];

/**
 * Asks a closed period's questions again and compares. When nothing differs, that is kept for the next run
 * to carry; when something does, the new answers, the difference and a report made of them are sealed
 * beside the original as an amendment. Calling it again is always safe.
 */
export async function askAgain(parts: Parts, planned: PlannedAskAgain): Promise<AskAgainResult> {
  const { definition, period, after } = planned;
  const { stream } = definition;
  const entries = await readChain(parts.archive, stream);
  const entry = spokeLast(entries, period.id);
  if (entry === undefined) return { status: 'left' };
  if (entry.manifest.predicate.kind === 'gap') return makeUpLater(parts, planned, entries, entry);
  const sealed = await loadSealedRun(parts.archive, entry);
  const number = amendmentsOf(entries, period.id).length + 1;
  const runId = amendmentId(period.id, number);
  const folder = await RunFolder.ofRun(parts.archive, parts.privateStore, stream, runId);
  if ((await folder.read(FACTS_FILE)) === undefined) {
    const first = await askFirst(parts, planned, entry, sealed);
    if (first.status !== 'differs') return first;
    const amends = {
      number,
      amends: referenceTo(entry),
      after,
      judgedAt: sealed.facts.amends?.judgedAt ?? sealed.facts.startedAt,
    };
    const facts = amendedFacts(parts, sealed, runId, first.asked.askedAt, entries.at(-1), amends);
    await folder.write(beginningFiles(facts, sealed.report));
    await folder.write(evidenceFiles(sealed.questions, first.evidence));
  } else {
    await settleDefinition(folder, sealed.report);
  }
  return amend(parts, planned, entries, entry, sealed, folder);
}

type First =
  | Extract<AskAgainResult, { status: 'asked' | 'left' }>
  | { readonly status: 'differs'; readonly asked: AskedAgain; readonly evidence: Evidence };

/** Asks in memory, so that an answer that differs in nothing leaves no files behind. */
async function askFirst(
  parts: Parts,
  planned: PlannedAskAgain,
  entry: ChainEntry,
  sealed: SealedRun,
): Promise<First> {
  const { definition, period, after } = planned;
  const askedAt = parts.now();
  const isPatient = Date.parse(askedAt) < Date.parse(planned.dueAt) + PATIENCE_MS;
  const evidence = await askOrFail(parts, sealed, isPatient);
  const answers = [...evidence.answers.values()];
  if (isPatient && answers.some(mayPass)) return { status: 'left' };
  const difference = comparePeriod(sealed.report, period, sealed.evidence, evidence);
  const { questions } = sealed;
  const comparedWith = referenceTo(entry);
  const asked = askedAgainOf(
    { period, after, askedAt, comparedWith, questions, evidence },
    difference,
  );
  if (differs(difference.tables, difference.audits)) return { status: 'differs', asked, evidence };
  await keepAskedAgain(parts.privateStore, definition.stream, asked);
  return { status: 'asked', asked };
}

/** A source that can't be asked at all gives failed answers once patience has ended. */
async function askOrFail(parts: Parts, sealed: SealedRun, isPatient: boolean): Promise<Evidence> {
  const { questions, facts, report } = sealed;
  try {
    const evidence = await askSource({
      ...requestOf(report, facts.scopeId, facts.period),
      source: parts.source,
      questions,
      onAsked: () => undefined,
    });
    // What Azure said of the registries then is still what is known of that time.
    return { ...evidence, platform: sealed.evidence.platform };
  } catch (error) {
    const isUnreachable = error instanceof TallymanError && error.code === 'LOGS_UNREACHABLE';
    if (isPatient || !isUnreachable) throw error;
    const answer: Answer = {
      status: 'failed',
      code: 'unreachable',
      reason: error.message,
      executedAt: parts.now(),
      durationMs: 0,
    };
    return { ...sealed.evidence, answers: new Map(questions.map(({ id }) => [id, answer])) };
  }
}

function mayPass(answer: Answer): boolean {
  return answer.status === 'failed' && PASSING.includes(answer.code);
}

/** From stored bytes alone: what a process that died has left is taken up here. */
async function amend(
  parts: Parts,
  planned: PlannedAskAgain,
  entries: readonly ChainEntry[],
  entry: ChainEntry,
  sealed: SealedRun,
  folder: RunFolder,
): Promise<AskAgainResult> {
  const { stream } = planned.definition;
  const { report: definition, questions } = sealed;
  const facts = JSON.parse(
    Buffer.from((await folder.read(FACTS_FILE)) ?? []).toString('utf8'),
  ) as RunFacts;
  const { period } = facts;
  const known = sealed.evidence.platform;
  const platform = known === undefined ? undefined : { ask: () => Promise.resolve(known) };
  const evidence = await askAll({
    ...requestOf(definition, facts.scopeId, period),
    source: parts.source,
    platform,
    period,
    questions,
    folder,
    onAsked: () => undefined,
  });
  const difference = comparePeriod(definition, period, sealed.evidence, evidence);
  const asked = askedAgainOf(
    {
      period,
      after: facts.amends?.after ?? planned.after,
      askedAt: facts.startedAt,
      comparedWith: referenceTo(entry),
      questions,
      evidence,
    },
    difference,
  );
  const previous = await sealedFigures(parts.archive, stream, facts.comparedWith, entries);
  const { report, figures } = buildReport({
    facts,
    report: definition,
    questions,
    evidence,
    previous,
    difference: asked,
  });
  await folder.write([
    ...(await renderOutputs(report, figures, parts.views)),
    ...differenceFiles(definition, asked, difference),
  ]);
  await folder.adoptRest();
  const amendment = await sealAmendment(parts, {
    facts,
    report,
    subjects: folder.subjects(),
    rows: asked.rows,
  });
  if (amendment === undefined) return { status: 'left' };
  await keepAskedAgain(parts.privateStore, stream, asked);
  return { status: 'asked', asked, entry: amendment };
}

async function makeUpLater(
  parts: Parts,
  planned: PlannedAskAgain,
  entries: readonly ChainEntry[],
  gap: ChainEntry,
): Promise<AskAgainResult> {
  const { definition, period, after } = planned;
  const entry = await makeUpGap(parts, { definition, period, after, gap, entries });
  return entry === undefined ? { status: 'left' } : { status: 'made-up', entry };
}

/** The facts of a report that is made again: when and from where it was asked are new. */
function amendedFacts(
  parts: Parts,
  { facts }: SealedRun,
  runId: string,
  startedAt: string,
  head: ChainEntry | undefined,
  amends: NonNullable<RunFacts['amends']>,
): RunFacts {
  const { schema, stream, period, scopeId, madeUp, definitionSha256, comparedWith, canaries } =
    facts;
  return {
    ...{ schema, stream, period, scopeId, madeUp, definitionSha256, comparedWith },
    ...(canaries === undefined ? {} : { canaries }),
    runId,
    trigger: 'timer',
    startedAt,
    source: parts.source.description,
    software: parts.software,
    keyFingerprint: parts.signer.fingerprint,
    ...(parts.signer.keyId === undefined ? {} : { keyId: parts.signer.keyId }),
    previousEntry: head === undefined ? null : referenceTo(head),
    amends,
  };
}
