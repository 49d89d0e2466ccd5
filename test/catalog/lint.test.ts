import { formatProblem } from '../../src/core/errors';
import { checkCatalog } from '../../src/catalog/lint';
import { removeCatalogs, SMALL_CATALOG, writeCatalog } from './small-catalog';

afterAll(removeCatalogs);

const AUDIT = 'audits/deletions/audit.yaml';
const QUERY = 'audits/deletions/query.kql';

async function problemsOf(folder: string): Promise<string[]> {
  const { problems } = await checkCatalog(folder);
  return problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''));
}

test('a valid folder has no problem and gives its catalog', async () => {
  const { catalog, problems } = await checkCatalog(await writeCatalog());
  expect(problems).toEqual([]);
  expect(catalog?.audits.map((audit) => audit.id)).toEqual(['deletions']);
});

test('of an empty query nothing is told but that', async () => {
  expect(await problemsOf(await writeCatalog({ [QUERY]: ' \n' }))).toEqual([
    `${QUERY}:1: Expected a query, came an empty file.`,
  ]);
});

type Case = [name: string, from: string, to: string, problem: string | RegExp];

const QUERY_MISTAKES: Case[] = [
  [
    'a mistyped column',
    'Repository, Identity\n',
    'Repositry, Identity\n',
    /^audits\/deletions\/query\.kql:4:26: .*Repositry/,
  ],
  [
    'a mistyped table',
    'ContainerRegistryRepositoryEvents',
    'ContainerRegistryEvents',
    /^audits\/deletions\/query\.kql:1:1: .*ContainerRegistryEvents/,
  ],
  ['broken syntax', '| project', '| project |', /^audits\/deletions\/query\.kql:4:/],
  [
    'ago()',
    '>= PeriodStart',
    '>= ago(1d)',
    `${QUERY}:2:26: Expected a query that gives the same rows whenever it is asked; 'ago' reads the clock. Use PeriodStart and PeriodEnd.`,
  ],
  [
    'now()',
    '< PeriodEnd',
    '< now()',
    `${QUERY}:2:58: Expected a query that gives the same rows whenever it is asked; 'now' reads the clock. Use PeriodStart and PeriodEnd.`,
  ],
  [
    'rows at random',
    '| order by',
    '| take 10\n| order by',
    `${QUERY}:5:1: Expected a query that gives the same rows whenever it is asked; 'take' keeps any rows. Sort by every key, number the rows with row_number() and filter on that.`,
  ],
  [
    'no order',
    '| order by TimeGenerated asc, Repository asc, Identity asc\n',
    '',
    `${QUERY}:4: Expected rows in a fixed order, came a query that does not end ordered. End it with order by, over as many columns as make rows distinct.`,
  ],
  [
    'no end of the period',
    ' and TimeGenerated < PeriodEnd',
    '',
    `${QUERY}:1: Expected the condition 'TimeGenerated < PeriodEnd', which does not occur. Write: where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd`,
  ],
  [
    'a period closed at its end',
    '< PeriodEnd',
    '<= PeriodEnd',
    `${QUERY}:2:42: Expected a half-open interval, which has its start and not its end. Write: where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd`,
  ],
  [
    'a period open at its start',
    '>= PeriodStart',
    '> PeriodStart',
    `${QUERY}:2:9: Expected a half-open interval, which has its start and not its end. Write: where TimeGenerated >= PeriodStart and TimeGenerated < PeriodEnd`,
  ],
  [
    'a look-back that is not declared',
    '>= PeriodStart',
    '>= LookBackStart',
    `${QUERY}:2:26: LookBackStart is used, but audit.yaml declares no lookBack. Declare lookBack: { days: 14, atLeast: 7 }.`,
  ],
  [
    'other columns than declared',
    'Repository, Identity\n',
    'Identity, Repository\n',
    `${AUDIT}:7:3: The query's columns differ from those declared. Column 2 is declared as 'Repository: string', the query gives 'Identity: string'. To declare what the query gives, write { TimeGenerated: datetime, Identity: string, Repository: string }.`,
  ],
  [
    'a column of another type than declared',
    'Repository, Identity\n',
    'Repository, Identity = toint(Identity)\n',
    /Column 3 is declared as 'Identity: string', the query gives 'Identity: int'/,
  ],
  [
    'one column too many',
    'Repository, Identity\n',
    'Repository, Identity, Tag\n',
    /Column 4 is declared as no more, the query gives 'Tag: string'/,
  ],
  [
    'a table that is not named',
    'ContainerRegistryRepositoryEvents\n',
    'union ContainerRegistryRepositoryEvents, ContainerRegistryLoginEvents\n',
    `${AUDIT}:3:9: The query reads ContainerRegistryLoginEvents, which tables does not name. Add it: an answer from a silent table must not look good.`,
  ],
];

test.each(QUERY_MISTAKES)(
  '%s is told with its place in the query',
  async (_, from, to, problem) => {
    const folder = await writeCatalog({ [QUERY]: (text) => text.replace(from, () => to) });
    const problems = await problemsOf(folder);
    if (typeof problem === 'string') expect(problems).toContain(problem);
    else expect(problems).toContainEqual(expect.stringMatching(problem));
  },
);

test('a table that is named and not read is told', async () => {
  const folder = await writeCatalog({
    [AUDIT]: (text) => text.replace('[Container', '[AzureMetrics, Container'),
  });
  expect(await problemsOf(folder)).toEqual([
    `${AUDIT}:3:9: tables names AzureMetrics, which the query does not read. Take it away.`,
  ]);
});

test('a look-back that is declared and not used is told', async () => {
  const folder = await writeCatalog({
    [AUDIT]: (text) => `${text}lookBack: { days: 14, atLeast: 7 }\n`,
  });
  expect(await problemsOf(folder)).toEqual([
    `${AUDIT}:14:1: lookBack is declared, but the query does not use LookBackStart. Take it away, or read from LookBackStart.`,
  ]);
});

test('a control that no audit uses is told', async () => {
  const folder = await writeCatalog({
    'controls/acme-1.0.yaml': (text) => `${text}  LOG-2: Pulls are logged\n`,
  });
  expect(await problemsOf(folder)).toEqual([
    "controls/acme-1.0.yaml:5:3: No audit gives evidence for 'LOG-2'. Name it in an audit, or take it away: a report must not promise it.",
  ]);
});

test('words in comments and strings are not taken for code', async () => {
  const folder = await writeCatalog({
    [QUERY]: (text) =>
      text.replace(
        '"Delete"',
        `"Delete" // never ago(1d) | take 5\n    and Tag !in ("now()", 'LookBackStart', @"\\rand()")`,
      ),
  });
  expect(await problemsOf(folder)).toEqual([]);
});

test('mistakes of the query are told beside those of audit.yaml', async () => {
  const folder = await writeCatalog({
    [AUDIT]: (text) => text.replace('severity: high', 'severity: huge'),
    [QUERY]: (text) => text.replace('< PeriodEnd', '< now()'),
  });
  const places = (await problemsOf(folder)).map((problem) => problem.split(': ')[0]);
  expect(places).toEqual([`${AUDIT}:5:11`, `${QUERY}:1`, `${QUERY}:2:58`]);
});

test('a query that defines a parameter anew is told', async () => {
  const folder = await writeCatalog({
    [QUERY]: `let PeriodStart = datetime(2020-01-01);\n${SMALL_CATALOG[QUERY]}`,
  });
  expect(await problemsOf(folder)).toContainEqual(expect.stringMatching(/PeriodStart/));
});
