import type { Custody } from '../core/custody';
import type { ReportDefinition } from '../core/definitions';
import { stableJson } from '../core/digest';
import type { SourceDescription } from '../core/logs';
import type { Past } from '../core/past';
import type { Instant, Period } from '../core/period';
import { previousPeriod } from '../core/period';
import { textOf, type Content } from '../core/pieces';
import type { CanaryLogin } from '../core/platform';
import type { Amendment, PreviousEntry, Report } from '../core/report';
import type { ChainEntry } from '../archive/chain';
import { coveredPeriods, destroyedEntries } from '../archive/chain';
import { DEFINITION_FILE, FACTS_FILE } from '../archive/layout';
import {
  definitionDigest,
  parseDefinition,
  snapshotDefinition,
} from '../catalog/definition-digest';
import type { Parts, Trigger } from './parts';
import { gatherPast } from './past';
import { isMadeUp } from './plan';
import type { RunFile, RunFolder } from './run-folder';
import type { StreamDefinition } from './streams';

/** What is settled when a run begins and stays so however often it is resumed. */
export interface RunFacts {
  readonly schema: 'tallyman/run/1';
  readonly stream: string;
  readonly runId: string;
  readonly period: Period;
  readonly scopeId: string;
  readonly trigger: Trigger;
  readonly startedAt: Instant;
  readonly madeUp: boolean;
  readonly source: SourceDescription;
  readonly software: Report['software'];
  readonly definitionSha256: string;
  readonly keyFingerprint: string;
  /** The key's identifier, when it is kept in a vault. */
  readonly keyId?: string;
  readonly previousEntry: PreviousEntry | null;
  /** The run of the period before, when it was sealed by then. */
  readonly comparedWith: string | null;
  /** Undefined in runs of versions that did not settle it. */
  readonly custody?: Custody;
  /** Undefined for days, and in runs of versions that did not settle it. */
  readonly past?: Past;
  /** Logins that this program made in the period to see them in the logs again; undefined when it makes none. */
  readonly canaries?: readonly CanaryLogin[];
  /** Set for a report that is made beside what is sealed already. */
  readonly amends?: Pick<Amendment, 'number' | 'amends'> & {
    /** It was due to be asked again this many days after the period's run was due; null when nobody planned it. */
    readonly after: number | null;
    /** When the report was made whose waivers hold here; undefined when it is this one. */
    readonly judgedAt?: Instant;
  };
}

export interface BegunRun {
  readonly facts: RunFacts;
  /** As it was when the run began, whatever the templates say now. */
  readonly report: ReportDefinition;
}

/** What a run is begun with. */
export interface RunStart {
  readonly definition: StreamDefinition;
  readonly period: Period;
  readonly trigger: Trigger;
  readonly entries: readonly ChainEntry[];
  readonly folder: RunFolder;
  /** How the evidence has been kept; asked only when the run has not begun. */
  readonly custody?: () => Promise<Custody>;
  /** For a report that is made beside what is sealed already. */
  readonly amending?: Pick<RunFacts, 'runId' | 'amends'>;
}

/** Settles a run's facts and definition, or reads those of the attempt that began it. */
export async function beginRun(parts: Parts, start: RunStart): Promise<BegunRun> {
  const { folder } = start;
  const { report } = start.definition;
  const earlier = await folder.read(FACTS_FILE);
  const [facts, settled] =
    earlier === undefined
      ? await folder.write(beginningFiles(await factsOf(parts, start), report))
      : [earlier, await settleDefinition(folder, report)];
  return {
    facts: parse(facts) as RunFacts,
    report: parseDefinition(parse(settled)),
  };
}

/** What is written first of a run or an amendment. */
export function beginningFiles(facts: RunFacts, report: ReportDefinition): [RunFile, RunFile] {
  return [{ path: FACTS_FILE, content: Buffer.from(stableJson(facts)) }, definitionFile(report)];
}

/**
 * The definition of what has begun, written when it is not there: facts do not say that it is, because a process may
 * have died between the two.
 */
export async function settleDefinition(
  folder: RunFolder,
  report: ReportDefinition,
): Promise<Content> {
  const earlier = await folder.read(DEFINITION_FILE);
  if (earlier !== undefined) return earlier;
  const [written] = await folder.write([definitionFile(report)]);
  return written;
}

function definitionFile(report: ReportDefinition): RunFile {
  return { path: DEFINITION_FILE, content: Buffer.from(stableJson(snapshotDefinition(report))) };
}

async function factsOf(parts: Parts, start: RunStart): Promise<RunFacts> {
  const { definition, period, trigger, entries, amending } = start;
  const { stream, report, scope } = definition;
  const startedAt = parts.now();
  const head = entries.at(-1);
  const before = previousPeriod(period);
  const custody = await start.custody?.();
  const past = await gatherPast(parts, definition, period, entries);
  const covered = coveredPeriods(entries);
  const canaries = await parts.canaries?.made(scope.registries, period);
  return {
    schema: 'tallyman/run/1',
    stream,
    runId: period.id,
    period,
    scopeId: scope.id,
    trigger,
    startedAt,
    madeUp: isMadeUp(report, period, startedAt),
    source: parts.source.description,
    software: parts.software,
    definitionSha256: definitionDigest(report, parts.catalog.viewsDigest),
    keyFingerprint: parts.signer.fingerprint,
    ...(parts.signer.keyId === undefined ? {} : { keyId: parts.signer.keyId }),
    previousEntry:
      head === undefined ? null : { sequence: head.sequence, sha256: head.manifestSha256 },
    comparedWith: comparable(covered.get(before.id), entries) ? before.id : null,
    ...(custody === undefined ? {} : { custody }),
    ...(past === undefined ? {} : { past }),
    ...(canaries === undefined ? {} : { canaries }),
    ...amending,
  };
}

/** Whether an entry left figures to compare with. */
function comparable(entry: ChainEntry | undefined, entries: readonly ChainEntry[]): boolean {
  return entry?.manifest.predicate.kind === 'run' && !destroyedEntries(entries).has(entry.sequence);
}

function parse(content: Content): unknown {
  return JSON.parse(textOf(content));
}
