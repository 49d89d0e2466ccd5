import { AZURE_TABLES_VERSION } from '../../src/core/table-schemas';
import { DENIED_BY_AZURE_MONITOR, ONLY_IN_A_WORKSPACE } from '../../src/kql/azure-monitor';
import { kustoNames } from '../../src/kql/language-service';
import { plainName } from '../../src/kql/policy';
import { REFUSALS, refusalOf } from '../../src/kql/refused';
import { supported, type Supported } from '../../src/kql/supported';
import { DOCUMENTED } from '../kql/documented';
import { readEvidence, type Evidence } from '../kql/evidence';

const TITLES: Readonly<Record<keyof Supported, readonly [title: string, forms: string]>> = {
  tabular: ['Tabular operators', 'parameters'],
  plugins: ['Plugins of `evaluate`', 'output schema'],
  aggregates: ['Aggregates of `summarize`', 'arguments'],
  operators: ['Operators in expressions', 'operands'],
  functions: ['Functions', 'arguments'],
};

/** The tabular operators that Kusto's documentation has; the language service has no list of them. */
const KUSTO_OPERATORS: readonly string[] = [
  'assert-schema',
  'consume',
  'evaluate',
  'facet',
  'find',
  'fork',
  'getschema',
  'invoke',
  'macro-expand',
  'make-graph',
  'mv-apply',
  'parse-kv',
  'partition',
  'reduce',
  'sample',
  'sample-distinct',
  'scan',
  'search',
  'top-hitters',
  'top-nested',
];

/** The page of what the engine supports, from the rules, the evidence and the refusals. */
export function kqlPage(): string {
  const evidence = readEvidence();
  const lists = Object.keys(TITLES) as (keyof Supported)[];
  return [
    INTRODUCTION,
    ...lists.map((list) => section(list, evidence)),
    refusedSection(),
    DIFFERENCES,
    DENIED_BY_AZURE_MONITOR.map(({ what }) => `- ${what}`).join('\n'),
    `A workspace answers these, and an archive can’t: they read other places, or change how the engine works.`,
    ONLY_IN_A_WORKSPACE.map(({ what }) => `- ${what}`).join('\n'),
    TABLES_DIFFER,
    OTHER_DIFFERENCES,
  ].join('\n\n');
}

const INTRODUCTION = `# KQL that is answered offline

The embedded engine gives the answer that Kusto gives, or refuses with \`KQL_UNSUPPORTED\` and the place. What it
does not know to be right it does not answer. Each name below is proven by answers of the real engine that were
recorded (the Kusto emulator, by two public projects) and that the tests compare with the engine’s own:
\`B0123\` is a query that was written to be difficult, \`bin-function-01\` an example of Microsoft’s documentation.
At most three are named for each form. A form that is not here may work: where arguments have other types, the
engine refuses those that nothing proves.

An answer is marked *approximate* where Kusto itself may give another one: \`take\`, \`take_any\`, ties of
\`arg_max\`, and \`dcount\` and \`percentile\`, which are exact here, and
\`parse_user_agent\`, which reads uap-core’s list of patterns where Azure has one of its own. \`let\` (values, tables and functions) can be
used everywhere. \`now()\` is the same in the whole question and is recorded.`;

function section(list: keyof Supported, evidence: Evidence): string {
  const [title, forms] = TITLES[list];
  const rows = supported()[list].map((name) => {
    const byForm = Object.entries(evidence[list][name] ?? {});
    const proof = byForm.map(
      ([form, ids]) => `${form === '' ? '–' : code(form)}: ${ids.join(', ')}`,
    );
    const words = DOCUMENTED[list][name];
    const text = proof.length > 0 ? proof.join('<br>') : `documented: ${words ?? ''}`;
    return `| ${code(name)} | ${text} |`;
  });
  return `## ${title}\n\n| name | ${forms}, and the recorded answers that prove them |\n|---|---|\n${rows.join('\n')}`;
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

/** Everything that Kusto has and the engine has not, by reason. */
function refusedSection(): string {
  const list = supported();
  const known = new Set([...list.functions, ...list.aggregates, ...list.tabular, ...list.plugins]);
  const { functions, aggregates, plugins } = kustoNames();
  const missing = [...new Set([...functions, ...aggregates, ...plugins, ...KUSTO_OPERATORS])]
    .filter((name) => !known.has(plainName(name)))
    .sort();
  const groups = REFUSALS.map((group) => {
    const names = missing.filter((name) => refusalOf(name) === group);
    const others = group.names.filter((name) => !name.endsWith('*') && !known.has(name));
    const found = [...new Set([...names, ...others])].sort();
    const all = found.length > 0 ? found : group.names;
    return `**${group.title}.** ${group.why} ${all.map(code).join(' ')}`;
  });
  const rest = missing.filter((name) => refusalOf(name) === undefined);
  return `## Refused, and why

${groups.join('\n\n')}

**Not proven yet.** Kusto has these too; nothing is known against them. ${rest.map(code).join(' ')}`;
}

const DIFFERENCES = `## Data Explorer and Azure Monitor Logs

The recorded answers come from the engine of Data Explorer. Azure Monitor Logs uses the same engine and denies
some of the language. The engine refuses these as well, so that what is answered offline can be asked of a
workspace:`;

const TABLES_DIFFER = `A workspace has a table from its first record on; until then a query that names it fails. Here a built-in table
is known as Microsoft documented it in ${AZURE_TABLES_VERSION}, and users describe others
([how](../own-tables.md)). What is not known names the version that it was checked against.`;

const OTHER_DIFFERENCES = `Other differences, which do not change an answer that is given:

- A workspace ends a question at 500,000 rows, about 100 MB or ten minutes. The same number of rows and ten
  minutes are the limits here; beyond them the question fails with \`KQL_LIMIT\` and is never cut.
- In a workspace \`dcount\` and, over many values, \`percentile\` are estimates; here they are exact.
- Where rows are equal in the keys of \`sort\`, neither says in which order they come. Here it is always the same.
`;
