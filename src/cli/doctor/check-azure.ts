import { judgeSettings, workspaceTroubles } from '../../assess/diagnostic-settings';
import { metricCounts, registriesOf } from '../../assess/platform-view';
import type { Language } from '../../core/language';
import { say, sentences } from '../../core/language';
import type { SourceDescription } from '../../core/logs';
import type { Interval } from '../../core/period';
import type { PlatformRecord, PlatformSource } from '../../core/platform';
import type { Check } from './check';
import type { Principal } from './remedies';
import { assignRole, diagnosticSetting, ROLES } from './remedies';

/** Whether Azure Resource Manager can be asked, and whether each registry sends its events to where they are read. */
export async function checkAzure(
  platform: PlatformSource,
  source: SourceDescription,
  period: Interval,
  principal: Principal,
  english: Language,
): Promise<Check[]> {
  const record = await platform.ask({ registries: 'all', period });
  const list = registriesOf(record);
  const readers = assignRole(principal, ROLES.monitoringReader, '/subscriptions/<id>');
  if (!list.told) {
    const text = say(list.reason, english);
    return [{ name: 'Azure Resource Manager', status: 'bad', text, remedy: readers }];
  }
  if (list.value.length === 0) {
    const text = 'It can be asked, and shows this identity no registry.';
    return [{ name: 'Azure Resource Manager', status: 'bad', text, remedy: readers }];
  }
  const checks: Check[] = [
    {
      name: 'Azure Resource Manager',
      status: 'good',
      text: `It shows ${list.value.map(({ name }) => name).join(', ')}.`,
    },
  ];
  for (const resource of list.value) {
    const role = assignRole(principal, ROLES.monitoringReader, resource.id);
    const { status, text } = judgeSettings(record, resource, source);
    checks.push({
      name: `Diagnostic setting of ${resource.name}`,
      status: status === 'right' ? 'good' : status === 'wrong' ? 'bad' : 'unknown',
      text: say(text, english),
      ...(status === 'wrong'
        ? { remedy: diagnosticSetting(resource.id, workspaceIn(record, source)) }
        : {}),
      ...(status === 'unknown' ? { remedy: role } : {}),
    });
    const metrics = metricCounts(record, resource.id, period);
    checks.push(
      metrics.told
        ? { name: `Metrics of ${resource.name}`, status: 'good', text: 'They can be read.' }
        : {
            name: `Metrics of ${resource.name}`,
            status: 'unknown',
            text: say(metrics.reason, english),
            remedy: role,
          },
    );
  }
  return source.kind === 'log-analytics'
    ? [...checks, checkWorkspace(record, source, principal, english)]
    : checks;
}

function checkWorkspace(
  record: PlatformRecord,
  source: SourceDescription,
  principal: Principal,
  english: Language,
): Check {
  const name = 'Workspace';
  const troubles = workspaceTroubles(record, source);
  if (!troubles.told) {
    const scope = workspaceIn(record, source);
    const remedy = assignRole(principal, ROLES.monitoringReader, scope);
    return { name, status: 'unknown', text: say(troubles.reason, english), remedy };
  }
  const { losses, risks } = troubles.value;
  const text = say(sentences([...losses, ...risks]), english);
  if (losses.length > 0) return { name, status: 'bad', text };
  return {
    name,
    status: 'good',
    text: text === '' ? 'It has no daily cap and no rule that could drop records.' : text,
  };
}

/** The resource id of the workspace that is read, when any setting names it. */
function workspaceIn({ exchanges }: PlatformRecord, { location }: SourceDescription): string {
  const found = exchanges.find(
    ({ about, body }) =>
      about === 'workspace' &&
      body.toLowerCase().includes(location.split(',')[0]?.toLowerCase() ?? ''),
  );
  return found?.resource ?? '<workspace resource id>';
}
