import { symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { formatProblem, TallymanError } from '../../src/core/errors';
import { loadCatalog } from '../../src/catalog/load-catalog';
import { removeCatalogs, SMALL_CATALOG, writeCatalog } from './small-catalog';

afterAll(removeCatalogs);

const AUDIT = 'audits/deletions/audit.yaml';
const QUERY = 'audits/deletions/query.kql';
const REPORT = 'reports/daily.yaml';
const CONTROLS = 'controls/acme-1.0.yaml';

/** The problems of a folder, with paths relative to it. */
async function problemsOf(folder: string): Promise<string[]> {
  try {
    await loadCatalog(folder);
  } catch (error) {
    if (!(error instanceof TallymanError)) throw error;
    expect(error.code).toBe('CATALOG_INVALID');
    return error.problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''));
  }
  return [];
}

test('a valid folder becomes definitions', async () => {
  const catalog = await loadCatalog(await writeCatalog());
  const [report] = catalog.reports;
  expect(report).toMatchObject({
    id: 'daily',
    settleHours: 6,
    askAgainDays: [1, 7, 30],
    scopes: [{ id: 'all', registries: 'all' }],
    waivers: [{ audit: 'deletions', match: { Identity: 'retention-bot' }, expires: '2027-01-31' }],
  });
  expect(report?.audits).toEqual(catalog.audits);
  expect(catalog.audits[0]).toMatchObject({
    id: 'deletions',
    columns: [
      { name: 'TimeGenerated', type: 'datetime' },
      { name: 'Repository', type: 'string' },
      { name: 'Identity', type: 'string' },
    ],
    controls: [
      {
        framework: 'acme-1.0',
        id: 'LOG-1',
        title: 'Deletions are logged',
        frameworkName: 'ACME 1.0',
      },
    ],
    lookBackDays: 0,
    lookBackAtLeastDays: 0,
    query: SMALL_CATALOG[QUERY],
  });
});

test('line ends do not change a definition', async () => {
  const windows = await writeCatalog({ [QUERY]: (text) => text.replaceAll('\n', '\r\n') });
  expect((await loadCatalog(windows)).audits[0]?.query).toBe(SMALL_CATALOG[QUERY]);
});

test('control ids are text even when they look like numbers', async () => {
  const folder = await writeCatalog({
    [CONTROLS]: (text) => text.replace('LOG-1:', '8.10:'),
    [AUDIT]: (text) => text.replace('acme-1.0/LOG-1', 'acme-1.0/8.10'),
  });
  expect((await loadCatalog(folder)).audits[0]?.controls[0]?.id).toBe('8.10');
});

test('the digest of the views follows their names and contents only', async () => {
  const first = await loadCatalog(await writeCatalog());
  const same = await loadCatalog(await writeCatalog());
  const changed = await loadCatalog(await writeCatalog({ 'views/report.hbs': '<p>other</p>\n' }));
  const renamed = await loadCatalog(
    await writeCatalog({
      'views/report.hbs': undefined,
      'views/partials/report.hbs': '<p>{{verdict}}</p>\n',
    }),
  );
  expect(same.viewsDigest).toBe(first.viewsDigest);
  expect(new Set([first, changed, renamed].map((catalog) => catalog.viewsDigest)).size).toBe(3);
});

test('a linked folder is read, as mounted configuration is made of links', async () => {
  const folder = await writeCatalog({
    [CONTROLS]: undefined,
    'real.yaml': SMALL_CATALOG[CONTROLS],
    'controls/x': '',
  });
  await unlink(join(folder, 'controls/x'));
  await symlink(join(folder, 'real.yaml'), join(folder, CONTROLS));
  expect(await problemsOf(folder)).toEqual([]);
});

test('what is no file is not read, because it may never end', async () => {
  const folder = await writeCatalog();
  await unlink(join(folder, QUERY));
  await symlink('/dev/zero', join(folder, QUERY));
  expect(await problemsOf(folder)).toContain(
    `${QUERY}: Expected a file, came something else of that name.`,
  );
});

type Case = [name: string, path: string, from: string, to: string, problem: string];

