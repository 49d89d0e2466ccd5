import { loadCatalog } from '../../src/catalog/load-catalog';
import { checkCatalog } from '../../src/catalog/lint';
import { formatProblem } from '../../src/core/errors';
import { removeCatalogs, SMALL_CATALOG, writeCatalog } from './small-catalog';

afterAll(removeCatalogs);

const QUERY = 'audits/deletions/query.kql';
const asksForKinds = SMALL_CATALOG[QUERY].replace(
  '| project',
  '| where ActorOf(Identity, UserAgent, OperationName) == "person"\n| project',
);

const rules = (text: string): string => `version: '3'\nrules:\n${text}`;

async function problemsOf(changes: Record<string, string>): Promise<string[]> {
  const folder = await writeCatalog(changes);
  const { problems } = await checkCatalog(folder);
  return problems.map((problem) => formatProblem(problem).replace(`${folder}/`, ''));
}

test('a query that asks for kinds has the rules before it, in their order, and its digest with them', async () => {
  const text = rules(
    `  - { kind: scanner, userAgent: { contains: ['a"b\\c'] } }\n  - { kind: person, identity: { contains: ['@'] } }\n`,
  );
  const folder = await writeCatalog({
    [QUERY]: asksForKinds,
    'actors.yaml': `${text}known:\n  - { identity: edge, kind: pipeline }\n`,
  });
  const [audit] = (await loadCatalog(folder)).audits;
  expect(audit?.query).toBe(`// Kinds of actors, version 3
let ActorOf = (Identity: string, UserAgent: string, OperationName: string) {
    case(
        Identity in~ ("edge"), "pipeline",
        UserAgent contains "a\\"b\\\\c", "scanner",
        Identity contains "@", "person",
        "unknown")
};
${asksForKinds}`);
});

test('a query that does not ask is left as it is', async () => {
  const folder = await writeCatalog({
    'actors.yaml': rules(`  - { kind: person, identity: { contains: ['@'] } }\n`),
  });
  expect((await loadCatalog(folder)).audits[0]?.query).toBe(SMALL_CATALOG[QUERY]);
});

test('a mistake in a query is told at its own line, whatever stands before it', async () => {
  const wrong = asksForKinds.replace('Repository asc', 'Repositry asc');
  const line = wrong.split('\n').findIndex((each) => each.includes('Repositry')) + 1;
  const [problem] = await problemsOf({
    [QUERY]: wrong,
    'actors.yaml': rules(`  - { kind: person, identity: { contains: ['@'] } }\n`),
  });
  expect(problem).toContain(`${QUERY}:${String(line)}:`);
});

test.each<[string, string, RegExp]>([
  [
    'an unknown kind',
    `  - { kind: robot, identity: { is: [x] } }\n`,
    /actors\.yaml:3.*must be one of/,
  ],
  [
    'a rule without a condition',
    `  - { kind: person }\n`,
    /actors\.yaml:3.*at least one of identity/,
  ],
  ['an empty condition', `  - { kind: person, identity: {} }\n`, /must be a map with is/],
  ['a mistyped key', `  - { kind: person, identiti: { is: [x] } }\n`, /Did you mean 'identity'/],
  ['a hidden character', `  - { kind: person, identity: { is: ["a\\u202E"] } }\n`, /printable/],
])('%s is a problem', async (_, text, message) => {
  expect((await problemsOf({ 'actors.yaml': rules(text) })).join('\n')).toMatch(message);
});

test.each<[string, string, RegExp]>([
  [
    'a column that is none',
    '{ kind: timeline, title: T, along: TimeGenerated, values: [Repositry] }',
    /Repositry.*Did you mean 'Repository'/,
  ],
  [
    'a column that holds no numbers',
    '{ kind: ranking, title: T, along: Repository, values: [Identity] }',
    /Expected a column of numbers/,
  ],
])('a chart of %s is a problem', async (_, chart, message) => {
  const audit = SMALL_CATALOG['audits/deletions/audit.yaml'];
  const problems = await problemsOf({
    'audits/deletions/audit.yaml': `${audit}charts:\n  - ${chart}\n`,
  });
  expect(problems.join('\n')).toMatch(message);
});
