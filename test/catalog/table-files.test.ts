import { formatProblem } from '../../src/core/errors';
import { checkCatalog } from '../../src/catalog/lint';
import { loadCatalog } from '../../src/catalog/load-catalog';
import { definitionDigest } from '../../src/catalog/definition-digest';
import { removeCatalogs, writeCatalog } from './small-catalog';

afterAll(removeCatalogs);

const TABLE = `table: KubernetesAudit
version: '3'
category: kube-audit
columns:
  TimeGenerated: datetime
  Verb: string
  Code: int
fields:
  Code: responseCode
`;
const QUERY = `KubernetesAudit
| where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd
| project TimeGenerated, Repository = Verb, Identity = _ResourceId
| order by TimeGenerated asc, Repository asc, Identity asc
`;

/** A catalog whose only audit reads an own table. */
function catalogWith(table: string, query = QUERY): Promise<string> {
  return writeCatalog({
    'tables/kubernetes.yaml': table,
    'audits/deletions/audit.yaml': (text) =>
      text.replace('[ContainerRegistryRepositoryEvents]', '[KubernetesAudit]'),
    'audits/deletions/query.kql': query,
  });
}

async function problemsOf(folder: string): Promise<string[]> {
  const { problems } = await checkCatalog(folder);
  return problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''));
}

describe('tables that users describe', () => {
  it('can be asked by audits', async () => {
    const folder = await catalogWith(TABLE);
    expect(await problemsOf(folder)).toEqual([]);
    const { tables, reports } = await loadCatalog(folder);
    expect(tables.own).toEqual([
      expect.objectContaining({
        name: 'KubernetesAudit',
        category: 'kube-audit',
        fields: { Verb: 'Verb', Code: 'responseCode' },
      }),
    ]);
    const [report] = reports;
    const digest = definitionDigest(report!, '');
    const { reports: changed } = await loadCatalog(await catalogWith(TABLE.replace('int', 'long')));
    expect(definitionDigest(changed[0]!, '')).not.toBe(digest);
  });

  it('are named with their version when a column is not known', async () => {
    const folder = await catalogWith(TABLE, QUERY.replace('= Verb', '= Verbs'));
    expect(await problemsOf(folder)).toEqual([
      "audits/deletions/query.kql:3:39: The name 'Verbs' does not refer to any known column, table, variable or function (checked against own table KubernetesAudit, version 3). Did you mean 'Verb'?",
    ]);
  });

  it('have all that is wrong said at once, with its place', async () => {
    const folder = await catalogWith(`table: azuremetrics
version: ''
category: insights-logs-kube-audit
columns:
  TimeGenerated: string
  _Hidden: string
  Verb: strng
colums: {}
`);
    expect(await problemsOf(folder)).toEqual(
      expect.arrayContaining([
        "tables/kubernetes.yaml:2:10: 'version' must be text of 1 to 40 characters, an empty value came.",
        expect.stringMatching(/^tables\/kubernetes\.yaml:3:11: 'category' must be a category/),
        expect.stringMatching(
          /^tables\/kubernetes\.yaml:7:9: 'columns\.Verb' must be one of .*Did you mean 'string'\?$/,
        ),
        expect.stringMatching(/^tables\/kubernetes\.yaml:8:1: 'colums' is not a key/),
      ]),
    );
  });

  it.each([
    ['table: KubernetesAudit', 'table: azuremetrics', /:1:8: .*no other table has/],
    ['kube-audit', 'containerregistryloginevents', /:3:11: .*fills no other table/],
    ['TimeGenerated: datetime', 'TimeGenerated: string', /:5:3: .*'TimeGenerated: datetime'/],
    ['  Verb: string', '  _Verb: string\n  Verb: string', /:6:3: .*begin with '_'/],
    ['  Verb: string', '  verb: string\n  Verb: string', /:7:3: .*upper and lower case/],
    ['Code: responseCode', 'Cod: responseCode', /:9:3: .*a column of this table/],
    ["version: '3'", 'version: &v 3\nx: *v', /alias/],
  ])('refuse %s as %s', async (from, to, problem) => {
    const problems = await problemsOf(await catalogWith(TABLE.replace(from, to)));
    expect(problems.join('\n')).toMatch(problem);
  });
});
