import { answersOver } from './ask-audit';
import type { Activity, Event } from './ask-audit';

const DAY = { start: '2026-03-10T00:00:00.000Z', end: '2026-03-11T00:00:00.000Z' };

/** Logins from one address, one every `seconds`, beginning at a time of the day. */
function logins(count: number, from: string, seconds: number, event: Partial<Event>): Event[] {
  const start = Date.parse(`2026-03-10T${from}Z`);
  return Array.from({ length: count }, (_, i) => ({
    time: new Date(start + i * seconds * 1000).toISOString(),
    operation: 'Login',
    result: '401',
    address: '192.0.2.7',
    ...event,
  }));
}

function push(time: string, tag: string, digest: string, event: Partial<Event> = {}): Event {
  return { time, operation: 'Push', result: '201', identity: 'ci', tag, digest, ...event };
}

describe('failed-login-bursts', () => {
  test('twenty failures in ten minutes are a burst wherever the ten minutes begin', async () => {
    const rows = await answersOver(
      'failed-login-bursts',
      logins(20, '09:57:31', 29, { identity: 'jane' }),
      DAY,
    );
    expect(rows).toMatchObject([{ CallerIpAddress: '192.0.2.7', MostInFifteenMinutes: 20 }]);
  });

  test('nineteen failures are no burst, nor are more of them over hours', async () => {
    const records = [
      ...logins(19, '09:57:31', 29, { identity: 'jane' }),
      ...logins(60, '12:00:00', 60, { identity: 'omar', address: '192.0.2.8' }),
    ];
    expect(await answersOver('failed-login-bursts', records, DAY)).toEqual([]);
  });

  test('first tries without a name count only as far as no success matches them', async () => {
    const node = [
      ...logins(40, '10:00:00', 10, { address: '10.1.1.1' }),
      ...logins(40, '10:00:01', 10, { address: '10.1.1.1', identity: 'node', result: '200' }),
    ];
    const attack = logins(25, '10:00:00', 20, {});
    expect(await answersOver('failed-login-bursts', [...node, ...attack], DAY)).toMatchObject([
      { CallerIpAddress: '192.0.2.7', MostInFifteenMinutes: 25 },
    ]);
  });

  test('ports do not make one address many', async () => {
    const records = logins(20, '10:00:00', 10, { identity: 'jane' }).map((event, i) => ({
      ...event,
      address: `192.0.2.7:${40_000 + i}`,
    }));
    expect(await answersOver('failed-login-bursts', records, DAY)).toHaveLength(1);
  });

  test('a burst over midnight is found', async () => {
    const records = [
      ...logins(10, '00:00:00', 10, { identity: 'jane' }),
      ...logins(10, '00:00:00', 10, { identity: 'jane' }).map((event) => ({
        ...event,
        time: new Date(Date.parse(event.time) - 120_000).toISOString(),
      })),
    ];
    expect(await answersOver('failed-login-bursts', records, DAY)).toHaveLength(1);
  });
});

test('a success more than an hour after a burst is not laid to it', async () => {
  const burst = logins(20, '09:00:00', 10, { identity: 'jane' });
  const success = (from: string): Event[] =>
    logins(1, from, 1, { identity: 'jane', result: '200' });
  const within = await answersOver('spray-then-success', [...burst, ...success('10:03:10')], DAY);
  expect(within).toMatchObject([{ Identity: 'jane', FailedLogins: 20 }]);
  const later = await answersOver('spray-then-success', [...burst, ...success('10:03:11')], DAY);
  expect(later).toEqual([]);
});

