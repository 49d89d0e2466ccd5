import type { ChainEntry } from '../archive/chain';
import {
  appendEntry,
  chainSubject,
  coveredPeriods,
  linkAfter,
  promisesOf,
  spokeLast,
  startStream,
} from '../archive/chain';
import type { Manifest, RunPredicate, Schedule, Subject } from '../archive/manifest';
import { manifestOf, sealedPeriod } from '../archive/manifest';
import { segmentAt } from '../archive/schedule';
import { definitionDigest } from '../catalog/definition-digest';
import type { RowCounts } from '../core/custody';
import type { Period } from '../core/period';
import type { Report } from '../core/report';
import { keepBegun } from './begun-streams';
import type { Parts } from './parts';
import { promisedPeriod, scheduleChange } from './plan';
import type { RunFacts } from './run-facts';
import type { StreamDefinition } from './streams';

export interface SealInput {
  readonly definition: StreamDefinition;
  readonly facts: RunFacts;
  readonly report: Report;
  readonly subjects: readonly { readonly name: string; readonly sha256: string }[];
}

/** Begins the stream's chain with a promise of every period from `first` on, unless it has begun. */
export async function beginStream(
  parts: Parts,
  { stream, report, scope }: StreamDefinition,
  first: Period,
): Promise<ChainEntry[]> {
  const now = parts.now();
  await keepBegun(parts.privateStore, stream);
  return startStream(
    parts.archive,
    parts.signer,
    {
      stream,
      reportId: report.id,
      scopeId: scope.id,
      definitionSha256: definitionDigest(report, parts.catalog.viewsDigest),
      schedule: {
        firstPeriod: sealedPeriod(first),
        deliverAt: report.deliverAt,
        settleHours: report.settleHours,
      },
      software: parts.software,
      startedAt: now,
      sealedAt: now,
    },
    parts.auditorFiles,
  );
}

/**
 * Seals that the report's definition or schedule is another one than the chain promises. Undefined when
 * there is nothing to say, so it is safe to call again.
 */
export async function sealDefinitionChange(
  parts: Parts,
  { stream, report }: StreamDefinition,
  known: readonly ChainEntry[] = [],
): Promise<ChainEntry | undefined> {
  const digest = definitionDigest(report, parts.catalog.viewsDigest);
  return appendEntry(
    parts.archive,
    parts.signer,
    stream,
    (previous, entries) => {
      const schedule = scheduleChange(report, digest, entries);
      if (previous === undefined || schedule === undefined) return undefined;
      return definitionChange(parts, previous, digest, schedule);
    },
    known,
  );
}

function definitionChange(
  parts: Parts,
  previous: ChainEntry,
  definitionSha256: string,
  schedule: Schedule,
): Manifest {
  const now = parts.now();
  return manifestOf([chainSubject(previous)], {
    kind: 'definition-change',
    stream: previous.manifest.predicate.stream,
    ...linkAfter(previous, parts.signer),
    startedAt: now,
    sealedAt: now,
    software: parts.software,
    definitionSha256,
    schedule,
  });
}

/**
 * Has the chain promise the definition that a period was reported by. It does already, unless the
 * definition was changed while a run was unfinished: that run goes on with the one it was begun with.
 */
export async function announceDefinition(
  parts: Parts,
  stream: string,
  period: Period,
  definitionSha256: string,
): Promise<void> {
  await appendEntry(parts.archive, parts.signer, stream, (previous, entries) => {
    const inForce = segmentAt(promisesOf(entries), period.start);
    const promised = promisedPeriod(entries, period);
    if (previous === undefined || inForce === undefined || promised === undefined) return undefined;
    if (inForce.definitionSha256 === definitionSha256) return undefined;
    const { deliverAt, settleHours } = inForce;
    const schedule = { firstPeriod: promised, deliverAt, settleHours };
    return definitionChange(parts, previous, definitionSha256, schedule);
  });
}

/**
 * Commits a run whose files are all written. Undefined when another worker has sealed the period first;
 * its files are then the same as ours.
 */