const MISTAKES: Case[] = [
  [
    'a mistyped key',
    AUDIT,
    'severity: high',
    'serverity: high',
    `${AUDIT}:5:1: 'serverity' is not a key that is known here. Did you mean 'severity'?`,
  ],
  [
    'a key that means nothing',
    AUDIT,
    'severity: high',
    'severity: high\nenabled: false',
    `${AUDIT}:6:1: 'enabled' is not a key that is known here. Known keys: title, purpose, tables, expect, severity, columns, finding, when, controls, remediation, charts, kind, along, values, split, lookBack, days, atLeast, rowsNeedIt.`,
  ],
  [
    'a time that is no column',
    AUDIT,
    'severity: high',
    'severity: high\nwhen: [TimeGenerate]',
    `${AUDIT}:6:7: 'when' names 'TimeGenerate', which is no column of this audit. Did you mean 'TimeGenerated'?`,
  ],
  [
    'a time that is none',
    AUDIT,
    'severity: high',
    'severity: high\nwhen: Identity',
    `${AUDIT}:6:7: Expected a column of datetime in 'when', came 'Identity' of string. Name a datetime, or leave it out: the first datetime is taken.`,
  ],
  [
    'a missing key',
    AUDIT,
    'title: Images deleted\n',
    '',
    `${AUDIT}:1:1: 'title' must be text of 1 to 120 characters, nothing came.`,
  ],
  [
    'a mistyped choice',
    AUDIT,
    'expect: none',
    'expect: nine',
    `${AUDIT}:4:9: 'expect' must be one of none, some, any, came "nine". Did you mean 'none'?`,
  ],
  [
    'an unknown Kusto type',
    AUDIT,
    'Identity: string',
    'Identity: text',
    `${AUDIT}:9:13: 'columns.Identity' must be one of bool, datetime, decimal, dynamic, guid, int, long, real, string, timespan, came "text".`,
  ],
  [
    'no columns',
    AUDIT,
    'columns:\n  TimeGenerated: datetime\n  Repository: string\n  Identity: string\n',
    'columns: {}\n',
    `${AUDIT}:6:10: 'columns' must name at least one column, a map came.`,
  ],
  [
    'an unknown table',
    AUDIT,
    '[ContainerRegistryRepositoryEvents]',
    '[ContainerRegistryRepositoryEvent]',
    `${AUDIT}:3:10: Expected a table that is known here, came 'ContainerRegistryRepositoryEvent'. Did you mean 'ContainerRegistryRepositoryEvents'?`,
  ],
  [
    'a placeholder for no column',
    AUDIT,
    '{{Repository}}',
    '{{Repositry}}',
    `${AUDIT}:10:10: The finding names {{Repositry}}, which is no column of this audit. Did you mean 'Repository'?`,
  ],
  [
    'a placeholder with more than a name',
    AUDIT,
    '{{Repository}}',
    '{{#if Repository}}',
    `${AUDIT}:10:10: Expected placeholders of the form {{Column}} or {{Column|one|others}}, came other double braces. Write the name of one column between the braces, without blanks.`,
  ],
  [
    'an optional part without a placeholder',
    AUDIT,
    '{{Repository}}',
    '[[in]] {{Repository}}',
    `${AUDIT}:10:10: Expected optional parts of the form [[, tag {{Tag}}]], came other double brackets. Name a column between the brackets: the part is left out when it has no value.`,
  ],
  [
    'an unknown control',
    AUDIT,
    'acme-1.0/LOG-1',
    'acme-1.0/LOG-2',
    `${AUDIT}:12:5: Expected a control of templates/controls, came 'acme-1.0/LOG-2'. Did you mean 'acme-1.0/LOG-1'?`,
  ],
  [
    'an unknown framework',
    AUDIT,
    'acme-1.0/LOG-1',
    'pci-dss-4.0.1/10.2.1.7',
    `${AUDIT}:12:5: Expected a control of templates/controls, came 'pci-dss-4.0.1/10.2.1.7'. Add '10.2.1.7' to controls/pci-dss-4.0.1.yaml.`,
  ],
  [
    'more look-back needed than there is',
    AUDIT,
    'expect: none',
    'expect: none\nlookBack: { days: 7, atLeast: 14 }',
    `${AUDIT}:5:11: 'lookBack' must have no more atLeast than days, a map came.`,
  ],
  [
    'a period of another kind',
    REPORT,
    'period: day',
    'period: fortnight',
    `${REPORT}:2:9: 'period' must be one of day, week, month, quarter, came "fortnight".`,
  ],
  [
    'an unknown time zone',
    REPORT,
    'Asia/Seoul',
    'Asia/Soul',
    `${REPORT}:3:11: 'timeZone' must be an IANA time zone such as Asia/Seoul, came "Asia/Soul".`,
  ],
  [
    'a time of day that does not exist',
    REPORT,
    "'07:00'",
    "'25:00'",
    `${REPORT}:4:12: 'deliverAt' must be a local time of day such as "07:00", came "25:00".`,
  ],
  [
    'a negative delay',
    REPORT,
    'settle: 6',
    'settle: -1',
    `${REPORT}:5:9: 'settle' must be a whole number of hours from 0 to 240, came -1.`,
  ],
  [
    'a login server in place of a registry',
    REPORT,
    'registries: all',
    'registries: [contoso.azurecr.io]',
    `${REPORT}:8:18: 'scopes[0].registries[0]' must be a registry resource name in lower case (contoso, not contoso.azurecr.io), came "contoso.azurecr.io".`,
  ],
  [
    'a recipient that is no address',
    REPORT,
    'compliance@example.com',
    'compliance at example.com',
    `${REPORT}:9:14: 'recipients[0]' must be a mail address, came "compliance at example.com".`,
  ],
  [
    'an audit that does not exist',
    REPORT,
    '  - deletions\n',
    '  - deletions\n  - deletion\n',
    `${REPORT}:12:5: Expected an audit of templates/audits, came 'deletion'. Did you mean 'deletions'?`,
  ],
  [
    'an audit named twice',
    REPORT,
    '  - deletions\n',
    '  - deletions\n  - deletions\n',
    `${REPORT}:12:5: 'deletions' stands twice under audits. Take one of them away.`,
  ],
  [
    'a waiver for an audit of another report',
    REPORT,
    '- audit: deletions',
    '- audit: pulls',
    `${REPORT}:13:12: Expected an audit of this report, came 'pulls'. Waive findings of its audits only.`,
  ],
  [
    'a waiver for a column that the audit does not have',
    REPORT,
    'match: { Identity:',
    'match: { Identiti:',
    `${REPORT}:14:14: Expected a column of 'deletions', came 'Identiti'. Did you mean 'Identity'?`,
  ],
  [
    'a waiver that would accept everything',
    REPORT,
    '{ Identity: retention-bot }',
    '{}',
    `${REPORT}:14:12: 'waivers[0].match' must name at least one column, or it would accept every finding, a map came.`,
  ],
  [
    'a waiver without an end',
    REPORT,
    '    expires: 2027-01-31\n',
    '',
    `${REPORT}:13:5: 'waivers[0].expires' must be a date such as 2027-01-31, nothing came.`,
  ],
  [
    'a waiver that ends on a day that does not exist',
    REPORT,
    '2027-01-31',
    '2027-02-30',
    `${REPORT}:17:14: 'waivers[0].expires' must be a date such as 2027-01-31, came "2027-02-30".`,
  ],
  [
    'a version written as a number',
    CONTROLS,
    "'1.0'",
    '1.0',
    `${CONTROLS}:2:10: 'version' must be text of 1 to 40 characters, came 1.`,
  ],
  [
    'a file that is no map',
    CONTROLS,
    SMALL_CATALOG[CONTROLS],
    '- a\n- b\n',
    `${CONTROLS}:1:1: The file must be a map, a list came.`,
  ],
  [
    'a key given twice',
    AUDIT,
    'severity: high',
    'severity: high\nseverity: low',
    `${AUDIT}:6:1: Expected YAML: Map keys must be unique. Take one of them away.`,
  ],
  [
    'an alias',
    AUDIT,
    'expect: none\nseverity: high',
    'expect: &x none\nseverity: *x',
    `${AUDIT}:5:11: Expected a plain value, came the alias '*x'. Write the value out.`,
  ],
  [
    'an empty query',
    QUERY,
    SMALL_CATALOG[QUERY],
    '\n\n',
    `${QUERY}:1: Expected a query, came an empty file.`,
  ],
];

