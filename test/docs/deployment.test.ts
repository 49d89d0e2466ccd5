import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Language, Parser, type Node } from 'web-tree-sitter';
import { parse } from 'yaml';
import { ERRORS } from '../../src/core/errors';
import { SETTINGS } from '../../src/settings';

const ROOT = join(__dirname, '../..');
const INFRA = join(ROOT, 'infra');
const FILES = readdirSync(INFRA).filter((name) => name.endsWith('.bicep'));

let parser: Parser;

const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const allBicep = (): string => FILES.map((name) => textOf(`infra/${name}`)).join('\n');

beforeAll(async () => {
  await Parser.init();
  parser = new Parser();
  parser.setLanguage(
    await Language.load(readFileSync(require.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm'))),
  );
});

function nodesOf(text: string): Node[] {
  const tree = parser.parse(text);
  const nodes: Node[] = [];
  const pending: (Node | null)[] = tree === null ? [] : [tree.rootNode];
  for (let node = pending.pop(); node; node = pending.pop()) {
    nodes.push(node);
    pending.push(...node.children);
  }
  return nodes;
}

const problemsOf = (text: string): string[] =>
  nodesOf(text)
    .filter((node) => node.isError || node.isMissing)
    .map((node) => `line ${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`);

describe('infra/', () => {
  it('is Bicep without a syntax error', () => {
    for (const name of FILES) {
      expect([name, problemsOf(textOf(`infra/${name}`))]).toEqual([name, []]);
    }
    expect(problemsOf("resource a 'B@1' = {")).not.toEqual([]);
  });

  it('uses every parameter, variable and resource kind with an API version', () => {
    for (const name of FILES) {
      const text = textOf(`infra/${name}`);
      for (const [, declared = ''] of text.matchAll(/^(?:param|var) (\w+)/gm)) {
        const uses = text.match(new RegExp(`\\b${declared}\\b`, 'g')) ?? [];
        expect([name, declared, uses.length > 1]).toEqual([name, declared, true]);
      }
      for (const [, kind = ''] of text.matchAll(/^resource \w+ '([^']+)'/gm)) {
        expect(kind).toMatch(/^Microsoft\.[\w./]+@\d{4}-\d\d-\d\d$/);
      }
    }
  });

  it('gives each module the parameters that it declares', () => {
    for (const name of FILES) {
      const text = textOf(`infra/${name}`);
      for (const [, file = '', body = ''] of text.matchAll(
        /^module \w+ '([^']+)' = \{\n([\s\S]*?)^\}/gm,
      )) {
        const given = [...body.matchAll(/^ {4}(\w+):/gm)].map(([, param]) => param);
        const declared = [...textOf(`infra/${file}`).matchAll(/^param (\w+)/gm)].map(
          ([, param]) => param,
        );
        expect([file, given.sort()]).toEqual([file, declared.sort()]);
      }
    }
  });

  it('takes every parameter from a value of the azd environment that the operations page names', () => {
    const { parameters } = JSON.parse(textOf('infra/main.parameters.json')) as {
      parameters: Record<string, { value: string }>;
    };
    const declared = [...textOf('infra/main.bicep').matchAll(/^param (\w+)/gm)].map(([, p]) => p);
    // Its default is computed anew by each deployment.
    const given = [...Object.keys(parameters), 'thisMonth'];
    expect(given.sort()).toEqual(declared.sort());
    const page = textOf('docs/operations.md');
    const names = Object.values(parameters).map(({ value }) => /^\$\{(\w+)/.exec(value)?.[1] ?? '');
    for (const name of names.filter((one) => one.startsWith('TALLYMAN_'))) {
      expect(page).toContain(`\`${name}\``);
    }
    for (const [, name = ''] of page.matchAll(/azd env set (\w+)/g)) expect(names).toContain(name);
  });

  it('sets only settings that there are, and none that is secret', () => {
    const names = [...allBicep().matchAll(/name: '(TALLYMAN_\w+)'/g)].map(([, name]) => name ?? '');
    expect(Object.keys(SETTINGS)).toEqual(expect.arrayContaining(names));
    const secret = names.filter((name) => 'secret' in SETTINGS[name as keyof typeof SETTINGS]);
    expect(secret).toEqual([]);
    expect(names).toContain('TALLYMAN_SIGNING_KEY_VAULT_KEY');
  });

  it('names each role assignment after its principal, because a new identity can’t take over an old one', () => {
    const names = [...allBicep().matchAll(/name: guid\((.*)\)$/gm)].map(([, parts]) => parts);
    expect(names.length).toBeGreaterThan(6);
    for (const parts of names) expect(parts).toMatch(/principalId/i);
  });

  it('gives azd the budget’s beginning to keep, because it can’t be changed in a later month', () => {
    const main = textOf('infra/main.bicep');
    expect(main).toContain("var budgetBegins = budgetStart != '' ? budgetStart : thisMonth");
    expect(main).toContain('budgetStart: budgetBegins');
    expect(main).toContain('output TALLYMAN_BUDGET_START string = budgetBegins');
    expect(textOf('infra/main.parameters.json')).toContain('${TALLYMAN_BUDGET_START=}');
  });

  it('links a mail domain of one’s own, without which its addresses may not send', () => {
    expect(textOf('infra/app.bicep')).toMatch(/linkedDomains: .*\[emailDomain\.id, mailDomain\]/);
  });

  it('leaves a locked immutability policy alone, which would refuse every later deployment', () => {
    expect(textOf('infra/app.bicep')).toMatch(
      /immutabilityPolicies@[\d-]+' = if \(!immutabilityLocked\) \{/,
    );
  });

  it('holds no key: shared keys are off, and none is listed', () => {
    const text = allBicep();
    expect(text).not.toMatch(
      /listKeys|listConnectionStrings|AccountKey|allowSharedKeyAccess: true/,
    );
    const accounts = text.match(/storageAccounts@/g) ?? [];
    expect(text.match(/allowSharedKeyAccess: false/g)).toHaveLength(accounts.length);
    expect(text).toContain('DisableLocalAuth: true');
    const publishing = /basicPublishingCredentialsPolicies@.*\n.*\n.*\n.*\n(.*)/.exec(text)?.[1];
    expect(publishing).toContain('allow: false');
    expect(text).toContain("for way in ['ftp', 'scm']");
    expect(text).toContain('keyVaultReferenceIdentity: identityId');
  });

  it('watches, outside the app, for words that the app writes when it has sealed a run', () => {
    const [, words = ''] = /message has "([^"]+)"/.exec(textOf('infra/alerts.bicep')) ?? [];
    expect(words).not.toBe('');
    expect(textOf('src/functions/run.ts')).toContain(words);
  });

  it('watches for gaps and for mails that failed in the words in which the app tells of them', () => {
    const alerts = textOf('infra/alerts.bicep');
    const [, gap = '-', failed = '-'] =
      /message has "([^"]+)" or message matches regex "([^"]+)"/.exec(alerts) ?? [];
    expect(textOf('src/functions/run-poison.ts')).toContain(gap);
    const [, told = ''] = /`([^`]* accepted, )` \+/.exec(textOf('src/functions/plan.ts')) ?? [];
    const line = `${told}2 failed, 0 waiting.`;
    expect(line).toMatch(new RegExp(failed));
    expect(line.replace('2 failed', '0 failed')).not.toMatch(new RegExp(failed));
    const [, title = '-'] = /See “(A gap[^”]+)”/.exec(alerts) ?? [];
    expect(textOf('docs/operations.md')).toContain(`### ${title}\n`);
  });

  it('opens nothing but the health function to visitors who are not logged in', () => {
    expect(textOf('infra/app.bicep')).toContain("excludedPaths: ['/api/health']");
  });
});