export async function sealRun(parts: Parts, input: SealInput): Promise<ChainEntry | undefined> {
  const { definition, facts } = input;
  await beginStream(parts, definition, facts.period);
  await announceDefinition(parts, definition.stream, facts.period, facts.definitionSha256);
  return appendEntry(parts.archive, parts.signer, definition.stream, (previous, entries) => {
    if (coveredPeriods(entries).has(facts.period.id)) return undefined;
    const predicate: RunPredicate = {
      kind: 'run',
      stream: definition.stream,
      ...linkAfter(previous, parts.signer),
      startedAt: facts.startedAt,
      sealedAt: parts.now(),
      software: facts.software,
      period: promisedPeriod(entries, facts.period) ?? sealedPeriod(facts.period),
      trigger: facts.trigger,
      definitionSha256: facts.definitionSha256,
      ...figures(input.report),
    };
    return manifestOf(subjectsOf(input), predicate);
  });
}

/** What an amendment is sealed from. */
export interface AmendmentInput extends Omit<SealInput, 'definition'> {
  readonly rows: RowCounts;
}

/**
 * Commits an amendment whose files are all written. Undefined when something else has spoken for the period
 * since it was begun: another worker was faster.
 */
export async function sealAmendment(
  parts: Parts,
  input: AmendmentInput,
): Promise<ChainEntry | undefined> {
  const { facts, rows } = input;
  const { stream, amends: amending } = facts;
  if (amending === undefined) throw new TypeError('an amendment amends something');
  const { number, amends, after } = amending;
  return appendEntry(parts.archive, parts.signer, stream, (previous, entries) => {
    const last = spokeLast(entries, facts.period.id);
    if (last?.manifestSha256 !== amends.sha256) return undefined;
    const { predicate } = last.manifest;
    if (!('period' in predicate)) return undefined;
    return manifestOf(subjectsOf(input), {
      kind: 'amendment',
      stream,
      ...linkAfter(previous, parts.signer),
      startedAt: facts.startedAt,
      sealedAt: parts.now(),
      software: facts.software,
      period: predicate.period,
      amends,
      number,
      askedAt: facts.startedAt,
      after,
      rows,
      definitionSha256: facts.definitionSha256,
      ...figures(input.report),
    });
  });
}

function subjectsOf({ subjects }: Pick<SealInput, 'subjects'>): Subject[] {
  return subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } }));
}

/** Seals the statement that a period has no run, and why. Undefined when the period is accounted for. */
export async function sealGap(
  parts: Parts,
  definition: StreamDefinition,
  period: Period,
  why: { readonly reason: string; readonly attempts: number; readonly since: string },
): Promise<ChainEntry | undefined> {
  await beginStream(parts, definition, period);
  return appendEntry(parts.archive, parts.signer, definition.stream, (previous, all) => {
    if (previous === undefined || coveredPeriods(all).has(period.id)) return undefined;
    return manifestOf([chainSubject(previous)], {
      kind: 'gap',
      stream: definition.stream,
      ...linkAfter(previous, parts.signer),
      startedAt: why.since,
      sealedAt: parts.now(),
      software: parts.software,
      period: promisedPeriod(all, period) ?? sealedPeriod(period),
      ...why,
    });
  });
}

function figures(report: Report): Pick<RunPredicate, 'outcome' | 'audits' | 'counts' | 'intake'> {
  const { intake } = report;
  return {
    outcome: report.outcome,
    audits: report.audits.map(({ id, outcome, execution }) => ({
      id,
      outcome,
      querySha256: execution.querySha256,
      rows: execution.rowCount,
      answer: execution.answer,
      executedAt: execution.executedAt,
    })),
    counts: {
      audits: report.auditCounts,
      findings: report.findingCounts,
      waived: report.audits.reduce((sum, audit) => sum + audit.waived.length, 0),
    },
    intake: {
      blobs: intake.blobs,
      bytes: intake.bytes,
      records: intake.records,
      duplicates: intake.duplicates,
      unreadable: intake.unreadable.length,
    },
  };
}
