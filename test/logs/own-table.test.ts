import { join } from 'node:path';
import { loadTableFiles } from '../../src/catalog/table-files';
import { archiveOf, ask, closeArchives, DAY, rowsOf } from './support/archive';
import { blobPath, newFolder, resourceOf, writeBlobs } from './support/raw-logs';

const CLUSTER =
  '/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000009/RESOURCEGROUPS/K/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD';
const REQUEST = { ...DAY, tables: ['KubernetesAudit'] };
const TABLE = `table: KubernetesAudit
version: '1'
category: kube-audit
columns:
  Verb: string
  Code: int
  Took: real
  Big: long
  Ok: bool
  Seen: datetime
  Log: dynamic
  Missing: string
fields:
  Code: responseCode
`;

const record = (fields: object): string =>
  JSON.stringify({
    time: '2026-03-02T07:05:06.1234567Z',
    resourceId: CLUSTER,
    category: 'kube-audit',
    ...fields,
  });

describe('a table of one’s own', () => {
  let logs: string;
  let own: Awaited<ReturnType<typeof loadTableFiles>>;
  beforeAll(async () => {
    logs = await newFolder();
    await writeBlobs(logs, {
      'templates/tables/kubernetes.yaml': TABLE,
      [blobPath('insights-logs-kube-audit', CLUSTER, '2026-03-02T07')]: [
        record({
          verb: 'get',
          properties: {
            RESPONSECODE: 200,
            took: 1.5,
            big: 'BIG',
            ok: true,
            seen: '2026-03-01T00:00:00.0000001Z',
            log: '{"a":[1]}',
          },
          // Not a number that JavaScript can write.
        }).replace('"BIG"', '9007199254740993'),
        record({ Verb: 'odd', responseCode: 'x', took: 'long', log: 'no json', ok: 'maybe' }),
        'not a record',
        record({ verb: 'same', extra: 1 }),
        record({ verb: 'same', extra: 2 }),
        record({ verb: 'same', extra: 2 }),
      ],
      // Another resource's container of the same name is read too; an unrelated category is not.
      [blobPath('insights-logs-guard', resourceOf('contoso'), '2026-03-02T07')]: [
        record({ verb: 'other' }),
      ],
    });
    own = await loadTableFiles(join(logs, 'templates/tables'));
  });
  afterAll(closeArchives);

  it('is read from its category, with values of its types', async () => {
    const source = await archiveOf(logs, { ownTables: own });
    const rows = await ask(
      source,
      'KubernetesAudit | where Verb in ("get", "odd") | order by Verb asc | project-away _TimeReceived',
      REQUEST,
    );
    const standard = {
      TimeGenerated: '2026-03-02T07:05:06.1234567Z',
      Type: 'KubernetesAudit',
      SourceSystem: 'Azure',
      _ResourceId: CLUSTER.toLowerCase(),
      _SubscriptionId: '00000000-0000-0000-0000-000000000009',
    };
    expect(rows).toEqual([
      {
        ...standard,
        Verb: 'get',
        Code: 200,
        Took: 1.5,
        Big: '9007199254740993',
        Ok: true,
        Seen: '2026-03-01T00:00:00.0000001Z',
        Log: '{"a":[1]}',
        Missing: '',
      },
      {
        ...standard,
        Verb: 'odd',
        Code: null,
        Took: null,
        Big: null,
        Ok: null,
        Seen: null,
        Log: '"no json"',
        Missing: '',
      },
    ]);
  });

  it('keeps records that differ only in what is not declared, and counts what cannot be read', async () => {
    const session = await (await archiveOf(logs, { ownTables: own })).open(REQUEST);
    const rows = rowsOf(await session.query('KubernetesAudit | where Verb == "same" | count'));
    expect(rows).toEqual([{ Count: 2 }]);
    expect(session.intake()).toMatchObject({ records: 4, duplicates: 1, unreadable: [{}] });
  });

  it('is missing, and not empty, while its container is not there', async () => {
    const session = await (await archiveOf(await newFolder(), { ownTables: own })).open(REQUEST);
    expect(await session.query('KubernetesAudit | count')).toMatchObject({
      status: 'failed',
      code: 'table-missing',
    });
  });

  it('names the version of a table whose column is not known', async () => {
    const session = await (await archiveOf(logs, { ownTables: own })).open(REQUEST);
    expect(await session.query('KubernetesAudit | where Verbs == ""')).toMatchObject({
      code: 'query-refused',
      reason: expect.stringContaining(
        "(checked against own table KubernetesAudit, version 1) (line 1, column 25). Did you mean 'Verb'?",
      ) as string,
    });
  });
});
