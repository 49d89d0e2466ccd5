import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { simpleParser } from 'mailparser';
import { compose } from '../../src/compose';
import { createBlobSink } from '../../src/logs/blob-sink';
import { createBlobTree } from '../../src/logs/blob-tree';
import { readEvent } from '../../src/logs/captured-records';
import { createFolderSink } from '../../src/logs/folder-sink';
import { captureEvents } from '../../src/run/capture';
import { tellAtOnce } from '../../src/run/immediate';
import { parseSettings } from '../../src/settings';
import { archiveOf, ask, closeArchives } from '../logs/support/archive';
import { loginEvent, metricRecord, repositoryRecord, resourceOf } from '../logs/support/raw-logs';
import { startAzurite } from '../support/azurite';
import { copyTemplates } from '../support/templates';

const NOW = '2026-03-02T09:07:00.000Z';
const HOUR = 'y=2026/m=03/d=02/h=09/m=00/PT1H.json';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallyman-capture-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
afterAll(closeArchives);

const pull = (correlation: string, time = '2026-03-02T08:59:00Z') =>
  repositoryRecord({ time, correlation, registry: 'contoso' });
const activity = {
  time: '2026-03-02T08:00:00Z',
  resourceId: resourceOf('contoso'),
  operationName: 'MICROSOFT.CONTAINERREGISTRY/REGISTRIES/WRITE',
  category: 'Write',
};