describe('azure.yaml', () => {
  it('deploys the bundle, as a folder that nobody builds again', () => {
    const { services } = parse(textOf('azure.yaml')) as {
      services: Record<string, Record<string, unknown>>;
    };
    expect(services['tallyman']).toMatchObject({ project: 'dist-bundle', host: 'function' });
    expect(allBicep()).toContain("'azd-service-name': 'tallyman'");
  });
});

describe('host.json', () => {
  it('samples away no line of the log: errors, downloads and the sign of life are lines', () => {
    const { logging } = JSON.parse(textOf('host.json')) as {
      logging: { applicationInsights: { samplingSettings: { excludedTypes: string } } };
    };
    const { excludedTypes } = logging.applicationInsights.samplingSettings;
    expect(excludedTypes.split(';')).toEqual(expect.arrayContaining(['Trace', 'Exception']));
  });
});

describe('docs/operations.md', () => {
  it('has a line in its runbook for every error code, and for no other', () => {
    const codes = [...textOf('docs/operations.md').matchAll(/^\| `((?!TALLYMAN_)[A-Z_]+)` \|/gm)];
    expect(codes.map(([, code]) => code).sort()).toEqual(Object.keys(ERRORS).sort());
  });

  it('names every role that the Bicep files assign', () => {
    const ids = new Set(allBicep().match(/'[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}'/g));
    const text = textOf('docs/operations.md');
    for (const id of ids) expect(text).toContain(id.slice(1, -1));
  });
});
