import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DISCREPANCIES, NOTES } from '../../src/archive/discrepancies';
import { ERRORS } from '../../src/core/errors';
import { SETTINGS } from '../../src/settings';
import { kqlPage } from './kql-page';

const root = join(__dirname, '../..');
const update = process.env['UPDATE_DOCS'] === '1';

/** Compares a generated page with the one in docs/reference; UPDATE_DOCS=1 writes it. */
function expectPage(name: string, content: string): void {
  const file = join(root, 'docs/reference', name);
  if (update) writeFileSync(file, content);
  expect(readFileSync(file, 'utf8')).toBe(content);
}

it('documents every setting', () => {
  const rows = Object.entries(SETTINGS).map(
    ([name, setting]) =>
      `| \`${name}\` | ${setting.meaning}${'secret' in setting ? ' Never printed.' : ''} |`,
  );
  expectPage(
    'settings.md',
    `# Settings\n\nEnvironment variables; in Azure, application settings. All problems are said at once, and nothing is\nwritten or asked before they are right.\n\n| setting | meaning |\n|---|---|\n${rows.join('\n')}\n`,
  );
});

it('documents every error code', () => {
  const rows = Object.entries(ERRORS).map(([code, text]) => `| \`${code}\` | ${text} |`);
  expectPage(
    'errors.md',
    `# Errors\n\nEvery way in which the program itself cannot go on. Trouble with the evidence is not among them: it becomes\nthe outcome *could not tell*.\n\n| code | what it means and what to do |\n|---|---|\n${rows.join('\n')}\n`,
  );
});

it('documents the KQL that is answered, that which is refused, and why', () => {
  expectPage('kql.md', kqlPage());
});

it('documents everything that verification can say', () => {
  const table = (codes: Readonly<Record<string, string>>): string =>
    Object.entries(codes)
      .map(([code, text]) => `| \`${code}\` | ${text} |`)
      .join('\n');
  expectPage(
    'discrepancies.md',
    `# What verification can say\n\nThe same codes come from \`tallyman verify\`, from \`verify.sh\` and, but for \`witness-…\`, from the check in a browser.\n\n## Discrepancies\n\nEach makes the result *not good*.\n\n| code | means |\n|---|---|\n${table(DISCREPANCIES)}\n\n## Notes\n\nSomething to know, not something wrong.\n\n| code | means |\n|---|---|\n${table(NOTES)}\n`,
  );
});

it('gives a reason for every dependency, and for none that is gone', () => {
  const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'devDependencies' | 'optionalDependencies',
    Record<string, string> | undefined
  >;
  const used = Object.keys({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  }).map((name) => (name.startsWith('@types/') ? '@types/*' : name));
  const named = [...page.matchAll(/^\| (.+?) \|/gm)].flatMap((row) =>
    [...(row[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
  );
  expect(named.toSorted()).toEqual([...new Set(used)].toSorted());
});

it('links only to files that exist', () => {
  const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'].concat(
    readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  );
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    return [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)]
      .map((match) => join(page, '..', match[1] ?? ''))
      .filter((target) => !existsFromRoot(target))
      .map((target) => `${page}: ${target}`);
  });
  expect(broken).toEqual([]);
});

function existsFromRoot(path: string): boolean {
  try {
    readdirSync(join(root, path));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}