test('a first try without a name is no failure only if a success follows within five minutes', async () => {
  const records = [
    ...logins(1, '09:59:59', 1, {}),
    ...logins(1, '10:04:59', 1, { identity: 'node', result: '200' }),
    ...logins(1, '11:00:00', 1, {}),
    ...logins(1, '11:05:01', 1, { identity: 'node', result: '200' }),
    ...logins(1, '12:00:00', 1, { identity: 'jane' }),
  ];
  expect(await answersOver('authentication-failures', records, DAY)).toMatchObject([
    { Identity: '', Failures: 1 },
    { Identity: 'jane', Failures: 1 },
  ]);
  expect(await answersOver('activity-by-hour', records, DAY)).toMatchObject([
    { Actor: 'anonymous', Events: 0, FailedLogins: 0, FirstTries: 1 },
    { Actor: 'unknown', Events: 1, Logins: 1 },
    { Actor: 'anonymous', Events: 1, FailedLogins: 1, FirstTries: 0 },
    { Actor: 'unknown', Events: 1, Logins: 1 },
    { Actor: 'unknown', Events: 1, FailedLogins: 1 },
  ]);
});

describe('the kind of an actor', () => {
  const pull = (event: Partial<Event>): Event => ({
    time: '2026-03-10T10:00:00Z',
    operation: 'Pull',
    result: '200',
    ...event,
  });

  test('follows from what it is named, what it says of itself and what it does', async () => {
    const id = (digit: number): string => `7adb4a32-c9f6-4071-8d10-b50ea840ad8${String(digit)}`;
    const kinds: readonly (readonly [string, Partial<Event>])[] = [
      ['person', { identity: 'jane@contoso.com', userAgent: 'image-scanner/4' }],
      ['scanner', { identity: id(1), userAgent: 'trivy/0.60' }],
      ['cluster pull', { identity: id(2), userAgent: 'containerd/1.7.27+azure' }],
      ['pipeline', { identity: id(3), userAgent: 'docker/28 UpstreamClient(buildkit/0.20)' }],
      ['unknown', { identity: id(4), userAgent: 'curl/8' }],
      ['unknown', { identity: 'edge-seoul', userAgent: 'containerd/1.7.27' }],
      ['unknown', { identity: '00000000-0000-0000-0000-000000000000', userAgent: 'docker/28' }],
      ['anonymous', { identity: '<nil>', userAgent: 'containerd/1.7.27' }],
      ['retention purge', { operation: 'PurgeManifest', identity: '' }],
    ];
    const rows = await answersOver(
      'identity-activity',
      kinds.map(([, each]) => pull(each)),
      DAY,
    );
    const found = new Map(rows.map(({ Identity, Actor }) => [Identity, Actor]));
    // The raw "<nil>" of a log means that nothing is there.
    const nameOf = ({ identity = '' }: Partial<Event>): string => identity.replace('<nil>', '');
    const purge = rows.filter(({ Identity }) => Identity === '').map(({ Actor }) => Actor);
    expect(purge.sort()).toEqual(['anonymous', 'retention purge']);
    for (const [kind, event] of kinds.filter(([, each]) => nameOf(each) !== '')) {
      expect([event, found.get(nameOf(event))]).toEqual([event, kind]);
    }
    expect(new Set(rows.map(({ Seen }) => Seen))).toEqual(new Set(['could not tell']));
  });

  test('unknown actors stand first, then identities that are new, and refusals make nobody known', async () => {
    const known = { ...pull({ identity: 'omar@contoso.com' }), time: '2026-03-01T10:00:00Z' };
    const refused = { ...pull({ identity: 'eve@contoso.com', result: '401' }), time: known.time };
    const records = [
      known,
      refused,
      ...['omar@contoso.com', 'jane@contoso.com', 'eve@contoso.com'].map((identity) =>
        pull({ identity }),
      ),
      pull({ identity: 'mallory@contoso.com', result: '403' }),
      pull({ identity: 'edge-seoul' }),
    ];
    const rows = await answersOver('identity-activity', records, DAY);
    expect(rows.map(({ Identity, Seen }) => [Identity, Seen])).toEqual([
      ['edge-seoul', 'first time'],
      ['eve@contoso.com', 'first time'],
      ['jane@contoso.com', 'first time'],
      ['mallory@contoso.com', 'only refused'],
      ['omar@contoso.com', 'before'],
    ]);
  });
});

