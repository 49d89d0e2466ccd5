import type { Text } from '../core/language';
import { listed, phrase, sentences } from '../core/language';
import type { Answer, SourceDescription } from '../core/logs';
import type { Interval } from '../core/period';
import type { CanaryLogin, PlatformRecord } from '../core/platform';
import type { CoverageProof } from '../core/report';
import { canaryProof } from './canary';
import { judgeSettings, workspaceTroubles } from './diagnostic-settings';
import { delayProof, healthProof } from './ingestion-health';
import type { RegistryResource } from './platform-view';
import { metricCounts, registriesOf } from './platform-view';

/** What a run has besides the records: of the source, of Azure Resource Manager, of its own logins. */
export interface OutsideEvidence {
  readonly source: SourceDescription;
  /** Answers to the questions of health-questions.ts; those that were not asked are missing. */
  readonly answers: ReadonlyMap<string, Answer>;
  /** Undefined when Azure Resource Manager is not asked. */
  readonly platform: PlatformRecord | undefined;
  /** Undefined when none are made. */
  readonly canaries: readonly CanaryLogin[] | undefined;
}

/** Records of one registry in the period. */
export interface RegistryRecords {
  readonly registry: string;
  readonly logins: number;
  readonly repositoryEvents: number;
}

/** A failure of these shows that records of the period were lost; a wrong setting need not have lost any. */
export const SHOW_LOSS: readonly CoverageProof['source'][] = [
  'metrics-api',
  'workspace',
  'ingestion-health',
  'canary',
];

/** Names that a sentence spells out before it counts the rest. */
const NAMED = 5;

/** Everything else that was looked at, in a fixed order. */
export function coverageProofs(
  outside: OutsideEvidence,
  period: Interval,
  records: readonly RegistryRecords[],
): CoverageProof[] {
  return [
    discoveryProof(outside, records),
    settingsProof(outside, records),
    metricsProof(outside, period, records),
    ...(outside.source.kind === 'log-analytics'
      ? [workspaceProof(outside), healthProof(outside.answers), delayProof(outside.answers, period)]
      : []),
    canaryProof(outside.canaries, outside.answers),
  ];
}

/** The registries of the report that Azure shows, with their resource ids. */
export function knownResources(
  { platform }: OutsideEvidence,
  registries: readonly string[],
): readonly RegistryResource[] {
  if (platform === undefined) return [];
  const list = registriesOf(platform);
  return list.told ? list.value.filter(({ name }) => registries.includes(name)) : [];
}

function discoveryProof(
  { platform }: OutsideEvidence,
  records: readonly RegistryRecords[],
): CoverageProof {
  const source = 'discovery';
  if (platform === undefined) {
    return { source, status: 'off', text: phrase('proof.discovery.off') };
  }
  const list = registriesOf(platform);
  if (!list.told) {
    const text = phrase('proof.discovery.cannotTell', { reason: list.reason });
    return { source, status: 'unknown', text };
  }
  const seen = new Set(list.value.map(({ name }) => name));
  const unseen = records
    .filter(({ registry }) => !seen.has(registry))
    .map(({ registry }) => registry);
  const covered = records.length - unseen.length;
  const others = list.value.length - covered;
  const shown = {
    registries: phrase('count.registries', { count: list.value.length }),
    count: covered,
  };
  const text = sentences([
    others > 0
      ? phrase('proof.discovery.shownAndOthers', { ...shown, others })
      : phrase('proof.discovery.shown', shown),
    ...(unseen.length > 0
      ? [phrase('proof.discovery.unseen', { registries: namesOf(unseen) })]
      : []),
  ]);
  return { source, status: unseen.length > 0 ? 'unknown' : 'supports', text };
}

function settingsProof(
  outside: OutsideEvidence,
  records: readonly RegistryRecords[],
): CoverageProof {
  const source = 'diagnostic-settings';
  const { platform } = outside;
  if (platform === undefined) {
    return { source, status: 'off', text: phrase('proof.settings.off') };
  }
  const resources = knownResources(
    outside,
    records.map(({ registry }) => registry),
  );
  const judged = resources.map((resource) => judgeSettings(platform, resource, outside.source));
  const [wrong, unknown] = [
    judged.filter(({ status }) => status === 'wrong'),
    judged.filter(({ status }) => status === 'unknown'),
  ];
  const parts = [
    phrase('proof.settings.read', {
      at: platform.askedAt,
      right: judged.length - wrong.length - unknown.length,
      registries: phrase('count.registries', { count: records.length }),
    }),
    ...wrong
      .slice(0, NAMED)
      .map(({ registry, text }) => phrase('said.of', { name: registry, text })),
    ...unknown
      .slice(0, NAMED)
      .map(({ registry, text }) => phrase('proof.settings.cannotTell', { registry, text })),
  ];
  const status =
    wrong.length > 0
      ? 'contradicts'
      : judged.length - unknown.length < records.length
        ? 'unknown'
        : 'supports';
  return { source, status, text: sentences(parts) };
}

function metricsProof(
  outside: OutsideEvidence,
  period: Interval,
  records: readonly RegistryRecords[],
): CoverageProof {
  const source = 'metrics-api';
  const { platform } = outside;
  if (platform === undefined) {
    return { source, status: 'off', text: phrase('proof.metrics.off') };
  }
  const resources = knownResources(
    outside,
    records.map(({ registry }) => registry),
  );
  let [counted, requests] = [0, 0];
  const silent: Text[] = [];
  const reasons: Text[] = [];
  for (const { id, name } of resources) {
    const counts = metricCounts(platform, id, period);
    if (!counts.told) {
      reasons.push(phrase('said.of', { name, text: counts.reason }));
      continue;
    }
    const total = [...counts.value.values()].reduce((sum, count) => sum + count, 0);
    const events = records.find(({ registry }) => registry === name)?.repositoryEvents ?? 0;
    counted += 1;
    requests += total;
    if (total > 0 && events === 0)
      silent.push(phrase('proof.metrics.silentOne', { registry: name, requests: total }));
  }
  const parts = [
    phrase('proof.metrics.read', {
      counted,
      registries: phrase('count.registries', { count: records.length }),
      requests,
    }),
    ...(silent.length > 0 ? [phrase('proof.metrics.silent', { registries: namesOf(silent) })] : []),
    ...reasons.slice(0, NAMED),
  ];
  const status =
    silent.length > 0 ? 'contradicts' : counted < records.length ? 'unknown' : 'supports';
  return { source, status, text: sentences(parts) };
}

function workspaceProof({ platform, source: read }: OutsideEvidence): CoverageProof {
  const source = 'workspace';
  if (platform === undefined) {
    return {
      source,
      status: 'off',
      text: phrase('proof.workspace.off'),
    };
  }
  const troubles = workspaceTroubles(platform, read);
  if (!troubles.told) {
    const text = phrase('proof.workspace.cannotTell', { reason: troubles.reason });
    return { source, status: 'unknown', text };
  }
  const { losses, risks } = troubles.value;
  if (losses.length > 0)
    return { source, status: 'contradicts', text: sentences([...losses, ...risks]) };
  const text = risks.length === 0 ? phrase('proof.workspace.fine') : sentences(risks);
  return { source, status: 'supports', text };
}

function namesOf(names: readonly Text[]): Text {
  const more = names.length - NAMED;
  const shown = listed(names.slice(0, NAMED));
  return more > 0 ? phrase('names.andMore', { names: shown, more }) : shown;
}
