import { appendFile, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { TallymanError } from '../../src/core/errors';
import type { LogRequest } from '../../src/core/logs';
import { textOf } from '../../src/core/pieces';
import { readWireAnswer } from '../../src/kql/wire-answer';
import { createFolderTree } from '../../src/logs/folder-tree';
import type { LogTree } from '../../src/logs/log-tree';
import { archiveOf, ask, closeArchives, DAY, rowsOf } from './support/archive';
import {
  ACTIVITY,
  blobPath,
  LOGIN,
  loginEvent,
  METRICS,
  metricRecord,
  newFolder,
  REPOSITORY,
  repositoryEvent,
  repositoryRecord,
  resourceOf,
  writeBlobs,
} from './support/raw-logs';

const CONTOSO = resourceOf('contoso');
const FABRIKAM = resourceOf('fabrikam');
const EVENTS = 'ContainerRegistryRepositoryEvents';

/** A folder tree that counts which files are read. */
function countingTree(folder: string): { tree: LogTree; read: string[] } {
  const tree = createFolderTree(folder);
  const read: string[] = [];
  return {
    read,
    tree: {
      ...tree,
      materialize: (file, scratch) => {
        read.push(file.path);
        return tree.materialize(file, scratch);
      },
    },
  };
}

const windowOf = (start: string, end: string): LogRequest => ({
  ...DAY,
  window: { start: `${start}T00:00:00.000Z`, end: `${end}T00:00:00.000Z` },
});

describe('a log archive', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(async () => {
    await closeArchives();
    await rm(folder, { recursive: true, force: true });
  });

  it('maps a raw repository event to the columns of Azure Monitor Logs, with all seven digits', async () => {
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
        repositoryEvent({ time: '2026-03-02T07:19:15.1931731Z', digest: '<nil>', identity: '-' }),
      ],
    });
    const [row] = await ask(await archiveOf(folder), EVENTS);
    expect(row).toEqual({
      TimeGenerated: '2026-03-02T07:19:15.1931731Z',
      ArtifactType: 'acr.docker',
      _BilledSize: null,
      CallerIpAddress: '203.0.113.18',
      Category: 'ContainerRegistryRepositoryEvents',
      CorrelationId: 'c-1',
      Digest: '',
      DurationMs: '38.212784',
      Identity: '',
      _IsBillable: '',
      LoginServer: 'contoso.azurecr.io',
      MediaType: '',
      OperationName: 'Pull',
      Region: 'westeurope',
      Repository: 'tipster',
      _ResourceId: CONTOSO.toLowerCase(),
      ResultDescription: '200',
      ResultType: 'HttpStatusCode',
      Size: null,
      SourceSystem: 'Azure',
      _SubscriptionId: '00000000-0000-0000-0000-000000000009',
      Tag: 'v1',
      TenantId: '',
      Type: 'ContainerRegistryRepositoryEvents',
      UserAgent: 'docker/28',
      UserTenantId: '00000000-0000-0000-0000-000000000011',
      _TimeReceived: '2026-03-02T07:00:00Z',
      _ItemId: '',
    });
  });

  it('reads login events and metrics, with the unit that each metric has', async () => {
    await writeBlobs(folder, {
      [blobPath(LOGIN, CONTOSO, '2026-03-02T07')]: [loginEvent({ time: '2026-03-02T07:00:00Z' })],
      [blobPath(METRICS, CONTOSO, '2026-03-02T07')]: [
        metricRecord('2026-03-02T07:01:00.0000000Z', 'TotalPullCount', 3),
        metricRecord('2026-03-02T07:01:00.0000000Z', 'StorageUsed', 1234.5),
        metricRecord('2026-03-02T07:01:00.0000000Z', 'Unheard', 1),
      ],
    });
    const source = await archiveOf(folder);
    expect(await ask(source, 'ContainerRegistryLoginEvents | project Identity, JwtId')).toEqual([
      { Identity: '', JwtId: 'jwt-1' },
    ]);
    expect(
      await ask(
        source,
        'AzureMetrics | project MetricName, Total, UnitName, Resource, ResourceGroup, ResourceProvider | order by MetricName asc',
      ),
    ).toEqual([
      { MetricName: 'StorageUsed', Total: 1234.5, UnitName: 'Bytes', ...REGISTRY_COLUMNS },
      { MetricName: 'TotalPullCount', Total: 3, UnitName: 'Count', ...REGISTRY_COLUMNS },
      { MetricName: 'Unheard', Total: 1, UnitName: '', ...REGISTRY_COLUMNS },
    ]);
  });

  it('reads fields in any case, at the top or in properties, in texts or numbers', async () => {
    const usual = repositoryRecord({ time: '2026-03-02T07:00:00Z', tag: 'usual' });
    const { properties, ...top } = usual as Record<string, object>;
    const upper = Object.fromEntries(
      Object.entries(top).map(([name, value]) => [name.toUpperCase(), value]),
    );
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
        JSON.stringify({
          ...top,
          ...properties,
          tag: 'flat',
          durationMs: 38.5,
          resultDescription: 404,
        }),
        JSON.stringify({ ...upper, Properties: { ...properties, tag: 'text' } }),
        JSON.stringify({ ...usual, callerIpAddress: undefined, callerIPAddress: '192.0.2.1' }),
      ],
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T08')]: [
        JSON.stringify({ ...top, properties: JSON.stringify({ ...properties, tag: 'quoted' }) }),
        JSON.stringify({ ...usual, identity: { claims: { upn: 'x' } }, correlationId: 'object' }),
      ],
    });
    const rows = await ask(
      await archiveOf(folder),
      `${EVENTS} | project Tag, DurationMs, ResultDescription, CallerIpAddress, Identity, Repository | order by Tag asc, Identity asc, CallerIpAddress asc`,
    );
    const base = {
      DurationMs: '38.212784',
      ResultDescription: '200',
      CallerIpAddress: '203.0.113.18',
      Identity: 'jane@example.com',
      Repository: 'tipster',
    };
    expect(rows).toEqual(
      [
        { ...base, Tag: 'flat', DurationMs: '38.5', ResultDescription: '404' },
        { ...base, Tag: 'quoted' },
        { ...base, Tag: 'text' },
        { ...base, Tag: 'usual', CallerIpAddress: '192.0.2.1' },
        { ...base, Tag: 'usual', Identity: '{"claims":{"upn":"x"}}' },
      ].sort((a, b) => (`${a.Tag} ${a.Identity}` < `${b.Tag} ${b.Identity}` ? -1 : 1)),
    );
  });

  it('leaves empty what a record does not have, next to one that spells it differently', async () => {
    const { identity, ...rest } = repositoryRecord({ time: '2026-03-02T07:00:00Z' });
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
        JSON.stringify({ ...rest, correlationId: 'none' }),
      ],
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T08')]: [
        JSON.stringify({ ...rest, correlationId: 'other', IDENTITY: identity }),
      ],
    });
    const session = await (await archiveOf(folder)).open(DAY);
    expect(rowsOf(await session.query(`${EVENTS} | project CorrelationId, Identity`))).toEqual([
      { CorrelationId: 'none', Identity: '' },
      { CorrelationId: 'other', Identity: 'jane@example.com' },
    ]);
    expect(session.intake().unreadable).toEqual([]);
  });

  it('can be opened again after it could not be read', async () => {
    await writeBlobs(folder, {
      [blobPath(LOGIN, CONTOSO, '2026-03-02T07')]: [loginEvent({ time: '2026-03-02T07:00:00Z' })],
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
        repositoryEvent({ time: '2026-03-02T07:00:00Z' }),
      ],
    });
    const whole = createFolderTree(folder);
    let broken = true;
    const source = await archiveOf(folder, {
      tree: {
        ...whole,
        materialize: (file, scratch) =>
          broken && file.path.startsWith(REPOSITORY)
            ? Promise.reject(new TallymanError('LOGS_UNREACHABLE', 'no network'))
            : whole.materialize(file, scratch),
      },
    });
    await expect(source.open(DAY)).rejects.toMatchObject({ code: 'LOGS_UNREACHABLE' });
    broken = false;
    const session = await source.open(DAY);
    expect(rowsOf(await session.query('union * | count'))).toEqual([{ Count: 2 }]);
    expect(session.intake()).toMatchObject({ blobs: 2, records: 2, duplicates: 0 });
  });

  it('takes the resource from the path when the record does not name it', async () => {
    const record = repositoryRecord({ time: '2026-03-02T07:00:00Z' });
    delete record['resourceId'];
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, FABRIKAM, '2026-03-02T07')]: [JSON.stringify(record)],
    });
    expect(await ask(await archiveOf(folder), `${EVENTS} | project _ResourceId`)).toEqual([
      { _ResourceId: FABRIKAM.toLowerCase() },
    ]);
  });

  it('finds a record that arrived 48 hours late, and leaves blobs outside every need unread', async () => {
    const event = repositoryEvent({ time: '2026-03-02T23:59:59.9999999Z', tag: 'late' });
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-04T23')]: [event],
      [blobPath(REPOSITORY, CONTOSO, '2026-03-05T02')]: [event],
      [blobPath(REPOSITORY, CONTOSO, '2026-03-01T22')]: [event],
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T10')]: [
        repositoryEvent({ time: '2026-03-01T23:59:59Z', tag: 'of the day before' }),
      ],
    });
    const { tree, read } = countingTree(folder);
    const source = await archiveOf(folder, { tree });
    expect(await ask(source, `${EVENTS} | project Tag, _TimeReceived`)).toEqual([
      { Tag: 'late', _TimeReceived: '2026-03-04T23:00:00Z' },
    ]);
    expect(read.map((path) => path.slice(-28))).toEqual([
      '/m=03/d=02/h=10/m=00/PT1H.json'.slice(-28),
      '/m=03/d=04/h=23/m=00/PT1H.json'.slice(-28),
    ]);
  });

  it('keeps one of each record that was delivered twice, in the same blob or another', async () => {
    const twice = repositoryEvent({ time: '2026-03-02T07:00:00.0000001Z' });
    const other = repositoryEvent({ time: '2026-03-02T07:00:00.0000001Z', tag: 'other' });
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [twice, twice, other],
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T12')]: [twice],
    });
    const source = await archiveOf(folder);
    const session = await source.open(DAY);
    const rows = rowsOf(
      await session.query(`${EVENTS} | project Tag, _TimeReceived | order by Tag`),
    );
    expect(rows).toEqual([
      { Tag: 'v1', _TimeReceived: '2026-03-02T07:00:00Z' },
      { Tag: 'other', _TimeReceived: '2026-03-02T07:00:00Z' },
    ]);
    expect(session.intake()).toMatchObject({ blobs: 2, records: 2, duplicates: 2 });
  });

  it('finds duplicates of records that an earlier session loaded', async () => {
    const event = repositoryEvent({ time: '2026-03-02T23:30:00Z' });
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T23')]: [event],
      [blobPath(REPOSITORY, CONTOSO, '2026-03-05T12')]: [event],
    });
    const source = await archiveOf(folder);
    const first = await source.open(DAY);
    expect(first.intake()).toMatchObject({ blobs: 1, records: 1, duplicates: 0 });
    const second = await source.open(windowOf('2026-03-02', '2026-03-06'));
    expect(second.intake()).toMatchObject({ blobs: 2, records: 1, duplicates: 1 });
    expect(rowsOf(await second.query(`${EVENTS} | count`))).toEqual([{ Count: 1 }]);
  });

  it('keeps every record once when blobs came one at a time, and their files were made one', async () => {
    const source = await archiveOf(folder);
    const hours = Array.from({ length: 10 }, (_, i) => String(i).padStart(2, '0'));
    for (const hour of hours) {
      const again = repositoryEvent({ time: '2026-03-02T00:00:00Z', tag: 'again' });
      const own = repositoryEvent({ time: `2026-03-02T${hour}:00:00Z`, tag: hour });
      await writeBlobs(folder, {
        [blobPath(REPOSITORY, CONTOSO, `2026-03-02T${hour}`)]: [again, own],
      });
      await (await source.open(DAY)).query(`${EVENTS} | count`);
    }
    const session = await source.open(DAY);
    const rows = rowsOf(await session.query(`${EVENTS} | order by Tag asc | project Tag`));
    expect(rows.map(({ Tag }) => Tag)).toEqual([...hours, 'again']);
    expect(session.intake()).toMatchObject({ blobs: 10, records: 11, duplicates: 9 });
  });

  it('reads a field where each blob has it, at the top or in properties', async () => {
    const usual = repositoryRecord({ time: '2026-03-02T07:00:00Z', tag: 'inner' });
    const { properties, ...top } = usual as Record<string, object>;
    const { tag, ...rest } = properties as Record<string, string>;
    expect(tag).toBe('inner');
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
        JSON.stringify(usual),
        JSON.stringify({ ...top, tag: 'outer, in the same blob', properties: rest }),
      ],
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T08')]: [
        JSON.stringify({ ...top, tag: 'outer', properties: rest }),
      ],
      [blobPath(REPOSITORY, FABRIKAM, '2026-03-02T08')]: [
        JSON.stringify({ ...usual, correlationId: 'other', tag: null }),
      ],
    });
    const rows = await ask(await archiveOf(folder), `${EVENTS} | project Tag | order by Tag asc`);
    expect(rows.map(({ Tag }) => Tag)).toEqual([
      'inner',
      'inner',
      'outer',
      'outer, in the same blob',
    ]);
  });

  it('treats both cases of a path as the same registry', async () => {
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
        repositoryEvent({ time: '2026-03-02T07:00:00Z', tag: 'upper' }),
      ],
      [blobPath(REPOSITORY, CONTOSO.toLowerCase(), '2026-03-02T08')]: [
        repositoryEvent({ time: '2026-03-02T08:00:00Z', tag: 'lower' }),
      ],
    });
    const session = await (await archiveOf(folder)).open(DAY);
    expect(session.intake().registries).toEqual(['contoso']);
    expect(rowsOf(await session.query(`${EVENTS} | summarize n = count() by _ResourceId`))).toEqual(
      [{ _ResourceId: CONTOSO.toLowerCase(), n: 2 }],
    );
  });

  it('reads each blob once, however many sessions ask for it, and again when it has grown', async () => {
    const path = blobPath(REPOSITORY, CONTOSO, '2026-03-02T07');
    await writeBlobs(folder, {
      [path]: [repositoryEvent({ time: '2026-03-02T07:00:00Z' })],
      [blobPath(REPOSITORY, CONTOSO, '2026-03-03T07')]: [
        repositoryEvent({ time: '2026-03-03T07:00:00Z' }),
      ],
    });
    const { tree, read } = countingTree(folder);
    const source = await archiveOf(folder, { tree });
    for (const day of ['01', '02', '03']) {
      const request = windowOf(`2026-03-${day}`, `2026-03-0${Number(day) + 1}`);
      await (await source.open(request)).query(`${EVENTS} | count`);
    }
    expect(read).toHaveLength(2);
    await appendFile(join(folder, path), `${repositoryEvent({ time: '2026-03-02T07:30:00Z' })}\n`);
    await utimes(join(folder, path), 1_900_000_000, 1_900_000_000);
    expect(await ask(source, `${EVENTS} | count`)).toEqual([{ Count: 2 }]);
    expect(read.slice(2)).toEqual([path]);
  });

  it('forgets the blobs that were not asked for the longest when it holds too many', async () => {
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-02-02T07')]: [
        repositoryEvent({ time: '2026-02-02T07:00:00Z' }),
      ],
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
        repositoryEvent({ time: '2026-03-02T07:00:00Z' }),
      ],
    });
    const { tree, read } = countingTree(folder);
    const source = await archiveOf(folder, { tree, keepBytes: 1000 });
    const old = windowOf('2026-02-02', '2026-02-03');
    expect(await ask(source, `${EVENTS} | count`, old)).toEqual([{ Count: 1 }]);
    expect(await ask(source, `${EVENTS} | count`)).toEqual([{ Count: 1 }]);
    expect(await ask(source, `${EVENTS} | count`, old)).toEqual([{ Count: 1 }]);
    expect(read).toHaveLength(3);
  });

  it('shows a session only its own window, whatever other sessions have loaded', async () => {
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
        repositoryEvent({ time: '2026-03-02T07:00:00Z', tag: 'second' }),
      ],
      [blobPath(REPOSITORY, CONTOSO, '2026-03-01T07')]: [
        repositoryEvent({ time: '2026-03-01T07:00:00Z', tag: 'first' }),
      ],
    });
    const source = await archiveOf(folder);
    const both = await source.open(windowOf('2026-03-01', '2026-03-03'));
    const one = await source.open(DAY);
    const [ofBoth, ofOne] = await Promise.all([
      both.query(`${EVENTS} | summarize n = count()`),
      one.query(`${EVENTS} | summarize n = count()`),
    ]);
    expect([rowsOf(ofBoth), rowsOf(ofOne)]).toEqual([[{ n: 2 }], [{ n: 1 }]]);
  });

  it('shows a session the registries of its scope only, and every Activity Log record', async () => {
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
        repositoryEvent({ time: '2026-03-02T07:00:00Z', registry: 'contoso' }),
        // A record of another registry in this one's blob belongs to that one.
        repositoryEvent({ time: '2026-03-02T07:01:00Z', registry: 'notcontoso' }),
      ],
      [blobPath(REPOSITORY, FABRIKAM, '2026-03-02T07')]: [
        repositoryEvent({ time: '2026-03-02T07:00:00Z', registry: 'fabrikam' }),
      ],
      [blobPath(ACTIVITY, '/SUBSCRIPTIONS/S1', '2026-03-02T07')]: [
        JSON.stringify({ time: '2026-03-02T07:00:00Z', resourceId: '/subscriptions/s1/x/y' }),
      ],
    });
    const source = await archiveOf(folder);
    const session = await source.open({ ...DAY, scope: { id: 'one', registries: ['contoso'] } });
    expect(rowsOf(await session.query(`${EVENTS} | distinct LoginServer`))).toEqual([
      { LoginServer: 'contoso.azurecr.io' },
    ]);
    expect(
      rowsOf(await session.query('union withsource = T * | summarize n = count() by T')),
    ).toEqual(expect.arrayContaining([{ T: 'AzureActivity', n: 1 }]));
    expect(session.intake()).toMatchObject({ blobs: 2, registries: ['contoso'] });
    const all = await source.open(DAY);
    expect(rowsOf(await all.query(`${EVENTS} | count`))).toEqual([{ Count: 3 }]);
  });

  it('names a registry whose records are all older than the window: its silence must show', async () => {
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
        repositoryEvent({ time: '2026-03-02T07:00:00Z' }),
      ],
      [blobPath(LOGIN, FABRIKAM, '2025-01-01T07')]: [loginEvent({ time: '2025-01-01T07:00:00Z' })],
    });
    const session = await (await archiveOf(folder)).open(DAY);
    expect(session.intake()).toMatchObject({ blobs: 1, registries: ['contoso', 'fabrikam'] });
  });

  it('answers in the form of the query API, the same bytes every time, in whatever order blobs came', async () => {
    const lines = Array.from({ length: 300 }, (_, i) =>
      repositoryEvent({ time: `2026-03-02T0${i % 3}:00:00Z`, tag: `t${i}`, correlation: `${i}` }),
    );
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: lines.slice(0, 150),
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T08')]: lines.slice(150),
    });
    const other = await newFolder();
    await writeBlobs(other, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: lines.slice(150).reverse(),
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T08')]: lines.slice(0, 150).reverse(),
    });
    const queries = [
      `${EVENTS} | project TimeGenerated, Tag`,
      `${EVENTS} | project TimeGenerated, Tag | order by TimeGenerated asc`,
      `${EVENTS} | project Tag, TimeGenerated | top 5 by TimeGenerated asc`,
      `${EVENTS} | summarize n = count(), tags = make_set(Tag) by bin(TimeGenerated, 1h)`,
    ];
    const [a, b] = [await archiveOf(folder), await archiveOf(other)];
    const [first, second] = [await a.open(DAY), await b.open(DAY)];
    for (const query of queries) {
      const answers = [
        await first.query(query),
        await first.query(query),
        await second.query(query),
      ];
      const bodies = answers.map((answer) =>
        answer.status === 'complete' ? textOf(answer.body) : answer,
      );
      expect(new Set(bodies).size).toBe(1);
      const [answer] = answers;
      if (answer?.status !== 'complete') throw new Error('not complete');
      expect(readWireAnswer(answer.body).table).toEqual(answer.table);
    }
  });

  it('says that a table is missing when its container does not exist, unless told otherwise', async () => {
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
        repositoryEvent({ time: '2026-03-02T07:00:00Z' }),
      ],
    });
    const session = await (await archiveOf(folder)).open(DAY);
    expect(await session.query('AzureActivity | count')).toMatchObject({
      status: 'failed',
      code: 'table-missing',
      reason: expect.stringContaining('insights-activity-logs'),
    });
    expect(await session.query('Syslog | count')).toMatchObject({ code: 'table-missing' });
    expect(
      rowsOf(await session.query(`union isfuzzy=true AzureActivity, ${EVENTS} | count`)),
    ).toEqual([{ Count: 1 }]);
    const lenient = await archiveOf(folder, { missingTables: 'empty' });
    expect(await ask(lenient, 'AzureActivity | count')).toEqual([{ Count: 0 }]);
  });

  it('refuses a wrong query by name and place, and a table that the session was not opened for', async () => {
    await writeBlobs(folder, {
      [blobPath(REPOSITORY, CONTOSO, '2026-03-02T07')]: [
        repositoryEvent({ time: '2026-03-02T07:00:00Z' }),
      ],
      [blobPath(LOGIN, CONTOSO, '2026-03-02T07')]: [loginEvent({ time: '2026-03-02T07:00:00Z' })],
    });
    const source = await archiveOf(folder);
    const session = await source.open({ ...DAY, tables: [EVENTS] });
    expect(await session.query(`${EVENTS}\n| where CallerIPAddress == ''`)).toMatchObject({
      status: 'failed',
      code: 'query-refused',
      reason: expect.stringMatching(/line 2.*CallerIpAddress/s),
    });
    expect(await session.query('ContainerRegistryLoginEvents | count')).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('not among the tables'),
    });
    expect(rowsOf(await session.query(`${EVENTS} | count`))).toEqual([{ Count: 1 }]);
  });

  it('cannot be opened when the folder cannot be read', async () => {
    await writeBlobs(folder, { 'file.txt': 'x' });
    const source = await archiveOf(join(folder, 'file.txt'));
    await expect(source.open(DAY)).rejects.toMatchObject({ code: 'LOGS_UNREACHABLE' });
  });
});

const REGISTRY_COLUMNS = {
  Resource: 'CONTOSO',
  ResourceGroup: 'DOCKER',
  ResourceProvider: 'MICROSOFT.CONTAINERREGISTRY',
};
