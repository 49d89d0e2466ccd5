import type { ChainEntry } from '../archive/chain';
import {
  appendEntry,
  coveredPeriods,
  chainSubject,
  linkAfter,
  startStream,
} from '../archive/chain';
import type { RunPredicate, Subject } from '../archive/manifest';
import { manifestOf, sealedPeriod } from '../archive/manifest';
import { definitionDigest } from '../catalog/definition-digest';
import type { Period } from '../core/period';
import type { Report } from '../core/report';
import type { Parts } from './parts';
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
 * Commits a run whose files are all written. Undefined when another worker has sealed the period first;
 * its files are then the same as ours.
 */
export async function sealRun(parts: Parts, input: SealInput): Promise<ChainEntry | undefined> {
  const { definition, facts } = input;
  await beginStream(parts, definition, facts.period);
  const subjects: Subject[] = input.subjects.map(({ name, sha256 }) => ({
    name,
    digest: { sha256 },
  }));
  return appendEntry(parts.archive, parts.signer, definition.stream, (previous, entries) => {
    if (coveredPeriods(entries).has(facts.period.id)) return undefined;
    const predicate: RunPredicate = {
      kind: 'run',
      stream: definition.stream,
      ...linkAfter(previous, parts.signer),
      startedAt: facts.startedAt,
      sealedAt: parts.now(),
      software: facts.software,
      period: sealedPeriod(facts.period),
      trigger: facts.trigger,
      definitionSha256: facts.definitionSha256,
      ...figures(input.report),
    };
    return manifestOf(subjects, predicate);
  });
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
      period: sealedPeriod(period),
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
