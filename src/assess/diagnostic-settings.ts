import type { Text } from '../core/language';
import { listed, phrase } from '../core/language';
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
  readonly text: Text;
  /** Categories of events that are not known to come to where they are read. */
  readonly missing: readonly string[];
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
  if (!settings.told)
    return { registry: name, status: 'unknown', text: settings.reason, missing: EVENT_TABLES };
  if (settings.value.length === 0) {
    return {
      registry: name,
      status: 'wrong',
      text: phrase('settings.none'),
      missing: EVENT_TABLES,
    };
  }
  const where = settings.value.map((setting) => destinationOf(record, setting, source));
  const sent = new Set(
    settings.value.flatMap((setting, index) =>
      where[index] === 'here' ? categoriesOf(setting) : [],
    ),
  );
  const missing = EVENT_TABLES.filter((category) => !sent.has(category.toLowerCase()));
  const all: Text = { texts: settings.value.map(settingText), between: '; ' };
  if (missing.length === 0) return { registry: name, status: 'right', text: all, missing };
  const elsewhere = new Set(settings.value.flatMap(categoriesOf));
  const nowhere = missing.filter((category) => !elsewhere.has(category.toLowerCase()));
  if (nowhere.length > 0) {
    const text = phrase('settings.notSent', { categories: listed(nowhere), all });
    return { registry: name, status: 'wrong', text, missing };
  }
  const unsure = where.includes('unknown');
  const text = unsure
    ? phrase('settings.unsure', { all })
    : phrase('settings.elsewhere', { categories: listed(missing), all });
  return { registry: name, status: unsure ? 'unknown' : 'wrong', text, missing };
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

function settingText({ name, properties }: DiagnosticSetting): Text {
  const { workspaceId, storageAccountId, eventHubAuthorizationRuleId, marketplacePartnerId } =
    properties;
  const sent = (properties.logs ?? [])
    .filter(({ enabled }) => enabled)
    .map(({ category, categoryGroup }) => categoryGroup ?? category ?? '');
  const to = [
    ...(workspaceId ? [phrase('settings.workspace', { name: lastSegment(workspaceId) })] : []),
    ...(storageAccountId
      ? [phrase('settings.account', { name: lastSegment(storageAccountId) })]
      : []),
    ...(eventHubAuthorizationRuleId ? ['Event Hubs'] : []),
    ...(marketplacePartnerId ? [phrase('settings.partner')] : []),
  ];
  return phrase('settings.sends', {
    name,
    sent: sent.length === 0 ? phrase('settings.noLog') : listed(sent),
    to: to.length === 0 ? phrase('settings.nowhere') : listed(to),
  });
}

function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).toLowerCase();
}

/** How much the destinations themselves may drop, in sentences; nothing when no workspace is read. */
export function workspaceTroubles(
  record: PlatformRecord,
  source: SourceDescription,
): Told<{ readonly losses: readonly Text[]; readonly risks: readonly Text[] }> {
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
    return { told: false, reason: refused[0] ?? phrase('workspace.notNamed') };
  }
  const losses: Text[] = [];
  const risks: Text[] = [];
  for (const { name, state } of ours) {
    const { dailyQuotaGb, dataIngestionStatus } = state.workspaceCapping ?? {};
    if (/^(OverQuota|ForceOff|SubscriptionSuspended)$/i.test(dataIngestionStatus ?? '')) {
      losses.push(phrase('workspace.takesNothing', { name, status: dataIngestionStatus ?? '' }));
    }
    if (dailyQuotaGb !== undefined && dailyQuotaGb !== null && dailyQuotaGb > 0) {
      risks.push(phrase('workspace.dailyCap', { name, gigabytes: dailyQuotaGb }));
    }
    if (state.defaultDataCollectionRuleResourceId) {
      risks.push(phrase('workspace.rule', { name }));
    }
  }
  return { told: true, value: { losses, risks } };
}
