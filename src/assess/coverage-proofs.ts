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
    const text =
      'Azure was not asked which registries there are: one that logs nothing is not known.';
    return { source, status: 'off', text };
  }
  const list = registriesOf(platform);
  if (!list.told) {
    const text = `Which registries there are can’t be told. ${list.reason}`;
    return { source, status: 'unknown', text };
  }
  const seen = new Set(list.value.map(({ name }) => name));
  const unseen = records
    .filter(({ registry }) => !seen.has(registry))
    .map(({ registry }) => registry);
  const covered = records.length - unseen.length;
  const others = list.value.length - covered;
  const text = [
    `Azure shows this identity ${countOf(list.value.length, 'registry', 'registries')}, and ${covered} of them ${covered === 1 ? 'is' : 'are'} in this report${others > 0 ? `, ${others} outside its scope` : ''}.`,
    ...(unseen.length > 0
      ? [`Azure does not show ${namesOf(unseen)}: deleted, or out of this identity’s sight.`]
      : []),
  ].join(' ');
  return { source, status: unseen.length > 0 ? 'unknown' : 'supports', text };
}

function settingsProof(
  outside: OutsideEvidence,
  records: readonly RegistryRecords[],
): CoverageProof {
  const source = 'diagnostic-settings';
  const { platform } = outside;
  if (platform === undefined) {
    return { source, status: 'off', text: 'Diagnostic settings were not read.' };
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
    `As read on ${platform.askedAt}, the diagnostic settings of ${judged.length - wrong.length - unknown.length} of ${countOf(records.length, 'registry', 'registries')} send both categories of events to where this report reads.`,
    ...wrong.slice(0, NAMED).map(({ registry, text }) => `${registry}: ${text}`),
    ...unknown.slice(0, NAMED).map(({ registry, text }) => `${registry} can’t be told: ${text}`),
  ];
  const status =
    wrong.length > 0
      ? 'contradicts'
      : judged.length - unknown.length < records.length
        ? 'unknown'
        : 'supports';
  return { source, status, text: parts.join(' ') };
}

function metricsProof(
  outside: OutsideEvidence,
  period: Interval,
  records: readonly RegistryRecords[],
): CoverageProof {
  const source = 'metrics-api';
  const { platform } = outside;
  if (platform === undefined) {
    const text =
      'The platform’s metrics were not asked; AzureMetrics records travel with the events, and prove nothing where they are absent.';
    return { source, status: 'off', text };
  }
  const resources = knownResources(
    outside,
    records.map(({ registry }) => registry),
  );
  let [counted, requests] = [0, 0];
  const silent: string[] = [];
  const reasons: string[] = [];
  for (const { id, name } of resources) {
    const counts = metricCounts(platform, id, period);
    if (!counts.told) {
      reasons.push(`${name}: ${counts.reason}`);
      continue;
    }
    const total = [...counts.value.values()].reduce((sum, count) => sum + count, 0);
    const events = records.find(({ registry }) => registry === name)?.repositoryEvents ?? 0;
    counted += 1;
    requests += total;
    if (total > 0 && events === 0) silent.push(`${name} (${total.toLocaleString('en-US')})`);
  }
  const parts = [
    `The platform’s own metrics were read for ${counted} of ${countOf(records.length, 'registry', 'registries')}: ${requests.toLocaleString('en-US')} pulls and pushes.`,
    ...(silent.length > 0
      ? [
          `They count pulls or pushes, and no repository event came of the whole period: ${namesOf(silent)}. Imports and task builds are counted too and leave no event.`,
        ]
      : []),
    ...reasons.slice(0, NAMED),
  ];
  const status =
    silent.length > 0 ? 'contradicts' : counted < records.length ? 'unknown' : 'supports';
  return { source, status, text: parts.join(' ') };
}

function workspaceProof({ platform, source: read }: OutsideEvidence): CoverageProof {
  const source = 'workspace';
  if (platform === undefined) {
    return {
      source,
      status: 'off',
      text: 'The workspace’s daily cap and transformations were not read.',
    };
  }
  const troubles = workspaceTroubles(platform, read);
  if (!troubles.told) {
    const text = `The workspace’s daily cap can’t be told. ${troubles.reason}`;
    return { source, status: 'unknown', text };
  }
  const { losses, risks } = troubles.value;
  if (losses.length > 0)
    return { source, status: 'contradicts', text: [...losses, ...risks].join(' ') };
  const text =
    risks.length === 0
      ? 'The workspace has no daily cap and no rule that could drop records.'
      : risks.join(' ');
  return { source, status: 'supports', text };
}

function countOf(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

function namesOf(names: readonly string[]): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