function filesIn(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

describe('an event', () => {
  it.each([
    [
      'an event of a registry',
      pull('1'),
      `insights-logs-containerregistryrepositoryevents resourceId=${resourceOf('contoso')}`,
    ],
    [
      'a login',
      JSON.parse(loginEvent({ time: NOW })) as object,
      `insights-logs-containerregistryloginevents resourceId=${resourceOf('contoso')}`,
    ],
    [
      'a metric',
      JSON.parse(metricRecord(NOW, 'TotalPullCount', 3)) as object,
      `insights-metrics-pt1m resourceId=${resourceOf('contoso')}`,
    ],
    [
      'an operation',
      activity,
      'insights-activity-logs resourceId=/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000009',
    ],
  ])('has %s put where a diagnostic setting would have put it', (_, record, place) => {
    const { records, poison } = readEvent({ records: [record] });
    expect(poison).toEqual([]);
    expect(records.map(({ category, resource }) => `${category} ${resource}`)).toEqual([place]);
    expect(JSON.parse(records[0]?.line ?? '')).toEqual(record);
  });

  it.each([
    ['not JSON', 'not JSON'],
    ['{"record":[]}', 'no records'],
    [{ records: [{ ...pull('1'), time: 'yesterday' }] }, 'no time'],
    [{ records: [{ ...pull('1'), resourceId: '/../../../etc/cron.d' }] }, 'no resource id'],
    [{ records: [{ ...pull('1'), resourceId: '/SUBSCRIPTIONS/./x' }] }, 'no resource id'],
    [{ records: [{ ...pull('1'), resourceId: '/a/b\u0000' }] }, 'no resource id'],
    [{ records: [{ ...pull('1'), category: '../keys' }] }, 'no category'],
    [{ records: [7, null] }, 'no time'],
  ])('%j is poison: %s', (event, reason) => {
    const { records, poison } = readEvent(event);
    expect(records).toEqual([]);
    expect(new Set(poison.map((one) => one.reason))).toEqual(new Set([reason]));
  });

  it('loses none of its records to one that is bad', () => {
    const { records, poison } = readEvent(JSON.stringify({ records: [pull('1'), {}, pull('2')] }));
    expect([records.length, poison.length]).toEqual([2, 1]);
  });
});

describe('captured events', () => {
  it('are read by the log archive, and counted once when they come twice', async () => {
    const sink = createFolderSink(folder);
    const first = { records: [pull('1'), pull('2')] };
    await captureEvents(sink, [first, { records: [pull('3')] }], NOW);
    // The host was killed before it wrote down how far it had come.
    await captureEvents(sink, [first], NOW);
    const source = await archiveOf(folder);
    const query =
      'ContainerRegistryRepositoryEvents | project CorrelationId | order by CorrelationId asc';
    expect((await ask(source, query)).map((row) => row['CorrelationId'])).toEqual(['1', '2', '3']);
  });

  it('keep poison aside once, where no reader of logs looks', async () => {
    const sink = createFolderSink(folder);
    for (let time = 0; time < 2; time++) {
      const { poison } = await captureEvents(sink, ['not JSON', { records: [pull('1')] }], NOW);
      expect(poison).toEqual(['not JSON']);
    }
    const [aside, ...logs] = filesIn(folder);
    expect(aside).toMatch(/^capture-poison\/2026-03-02\/[0-9a-f]{64}\.json$/);
    expect(readFileSync(join(folder, aside ?? ''), 'utf8')).toContain('not JSON');
    expect(logs).toEqual([
      `insights-logs-containerregistryrepositoryevents/resourceId=${resourceOf('contoso')}/${HOUR}`,
    ]);
  });

  it.each(['account', 'container'])(
    'of several instances are appended to one blob of a storage %s, line by line',
    async (kind) => {
      const azurite = await startAzurite();
      const credential = new StorageSharedKeyCredential(azurite.accountName, azurite.accountKey);
      const url = kind === 'account' ? azurite.blobUrl : `${azurite.blobUrl}/logs`;
      const sinks = [1, 2, 3].map(() => createBlobSink({ url, credential }));
      const numbers = Array.from({ length: 24 }, (_, index) => index);
      await Promise.all(
        numbers.map((number) =>
          captureEvents(
            sinks[number % 3]!,
            [{ records: [pull(`a${number}`), pull(`b${number}`)] }, '?'],
            NOW,
          ),
        ),
      );
      const tree = createBlobTree({ url, credential });
      const source = await archiveOf(folder, { tree });
      const [row] = await ask(
        source,
        'ContainerRegistryRepositoryEvents | summarize Ids = dcount(CorrelationId), Records = count()',
      );
      expect(row).toEqual({ Ids: 48, Records: 48 });
      const service = new BlobServiceClient(azurite.blobUrl, credential);
      const names: string[] = [];
      for await (const { name } of service.listContainers()) names.push(name);
      expect(names.sort()).toEqual(
        kind === 'container'
          ? ['logs']
          : ['capture-poison', 'insights-logs-containerregistryrepositoryevents'],
      );
      await azurite.stop();
    },
    120_000,
  );
});

it('tells the readers at once of what a chosen audit finds, and once', async () => {
  const settings = parseSettings({
    TALLYMAN_LOG_ARCHIVE: folder,
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_MAIL: 'eml',
    TALLYMAN_MAIL_FOLDER: join(folder, 'mail'),
    TALLYMAN_MAIL_FROM: 'tallyman@example.com',
    TALLYMAN_TEMPLATES: copyTemplates(join(folder, 'templates'), [
      'repository-deletions',
      'tags-deleted',
    ]),
  });
  const composed = await compose(settings, { now: () => NOW });
  const { parts } = composed;
  const deletion = repositoryRecord({
    time: '2026-03-02T09:06:00Z',
    operation: 'Delete',
    repository: 'shop/<b>cart</b>\u202E',
    identity: 'mallory@example.com',
  });
  const { records } = readEvent({ records: [pull('1'), deletion] });
  try {
    expect(await tellAtOnce(parts, [], records, NOW)).toBe(0);
    const waiver = {
      ...{ audit: 'repository-deletions', match: { Identity: 'mallory@example.com' } },
      ...{ owner: 'Compliance', reason: 'A test.', expires: '2026-04-01' },
    };
    const reports = parts.catalog.reports.map((report) => ({ ...report, waivers: [waiver] }));
    const accepting = { ...parts, catalog: { ...parts.catalog, reports } };
    expect(await tellAtOnce(accepting, ['repository-deletions'], records, NOW)).toBe(0);
    expect(await tellAtOnce(parts, ['repository-deletions'], records, NOW)).toBe(1);
    expect(await tellAtOnce(parts, ['repository-deletions'], records, NOW)).toBe(1);
  } finally {
    await composed.close();
  }
  const [name, ...others] = readdirSync(join(folder, 'mail'));
  expect(others).toEqual([]);
  const mail = await simpleParser(readFileSync(join(folder, 'mail', name ?? '')));
  expect(mail.subject).toMatch(/^At once: 1 finding \(/);
  expect(mail.text).toContain('mallory@example.com');
  expect(mail.text).toContain('<U+202E>');
  expect(mail.html).not.toContain('<b>cart');
}, 120_000);

it('starts with no audit that cannot be told of at once, and says which can', async () => {
  const settings = parseSettings({
    TALLYMAN_LOG_ARCHIVE: folder,
    TALLYMAN_ARCHIVE: join(folder, 'archive'),
    TALLYMAN_MAIL: 'none',
    TALLYMAN_TEMPLATES: copyTemplates(join(folder, 'templates'), [
      'repository-deletions',
      'activity-by-hour',
    ]),
    TALLYMAN_IMMEDIATE_AUDITS: 'repository-deletions, repository-deletion, activity-by-hour',
  });
  const remedy = 'These can be had: repository-deletions.';
  await expect(compose(settings)).rejects.toMatchObject({
    code: 'SETTINGS_INVALID',
    problems: [
      { message: 'There is no audit “repository-deletion”.', remedy },
      { message: expect.stringContaining('“activity-by-hour” can’t be') as string, remedy },
    ],
  });
  expect(readdirSync(folder)).toEqual(['templates']);
});