test.each(MISTAKES)(
  '%s is told with its place and what to do',
  async (_, path, from, to, problem) => {
    const folder = await writeCatalog({ [path]: (text) => text.replace(from, () => to) });
    expect(await problemsOf(folder)).toContain(problem);
  },
);

test('all mistakes of all files are told at once, in order of place', async () => {
  const folder = await writeCatalog({
    [AUDIT]: (text) => text.replace('none', 'never').replace('high', 'huge'),
    [REPORT]: (text) => text.replace('day', 'decade').replace('6', 'six'),
    [CONTROLS]: (text) => text.replace('name', 'nome'),
  });
  const problems = await problemsOf(folder);
  expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
    `${AUDIT}:4:9`,
    `${AUDIT}:5:11`,
    `${CONTROLS}:1:1`,
    `${CONTROLS}:1:1`,
    `${REPORT}:2:9`,
    `${REPORT}:5:9`,
  ]);
});

test('a wrong value hides no other mistake of its file, and names no control wrong of a framework that is', async () => {
  const folder = await writeCatalog({
    [AUDIT]: (text) => text.replace('high', 'huge').replace('RepositoryEvents', 'RepositoryEvent'),
    [REPORT]: (text) =>
      text.replace('settle: 6', 'settle: six').replace('- deletions', '- deletion'),
    [CONTROLS]: (text) => text.replace('name', 'nome'),
  });
  const problems = await problemsOf(folder);
  expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
    `${AUDIT}:3:10`,
    `${AUDIT}:5:11`,
    `${CONTROLS}:1:1`,
    `${CONTROLS}:1:1`,
    `${REPORT}:5:9`,
    `${REPORT}:11:5`,
    `${REPORT}:13:12`,
  ]);
});

