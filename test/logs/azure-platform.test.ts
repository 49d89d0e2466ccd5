import {
  metricCounts,
  registriesOf,
  settingsOf,
  workspaceOf,
} from '../../src/assess/platform-view';
import type { PlatformRecord } from '../../src/core/platform';
import { createAzurePlatform } from '../../src/logs/azure-platform';
import type { ArmServer } from './support/arm-server';
import { groupSetting, registryId, startArmServer, WORKSPACE } from './support/arm-server';
import { said } from '../support/languages';

const period = { start: '2026-03-01T00:00:00.000Z', end: '2026-03-02T00:00:00.000Z' };

let arm: ArmServer;

beforeEach(async () => {
  arm = await startArmServer();
});
afterEach(() => arm.stop());

async function ask(
  registries: readonly string[] | 'all' = 'all',
  asked: { start: string; end: string } = period,
): Promise<PlatformRecord> {
  const { endpoint, credential } = arm;
  const options = { endpoint, credential, subscriptions: [], retryDelayMs: 1, patienceMs: 2000 };
  return createAzurePlatform({ ...options, now: () => '2026-03-02T06:00:00.000Z' }).ask({
    registries,
    period: asked,
  });
}

it('lists registries over several pages, and asks each for its settings and metrics', async () => {
  arm.page = 2;
  arm.registries = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, settings: {} }));
  const record = await ask();
  const list = registriesOf(record);
  expect(list.told && list.value.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(arm.received.filter((line) => line.includes('diagnosticSettings'))).toHaveLength(5);
  expect(arm.received.filter((line) => line.includes('/metrics?'))).toHaveLength(5);
});

it('asks only for the registries of the scope', async () => {
  arm.registries = ['a', 'b'].map((name) => ({ name, settings: {} }));
  await ask(['b']);
  const asked = arm.received.filter((line) => line.startsWith('GET'));
  expect(asked.every((line) => line.includes(registryId('b')))).toBe(true);
});

it('asks each workspace that settings name once, and keeps answers as they came', async () => {
  arm.registries = ['a', 'b'].map((name) => ({ name, settings: { audit: groupSetting('audit') } }));
  arm.workspaces = { [WORKSPACE]: { customerId: 'guid', workspaceCapping: { dailyQuotaGb: 2 } } };
  const record = await ask();
  expect(arm.received.filter((line) => line.includes('/workspaces/audit?'))).toHaveLength(1);
  expect(workspaceOf(record, WORKSPACE.toUpperCase())).toMatchObject({
    told: true,
    value: { customerId: 'guid' },
  });
  const settings = record.exchanges.find(({ about }) => about === 'settings');
  expect(JSON.parse(settings?.body ?? '')).toHaveProperty('value');
});

it('adds pulls and pushes up by hour', async () => {
  arm.registries = [{ name: 'a', settings: {}, pulls: [3, 0, 5], pushes: [1] }];
  const counts = metricCounts(await ask(), registryId('a'), period);
  expect(counts.told && [...counts.value].slice(0, 4)).toEqual([
    [0, 4],
    [1, 0],
    [2, 5],
    [3, 0],
  ]);
});

it.each([
  ['2026-03-01T00:30:00.000Z', 'PT30M'],
  ['2026-03-01T00:15:00.000Z', 'PT15M'],
])('a period that begins at %s is counted in pieces of %s', async (start, grain) => {
  const asked = { start, end: new Date(Date.parse(start) + 86_400_000).toISOString() };
  arm.registries = [{ name: 'a', settings: {}, pulls: [3, 0, 5] }];
  const counts = metricCounts(await ask('all', asked), registryId('a'), asked);
  expect(arm.received.join('\n')).toContain(`interval=${grain}`);
  expect(counts.told && [...counts.value.values()].slice(0, 3)).toEqual([3, 0, 5]);
});

it('does as a throttled answer says, and asks again after trouble that may pass', async () => {
  arm.registries = [{ name: 'a', settings: { audit: groupSetting('audit') } }];
  arm.faults.push(
    { when: /resources/, status: 429, headers: { 'retry-after': '0' } },
    { when: /resources/, status: 503 },
    { when: /diagnosticSettings/, status: 0, hangUp: true },
  );
  const record = await ask();
  expect(settingsOf(record, registryId('a'))).toMatchObject({ told: true });
  expect(arm.received.filter((line) => line.startsWith('POST'))).toHaveLength(3);
});

it('says why something could not be told, and never takes trouble for an empty list', async () => {
  arm.registries = [{ name: 'a', settings: {} }];
  const denied = JSON.stringify({ error: { code: 'AuthorizationFailed', message: 'no' } });
  arm.faults.push(
    { when: /diagnosticSettings/, status: 403, body: denied },
    { when: /metrics/, status: 200, body: '{"value":"?"}' },
  );
  const record = await ask();
  expect(said(settingsOf(record, registryId('a')))).toEqual({
    told: false,
    reason: 'Azure Resource Manager answered 403: AuthorizationFailed.',
  });
  expect(metricCounts(record, registryId('a'), period)).toMatchObject({ told: false });
});

it('a list of which a page is missing is not told', async () => {
  arm.page = 1;
  arm.registries = ['a', 'b'].map((name) => ({ name, settings: {} }));
  const { endpoint, credential } = arm;
  const source = createAzurePlatform({ endpoint, credential, subscriptions: [], now: () => '' });
  const whole = await source.list();
  expect(registriesOf(whole)).toMatchObject({ told: true });
  const half = { ...whole, exchanges: whole.exchanges.slice(0, 1) };
  expect(said(registriesOf(half))).toMatchObject({
    told: false,
    reason: 'The list of registries has 1 of 2 rows.',
  });
});

it('never puts the token into the record', async () => {
  arm.registries = [{ name: 'a', settings: {} }];
  arm.faults.push({ when: /metrics/, status: 0, hangUp: true });
  expect(JSON.stringify(await ask())).not.toContain('an-arm-token');
});