test('working hours are local, from 7:00 to 20:00, also on the day when clocks change', async () => {
  const sunday = { start: '2026-03-28T23:00:00.000Z', end: '2026-03-29T22:00:00.000Z' };
  const monday = { start: '2026-03-29T22:00:00.000Z', end: '2026-03-30T22:00:00.000Z' };
  const pushes = [
    '2026-03-29T12:00:00Z',
    '2026-03-30T04:59:59Z',
    '2026-03-30T05:00:00Z',
    '2026-03-30T17:59:59Z',
    '2026-03-30T18:00:00Z',
  ].map((time, i) => push(time, `t${i}`, `sha256:${i}`, { identity: `p${i}@contoso.com` }));
  const who = async (period: typeof monday): Promise<unknown[]> =>
    (await answersOver('off-hours-pushes', pushes, period, 'Europe/Berlin')).map((row) => [
      row['Identity'],
      row['LocalTime'],
    ]);
  expect(await who(sunday)).toEqual([['p0@contoso.com', '2026-03-29 14:00']]);
  expect(await who(monday)).toEqual([
    ['p1@contoso.com', '2026-03-30 06:59'],
    ['p4@contoso.com', '2026-03-30 20:00'],
  ]);
});

test('a release tag that goes away and comes back is two findings, and the same image again is none', async () => {
  const records = [
    push('2026-03-09T10:00:00Z', 'v1.2.3', 'sha256:a'),
    push('2026-03-10T10:00:00Z', 'v1.2.3', 'sha256:a'),
    push('2026-03-10T11:00:00Z', 'v1.2.3', 'sha256:b'),
    push('2026-03-10T12:00:00Z', 'v1.2.3', 'sha256:a'),
    push('2026-03-10T10:00:00Z', '1.2.3-rc1', 'sha256:a'),
    push('2026-03-10T11:00:00Z', '1.2.3-rc1', 'sha256:b'),
    push('2026-03-10T13:00:00Z', 'v1.2.3', 'sha256:c', { result: '403' }),
  ];
  expect(await answersOver('release-tags-overwritten', records, DAY)).toMatchObject([
    { Tag: 'v1.2.3', PreviousDigest: 'sha256:a', Digest: 'sha256:b' },
    { Tag: 'v1.2.3', PreviousDigest: 'sha256:b', Digest: 'sha256:a' },
  ]);
  expect(await answersOver('tags-moved', records, DAY)).toMatchObject([
    { Tag: '1.2.3-rc1', Moves: 1 },
  ]);
});

test('deletions count when they succeeded or when nobody can tell, and purges do not', async () => {
  const deletion = (operation: string, result: string, repository: string): Event => ({
    time: '2026-03-10T10:00:00Z',
    operation,
    result,
    repository,
    identity: 'jane@contoso.com',
  });
  const rows = await answersOver(
    'repository-deletions',
    [
      deletion('Delete', '202', 'a'),
      deletion('DELETEREPOSITORY', '202', 'b'),
      deletion('Delete', '<b>ok</b>', 'c'),
      deletion('Delete', '403', 'd'),
      deletion('PurgeManifest', '202', 'e'),
      deletion('purge delete', '202', 'f'),
    ],
    DAY,
  );
  expect(rows.map((row) => row['Repository'])).toEqual(['a', 'b', 'c']);
});

test('a result that is no status is a failure, never a success', async () => {
  const records = [push('2026-03-10T10:00:00Z', 'x', 'sha256:x', { result: '200 OK' })];
  expect(await answersOver('operation-failures', records, DAY)).toMatchObject([
    { Result: '200 OK', Events: 1 },
  ]);
  expect(await answersOver('people-pushing', records, DAY)).toEqual([]);
});

test('an identity written in other letters is not new, and a failed try does not make it known', async () => {
  const pull = (time: string, identity: string, result = '200'): Event => ({
    time,
    operation: 'Pull',
    result,
    identity,
  });
  const rows = await answersOver(
    'first-seen-identities',
    [
      pull('2026-03-01T10:00:00Z', 'Jane@Contoso.com'),
      pull('2026-03-10T10:00:00Z', 'jane@contoso.com'),
      pull('2026-03-09T10:00:00Z', 'mallory', '401'),
      pull('2026-03-10T11:00:00Z', 'mallory'),
    ],
    DAY,
  );
  expect(rows.map((row) => row['Identity'])).toEqual(['mallory']);
});