test('a link that leads nowhere hides nothing else', async () => {
  const folder = await writeCatalog();
  await symlink('nowhere', join(folder, 'audits/a-link'));
  expect(await problemsOf(folder)).toEqual([
    'audits/a-link: Expected something that can be read, came ENOENT. Take the link away, or restore what it points to.',
  ]);
});

test('the same mistake in the same line is told once', async () => {
  const folder = await writeCatalog({ [AUDIT]: '['.repeat(3_000) });
  expect((await problemsOf(folder)).length).toBeLessThan(5);
});

test('line ends of an old Mac are line ends', async () => {
  const folder = await writeCatalog({ [AUDIT]: (text) => text.replaceAll('\n', '\r') });
  expect(await problemsOf(folder)).toEqual([]);
});

test('a broken audit does not make the reports that name it wrong', async () => {
  const folder = await writeCatalog({ [AUDIT]: (text) => text.replace('title', 'titel') });
  expect((await problemsOf(folder)).every((problem) => problem.startsWith(AUDIT))).toBe(true);
});

test('files that nothing would read are told', async () => {
  const folder = await writeCatalog({
    'audits/deletions/notes.txt': 'x',
    'audits/loose.kql': 'x',
    'reports/weekly.yml': 'x',
    'audits/deletions/.DS_Store': 'x',
  });
  expect((await problemsOf(folder)).map((problem) => problem.split(': ')[0])).toEqual([
    'audits/deletions/notes.txt',
    'audits/loose.kql',
    'reports/weekly.yml',
  ]);
});

test('names that cannot be ids are told', async () => {
  const folder = await writeCatalog({
    'audits/Old_Audit/audit.yaml': SMALL_CATALOG[AUDIT],
    'audits/Old_Audit/query.kql': SMALL_CATALOG[QUERY],
  });
  expect(await problemsOf(folder)).toEqual([
    "audits/Old_Audit: Expected a name of lower-case letters, digits and single hyphens, came 'Old_Audit'. The name is the id that reports and archives use; rename it.",
  ]);
});

test('missing files and folders are told', async () => {
  const folder = await writeCatalog({ [QUERY]: undefined, 'views/report.hbs': undefined });
  expect(await problemsOf(folder)).toEqual([
    `${QUERY}: Expected a readable file, came ENOENT. Add the file, or take away the folder that needs it.`,
    `${folder}/views: Expected the views that reports are made with, came ENOENT. Copy templates/views beside your definitions.`.replace(
      `${folder}/`,
      '',
    ),
  ]);
});

test('a folder that is not there is told, once for each of its parts', async () => {
  const problems = await problemsOf('/nonexistent-folder');
  expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
    'audits',
    'controls',
    'reports',
    'views',
  ]);
});

const HOSTILE: [string, string | Uint8Array, RegExp][] = [
  ['too big', `title: ${'x'.repeat(200_000)}\n`, /Expected at most 131072 bytes, came 200008/],
  ['not UTF-8', Uint8Array.of(0x74, 0x3a, 0x20, 0xff), /Expected UTF-8 text/],
  ['nothing but brackets', '['.repeat(100_000), /Expected YAML/],
  ['nested aliases', `a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n`, /came the alias '\*a'/],
  ['a tag', 'title: !!js/function "x"\n', /Expected YAML: Unresolved tag/],
  [
    'two documents',
    'title: a\n---\ntitle: b\n',
    /Expected YAML: Source contains multiple documents/,
  ],
  ['a key that is a prototype', '__proto__: { title: x }\n', /'__proto__' is not a key/],
  ['control characters', 'title: "\\u001b[2J"\n', /'purpose' must be text/],
  ['empty', '', /The file must be a map/],
];

test.each(HOSTILE)(
  'a definition that is %s is told and does no harm',
  async (_, content, problem) => {
    const folder = await writeCatalog();
    await writeFile(join(folder, AUDIT), content);
    expect((await problemsOf(folder)).join('\n')).toMatch(problem);
  },
);
