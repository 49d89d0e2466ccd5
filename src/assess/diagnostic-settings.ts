import type { SourceDescription } from '../core/logs';
import type { PlatformRecord } from '../core/platform';
import { EVENT_TABLES } from './coverage-questions';
import type { DiagnosticSetting, RegistryResource, Told } from './platform-view';
import { settingsOf, workspaceOf } from './platform-view';

/** What the diagnostic settings of one registry mean for the logs that were read. */
export interface SettingsJudgement {
  readonly registry: string;
  /** `wrong`: the events, or some of them, do not come to where they are read. */
  readonly status: 'right' | 'wrong' | 'unknown';
  /** A sentence, without the registry's name. */
  readonly text: string;
}

/** Groups that stand for all of a registry's events. Which are in `audit` is not documented; Azure's own policies take it for all. */
const WHOLE_GROUPS = ['alllogs', 'audit'];

/** Whether a registry's settings send all its events to where this run read them. */
export function judgeSettings(
  record: PlatformRecord,
  { id, name }: RegistryResource,
  source: SourceDescription,
): SettingsJudgement {
  const settings = settingsOf(record, id);
  if (!settings.told) return { registry: name, status: 'unknown', text: settings.reason };
  if (settings.value.length === 0) {
    return { registry: name, status: 'wrong', text: 'There is no diagnostic setting.' };
  }
  const where = settings.value.map((setting) => destinationOf(record, setting, source));
  const sent = new Set(
    settings.value.flatMap((setting, index) =>
      where[index] === 'here' ? categoriesOf(setting) : [],
    ),
  );
  const missing = EVENT_TABLES.filter((category) => !sent.has(category.toLowerCase()));
  const all = settings.value.map(settingText).join('; ');
  if (missing.length === 0) return { registry: name, status: 'right', text: all };
  const elsewhere = new Set(settings.value.flatMap(categoriesOf));
  const nowhere = missing.filter((category) => !elsewhere.has(category.toLowerCase()));
  if (nowhere.length > 0) {
    const text = `No setting sends ${nowhere.join(' and ')}. There is: ${all}.`;
    return { registry: name, status: 'wrong', text };
  }
  const unsure = where.includes('unknown');
  const text = unsure
    ? `Whether it is here that the settings send to can’t be told. There is: ${all}.`
    : `No setting sends ${missing.join(' and ')} to where this report reads. There is: ${all}.`;
  return { registry: name, status: unsure ? 'unknown' : 'wrong', text };
}

/** The categories that a setting sends, in lower case. */
function categoriesOf({ properties }: DiagnosticSetting): string[] {
  return (properties.logs ?? [])
    .filter(({ enabled }) => enabled)
    .flatMap(({ category, categoryGroup }) => {
      const isWhole = WHOLE_GROUPS.includes((categoryGroup ?? '').toLowerCase());
      return isWhole
        ? EVENT_TABLES.map((table) => table.toLowerCase())
        : (category ?? '').toLowerCase();
    });
}

function destinationOf(
  record: PlatformRecord,
  { properties }: DiagnosticSetting,
  source: SourceDescription,
): 'here' | 'elsewhere' | 'unknown' {
  const { workspaceId, storageAccountId, eventHubAuthorizationRuleId } = properties;
  if (source.kind === 'log-analytics') {
    if (!workspaceId) return 'elsewhere';
    const workspace = workspaceOf(record, workspaceId);
    if (!workspace.told) return 'unknown';
    const asked = source.location.toLowerCase().split(/,\s*/);
    return asked.includes(workspace.value.customerId.toLowerCase()) ? 'here' : 'elsewhere';
  }
  const account = accountOf(source.location);
  if (storageAccountId && account !== undefined) {
    if (lastSegment(storageAccountId) === account) return 'here';
  }
  // A folder is a copy of somebody's making, and records may have come through Event Hubs.
  const mayBeCopied = account === undefined && Boolean(storageAccountId);
  return mayBeCopied || eventHubAuthorizationRuleId ? 'unknown' : 'elsewhere';
}

/** The storage account's name in a log archive's address; undefined for a folder. */
function accountOf(location: string): string | undefined {
  return /^https?:\/\/([a-z0-9]+)\./i.exec(location)?.[1]?.toLowerCase();
}

function settingText({ name, properties }: DiagnosticSetting): string {
  const { workspaceId, storageAccountId, eventHubAuthorizationRuleId, marketplacePartnerId } =
    properties;
  const sent = (properties.logs ?? [])
    .filter(({ enabled }) => enabled)
    .map(({ category, categoryGroup }) => categoryGroup ?? category ?? '');
  const to = [
    ...(workspaceId ? [`workspace ${lastSegment(workspaceId)}`] : []),
    ...(storageAccountId ? [`storage account ${lastSegment(storageAccountId)}`] : []),
    ...(eventHubAuthorizationRuleId ? ['Event Hubs'] : []),
    ...(marketplacePartnerId ? ['a partner'] : []),
  ];
  return `${name} sends ${sent.length === 0 ? 'no log' : sent.join(', ')} to ${to.join(', ') || 'nowhere'}`;
}

function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).toLowerCase();
}

/** How much the destinations themselves may drop, in sentences; nothing when no workspace is read. */
export function workspaceTroubles(
  record: PlatformRecord,
  source: SourceDescription,
): Told<{ readonly losses: readonly string[]; readonly risks: readonly string[] }> {
  const asked = source.location.toLowerCase().split(/,\s*/);
  const ids = record.exchanges.filter(({ about }) => about === 'workspace');
  const read = ids.map(({ resource }) => ({ resource, state: workspaceOf(record, resource) }));
  const ours = read.flatMap(({ resource, state }) =>
    state.told && asked.includes(state.value.customerId.toLowerCase())
      ? [{ name: lastSegment(resource), state: state.value }]
      : [],
  );
  if (ours.length === 0) {
    const refused = read.flatMap(({ state }) => (state.told ? [] : [state.reason]));
    return { told: false, reason: refused[0] ?? 'No diagnostic setting names the workspace.' };
  }
  const losses: string[] = [];
  const risks: string[] = [];
  for (const { name, state } of ours) {
    const { dailyQuotaGb, dataIngestionStatus } = state.workspaceCapping ?? {};
    if (/^(OverQuota|ForceOff|SubscriptionSuspended)$/i.test(dataIngestionStatus ?? '')) {
      losses.push(`The workspace ${name} takes no data in: ${dataIngestionStatus ?? ''}.`);
    }
    if (dailyQuotaGb !== undefined && dailyQuotaGb !== null && dailyQuotaGb > 0) {
      risks.push(`The workspace ${name} stops taking data in after ${dailyQuotaGb} GB a day.`);
    }
    if (state.defaultDataCollectionRuleResourceId) {
      risks.push(
        `A data collection rule of the workspace ${name} may change or drop records before they are stored.`,
      );
    }
  }
  return { told: true, value: { losses, risks } };
}