test('a deleted image that is asked for is told until it is pushed again', async () => {
  const records: Event[] = [
    { time: '2026-03-10T09:00:00Z', operation: 'Delete', result: '202', repository: 'gone' },
    { time: '2026-03-10T09:00:00Z', operation: 'Delete', result: '202', repository: 'back' },
    { time: '2026-03-10T09:00:00Z', operation: 'Delete', result: '202', digest: 'sha256:old' },
    push('2026-03-10T09:30:00Z', 'v1', 'sha256:new', { repository: 'back' }),
    push('2026-03-10T09:30:00Z', 'v2', 'sha256:new'),
    ...['gone', 'back'].map((repository) => ({
      time: '2026-03-10T10:00:00Z',
      operation: 'Pull',
      result: '404',
      identity: 'node',
      repository,
      tag: 'v1',
    })),
    { time: '2026-03-10T10:00:00Z', operation: 'Pull', result: '404', tag: 'sha256:old' },
    { time: '2026-03-10T10:00:00Z', operation: 'Pull', result: '200', digest: 'sha256:new' },
    { time: '2026-03-10T08:00:00Z', operation: 'Pull', result: '200', digest: 'sha256:old' },
  ];
  expect(await answersOver('pulls-after-deletion', records, DAY)).toMatchObject([
    { Repository: 'gone', Digest: '', Pulls: 1, Succeeded: 0, Identities: 'node' },
    { Repository: 'web', Digest: 'sha256:old', Pulls: 1 },
  ]);
});

describe('requests in the activity log', () => {
  const GROUP = '/subscriptions/0a0a0a0a-0000-4000-8000-000000000001/resourcegroups/rg';
  const REGISTRY = `${GROUP}/providers/microsoft.containerregistry/registries/contoso`;
  const MACHINE = `${GROUP}/providers/microsoft.compute/virtualmachines/vm`;

  function request(operation: string, resource: string, ...results: string[]): Activity[] {
    return results.map((result, i) => ({
      time: `2026-03-10T10:00:0${i}Z`,
      operation,
      resource,
      result,
      correlation: resource,
    }));
  }

  test('start and end are one row, and only settings that matter here count', async () => {
    const setting = '/providers/microsoft.insights/diagnosticsettings/x';
    const write = 'MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/WRITE';
    const rows = await answersOver(
      'diagnostic-settings-changed',
      [
        ...request(write, `${REGISTRY}${setting}`, 'Start', 'Success'),
        ...request(write, `${MACHINE}${setting}`, 'Start', 'Success'),
        ...request(
          write,
          `${GROUP.split('/resourcegroups')[0] ?? ''}${setting}`,
          'Start',
          'Failure',
        ),
      ],
      DAY,
    );
    expect(rows.map((row) => [row['ResourceId'], row['Outcome'], row['Caller']])).toEqual([
      [`${GROUP.split('/resourcegroups')[0] ?? ''}${setting}`, 'failed', 'jane@contoso.com'],
      [`${REGISTRY}${setting}`, 'succeeded', 'jane@contoso.com'],
    ]);
  });

  test('rights on a registry, or on what holds one, count; rights on other things do not', async () => {
    const assignment = '/providers/Microsoft.Authorization/roleAssignments/1';
    const write = 'Microsoft.Authorization/roleAssignments/write';
    const rows = await answersOver(
      'access-grants',
      [REGISTRY, MACHINE, GROUP, '/providers/microsoft.management/managementgroups/top'].flatMap(
        (scope) => request(write, `${scope}${assignment}`, 'Start', 'Succeeded'),
      ),
      DAY,
    );
    expect(rows.map((row) => String(row['ResourceId']).split('/').at(-5))).toHaveLength(3);
    expect(rows.some((row) => String(row['ResourceId']).includes('virtualmachines'))).toBe(false);
  });
});
